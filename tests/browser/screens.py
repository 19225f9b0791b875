"""The screens of which pictures are taken, by name: each gets a stage, and leaves a page that is ready for it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import msgspec
from playwright.async_api import Browser, Page, expect

from contracts.ids import AgentId
from contracts.requests import FlowVersion, RunsPage, RunSummary
from tests.browser.person import Language, Person, Scheme, arrive, sign_in
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product

BUSY = "busy-agents"
OFFLINE = "agents-offline-message"
TRIAGE = "quick-reply-triage"
WELCOME = "welcome-by-country"
ADDED = "flow-k3m8x2"
BOSS = AgentId("boss")


class Stage(NamedTuple):
    """Where a picture is taken."""

    browser: Browser
    product: Product
    language: Language
    scheme: Scheme

    def say(self, zh: str, en: str) -> str:
        """The word that is on the screen."""
        return zh if self.language == "zh" else en

    async def person(self) -> Person:
        """An admin at the list of flows."""
        return await sign_in(self.browser, self.product, language=self.language, scheme=self.scheme)


Screen = Callable[[Stage], Awaitable[Page]]


async def furnish(browser: Browser, product: Product) -> None:
    """What the pictures show besides what a new product has: a draft, a new flow, a second version, a few runs."""
    person = await sign_in(browser, product)
    triage = await _definition(person, TRIAGE)
    changed = _changed(triage)
    await person.api(
        "POST", f"/flows/{TRIAGE}/publish", {"definition": changed, "expect_version": 1, "activate": False}
    )
    draft = {**changed, "scenarios": _broken(changed)}
    await person.api("PUT", f"/flows/{TRIAGE}/draft", {"definition": draft, "base_version": 2})
    added: dict[str, object] = {
        "flow": ADDED,
        "name": "新品上市通知",
        "trigger": "widget_loaded",
        "nodes": {},
    }
    await person.api("PUT", f"/flows/{ADDED}/draft", {"definition": added, "base_version": None})
    await _divide(browser, product, person)
    await person.context.close()


async def _divide(browser: Browser, product: Product, person: Person) -> None:
    """Somebody else publishes a flow of which this person has a draft."""
    added = product.run(
        "team", "agents", "add", BOSS, "--name", "王小明", "--email", "boss@example.test", "--role", "admin"
    )
    assert added.returncode == 0, added.stderr
    base = await _definition(person, WELCOME)
    mine = _with_texts(
        base, {"zh": "欢迎光临！新茶上市，欢迎试饮。"}, {"en": "Welcome! The new tea is here."}
    )
    await person.api("PUT", f"/flows/{WELCOME}/draft", {"definition": mine, "base_version": 1})
    boss = await sign_in(browser, product, BOSS)
    theirs = _with_texts(base, {"zh": "您好，欢迎光临山间茶铺。"})
    body = {"definition": theirs, "expect_version": 1, "activate": False}
    await boss.api("POST", f"/flows/{WELCOME}/publish", body)
    await boss.context.close()


def _with_texts(flow: Mapping[str, object], *texts: Mapping[str, str]) -> dict[str, object]:
    """The flow with other texts in its first replies."""
    nodes = msgspec.convert(flow["nodes"], dict[str, dict[str, object]])
    replies = [name for name, node in nodes.items() if node["type"] == "reply"]
    changed = {name: {**nodes[name], "text": dict(text)} for name, text in zip(replies, texts, strict=False)}
    return {**flow, "nodes": {**nodes, **changed}}


async def _definition(person: Person, flow: str) -> dict[str, object]:
    found = msgspec.json.decode(await person.api("GET", f"/flows/{flow}"), type=FlowVersion)
    plain: dict[str, object] = msgspec.to_builtins(found.definition)
    return plain


def _changed(triage: Mapping[str, object]) -> dict[str, object]:
    """The flow with a node more, a node less, another text, and an edge that leads elsewhere."""
    nodes = msgspec.convert(triage["nodes"], dict[str, dict[str, object]])
    service = {**nodes["service"], "text": "好的。请把订单号发给我们，并说明遇到的问题，一小时内回复您。"}
    thanks = {
        "type": "wait",
        "name": "等待访客补充",
        "seconds": 120,
        "next": {"VISITOR_ANSWER": "end", "TIMEOUT": "end"},
    }
    transfer = {**nodes["transfer"], "next": {"SUCCESS": "more"}}
    kept = {name: node for name, node in nodes.items() if name != "nobody"}
    agent = {**nodes["agent"], "next": {"SUCCESS": "transfer", "FAILED": "service"}}
    layout = {**msgspec.convert(triage["layout"], dict[str, object]), "more": [1740, 320], "end": [2080, 240]}
    changed = {**kept, "service": service, "transfer": transfer, "agent": agent, "more": thanks}
    scenarios = msgspec.convert(triage["scenarios"], list[dict[str, object]])
    left = [
        scenario for scenario in scenarios if "nobody" not in str(scenario) and "agent" not in str(scenario)
    ]
    return {**triage, "nodes": changed, "layout": layout, "scenarios": left}


def _broken(definition: Mapping[str, object]) -> list[dict[str, object]]:
    """Its scenarios, of which the second promises what does not happen."""
    scenarios = msgspec.convert(definition["scenarios"], list[dict[str, object]])
    wrong = {**scenarios[1], "path": ["start SUCCESS", "ask 售后服务", "sales SUCCESS", "end"]}
    return [scenarios[0], wrong, *scenarios[2:4]]


async def at_sign_in(stage: Stage) -> Page:
    """The way in."""
    person = await arrive(stage.browser, stage.product, language=stage.language, scheme=stage.scheme)
    await person.go("/flows")
    await expect(person.page.get_by_label(stage.say("邮箱", "E-mail"))).to_be_visible()
    return person.page


async def at_used_link(stage: Stage) -> Page:
    """A link that does not do."""
    person = await arrive(stage.browser, stage.product, language=stage.language, scheme=stage.scheme)
    await person.go("/sign-in?problem=used_link&next=/runs")
    await expect(person.page.get_by_role("alert")).to_be_visible()
    return person.page


async def account(stage: Stage) -> Page:
    """Who one is, one's password and sessions."""
    person = await stage.person()
    await person.go("/account")
    await expect(person.page.locator("tbody tr").first).to_be_visible()
    return person.page


