"""A running executor with everybody around it."""

from collections.abc import AsyncIterator

import pytest

from tests.flow_executor.harness import World, in_action


@pytest.fixture
async def world(nats_url: str, postgres_dsn: str) -> AsyncIterator[World]:
    """Everybody around an executor that runs for the time of the test."""
    async with in_action(nats_url, postgres_dsn) as world:
        yield world
