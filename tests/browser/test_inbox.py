"""The inbox on real servers: agents answer visitors from a phone and a desk, and nothing is lost or said twice."""

import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from contracts.chat import Author, Posted, Text
from contracts.ids import DEFAULT_TEAM, AgentId, MessageId, VisitorId
from contracts.presence import LOST_TTL_S
from contracts.requests import PresenceList, PresenceOnline, PushTeam, TeamPushed
from contracts.streams import SESSIONS
from contracts.subjects import chat, sessions_of_person
from services.chassis.bus import Bus
from services.chassis.errors import FrontdeskError
from tests.browser.axe import violations
from tests.browser.chromium import ARGUMENTS, program
from tests.browser.desk import Desk
from tests.browser.person import FIRST, People, fresh_link, origin
from tests.browser.visitor import Visitor
from tests.product import Product
from tests.waiting import eventually, eventually_sync

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]

MEI = AgentId("mei")
BUSY = "您好，座席正忙，您的消息已经收到，请稍候片刻，我们会尽快回复您。"
GONE_S = LOST_TTL_S + 5
TEAM: dict[str, object] = {
    "team": DEFAULT_TEAM,
    "agents": [
        {"id": FIRST, "name": "林一", "role": "admin", "groups": ["售前"]},
        {"id": MEI, "name": "王梅"},
    ],
    "customer_types": [{"id": "lead", "name": "潜在客户"}],
    "canned_messages": [{"id": "hello", "text": "您好 {{user_fullname or '朋友'}}，这里是{{page_title}}"}],
    "segments": [{"id": "named", "name": "留名", "filter": "user_fullname is defined"}],
}


@pytest_asyncio.fixture(loop_scope="session")
async def bus(own_product: Product) -> AsyncIterator[Bus]:
    """The product's bus, on which the team has its settings."""
    async with Bus(own_product.addresses.nats, "test") as bus:
        settings = msgspec.Raw(msgspec.json.encode(TEAM))
        await bus.request("contracts.team.push", PushTeam(settings=settings, by="tests"), TeamPushed)
        yield bus


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser, own_product: Product) -> AsyncIterator[Visitor]:
    """Somebody on the demo page, with the window open."""
    context = await browser.new_context(locale="zh-CN")
    visitor = Visitor(context, await context.new_page(), own_product.addresses.gateway)
    await visitor.visit()
    await visitor.open()
    yield visitor
    await context.close()
    assert visitor.problems == []


async def online(bus: Bus) -> list[str]:
    """The agents whom flows would find online."""
    return (await bus.request("query.presence.list", PresenceList(), PresenceOnline)).online


async def expect_online(bus: Bus, *agents: AgentId, within_s: float = 20.0) -> None:
    """Return when it is these."""

    async def are_there() -> bool:
        try:
            return await online(bus) == list(agents)
        except FrontdeskError:
            return False

    await eventually(are_there, within_s)


async def expect_sole_session(bus: Bus, agent: AgentId) -> None:
    """Return when those of the pages that were left on the way are over."""

    async def is_alone() -> bool:
        keys = sessions_of_person(DEFAULT_TEAM, "agent", agent)
        return len(await bus.keys.matching(SESSIONS.name, keys)) == 1

    await eventually(is_alone, GONE_S)


async def test_a_phone_and_a_visitor_talk(people: People, bus: Bus, visitor: Visitor) -> None:
    """Both ways, mostly within a second, in order, once; the visitor sees that the agent types, and has read."""
    desk = await Desk.take(people, is_phone=True)
    await expect_online(bus, FIRST)
    await visitor.send("在吗？")
    who = await visitor.id()
    await expect(desk.row(who)).to_contain_text("在吗？")
    await desk.open(who)
    await expect(desk.message("在吗？")).to_have_count(1)
    took_s: list[float] = []
    for number in range(5):
        began = time.monotonic()
        await visitor.send(f"问题 {number}")
        await expect(desk.message(f"问题 {number}")).to_be_visible()
        took_s.append(time.monotonic() - began)
        began = time.monotonic()
        await desk.reply(f"回答 {number}")
        await expect(visitor.bubbles(f"回答 {number}")).to_be_visible()
        took_s.append(time.monotonic() - began)
    assert median(took_s) < 1.0, took_s
    said = [text for number in range(5) for text in (f"问题 {number}", f"回答 {number}")]
    assert [text for text in await visitor.texts() if text in said] == said
    await desk.settled()
    await desk.page.get_by_role("button", name="返回会话列表").click()
    await expect(desk.row(who)).to_contain_text("回答 4")


