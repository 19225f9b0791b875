"""Every screen, for those who cannot see it or use no mouse."""

import asyncio

import pytest
from playwright.async_api import Browser, expect

from tests.browser.axe import violations
from tests.browser.chromium import chromium, program
from tests.browser.screens import SCREENS, Stage, furnish
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


@pytest.fixture(scope="module")
def furnished(own_product: Product) -> Product:
    """A product with something to look at."""

    async def prepare() -> None:
        async with chromium() as browser:
            await furnish(browser, own_product)

    if program() is None:
        pytest.skip("no Chromium on this machine; install one or name it in CHROMIUM")
    asyncio.run(prepare())
    return own_product


@pytest.mark.parametrize("name", [name for name in SCREENS if name != "widget"])
async def test_screen_is_accessible(browser: Browser, furnished: Product, name: str) -> None:
    """Axe finds nothing serious, in light and in dark."""
    page = await SCREENS[name](Stage(browser, furnished, "zh", "light"))
    assert await violations(page) == []
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert await violations(page) == []
    await page.context.close()
