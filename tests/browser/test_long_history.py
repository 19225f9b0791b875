"""Five thousand messages: the window opens at the end, goes back to the first, and never stutters."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from playwright.async_api import Browser, expect

from contracts import subjects
from contracts.chat import Author, Posted, Text
from contracts.ids import DEFAULT_TEAM, MessageId, VisitorId
from services.chassis.bus import Bus
from tests.browser.conftest import NewVisitor
from tests.browser.own_gateway import BACK_WITHIN_S, own_gateway
from tests.browser.trace import traced
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product
from tests.waiting import eventually
from tests.widget_gateway.running import post, posted

pytestmark = pytest.mark.browser

MESSAGES = 5_000
LONG_MS = 50.0
"""What browsers call a long task."""

LOG = "document.querySelector('frontdesk-widget').shadowRoot.querySelector('.conversation')"
COUNT = f"{LOG}.querySelectorAll('.row').length"
LAST = f"[...{LOG}.querySelectorAll('.row .text')].at(-1).textContent"


async def fill(bus: Bus, visitor: VisitorId) -> None:
    """Both sides have talked for two months."""
    began = datetime.now(UTC) - timedelta(days=60)
    for start in range(0, MESSAGES, 500):
        acks = [
            await bus.begin_store(*_message(visitor, began, number)) for number in range(start, start + 500)
        ]
        await asyncio.gather(*acks)


def _message(visitor: VisitorId, began: datetime, number: int) -> tuple[str, bytes]:
    robot = number % 3 > 0
    message = Posted(
        id=MessageId(f"long-{number}"),
        team=DEFAULT_TEAM,
        visitor=visitor,
        at=began + timedelta(minutes=17 * number),
        author=Author(kind="robot" if robot else "visitor"),
        body=Text(text=f"{number} " + "春茶上新，欢迎品鉴。" * (number % 7)),
    )
    return subjects.chat(DEFAULT_TEAM, visitor, "robot" if robot else "visitor"), msgspec.json.encode(message)


async def test_five_thousand_messages(
    new_visitor: NewVisitor, frontdesk_up: Product, browser: Browser, bus: Bus
) -> None:
    """Missed while the gateway was away they come in, one scrolls, new ones come, one types: nothing stutters."""
    async with own_gateway(frontdesk_up) as gateway:
        visitor = await new_visitor(gateway.address)
        page, who = visitor.page, await visitor.id()
        await visitor.open()
        await expect(visitor.bubbles(APOLOGY)).to_have_count(1)

        # Locators walk the whole page: in what is traced there are none.
        async def shows_all() -> bool:
            return await page.evaluate(COUNT) > MESSAGES

        async def has_said() -> bool:
            return await page.evaluate(LAST) == "and said"

        gateway.end()
        await fill(bus, VisitorId(who))
        async with traced(browser, page) as waking:
            gateway.begin()
            await eventually(shows_all, 2 * BACK_WITHIN_S)
        await expect(visitor.bubbles(f"{MESSAGES - 1} 春茶上新，欢迎品鉴。")).to_be_in_viewport()
        await visitor.input.focus()
        await page.mouse.move(1000, 500)
        async with traced(browser, page) as living:
            for way in (-4_000, -100_000, 4_000):
                for _ in range(8):
                    await page.mouse.wheel(0, way)
                    await page.evaluate("new Promise(requestAnimationFrame)")
            await page.evaluate(f"{LOG}.scrollTop = {LOG}.scrollHeight")
            for number in range(10):
                await post(bus, posted(who, f"new {number}"))
            await page.keyboard.type("and said")
            await page.keyboard.press("Enter")
            await eventually(has_said)
        await expect(visitor.bubbles("and said")).to_be_in_viewport()
        await visitor.settled()
        texts = await visitor.widget.locator(".bubble .text").all_text_contents()
        assert len(texts) == MESSAGES + 12
        # A page that is away for a while has nothing to be ashamed of.
        visitor.problems.clear()
    for trace in (waking, living):
        # One may be the browser's own, which collects garbage for example.
        assert trace.tasks[1].cpu_ms < LONG_MS, trace.tasks[:5]
        assert trace.longest_ms < 2 * LONG_MS, trace.tasks[:5]


async def test_older_messages_push_nothing_away(visitor: Visitor, bus: Bus) -> None:
    """What one looks at stays where it is while older messages come in above it, by the button or by scrolling."""
    who = VisitorId(await visitor.id())
    rows = visitor.widget.locator(".row")
    began = datetime.now(UTC) - timedelta(days=9)
    await asyncio.gather(*[await bus.begin_store(*_message(who, began, number)) for number in range(300)])
    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await expect(rows).to_have_count(51)
    await visitor.widget.get_by_role("button", name="查看更早的消息").press("Enter")
    await expect(rows).to_have_count(151)
    assert await visitor.page.evaluate(f"{LOG}.ariaLive") == "off"
    await expect(visitor.bubbles("251 " + "春茶上新，欢迎品鉴。" * 6)).to_be_in_viewport()
    await expect(visitor.widget.get_by_role("log")).to_have_attribute("aria-live", "polite")
    await visitor.page.mouse.move(1000, 500)

    async def shows_all() -> bool:
        await visitor.page.mouse.wheel(0, -3_000)
        return await rows.count() == 301

    await eventually(shows_all)
    await expect(visitor.widget.locator(".older")).to_be_hidden()
    assert [int(text.split()[0]) for text in (await visitor.texts())[:-1]] == list(range(300))