async def flows(stage: Stage) -> Page:
    """The list."""
    return (await stage.person()).page


async def flow_menu(stage: Stage) -> Page:
    """The list with a flow's menu."""
    person = await stage.person()
    await person.line(BUSY).get_by_role("button").click()
    await expect(person.page.get_by_role("menu")).to_be_visible()
    return person.page


async def flow_add(stage: Stage) -> Page:
    """A flow is added."""
    person = await stage.person()
    await person.page.get_by_role("button", name=stage.say("添加流程", "Add a flow")).click()
    await person.page.get_by_label(stage.say("流程名称", "Name"), exact=True).fill("发送座席离线消息")
    return person.page


async def flow_import(stage: Stage) -> Page:
    """A file that is not right."""
    person = await stage.person()
    await person.page.get_by_role("button", name=stage.say("导入流程", "Import a flow")).click()
    wrong = (
        b'flow = "Hello"\nname = ""\ntrigger = "widget_open"\ncooldown = 5\n[nodes.start]\ntype = "start"\n'
    )
    await person.page.locator("input[type=file]").set_input_files(
        {"name": "hello.toml", "mimeType": "application/toml", "buffer": wrong}
    )
    await expect(person.page.get_by_role("alert")).to_be_visible()
    return person.page


async def history(stage: Stage) -> Page:
    """Two versions on one canvas."""
    person = await stage.person()
    await person.choose(TRIAGE, stage.say("历史", "History"))
    await expect(person.page.locator(".react-flow__node").first).to_be_visible()
    return person.page


async def editor(stage: Stage) -> Page:
    """A flow in the editor."""
    person = await stage.person()
    await person.go(f"/flows/{BUSY}")
    await expect(person.page.locator(".react-flow__node").first).to_be_visible()
    return person.page


async def missing(stage: Stage) -> Page:
    """A flow that cannot start yet."""
    person = await stage.person()
    await person.go(f"/flows/{ADDED}")
    await person.page.get_by_role("button", name=stage.say("启动流程", "Start the flow")).click()
    await expect(person.page.get_by_role("dialog")).to_be_visible()
    return person.page