async def test_busy_agents(people: People, bus: Bus, browser: Browser, visitor: Visitor) -> None:
    """Who waits 15 s for an online agent is reassured, and who was answered in time is not."""
    desk = await Desk.take(people)
    await expect_online(bus, FIRST)
    context = await browser.new_context(locale="zh-CN")
    unlucky = Visitor(context, await context.new_page(), people.product.addresses.gateway)
    await unlucky.visit()
    await unlucky.open()
    await visitor.send("有人吗？")
    await desk.open(await visitor.id())
    await desk.reply("在的")
    await expect(visitor.bubbles("在的")).to_have_count(1)
    await unlucky.send("还有人吗？")
    await expect(unlucky.bubbles(BUSY)).to_have_count(1, timeout=30_000)
    assert await visitor.bubbles(BUSY).count() == 0
    await desk.open(await unlucky.id())
    await expect(desk.message(BUSY).get_by_role("link", name="由流程发送")).to_be_visible()
    await desk.message(BUSY).get_by_role("link", name="由流程发送").click()
    await expect(desk.page).to_have_url(re.compile("/runs/"))
    await context.close()


async def test_the_last_tab(people: People, bus: Bus) -> None:
    """An agent with several tabs is online until the last one is closed; an open editor alone is not."""
    person = await people.sign_in()
    await expect(person.page.locator("tr[data-flow]").first).to_be_visible()
    await expect_online(bus)
    desk = Desk(person, person.page)
    await desk.go("/inbox")
    await expect_online(bus, FIRST)
    other = await desk.another_tab()
    await desk.page.close()
    mei = await Desk.take(people, MEI)
    await expect_online(bus, FIRST, MEI)
    await expect_sole_session(bus, MEI)
    await mei.page.get_by_role("button", name="提醒设置").click()
    await mei.page.get_by_role("menuitemcheckbox", name="暂离").click()
    await expect_online(bus, FIRST, within_s=4)
    await other.page.close()
    await expect_online(bus, within_s=GONE_S)


async def test_a_killed_browser(bus: Bus, own_product: Product, tmp_path: Path) -> None:
    """Killed with -9, a browser leaves its agent offline within the moment that a lost socket has."""
    command = [str(program()), *ARGUMENTS, "--headless=new", "--remote-debugging-port=0"]
    command.append(f"--user-data-dir={tmp_path / 'profile'}")
    port = tmp_path / "profile" / "DevToolsActivePort"
    quiet = subprocess.DEVNULL
    # A group of its own: what is started may be a script around the browser.
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, process_group=0) as process:
        try:
            eventually_sync(port.exists, within_s=20)
            address = eventually_sync(lambda: port.read_text().partition("\n")[0], within_s=5)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{address}")
                page = await browser.contexts[0].new_page()
                await page.goto(fresh_link(own_product))
                await expect(page.locator("#page")).to_be_attached()
                await page.goto(f"{origin(own_product)}/inbox")
                await expect_online(bus, FIRST)
                os.killpg(process.pid, signal.SIGKILL)
                await expect_online(bus, within_s=GONE_S)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


