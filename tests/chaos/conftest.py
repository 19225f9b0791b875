"""One product for all: what is killed comes back, and each test has its own visitors."""

from collections.abc import AsyncIterator, Iterator

import pytest

from services.chassis.bus import Bus
from tests.product import Product


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product, running."""
    product = Product(tmp_path_factory.mktemp("chaos") / "data")
    product.start()
    assert product.told == ""
    yield product
    product.stop()


@pytest.fixture
async def bus(product: Product) -> AsyncIterator[Bus]:
    """The test's own connection to its bus."""
    async with Bus(product.addresses.nats, "chaos") as bus:
        yield bus
