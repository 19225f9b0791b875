"""The disk under everything that `up` keeps is full for a while."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.browser import Browser, browsing
from tests.chaos.disk import Disk
from tests.product import Product
from tests.waiting import eventually

pytestmark = pytest.mark.chaos


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small file system of its own."""
    disk = Disk(tmp_path / "disk")
    if not disk.mount():
        pytest.skip("no file system can be mounted here")
    yield disk
    disk.unmount()


@pytest.fixture
def product(disk: Disk) -> Iterator[Product]:
    """The whole product, with its data on that disk."""
    product = Product(disk.path)
    product.start()
    yield product
    product.stop()


async def test_it_goes_on_when_there_is_room(disk: Disk, product: Product) -> None:
    """What a visitor says to a full disk is not accepted; it is, once, when there is room, and nobody had to help."""
    async with browsing(product.addresses.gateway, 1) as (browser,):
        await eventually(lambda: browser.is_content, within_s=10)
        with disk.full():
            talking = asyncio.create_task(_talk(browser, 30))
            await eventually(lambda: "nats cannot go on" in product.told, within_s=20)
            await talking
        await eventually(lambda: browser.is_content, within_s=30)
        expected = [_text(number) for number in range(30)]
        await eventually(lambda: browser.texts("visitor") == expected, within_s=20)
    assert product.process.poll() is None


async def _talk(browser: Browser, count: int) -> None:
    for number in range(count):
        await browser.say("message_sent", text=_text(number))


def _text(number: int) -> str:
    return f"{number} {'x' * 500}"