async def test_signing_out_counts_at_once(people: People, bus: Bus) -> None:
    """Without the grace that a lost socket has."""
    desk = await Desk.take(people)
    await expect_online(bus, FIRST)
    await expect_sole_session(bus, FIRST)
    await desk.page.get_by_role("button", name="林一").click()
    await desk.page.get_by_role("menuitem", name="退出登录").click()
    await expect_online(bus, within_s=4)


async def test_notes_stay_in_the_house(people: People, bus: Bus, visitor: Visitor) -> None:
    """Other agents see them at once; the visitor never, not even after a reload."""
    await visitor.send("你好")
    who = await visitor.id()
    desk, mei = await Desk.take(people), await Desk.take(people, MEI)
    await desk.open(who)
    await mei.open(who)
    await desk.note("此人是老客户")
    await expect(mei.message("此人是老客户")).to_contain_text("林一 的备注")
    await desk.reply("您好！")
    await expect(visitor.bubbles("您好！")).to_have_count(1)
    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles("您好！")).to_have_count(1)
    assert not [text for text in await visitor.texts() if "老客户" in text]


async def test_the_service_goes_away(people: People, bus: Bus, visitor: Visitor) -> None:
    """What was sent meanwhile arrives once and in order, and what was being typed stays, also through a reload."""
    await visitor.send("你好")
    desk = await Desk.take(people)
    await desk.open(await visitor.id())
    await expect(desk.message("你好")).to_be_visible()
    people.product.kill_service("console")
    for text in ("第一", "第二", "第三"):
        await desk.reply(text)
    await desk.input.fill("还没写完")
    await desk.settled()
    await visitor.send("收到了")
    await expect(desk.message("收到了")).to_be_visible()
    await expect(visitor.bubbles("第三")).to_have_count(1)
    said = [text for text in await visitor.texts() if text in {"第一", "第二", "第三", "收到了"}]
    assert said == ["第一", "第二", "第三", "收到了"]
    await desk.page.reload()
    await expect(desk.input).to_have_value("还没写完")
    await expect_online(bus, FIRST)


async def test_what_an_agent_can_do(people: People, bus: Bus, visitor: Visitor) -> None:
    """Canned replies are filled in before they are sent; assigning and converting show with everybody, filters hold."""
    await visitor.page.evaluate("Frontdesk.set({user_fullname: '王小明'})")
    await visitor.send("你好")
    who = await visitor.id()
    desk, mei = await Desk.take(people), await Desk.take(people, MEI)
    await desk.open(who)
    await expect(desk.page.get_by_role("complementary").get_by_text("留名")).to_be_visible()
    await desk.input.press("/")
    option = desk.page.get_by_role("option", name="hello")
    await expect(option).to_contain_text("您好 王小明，这里是")
    await desk.page.keyboard.press("Enter")
    await expect(desk.input).to_have_value(re.compile("^您好 王小明，这里是"))
    await desk.input.press("Enter")
    await expect(visitor.widget.get_by_text("您好 王小明，这里是").last).to_be_visible()
    await desk.page.get_by_role("button", name="负责人").click()
    await desk.page.get_by_role("menuitem", name="王梅").click()
    await expect(desk.page.get_by_role("button", name="负责人: 王梅")).to_be_visible()
    await mei.page.get_by_text("我的", exact=True).first.click()
    await expect(mei.row(who)).to_be_visible()
    await desk.page.get_by_text("我的", exact=True).first.click()
    await expect(desk.row(who)).to_have_count(0)
    await desk.page.get_by_role("combobox", name="客户类型").click()
    await desk.page.get_by_role("option", name="潜在客户").click()
    await expect(desk.page.get_by_role("combobox", name="客户类型")).to_have_value("潜在客户")
    await mei.open(who)
    await expect(mei.page.get_by_role("combobox", name="客户类型")).to_have_value("潜在客户")


