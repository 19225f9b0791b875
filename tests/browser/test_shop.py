"""The demo page is a shop that one believes."""

import pytest
from playwright.async_api import expect

from contracts.visitor import EventTracked
from services.chassis.bus import Bus
from tests.browser.conftest import PHONE, NewVisitor
from tests.browser.visitor import Visitor
from tests.product import Product
from tests.widget_gateway.running import events_of

pytestmark = pytest.mark.browser


async def test_basket(visitor: Visitor, bus: Bus) -> None:
    """Things go in and out of it, it lasts over a reload, and the chat is told of each step."""
    page = visitor.page
    await page.get_by_role("button", name="加入茶篮").nth(0).click()
    await page.get_by_role("button", name="加入茶篮").nth(5).click()
    await visitor.reload()
    await page.get_by_role("button", name="茶篮 2").click()
    basket = page.get_by_role("dialog", name="茶篮")
    await expect(basket.locator("#lines li")).to_have_count(2)
    await basket.get_by_role("button", name="增加一件").first.click()
    await expect(basket.locator("#total")).to_have_text("¥644")
    await basket.get_by_role("button", name="去结算").click()
    await expect(page.get_by_role("status").filter(has_text="谢谢惠顾")).to_be_visible()
    await expect(page.get_by_role("button", name="茶篮 0")).to_be_visible()
    await page.get_by_role("button", name="预约座位").click()
    await visitor.nothing_unsent()
    told = [
        event.event for event in await events_of(bus, await visitor.id()) if isinstance(event, EventTracked)
    ]
    assert told == ["add_to_basket", "add_to_basket", "basket_opened", "checkout", "webclick"]
    await expect(page.locator("#told b")).to_have_text(["webclick", "checkout", "basket_opened"])


async def test_languages(new_visitor: NewVisitor) -> None:
    """It speaks the browser's language, and with its chat the other one when one wants; it fits the smallest screen."""
    visitor = await new_visitor(locale="en-GB", viewport=PHONE)
    page = visitor.page
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Picked before the rains", use_inner_text=True
    )
    await expect(visitor.launcher).to_have_attribute("aria-label", "Open chat")
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await page.get_by_role("link", name="中文").click()
    await expect(page).to_have_title("山间茶铺")
    await visitor.reload()
    await expect(visitor.launcher).to_have_attribute("aria-label", "打开聊天")


async def test_the_way_to_the_console(visitor: Visitor, frontdesk_up: Product) -> None:
    """A link leads to the console of this very deployment."""
    console = frontdesk_up.addresses.console.partition("/sign-in")[0]
    await expect(visitor.page.get_by_role("link", name="打开控制台")).to_have_attribute("href", console)
