"""The flow editor: the tutorial word by word, and what goes beyond it."""

import re
from collections.abc import Mapping
from itertools import combinations
from typing import cast

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.bench import canvas
from tests.browser.axe import violations
from tests.browser.editing import Editor
from tests.browser.person import People, Scheme
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product
from tests.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

Nodes = Mapping[str, Mapping[str, object]]


async def _editor(people: People, scheme: Scheme = "light") -> Editor:
    """An admin who has come to the list of flows."""
    person = await people.sign_in()
    await person.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    return Editor(person)


async def test_tutorial(people: People, browser: Browser, own_product: Product) -> None:
    """Followed step by step as it is written, the tutorial gives a flow by which a visitor gets the message."""
    editor = await _editor(people)
    page = editor.page
    await editor.add_flow("客户打开聊天组件", "发送座席离线消息 · 教程")
    await editor.tool("座席离线").hover()
    await expect(page.get_by_role("tooltip", name="座席离线")).to_be_visible()
    await editor.drag_in("开始", 160, 120)
    await editor.drag_in("座席离线", 500, 120)
    await editor.drag_in("以座席用户回复消息", 840, 90)
    await editor.drag_in("结束", 840, 330)
    await expect(editor.nodes).to_have_count(4)

    await editor.open_node("开始")
    await editor.add_connection("SUCCESS", "座席离线-2")
    await expect(editor.edge("开始:SUCCESS → 座席离线-2")).to_be_attached()
    await editor.leave_panel()

    await editor.open_node("座席离线-2")
    await editor.rename("判断座席是否离线")
    await expect(editor.edge("开始:SUCCESS → 判断座席是否离线")).to_be_attached()
    await editor.add_connection("TRUE", "以座席用户回复消息-3")
    await editor.add_connection("FALSE", "结束-4")
    await editor.leave_panel()
    await editor.move("判断座席是否离线", 0, 60)
    await expect(editor.node("以座席用户回复消息-3")).to_contain_text("判断座席是否离线:TRUE")

    await editor.open_node("以座席用户回复消息-3")
    await editor.rename("给用户发送离线消息")
    await editor.panel.get_by_label("以机器人回复").check()
    await editor.panel.get_by_label("渠道").select_option(label="网页")
    await editor.panel.get_by_label("消息源").select_option(label="文本")
    await editor.panel.get_by_label("内容").fill(APOLOGY)
    await editor.add_connection("SUCCESS", "结束-4")
    await editor.leave_panel()

    await page.get_by_role("button", name="启动流程").click()
    await expect(page.get_by_text("已启动").first).to_be_visible()
    await page.get_by_role("link", name="返回流程列表").click()
    await expect(_row(editor, "发送座席离线消息 · 教程")).to_contain_text("已启动")
    await expect(editor.person.line("agents-offline-message")).to_contain_text("已停止")

    context = await browser.new_context(locale="zh-CN")
    visitor = Visitor(context, await context.new_page(), own_product.addresses.gateway)
    await visitor.visit()
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await context.close()


async def test_connect_and_delete_on_the_canvas(people: People) -> None:
    """Connected by dragging, and by clicking the triangle and then the node's; edges and nodes go by Delete."""
    editor = await _editor(people)
    await editor.open_draft(_flow("by-hand", {"check": {"type": "agents_offline"}}))
    await editor.drag(editor.triangle("start", "SUCCESS"), editor.input("check"))
    await expect(editor.edge("start:SUCCESS → check")).to_be_attached()
    await editor.drag(editor.triangle("check", "FALSE"), editor.node("end").get_by_title("end", exact=True))
    await expect(editor.edge("check:FALSE → end")).to_be_attached()

    await editor.triangle("check", "TRUE").click()
    await expect(editor.page.get_by_text("从“check”的 TRUE 连接", exact=False).first).to_be_visible()
    await editor.node("end").hover()
    await editor.input("end").click()
    await expect(editor.edge("check:TRUE → end")).to_be_attached()

    await editor.click_edge("check:TRUE → end")
    path = editor.edge("check:TRUE → end").locator("path").first
    await expect(path).to_have_css("stroke", "rgb(0, 0, 0)")
    await editor.page.keyboard.press("Delete")
    await expect(editor.edges).to_have_count(2)

    await editor.node("check").get_by_title("check", exact=True).click()
    await expect(editor.node("check").locator("[data-selected]")).to_have_css(
        "border-top-color", "rgb(0, 0, 0)"
    )
    await editor.page.keyboard.press("Delete")
    await expect(editor.nodes).to_have_count(2)
    await expect(editor.edges).to_have_count(0)
    await editor.page.keyboard.press("Control+z")
    await expect(editor.edges).to_have_count(2)


