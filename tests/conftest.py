"""Fixtures that many tests share. Servers are real; see `tests.servers`."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.servers import Nats, Postgres


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[Nats]:
    """A fresh nats-server without streams, which the test may kill and start again."""
    server = Nats(tmp_path / "frontdesk-nats")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def nats_url(nats_server: Nats) -> str:
    """The address of a fresh nats-server without streams."""
    return nats_server.url


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One Postgres for the whole session; a test that kills it makes its own."""
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres_dsn(postgres_server: Postgres) -> Iterator[str]:
    """An empty database of the test's own."""
    name = f"test_{uuid4().hex}"
    postgres_server.create(name)
    yield postgres_server.dsn(name)
    postgres_server.drop(name)
