"""The real gateway in this process, on a real bus. One nats-server for all: each test has its own visitors."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from services.chassis.bus import Bus
from services.chassis.provision import provision
from tests.servers import Nats
from tests.widget_gateway.running import TEAM, Gateway, gateway_on, put_team


@pytest.fixture(scope="session")
def shared_nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """A provisioned nats-server with the team `default`, which no test may stop."""

    async def prepare() -> None:
        async with Bus(server.url, "tests") as bus:
            await provision(bus)
            await put_team(bus, TEAM)

    server = Nats(tmp_path_factory.mktemp("gateway-nats") / "data")
    server.start()
    asyncio.run(prepare())
    yield server
    server.stop()


@pytest.fixture
async def bus(shared_nats: Nats) -> AsyncIterator[Bus]:
    """The test's own connection to the bus of the gateway."""
    async with Bus(shared_nats.url, "test") as bus:
        yield bus


@pytest.fixture
async def gateway(shared_nats: Nats) -> AsyncIterator[Gateway]:
    """A gateway of the test's own."""
    async with gateway_on(shared_nats.url) as gateway:
        yield gateway
