"""A real Chromium against the whole product."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import chromium, program
from tests.browser.person import People
from tests.browser.visitor import Visitor
from tests.product import Product

NewVisitor = Callable[[], Awaitable[Visitor]]

expect.set_options(timeout=5_000)


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


@pytest.fixture
async def people(browser: Browser, own_product: Product) -> AsyncIterator[People]:
    """Who uses the console of this module's product. The browser must have had nothing to complain about."""
    people = People(browser, own_product)
    yield people
    await people.leave()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without a window."""
    if program() is None:
        pytest.skip("no Chromium on this machine; install one or name it in CHROMIUM")
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def new_visitor(browser: Browser, frontdesk_up: Product) -> AsyncIterator[NewVisitor]:
    """Makes visitors that nobody knows yet, on the demo page. The browser must have had nothing to complain about."""
    visitors: list[Visitor] = []

    async def arrive() -> Visitor:
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1200, "height": 820})
        visitor = Visitor(context, await context.new_page(), frontdesk_up.addresses.gateway)
        visitors.append(visitor)
        await visitor.visit()
        return visitor

    yield arrive
    for visitor in visitors:
        await visitor.context.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


@pytest.fixture
async def visitor(new_visitor: NewVisitor) -> Visitor:
    """One new visitor on the demo page."""
    return await new_visitor()
