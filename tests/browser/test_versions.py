"""Drafts, versions, two people at once, and what happens when the service goes away."""

import signal
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from contracts.console import Draft
from contracts.flow import FlowDefinition
from contracts.ids import AgentId
from contracts.requests import FlowVersion
from tests.browser.person import FIRST, People, Person
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

FLOW, PAUSE, REASSURE = "busy-agents", "pause", "reassure"
OTHER = AgentId("boss")


@pytest.fixture(scope="module", autouse=True)
def team(own_product: Product) -> None:
    """A second admin."""
    added = own_product.run(
        "team", "agents", "add", OTHER, "--name", "王老板", "--email", "boss@example.test", "--role", "admin"
    )
    assert added.returncode == 0, added.stderr


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def cleared(people: People) -> AsyncIterator[None]:
    """No draft is left for the next test."""
    yield
    for agent in (FIRST, OTHER):
        person = await people.sign_in(agent)
        await person.api("DELETE", f"/flows/{FLOW}/draft")


def box(page: Page, node: str) -> Locator:
    """A node on the canvas."""
    return page.locator(f'.react-flow__node[data-id="{node}"]')


async def open_editor(person: Person, page: Page | None = None) -> Page:
    """The flow in the editor."""
    page = page or person.page
    await page.goto(f"{person.address}/flows/{FLOW}")
    await expect(box(page, "start")).to_be_visible()
    return page


async def rename(page: Page, node: str, name: str) -> None:
    """Double-click the node, and give it another name."""
    await box(page, node).dblclick(position={"x": 60, "y": 20})
    await page.get_by_label("名称", exact=True).fill(name)
    await page.get_by_role("button", name="退出", exact=True).click()
    await expect(box(page, node)).to_contain_text(name)


async def kept(page: Page, state: str = "saved") -> None:
    """Return when the draft is where it shall be."""
    await expect(page.locator("[data-keeping]")).to_have_attribute("data-keeping", state)


async def version(person: Person, number: int | None = None) -> FlowVersion:
    """A version as the service has it; the active one unless said."""
    query = "" if number is None else f"?version={number}"
    return msgspec.json.decode(await person.api("GET", f"/flows/{FLOW}{query}"), type=FlowVersion)


async def draft(person: Person) -> FlowDefinition:
    """The draft as the service has it."""
    stored = msgspec.json.decode(await person.api("GET", f"/flows/{FLOW}/draft"), type=Draft)
    return msgspec.convert(stored.definition, FlowDefinition)


async def publish_name(person: Person, node: str, name: str) -> FlowVersion:
    """Another version, in which a node has another name, published by the API."""
    newest = await version(person)
    plain: dict[str, dict[str, dict[str, object]]] = msgspec.to_builtins(newest.definition)
    plain["nodes"][node]["name"] = name
    body = {"definition": plain, "expect_version": newest.version, "activate": True}
    await person.api("POST", f"/flows/{FLOW}/publish", body)
    return await version(person)


async def test_draft_is_saved_apart_from_the_live_version(people: People) -> None:
    """What is typed is there after a reload, shows in the list, and changes nothing that runs until it is published."""
    person = await people.sign_in()
    before = await version(person)
    page = await open_editor(person)
    await rename(page, PAUSE, "等一会儿")
    await kept(page)
    await page.reload()
    await expect(box(page, PAUSE)).to_contain_text("等一会儿")
    assert (await version(person)).definition == before.definition
    await page.get_by_role("link", name="返回流程列表").click()
    await expect(person.line(FLOW)).to_contain_text("有未发布的修改")

    await open_editor(person)
    await page.get_by_role("button", name="发布修改").click()
    await person.notice("已启动")
    await kept(page, "clean")
    assert (await version(person)).version == before.version + 1
    await expect(page.get_by_role("button", name="停止流程")).to_be_visible()


