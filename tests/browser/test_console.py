"""The console's first page."""

import pytest
from playwright.async_api import Browser, expect

from services.chassis.embedded import DataFolder
from services.chassis.sign_in_link import console_link
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product

pytestmark = pytest.mark.browser


async def test_flows_and_runs(browser: Browser, visitor: Visitor, frontdesk_up: Product) -> None:
    """Signed in by a link, one sees the flows and, as it happens, the visitor's run with its path."""
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    await page.goto(_fresh_link(frontdesk_up))
    for name in ("load-widget", "agents-offline-message", "busy-agents"):
        await expect(page.locator(".flow.active", has_text=name)).to_be_visible()
    run = page.locator(".run", has_text="agents-offline-message").first
    await run.locator("summary").click()
    await expect(run.locator(".timeline")).to_contain_text(APOLOGY)
    await expect(run.locator(".outcome")).to_have_text(["SUCCESS", "TRUE", "SUCCESS"])
    await page.get_by_role("button", name="中文").click()
    await expect(page.get_by_role("heading", name="最近的运行")).to_be_visible()
    await context.close()


def _fresh_link(product: Product) -> str:
    """The link that `up` printed may have been used by another test."""
    secret = DataFolder(product.data).secret("frontdesk")
    return console_link(secret, product.addresses.console.partition("/sign-in")[0])
