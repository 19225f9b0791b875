"""Who is online, as flows see it: nobody is taken for gone because the bus was away."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contracts.ids import AgentId
from contracts.presence import PresenceChanged, Session
from contracts.streams import SESSIONS
from contracts.subjects import presence, session_key
from services.chassis.bus import Bus
from services.chassis.errors import Retryable
from services.flow_executor.world import World
from tests.flow_executor.harness import AGENT, TEAM
from tests.servers import Nats
from tests.waiting import eventually


@pytest.mark.chaos
async def test_nobody_is_missed_while_the_bus_comes_back(nats_url: str, nats_server: Nats) -> None:
    """NATS is away longer than the sessions live: at no moment does an agent who comes back count as offline."""
    seen: list[frozenset[AgentId]] = []
    async with Bus(nats_url, "world") as bus, Bus(nats_url, "edge") as edge, asyncio.TaskGroup() as tasks:
        await _hold(edge, seconds=1)
        world = World(bus)
        jobs = [tasks.create_task(world.follow()), tasks.create_task(_watching(world, seen))]
        await world.wait_until_complete()
        await eventually(lambda: seen)
        nats_server.kill()
        away = time.monotonic()
        await eventually(lambda: time.monotonic() > away + 1.5)
        assert not bus.is_connected
        nats_server.start()
        await eventually(lambda: edge.is_connected)
        back = len(seen)
        await eventually(lambda: len(seen) > back + 50)
        await _hold(edge, seconds=30)
        back = len(seen)
        await eventually(lambda: len(seen) > back + 50)
        assert set(seen) == {frozenset({AGENT})}
        for job in jobs:
            job.cancel()


async def test_who_was_told_online_counts_at_the_start(nats_url: str) -> None:
    """An executor that starts after an outage finds no session yet, and is patient all the same."""
    async with Bus(nats_url, "world") as bus, asyncio.TaskGroup() as tasks:
        change = PresenceChanged(team=TEAM, kind="agent", id=AGENT, online=True, at=datetime.now(UTC))
        await bus.store(presence(TEAM, "agent", AGENT, online=True), msgspec.json.encode(change))
        world = World(bus)
        following = tasks.create_task(world.follow())
        await world.wait_until_complete()
        assert world.agents_online(TEAM) == {AGENT}
        following.cancel()


async def _hold(bus: Bus, seconds: int) -> None:
    session = Session(since=datetime.now(UTC), edge="tests")
    value = msgspec.json.encode(session)
    await bus.keys.put_for(
        SESSIONS.name, session_key(TEAM, "agent", AGENT, "s1"), value, timedelta(seconds=seconds)
    )


async def _watching(world: World, seen: list[frozenset[AgentId]]) -> None:
    """Note what a flow would be told, at every moment at which it would be told something."""
    while True:
        with suppress(Retryable):
            seen.append(world.agents_online(TEAM))
        await asyncio.sleep(0.005)
