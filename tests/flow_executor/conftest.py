"""A running executor with everybody around it."""

from collections.abc import AsyncIterator

import pytest

from services.chassis.bus import Bus
from tests.flow_executor.harness import World, executing


@pytest.fixture
async def world(nats_url: str, postgres_dsn: str) -> AsyncIterator[World]:
    """Everybody around an executor that runs for the time of the test."""
    async with executing(nats_url, postgres_dsn), Bus(nats_url, "tests") as bus:
        world = World(bus)
        await world.wait_for_executor()
        yield world