async def test_draft_can_be_discarded(people: People) -> None:
    """The editor shows the version again, and undo brings the edits back."""
    person = await people.sign_in()
    page = await open_editor(person)
    before = await box(page, PAUSE).inner_text()
    await rename(page, PAUSE, "不要了")
    await kept(page)
    await page.get_by_role("button", name="放弃草稿").click()
    await page.get_by_role("dialog").get_by_role("button", name="放弃草稿").click()
    await expect(box(page, PAUSE)).not_to_contain_text("不要了")
    await kept(page, "clean")
    assert await box(page, PAUSE).inner_text() == before
    await page.get_by_role("button", name="撤销").click()
    await expect(box(page, PAUSE)).to_contain_text("不要了")
    await kept(page)


async def test_rollback(people: People) -> None:
    """History shows what became of the flow; one click lets the older version answer again, also in the editor."""
    person = await people.sign_in()
    old = await version(person)
    new = await publish_name(person, REASSURE, "换了名字")
    page = await open_editor(person)
    await page.get_by_role("button", name="历史", exact=False).first.click()
    drawer = page.get_by_role("dialog")
    await expect(
        drawer.get_by_role("list", name="变化列表").or_(drawer.get_by_label("变化列表"))
    ).to_contain_text("换了名字")
    await expect(drawer.locator(f'.react-flow__node[data-id="{REASSURE}"]')).to_contain_text("修改")
    await drawer.get_by_role("button", name=f"v{old.version} ").click()
    await drawer.get_by_role("button", name=f"回滚到 v{old.version}").click()
    await person.notice(f"现在运行的是 v{old.version}")
    await expect(drawer.get_by_role("button", name=f"v{old.version} 正在运行")).to_be_disabled()
    assert (await version(person)).version == old.version
    assert (await version(person, new.version)).definition.nodes[REASSURE]["name"] == "换了名字"
    await page.keyboard.press("Escape")
    await expect(box(page, REASSURE)).not_to_contain_text("换了名字")

    await rename(page, REASSURE, "回滚之后")
    await page.get_by_role("button", name="发布修改").click()
    await person.notice("已启动")
    assert (await version(person)).version == new.version + 1


async def test_two_admins_merge(people: People) -> None:
    """The second to publish is told who was faster, sees the difference, and merges what does not overlap."""
    mine, theirs = await people.sign_in(), await people.sign_in(OTHER)
    page = await open_editor(mine)
    await rename(page, PAUSE, "我的名字")
    other = await open_editor(theirs)
    await rename(other, REASSURE, "老板的名字")
    await other.get_by_role("button", name="发布修改").click()
    await theirs.notice("已启动")

    await page.get_by_role("button", name="发布修改").click()
    dialog = page.get_by_role("dialog", name="这期间有人发布了新版本")
    await expect(dialog).to_contain_text("王老板")
    await expect(dialog.get_by_label("变化列表")).to_contain_text("老板的名字")
    await expect(dialog).to_contain_text("没有重叠")
    await dialog.get_by_role("button", name="合并到编辑器").click()
    await expect(box(page, REASSURE)).to_contain_text("老板的名字")
    await expect(box(page, PAUSE)).to_contain_text("我的名字")
    await page.get_by_role("button", name="发布修改").click()
    await mine.notice("已启动")
    nodes = (await version(mine)).definition.nodes
    assert (nodes[PAUSE]["name"], nodes[REASSURE]["name"]) == ("我的名字", "老板的名字")


