"""A real Chromium against the whole product."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect
from pytest_asyncio import is_async_test

from services.chassis.bus import Bus
from tests.browser.chromium import chromium, program
from tests.browser.person import People
from tests.browser.site import Site, welcome_site
from tests.browser.visitor import Visitor
from tests.product import Product

WIDE = ViewportSize(width=1200, height=820)
PHONE = ViewportSize(width=320, height=640)


class NewVisitor(Protocol):
    """Makes visitors whom nobody knows yet, on the demo page or another one."""

    async def __call__(
        self,
        address: str | None = None,
        *,
        locale: str = "zh-CN",
        viewport: ViewportSize = WIDE,
        scheme: Literal["light", "dark"] = "light",
        before: str = "",
    ) -> Visitor:
        """A browser of its own; `before` is a script that runs before any of the page's."""
        ...


expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of these tests: the browser that they share lives in it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def frontdesk_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product for all of these tests: each has visitors of its own."""
    product = Product(tmp_path_factory.mktemp("browser") / "data")
    product.start()
    yield product
    product.stop()
    assert product.process.stdout is not None
    product.process.stdout.close()


@pytest.fixture(scope="module")
def own_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of this module's own, whose flows and team its tests may change."""
    product = Product(tmp_path_factory.mktemp("own") / "data")
    product.start()
    yield product
    product.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def people(browser: Browser, own_product: Product) -> AsyncIterator[People]:
    """Who uses the console of this module's product. The browser must have had nothing to complain about."""
    people = People(browser, own_product)
    yield people
    await people.leave()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without a window: one for all tests, which have profiles of their own in it."""
    if program() is None:
        pytest.skip("no Chromium on this machine; install one or name it in CHROMIUM")
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def new_visitor(browser: Browser, frontdesk_up: Product) -> AsyncIterator[NewVisitor]:
    """Makes visitors that nobody knows yet. The browser must have had nothing to complain about."""
    visitors: list[Visitor] = []

    async def arrive(
        address: str | None = None,
        *,
        locale: str = "zh-CN",
        viewport: ViewportSize = WIDE,
        scheme: Literal["light", "dark"] = "light",
        before: str = "",
    ) -> Visitor:
        context = await browser.new_context(locale=locale, viewport=viewport, color_scheme=scheme)
        if before:
            await context.add_init_script(before)
        visitor = Visitor(context, await context.new_page(), address or frontdesk_up.addresses.gateway)
        visitors.append(visitor)
        await visitor.visit()
        return visitor

    yield arrive
    for visitor in visitors:
        await visitor.context.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(new_visitor: NewVisitor) -> Visitor:
    """One new visitor on the demo page."""
    return await new_visitor()


@pytest.fixture(scope="session")
def site(frontdesk_up: Product) -> Iterator[Site]:
    """Another shop, which the team allows to have its chat."""
    site = Site()
    welcome_site(frontdesk_up, site)
    yield site
    site.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bus(frontdesk_up: Product) -> AsyncIterator[Bus]:
    """The product's bus."""
    async with Bus(frontdesk_up.addresses.nats, "test") as bus:
        yield bus
