"""Who is online, as flows see it: nobody is taken for gone because the bus was away."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contracts.ids import AgentId, TeamId
from contracts.presence import PresenceChanged, Session
from contracts.streams import SESSIONS
from contracts.subjects import presence, session_key
from services.chassis.bus import Bus
from services.chassis.errors import Retryable
from services.flow_executor.world import DOUBT_S, Sessions, World
from tests.flow_executor.harness import AGENT, TEAM
from tests.servers import Nats
from tests.waiting import eventually

A1, A2 = AgentId("a1"), AgentId("a2")
OTHER = TeamId("other")


def key(agent: AgentId, session: str = "s1", team: TeamId = TEAM) -> str:
    """A session of the agent."""
    return session_key(team, "agent", agent, session)


def test_an_agent_is_online_as_long_as_one_session_is() -> None:
    """Two windows are two sessions; another team's agents are its own."""
    sessions = Sessions()
    sessions.replace({key(A1): b"", key(A2, team=OTHER): b""}, set(), now=0)
    sessions.put(key(A1, "s2"))
    sessions.gone(key(A1), 9, has_expired=True)
    assert sessions.online(TEAM, now=9) == {A1}
    sessions.gone(key(A1, "s2"), 9, has_expired=True)
    assert sessions.online(TEAM, now=9) == set()
    assert sessions.online(OTHER, now=9) == {A2}


@pytest.mark.parametrize("told", [set[tuple[TeamId, AgentId]](), {(TEAM, A2)}])
def test_who_is_missing_after_an_interruption_is_doubtful(told: set[tuple[TeamId, AgentId]]) -> None:
    """Who was online before, or was told to be, counts a while longer; then not."""
    sessions = Sessions()
    sessions.replace({key(A1): b""}, set(), now=0)
    sessions.replace({}, told, now=100)
    everybody = {A1} | {agent for _, agent in told}
    assert sessions.online(TEAM, now=100) == everybody
    assert sessions.online(TEAM, now=99.9 + DOUBT_S) == everybody
    assert sessions.online(TEAM, now=100 + DOUBT_S) == set()


def test_a_second_interruption_forgets_nobody() -> None:
    """A bus that comes and goes leaves the doubtful ones doubtful."""
    sessions = Sessions()
    sessions.replace({key(A1): b""}, set(), now=0)
    sessions.replace({}, set(), now=100)
    sessions.replace({}, set(), now=101)
    assert sessions.online(TEAM, now=100 + DOUBT_S) == {A1}
    assert sessions.online(TEAM, now=101 + DOUBT_S) == set()


def test_a_session_that_expires_right_after_an_interruption_leaves_a_doubt() -> None:
    """The bus has it still when it is back, and lets it expire a moment later: the agent had no time to come."""
    sessions = Sessions()
    sessions.replace({key(A1): b"", key(A2): b""}, set(), now=100)
    sessions.gone(key(A1), 100.1, has_expired=True)
    sessions.gone(key(A2), 100.1, has_expired=False)
    assert sessions.online(TEAM, now=100.2) == {A1}
    sessions.put(key(A1, "s2"))
    assert sessions.online(TEAM, now=100 + DOUBT_S) == {A1}
    sessions.gone(key(A1, "s2"), 100 + DOUBT_S, has_expired=True)
    assert sessions.online(TEAM, now=100 + DOUBT_S) == set()


def test_who_signs_out_in_doubt_is_gone() -> None:
    """What is known is no doubt."""
    sessions = Sessions()
    sessions.replace({}, {(TEAM, A1)}, now=100)
    sessions.put(key(A1))
    sessions.gone(key(A1), 100.1, has_expired=False)
    assert sessions.online(TEAM, now=100.1) == set()


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
    await bus.keys.put_for(SESSIONS.name, key(AGENT), value, timedelta(seconds=seconds))


async def _watching(world: World, seen: list[frozenset[AgentId]]) -> None:
    """Note what a flow would be told, at every moment at which it would be told something."""
    while True:
        with suppress(Retryable):
            seen.append(world.agents_online(TEAM))
        await asyncio.sleep(0.005)
