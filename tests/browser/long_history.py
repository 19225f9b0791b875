"""A conversation of five thousand messages, and what a visitor does in it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from playwright.async_api import Browser, expect

from contracts import subjects
from contracts.chat import Author, Posted, Text
from contracts.ids import DEFAULT_TEAM, MessageId, VisitorId
from services.chassis.bus import Bus
from tests.browser.own_gateway import BACK_WITHIN_S, OwnGateway
from tests.browser.trace import Trace, traced
from tests.browser.visitor import APOLOGY, Visitor
from tests.waiting import eventually
from tests.widget_gateway.running import post, posted

MESSAGES = 5_000
LOG = "document.querySelector('frontdesk-widget').shadowRoot.querySelector('.conversation')"
COUNT = f"{LOG}.querySelectorAll('.row').length"
LAST = f"[...{LOG}.querySelectorAll('.row .text')].at(-1).textContent"


async def fill(bus: Bus, visitor: VisitorId, messages: int, days: int) -> None:
    """Both sides have talked, from `days` ago on; `said` is what."""
    began = datetime.now(UTC) - timedelta(days=days)
    for start in range(0, messages, 500):
        numbers = range(start, min(start + 500, messages))
        await asyncio.gather(
            *[await bus.begin_store(*_message(visitor, began, number)) for number in numbers]
        )


def said(number: int) -> str:
    """The text of one of them."""
    return f"{number} " + "春茶上新，欢迎品鉴。" * (number % 7)


def _message(visitor: VisitorId, began: datetime, number: int) -> tuple[str, bytes]:
    robot = number % 3 > 0
    message = Posted(
        id=MessageId(f"long-{number}"),
        team=DEFAULT_TEAM,
        visitor=visitor,
        at=began + timedelta(minutes=17 * number),
        author=Author(kind="robot" if robot else "visitor"),
        body=Text(text=said(number)),
    )
    return subjects.chat(DEFAULT_TEAM, visitor, "robot" if robot else "visitor"), msgspec.json.encode(message)


async def live(browser: Browser, visitor: Visitor, gateway: OwnGateway, bus: Bus) -> Sequence[Trace]:
    """All of them come in at once, as after a day away; then one scrolls, new ones come, and one writes.

    What the page's main thread did in the one and in the other.
    """
    page, who = visitor.page, await visitor.id()
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)

    # Locators walk the whole page: in what is traced there are none.
    async def shows_all() -> bool:
        return await page.evaluate(COUNT) > MESSAGES

    async def has_said() -> bool:
        return await page.evaluate(LAST) == "and said"

    gateway.end()
    await fill(bus, VisitorId(who), MESSAGES, days=60)
    async with traced(browser, page) as waking:
        gateway.begin()
        await eventually(shows_all, 2 * BACK_WITHIN_S)
    await expect(visitor.bubbles(said(MESSAGES - 1))).to_be_in_viewport()
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
    return waking, living
