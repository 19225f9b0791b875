"""Fixtures that many tests share. Servers are real; see `tests.servers`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.chassis import migrations
from services.chassis.bus import Bus
from services.chassis.provision import provision
from tests.product import Product
from tests.servers import Nats, Postgres

SLOW_S = 90


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[Nats]:
    """A fresh nats-server without streams, which the test may kill and start again."""
    server = Nats(tmp_path / "frontdesk-nats")
    server.start()
    yield server
    server.discard()


@pytest.fixture
async def nats_url(nats_server: Nats) -> str:
    """The address of a fresh nats-server with every stream, bucket and consumer."""
    async with Bus(nats_server.url, "tests") as bus:
        await provision(bus)
    return nats_server.url


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One Postgres for the whole session; a test that kills it makes its own."""
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """The name of a migrated database, to which nobody is connected."""
    name = "frontdesk_template"
    postgres_server.create(name)
    asyncio.run(migrations.apply(postgres_server.dsn(name)))
    return name


@pytest.fixture
def postgres_dsn(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated database of the test's own, without rows."""
    name = f"test_{uuid4().hex}"
    postgres_server.create(name, template=postgres_template)
    yield postgres_server.dsn(name)
    postgres_server.drop(name)


@pytest.fixture
def frontdesk_up(tmp_path: Path) -> Iterator[Product]:
    """The whole product, started and ready."""
    product = Product(tmp_path / "data")
    product.start()
    yield product
    product.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that start everything, or a browser, or kill things, the time that this takes, and begin with them."""
    for item in items:
        if _is_slow(item):
            item.add_marker(pytest.mark.timeout(SLOW_S), append=False)
    _mix(items)


def _is_slow(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("e2e", "browser", "chaos"))


def _mix(items: list[pytest.Item]) -> None:
    """Spread the slow files among the others, all of them before the last fifth.

    Browsers need processors and the other tests mostly wait, so that workers do best with some of each in hand.
    """
    files = list(dict.fromkeys(item.path for item in items))
    slow = {item.path for item in items if _is_slow(item)}
    place: dict[Path, float] = {}
    for some, share in ((slow, 0.8), (set(files) - slow, 1.0)):
        of_kind = [path for path in files if path in some]
        place |= {path: share * number / len(of_kind) for number, path in enumerate(of_kind)}
    items.sort(key=lambda item: place[item.path])