async def test_keyboard_alone(people: People) -> None:
    """Add, walk, move, connect, rename, undo and help, without a mouse."""
    editor = await _editor(people)
    page = editor.page
    await editor.open_draft(_flow("by-keys", {}))
    await editor.tool("超时").focus()
    await page.keyboard.press("Enter")
    added = editor.node("超时-3")
    await expect(added).to_be_focused()
    before = await added.bounding_box()
    await page.keyboard.press("ArrowDown")
    assert before is not None
    await expect(added).not_to_have_css("transform", f"matrix(1, 0, 0, 1, {before['x']}, {before['y']})")
    await page.keyboard.press("Enter")
    await expect(editor.panel.get_by_label("名称")).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("等一等")
    await page.keyboard.press("Escape")
    await expect(editor.node("等一等")).to_be_focused()

    await page.keyboard.press("c")
    await page.keyboard.press("c")
    await expect(page.get_by_text("从“等一等”的 AGENT_ANSWER 连接", exact=False).first).to_be_visible()
    await editor.node("end").focus()
    await page.keyboard.press("Enter")
    await expect(editor.edge("等一等:AGENT_ANSWER → end")).to_be_attached()

    await page.keyboard.press("Alt+ArrowLeft")
    await expect(editor.node("等一等")).to_be_focused()
    await page.keyboard.press("Alt+ArrowRight")
    await expect(editor.node("end")).to_be_focused()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="键盘快捷键")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("/")
    await page.get_by_role("combobox", name="查找节点").fill("等一")
    await page.keyboard.press("Enter")
    await expect(editor.node("等一等")).to_be_focused()
    await page.keyboard.press("Delete")
    await expect(editor.nodes).to_have_count(2)


async def test_fifty_edits_undone(people: People) -> None:
    """Fifty edits of five kinds go back to the first state, and forth to the last."""
    editor = await _editor(people)
    page = editor.page
    await editor.open_draft(_flow("fifty", {}))
    first = await _drawn(editor)
    for step in range(10):
        await editor.tool("超时").press("Enter")
        name = f"超时-{step + 3}"
        await expect(editor.node(name)).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("c")
        await editor.node("end").focus()
        await page.keyboard.press("Enter")
        await editor.node(name).focus()
        await page.keyboard.press("Enter")
        await editor.panel.get_by_label("等待时间（秒）").fill(str(100 + step))
        await editor.panel.get_by_role("button", name="删除连接 TIMEOUT").click()
        await page.keyboard.press("Escape")
    last = await _drawn(editor)
    undo = page.get_by_role("button", name="撤销", exact=True)
    for _ in range(50):
        await undo.click()
    await expect(undo).to_be_disabled()
    assert await _drawn(editor) == first
    redo = page.get_by_role("button", name="重做", exact=True)
    for _ in range(50):
        await page.keyboard.press("Control+Shift+z")
    await expect(redo).to_be_disabled()
    assert await _drawn(editor) == last


async def test_copy_into_another_flow(people: People) -> None:
    """Nodes that are copied come into another flow with the edges among them."""
    editor = await _editor(people)
    page = editor.page
    nodes = {
        "ask": {"type": "reply", "text": "在吗？", "next": {"SUCCESS": "pause"}},
        "pause": {"type": "wait", "seconds": 5},
    }
    await editor.open_draft(_flow("from-here", nodes))
    await editor.node("ask").get_by_title("ask", exact=True).click()
    await page.keyboard.down("Control")
    await editor.node("pause").get_by_title("pause", exact=True).click()
    await page.keyboard.up("Control")
    await page.keyboard.press("Control+c")
    await editor.open_draft(_flow("to-there", {}))
    await editor.node("start").focus()
    await page.keyboard.press("Control+v")
    await expect(editor.nodes).to_have_count(4)
    await expect(editor.edge("ask:SUCCESS → pause")).to_be_attached()


