"""Fixtures of conversations: the service, and what others tell it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.chassis.bus import Bus
from tests.conversations.told import Told, conversing


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client of a provisioned bus."""
    async with Bus(nats_url, "test") as bus:
        yield bus


@pytest.fixture
def told(bus: Bus) -> Told:
    """The gateway's and the executor's side."""
    return Told(bus)


@pytest.fixture
async def conversations(bus: Bus, nats_url: str, postgres_dsn: str) -> AsyncIterator[None]:
    """The service, answering."""
    stop = asyncio.Event()
    async with conversing(bus, nats_url, postgres_dsn, stop):
        yield