async def test_two_admins_overlap(people: People) -> None:
    """Where both changed the same, one chooses; taking theirs can be undone, and mine can be published on top."""
    mine, theirs = await people.sign_in(), await people.sign_in(OTHER)
    page = await open_editor(mine)
    await rename(page, PAUSE, "我说了算")
    await kept(page)
    published = await publish_name(theirs, PAUSE, "老板说了算")

    await page.get_by_role("button", name="发布修改").click()
    dialog = page.get_by_role("dialog", name="这期间有人发布了新版本")
    await expect(dialog).to_contain_text("1 处两边都修改过")
    await dialog.get_by_role("button", name="采用对方的版本").click()
    await expect(box(page, PAUSE)).to_contain_text("老板说了算")
    await page.get_by_role("button", name="撤销").click()
    await expect(box(page, PAUSE)).to_contain_text("我说了算")
    await page.get_by_role("button", name="发布修改").click()
    await mine.notice("已启动")
    found = await version(mine)
    assert (found.version, found.definition.nodes[PAUSE]["name"]) == (published.version + 1, "我说了算")

    await rename(page, PAUSE, "还是我")
    await kept(page)
    await publish_name(theirs, PAUSE, "又是老板")
    await page.get_by_role("button", name="发布修改").click()
    await dialog.get_by_role("button", name="用我的覆盖并发布").click()
    await expect(dialog).to_be_hidden()
    assert (await version(mine)).definition.nodes[PAUSE]["name"] == "还是我"


async def test_two_tabs(people: People) -> None:
    """What another tab saved is taken over where nothing was edited, else shown; neither is lost."""
    person = await people.sign_in()
    one = await open_editor(person)
    two = await person.context.new_page()
    person.watch(two)
    await open_editor(person, two)
    await rename(one, PAUSE, "第一个标签页")
    await kept(one)
    await rename(two, REASSURE, "第二个标签页")
    await kept(two, "conflict")
    assert (await draft(person)).nodes[PAUSE]["name"] == "第一个标签页"
    await two.get_by_role("button", name="比较并处理").click()
    await two.get_by_role("dialog").get_by_role("button", name="合并两边").click()
    await expect(box(two, PAUSE)).to_contain_text("第一个标签页")
    await kept(two)
    nodes = (await draft(person)).nodes
    assert (nodes[PAUSE]["name"], nodes[REASSURE]["name"]) == ("第一个标签页", "第二个标签页")

    await one.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(box(one, REASSURE)).to_contain_text("第二个标签页")
    await kept(one)


async def test_service_killed(people: People) -> None:
    """The page says so, keeps what is edited, and goes on by itself once the service is back."""
    person = await people.sign_in()
    page = await open_editor(person)
    await rename(page, PAUSE, "之前")
    await kept(page)
    # Whoever would start it again is held up meanwhile.
    people.product.process.send_signal(signal.SIGSTOP)
    people.product.kill_service("console")
    await rename(page, PAUSE, "服务不在")
    await kept(page, "away")
    await expect(page.get_by_role("banner").get_by_text("服务暂时无法连接")).to_be_visible()
    people.product.process.send_signal(signal.SIGCONT)
    await expect(page.locator("[data-keeping=saved]")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("banner").get_by_text("服务暂时无法连接")).to_be_hidden(timeout=30_000)
    assert (await draft(person)).nodes[PAUSE]["name"] == "服务不在"


async def test_page_left_while_the_service_is_away(people: People) -> None:
    """What was edited then is there when somebody comes back."""
    person = await people.sign_in()
    page = await open_editor(person)
    await person.context.set_offline(True)
    await rename(page, PAUSE, "离开之前")
    await kept(page, "away")
    await page.close()
    await person.context.set_offline(False)
    again = await person.context.new_page()
    person.watch(again)
    await open_editor(person, again)
    await expect(box(again, PAUSE)).to_contain_text("离开之前")
    await kept(again)
    assert (await draft(person)).nodes[PAUSE]["name"] == "离开之前"


async def test_bus_killed(people: People) -> None:
    """The page says that the bus is away and goes on keeping drafts; once it is back it says so, without a reload."""
    person = await people.sign_in()
    page = await open_editor(person)
    banner = page.get_by_role("banner").get_by_text("消息总线暂时无法连接")
    people.product.process.send_signal(signal.SIGSTOP)
    people.product.kill_service("nats")
    await expect(banner).to_be_visible()
    await rename(page, PAUSE, "总线不在")
    await kept(page)
    people.product.process.send_signal(signal.SIGCONT)
    await expect(banner).to_be_hidden(timeout=30_000)
    await page.get_by_role("button", name="发布修改").click()
    await person.notice("已启动")