async def conflict(stage: Stage) -> Page:
    """Two people changed one flow."""
    person = await stage.person()
    await person.go(f"/flows/{WELCOME}")
    await person.page.get_by_role("button", name=stage.say("启动流程", "Start the flow")).click()
    await expect(person.page.get_by_role("dialog").locator(".react-flow__node").first).to_be_visible()
    return person.page


async def scenarios(stage: Stage) -> Page:
    """Scenarios beside the canvas, one of which fails."""
    person = await stage.person()
    await person.go(f"/flows/{TRIAGE}")
    await person.page.get_by_role("button", name=stage.say("场景", "Scenarios"), exact=True).click()
    await person.page.get_by_role("button", name="about an order").click()
    await expect(person.page.get_by_text(stage.say("期望", "Expected"), exact=True).first).to_be_visible()
    return person.page


async def runs(stage: Stage) -> Page:
    """The list of runs."""
    await _answered(stage)
    person = await stage.person()
    await person.go("/runs")
    await expect(person.page.locator("[role=row][data-run]").first).to_be_visible()
    return person.page


async def run(stage: Stage) -> Page:
    """A run at the step at which the robot answers."""
    return await _run(stage, "step=4", ".react-flow__node")


async def what_if(stage: Stage) -> Page:
    """The run as it would have been with somebody online."""
    page = await _run(stage, "view=again", ".react-flow__node")
    await page.locator("[data-fact=agents_online] label").first.click()
    await expect(page.locator("[data-kind=other_path]")).to_be_visible()
    return page


async def visitor(stage: Stage) -> Page:
    """Why something ran, or nothing."""
    found = await _answered(stage)
    person = await stage.person()
    await person.go(f"/visitors/{found.visitor}")
    await expect(person.page.locator("li[data-type]").first).to_be_visible()
    return person.page


async def inbox(stage: Stage) -> Page:
    """A conversation; the agent is away, so that the robot goes on answering."""
    found = await _answered(stage)
    person = await stage.person()
    await person.context.add_init_script("localStorage.setItem('frontdesk.inbox', '{\"isAway\": true}')")
    await person.go(f"/inbox/{found.visitor}")
    await expect(person.page.get_by_role("log").locator("article").first).to_be_visible()
    return person.page


async def inbox_phone(stage: Stage) -> Page:
    """The same on a phone."""
    page = await inbox(stage)
    await page.set_viewport_size({"width": 375, "height": 720})
    return page


async def _run(stage: Stage, query: str, ready: str) -> Page:
    found = await _answered(stage)
    person = await stage.person()
    await person.go(f"/runs/{found.run}?{query}")
    await expect(person.page.locator(ready).first).to_be_visible()
    return person.page


async def _answered(stage: Stage) -> RunSummary:
    """The run by which the robot has just answered a new visitor."""
    page = await widget(stage)
    await page.context.close()
    person = await stage.person()
    page_of_runs = await person.api("GET", f"/runs?flow={OFFLINE}&limit=1")
    await person.context.close()
    return msgspec.json.decode(page_of_runs, type=RunsPage).runs[0]


async def widget(stage: Stage) -> Page:
    """The widget on the demo page, with the robot's answer."""
    locale = {"zh": "zh-CN", "en": "en-GB"}[stage.language]
    context = await stage.browser.new_context(
        locale=locale, color_scheme=stage.scheme, viewport={"width": 1200, "height": 800}
    )
    visitor = Visitor(context, await context.new_page(), stage.product.addresses.gateway)
    await visitor.visit()
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await visitor.send("想买两罐明前龙井送朋友，请回电 138 0000 1234，谢谢！")
    await visitor.settled()
    await visitor.still()
    return visitor.page


SCREENS: dict[str, Screen] = {
    "sign-in": at_sign_in,
    "sign-in-used-link": at_used_link,
    "account": account,
    "flows": flows,
    "flows-menu": flow_menu,
    "flows-add": flow_add,
    "flows-import": flow_import,
    "history": history,
    "editor": editor,
    "editor-missing": missing,
    "editor-conflict": conflict,
    "scenarios": scenarios,
    "runs": runs,
    "run": run,
    "what-if": what_if,
    "visitor": visitor,
    "inbox": inbox,
    "inbox-phone": inbox_phone,
    "widget": widget,
}
"""By the beginning of the picture's file name."""