async def test_arranged(people: People) -> None:
    """Nothing of an arranged flow covers another thing, loops pass beside their boxes, and one undo takes it back."""
    editor = await _editor(people)
    nodes: Nodes = {
        "ask": {"type": "reply", "text": "在吗？", "next": {"SUCCESS": "pause"}},
        "pause": {"type": "wait", "seconds": 5, "next": {"TIMEOUT": "ask", "VISITOR_ANSWER": "end"}},
        "again": {"type": "wait", "seconds": 5, "next": {"TIMEOUT": "again"}},
    }
    await editor.open_draft(_flow("tangled", nodes))
    first = await _drawn(editor)
    await editor.page.get_by_role("button", name="自动布局").click()
    undo = editor.page.get_by_role("button", name="撤销", exact=True)
    await expect(undo).to_be_enabled()
    await eventually(lambda: _all_apart(editor))
    await editor.click_edge("again:TIMEOUT → again")
    await expect(editor.edge("again:TIMEOUT → again")).to_have_class(re.compile("selected"))
    await editor.click_edge("pause:TIMEOUT → ask")
    await expect(editor.edge("pause:TIMEOUT → ask")).to_have_class(re.compile("selected"))
    await undo.click()
    assert await _drawn(editor) == first


async def test_comment(people: People) -> None:
    """A new comment takes what is typed at once, stands where no box is, and can be taken back."""
    editor = await _editor(people)
    page = editor.page
    await editor.open_draft(_flow("noted", {"check": {"type": "agents_offline"}}))
    await page.get_by_role("button", name="添加注释").click()
    await expect(page.get_by_role("textbox", name="注释")).to_be_focused()
    await page.keyboard.type("为什么? a/b <b>c</b>")
    await page.keyboard.press("Control+Enter")
    note = page.locator("[data-note]")
    await expect(note).to_have_text("为什么? a/b <b>c</b>")
    await note.click()
    await page.keyboard.press("Delete")
    await expect(note).to_have_count(0)
    await page.get_by_role("button", name="撤销", exact=True).click()
    await expect(note).to_have_text("为什么? a/b <b>c</b>")


@pytest.mark.parametrize("flow", ["nothing-here", "没有"])
async def test_unknown_flow(people: People, flow: str) -> None:
    """Whoever follows the link of a flow that is gone is told so in their language, and led to the list."""
    editor = await _editor(people)
    await editor.person.go(f"/flows/{flow}")
    await expect(editor.page.get_by_role("alert")).to_contain_text("没有这个流程")
    await editor.page.get_by_role("alert").get_by_role("link", name="返回流程列表").click()
    await expect(editor.person.line("busy-agents")).to_be_visible()


async def test_problems_on_their_nodes(people: People) -> None:
    """What is wrong shows on its node as one edits: what the browser sees, and what only the service sees."""
    editor = await _editor(people)
    nodes: Nodes = {
        "check": {"type": "agents_offline", "group": "nobody", "next": {"MAYBE": "end"}},
        "logic": {"type": "logic", "expression": "user_country ==", "next": {"TRUE": "end", "FALSE": "gone"}},
        "pause": {"type": "wait", "seconds": 0},
    }
    await editor.open_draft(_flow("wrong", nodes))

    def mark(name: str) -> Locator:
        return editor.node(name).locator("[data-level]")

    await expect(mark("check")).to_have_attribute("data-level", "error")
    await expect(mark("check")).to_have_attribute("title", re.compile("没有结果 MAYBE"))
    await expect(mark("check")).to_have_attribute("title", re.compile("团队设置里不存在"))
    await expect(mark("logic")).to_have_attribute("title", re.compile("表达式写错了"))
    await expect(mark("logic")).to_have_attribute("title", re.compile("不存在的节点 gone"))
    await expect(mark("pause")).to_have_attribute("title", re.compile("不能小于 1"))
    await expect(mark("pause")).to_have_attribute("title", re.compile("无法到达"))
    await editor.open_node("pause")
    await editor.panel.get_by_label("等待时间（秒）").fill("5")
    await expect(mark("pause")).not_to_have_attribute("title", re.compile("不能小于 1"))
    await expect(editor.page.get_by_role("region", name="问题")).to_contain_text("个错误")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_accessible(people: People, scheme: Scheme) -> None:
    """Axe holds nothing serious against the editor, its panels, its search and its help."""
    editor = await _editor(people, scheme)
    page = editor.page
    await editor.open("quick-reply-triage")
    await expect(editor.nodes).to_have_count(9)
    assert await violations(page) == []
    await editor.open_node("询问访客的来意")
    assert await violations(page) == []
    await editor.leave_panel()
    await page.get_by_role("button", name="流程设置").click()
    assert await violations(page) == []
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("/")
    await expect(page.get_by_role("combobox")).to_be_visible()
    assert await violations(page) == []