async def test_a_long_history(people: People, bus: Bus) -> None:
    """Older messages come as one scrolls up, without a jump; a search leads into the middle, and back to the end."""
    who = VisitorId("v_long")
    for number in range(300):
        said = "只说过一次的青花瓷" if number == 40 else f"第 {number} 句"
        posted = Posted(
            id=MessageId(f"m{number}"),
            team=DEFAULT_TEAM,
            visitor=who,
            at=datetime.now(UTC),
            author=Author(kind="visitor"),
            body=Text(text=said),
        )
        await bus.store(chat(DEFAULT_TEAM, who, "visitor"), msgspec.json.encode(posted))
    desk = await Desk.take(people)
    await desk.open(who)
    await expect(desk.message("第 299 句")).to_be_in_viewport()
    log = desk.page.get_by_role("log")

    async def is_at_the_beginning() -> bool:
        await log.evaluate("(log) => { log.scrollTop = 0 }")
        return await desk.message("第 0 句").count() == 1

    await eventually(is_at_the_beginning, within_s=30)
    await desk.page.get_by_role("button", name="回到最新消息").click()
    await expect(desk.message("第 299 句")).to_be_in_viewport()
    await desk.page.get_by_role("searchbox").fill("青花")
    await desk.page.get_by_role("link", name="只说过一次的青花瓷").click()
    await expect(desk.message("只说过一次的青花瓷")).to_be_in_viewport()
    await desk.page.get_by_role("button", name="回到最新消息").click()
    await expect(desk.message("第 299 句")).to_be_in_viewport()


async def test_everything_by_keyboard(people: People, bus: Bus, visitor: Visitor) -> None:
    """A conversation is found, opened and answered without a mouse."""
    await visitor.send("请用键盘回答")
    desk = await Desk.take(people)
    row = desk.row(await visitor.id())
    await expect(row).to_contain_text("请用键盘回答")
    await desk.page.get_by_role("searchbox").focus()
    await desk.page.locator("a[data-row]").first.focus()
    await desk.page.keyboard.press("End")
    await desk.page.keyboard.press("Home")
    while not await row.evaluate("(link) => link === document.activeElement"):
        await desk.page.keyboard.press("ArrowDown")
    await desk.page.keyboard.press("Enter")
    await expect(desk.message("请用键盘回答")).to_be_visible()
    await desk.input.focus()
    await desk.page.keyboard.type("好的")
    await desk.page.keyboard.press("Enter")
    await expect(visitor.bubbles("好的")).to_have_count(1)


async def test_colours(people: People, bus: Bus, visitor: Visitor) -> None:
    """Who said what is told apart by its ground, in light and in dark, and a note looks like nothing else."""
    await visitor.send("你好")
    desk = await Desk.take(people)
    await desk.open(await visitor.id())
    await desk.reply("您好")
    await desk.note("新客")
    await desk.settled()
    for scheme in ("深色", "浅色"):
        await desk.page.get_by_role("button", name=scheme).click()
        grounds = {await desk.ground(text) for text in ("你好", "您好", "新客")}
        assert len(grounds) == 3, grounds
        assert "rgba(0, 0, 0, 0)" not in grounds


@pytest.mark.parametrize("is_phone", [True, False])
async def test_accessible(people: People, bus: Bus, visitor: Visitor, is_phone: bool) -> None:
    """Axe finds nothing serious in any pane, light or dark."""
    await visitor.send("你好")
    desk = await Desk.take(people, is_phone=is_phone)
    await expect(desk.row(await visitor.id())).to_be_visible()
    for scheme in ("深色", "浅色"):
        await desk.page.get_by_role("button", name=scheme).click()
        assert await violations(desk.page) == []
        await desk.open(await visitor.id())
        await desk.note(f"备注 {scheme}")
        await desk.settled()
        assert await violations(desk.page) == []
        if is_phone:
            await desk.page.get_by_role("button", name="访客资料", exact=True).click()
            await expect(desk.page.get_by_role("complementary")).to_be_visible()
            assert await violations(desk.page) == []
            await desk.page.get_by_role("button", name="关闭访客资料").click()
            await desk.page.get_by_role("button", name="返回会话列表").click()
