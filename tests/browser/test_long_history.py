"""Five thousand messages: all are there, in order, and the browser lays out only those near the window."""

import pytest
from playwright.async_api import Browser, expect

from contracts.ids import VisitorId
from services.chassis.bus import Bus
from tests.browser.conftest import NewVisitor
from tests.browser.long_history import LOG, MESSAGES, fill, live, said
from tests.browser.own_gateway import own_gateway
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product
from tests.waiting import eventually

pytestmark = pytest.mark.browser

LAID_OUT = f"""[...{LOG}.querySelectorAll('.row')]
    .filter((row) => row.checkVisibility({{contentVisibilityAuto: true}})).length"""


async def test_five_thousand_messages(
    new_visitor: NewVisitor, frontdesk_up: Product, browser: Browser, bus: Bus
) -> None:
    """Missed while the gateway was away they come in, one scrolls, new ones come, one types: few are ever laid out."""
    async with own_gateway(frontdesk_up) as gateway:
        visitor = await new_visitor(gateway.address)
        await live(browser, visitor, gateway, bus)
        texts = await visitor.widget.locator(".bubble .text").all_text_contents()
        assert len(texts) == MESSAGES + 12
        assert texts[1 : MESSAGES + 1] == [said(number) for number in range(MESSAGES)]
        assert 0 < await visitor.page.evaluate(LAID_OUT) < MESSAGES / 10
        # A page that is away for a while has nothing to be ashamed of.
        visitor.problems.clear()


async def test_older_messages_push_nothing_away(visitor: Visitor, bus: Bus) -> None:
    """What one looks at stays where it is while older messages come in above it, by the button or by scrolling."""
    who = VisitorId(await visitor.id())
    rows = visitor.widget.locator(".row")
    await fill(bus, who, 300, days=9)
    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await expect(rows).to_have_count(51)
    await visitor.widget.get_by_role("button", name="查看更早的消息").press("Enter")
    await expect(rows).to_have_count(151)
    assert await visitor.page.evaluate(f"{LOG}.ariaLive") == "off"
    await expect(visitor.bubbles(said(251))).to_be_in_viewport()
    await expect(visitor.widget.get_by_role("log")).to_have_attribute("aria-live", "polite")
    await visitor.page.mouse.move(1000, 500)

    async def shows_all() -> bool:
        await visitor.page.mouse.wheel(0, -3_000)
        return await rows.count() == 301

    await eventually(shows_all)
    await expect(visitor.widget.locator(".older")).to_be_hidden()
    assert [int(text.split()[0]) for text in (await visitor.texts())[:-1]] == list(range(300))