async def test_runs_that_wait(people: People, browser: Browser, own_product: Product) -> None:
    """A node at which runs wait says so, and says what becomes of them when it is removed."""
    editor = await _editor(people)
    patient = _flow("patient", {"pause": {"type": "wait", "seconds": 600, "next": {"TIMEOUT": "end"}}})
    nodes: Nodes = {
        **cast("Nodes", patient["nodes"]),
        "start": {"type": "start", "next": {"SUCCESS": "pause"}},
    }
    publication = {"definition": {**patient, "nodes": nodes}, "expect_version": 0, "activate": True}
    await editor.person.api("POST", "/flows/patient/publish", publication)
    context = await browser.new_context(locale="zh-CN")
    visitor = Visitor(context, await context.new_page(), own_product.addresses.gateway)
    await visitor.visit()
    await visitor.open()

    async def is_waiting() -> bool:
        return b'"node":"pause"' in await editor.person.api("GET", "/flows/patient/waiting")

    await eventually(is_waiting)
    await editor.open("patient")
    await expect(editor.node("pause")).to_contain_text("1 等待")
    await editor.node("pause").focus()
    await editor.page.keyboard.press("Delete")
    await editor.person.notice("1 个运行正在这个节点等待")
    await context.close()


async def test_large_flow_stays_fluid(browser: Browser, own_product: Product) -> None:
    """While a box of 200 is dragged no other box is drawn anew; `tests.bench.canvas` tells the frames."""
    near, far, _ = await canvas.measure(browser, own_product, moves=100)
    assert (near.other_boxes_drawn, far.other_boxes_drawn) == (0, 0)


async def _all_apart(editor: Editor) -> bool:
    """Whether every box is there and none covers another."""
    boxes = [box for node in await editor.nodes.all() if (box := await node.bounding_box())]
    return len(boxes) == 5 and all(
        one["x"] + one["width"] < other["x"]
        or other["x"] + other["width"] < one["x"]
        or one["y"] + one["height"] < other["y"]
        or other["y"] + other["height"] < one["y"]
        for one, other in combinations(boxes, 2)
    )


async def _drawn(editor: Editor) -> tuple[list[str], list[str]]:
    """What stands on the canvas, and where."""
    nodes = await editor.nodes.evaluate_all(
        "(nodes) => nodes.map((node) => [node.dataset.id, node.style.transform, node.innerText].join(' ')).sort()"
    )
    edges = await editor.edges.evaluate_all(
        "(edges) => edges.map((edge) => edge.getAttribute('aria-label')).sort()"
    )
    return nodes, edges


def _row(editor: Editor, name: str) -> Locator:
    return editor.page.get_by_role("row").filter(has_text=name)


def _flow(flow: str, nodes: Nodes) -> dict[str, object]:
    """A start and an end that nothing connects, and these between them."""
    between = {key: [400 + 340 * place, 80] for place, key in enumerate(nodes)}
    return {
        "flow": flow,
        "name": flow,
        "trigger": "widget_opened",
        "nodes": {"start": {"type": "start"}, **nodes, "end": {"type": "end"}},
        "layout": {"start": [40, 80], **between, "end": [400 + 340 * len(nodes), 80]},
    }
