"""Presence on a real bus: each transition once, also with copies, restarts, sleepers and a killed server."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest

from contracts import subjects
from contracts.presence import PresenceChanged
from contracts.requests import PresenceList, PresenceOnline
from contracts.streams import SESSIONS
from services.chassis.bus import Bus
from services.chassis.bus.expiry import SLACK
from services.chassis.clock import system_clock
from services.chassis.errors import Retryable
from services.chassis.online import DOUBT_S, Online, Person
from services.presence.app import serve
from services.presence.config import Config
from services.presence.following import Presence
from services.presence.telling import Teller
from tests.servers import Nats
from tests.waiting import eventually

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client of a provisioned bus, as the edges are."""
    async with Bus(nats_url, "test") as bus:
        yield bus


@asynccontextmanager
async def presence(url: str) -> AsyncGenerator[None]:
    """The service, for the time of the block, stopped in order."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(Config(nats_url=url), stop))
        yield
        stop.set()


async def online(bus: Bus, key: str, ttl: timedelta = MINUTE) -> None:
    """Hold a session of an agent."""
    await bus.keys.put_for(SESSIONS.name, f"default.agent.{key}", b"{}", ttl)


async def offline(bus: Bus, key: str) -> None:
    """Sign out."""
    await bus.keys.purge(SESSIONS.name, f"default.agent.{key}", MINUTE)


async def told(bus: Bus) -> list[str]:
    """All transitions of team default's agents as `a1 online`, each person's in order."""
    messages = await bus.read.since("PRESENCE", "presence.default.agent.*.*", 1)
    changes = [msgspec.json.decode(message.data, type=PresenceChanged) for message in messages]
    for change, message in zip(changes, messages, strict=True):
        assert message.subject.endswith(f".{change.id}.{'online' if change.online else 'offline'}")
    changes.sort(key=lambda change: change.id)
    return [f"{change.id} {'online' if change.online else 'offline'}" for change in changes]


async def expect(bus: Bus, *changes: str, within_s: float = 5.0) -> None:
    """These transitions and no others."""

    async def are_told() -> bool:
        assert await told(bus) == sorted(changes, key=lambda change: change.partition(" ")[0])
        return True

    await eventually(are_told, within_s)


async def listed(bus: Bus) -> list[str]:
    """What the service answers."""
    reply = await bus.request("query.presence.list", PresenceList(), PresenceOnline)
    return reply.online


async def test_transitions_are_told_once(bus: Bus, nats_url: str) -> None:
    """A first session is a transition, a second is none, and the last one's end is one."""
    async with presence(nats_url):
        await online(bus, "a1.s1")
        await expect(bus, "a1 online")
        assert await listed(bus) == ["a1"]
        await online(bus, "a1.s2")
        await online(bus, "a2.s1")
        await offline(bus, "a1.s1")
        await offline(bus, "a1.s2")
        await expect(bus, "a1 online", "a2 online", "a1 offline")
        assert await listed(bus) == ["a2"]


async def test_who_of_these_is_online(bus: Bus, nats_url: str) -> None:
    """Of a few people it is told as well as of everybody; who is not there is left out."""
    async with presence(nats_url):
        await online(bus, "a1.s1")
        await online(bus, "a2.s1")
        await expect(bus, "a1 online", "a2 online")
        reply = await bus.request("query.presence.list", PresenceList(ids=("a3", "a1")), PresenceOnline)
        assert reply.online == ["a1"]


async def test_a_session_that_is_not_refreshed_ends(bus: Bus, nats_url: str) -> None:
    """An edge that dies leaves its people offline when their time is up."""
    async with presence(nats_url):
        # The doubt after a start must be over, or it would be part of what is waited for.
        await online(bus, "a1.s1", timedelta(seconds=1))
        await expect(bus, "a1 online", "a1 offline", within_s=DOUBT_S + 2)


async def test_what_happened_while_nobody_ran_is_told_at_the_start(bus: Bus, nats_url: str) -> None:
    """The differences between the stream and the sessions, after the doubt."""
    async with presence(nats_url):
        await online(bus, "a1.s1")
        await online(bus, "a2.s1")
        await expect(bus, "a1 online", "a2 online")
    await offline(bus, "a1.s1")
    await online(bus, "a3.s1")
    async with presence(nats_url):
        await expect(bus, "a1 online", "a2 online", "a3 online")
        assert await listed(bus) == ["a1", "a2", "a3"]
        await expect(bus, "a1 online", "a2 online", "a3 online", "a1 offline", within_s=DOUBT_S + 2)
        assert await listed(bus) == ["a2", "a3"]


async def test_copies_do_not_double(bus: Bus, nats_url: str) -> None:
    """Three copies tell each of many transitions once, those of one person in order."""
    async with presence(nats_url), presence(nats_url), presence(nats_url):
        for number in range(20):
            await online(bus, f"a{number}.s1")

        async def all_told(count: int) -> bool:
            return len(await told(bus)) == count

        await eventually(lambda: all_told(20))
        for number in range(20):
            await offline(bus, f"a{number}.s1")
        await eventually(lambda: all_told(40))
    changes = await told(bus)
    assert len(set(changes)) == 40
    for number in range(20):
        assert changes.index(f"a{number} online") < changes.index(f"a{number} offline")


async def test_a_killed_bus(nats_server: Nats, bus: Bus, nats_url: str) -> None:
    """With kill -9 of NATS nobody who stays is told offline, and presence is right again within seconds."""
    async with presence(nats_url):
        await online(bus, "a1.s1")
        await expect(bus, "a1 online")
        is_back = asyncio.Event()
        bus.on_reconnect(is_back.set)
        nats_server.kill()
        nats_server.start()
        await is_back.wait()
        await online(bus, "a2.s1")
        await expect(bus, "a1 online", "a2 online")

        async def is_listed() -> bool:
            return await listed(bus) == ["a1", "a2"]

        await eventually(is_listed)


async def test_an_outage_longer_than_the_sessions(nats_server: Nats, bus: Bus, nats_url: str) -> None:
    """Sessions ran out during the outage; whoever says soon after it that they are there was never offline."""
    async with presence(nats_url):
        await online(bus, "a1.s1", timedelta(seconds=1))
        await online(bus, "a2.s1", timedelta(seconds=1))
        await expect(bus, "a1 online", "a2 online")
        is_back = asyncio.Event()
        bus.on_reconnect(is_back.set)
        nats_server.kill()
        await asyncio.wait([asyncio.create_task(is_back.wait())], timeout=1.2)
        nats_server.start()
        await is_back.wait()
        await online(bus, "a1.s2")
        await expect(bus, "a1 online", "a2 online", "a2 offline", within_s=DOUBT_S + 4)


async def test_a_question_before_the_answer_is_known(bus: Bus) -> None:
    """While the sessions are not known the question is refused, instead of saying that nobody is there."""
    with pytest.raises(Retryable, match="not known yet"):
        await Presence(bus, system_clock).list(PresenceList())


async def test_a_sleeper_tells_nothing_old(bus: Bus) -> None:
    """A copy whose memory is old looks at the sessions themselves before it tells anything."""
    awake, asleep = Online(), Online()
    session = subjects.parse_session_key("default.agent.a1.s1")
    await online(bus, "a1.s1")
    teller, sleeper = Teller(bus, awake, system_clock), Teller(bus, asleep, system_clock)
    await teller.tell([awake.put(session)])
    await sleeper.tell([asleep.put(session)])
    await offline(bus, "a1.s1")
    await teller.tell([awake.gone(session, 0, has_expired=False)])
    person = Person(session.team, "agent", "a1")
    await sleeper.tell([person])
    await Teller(bus, asleep, system_clock).tell([person])
    await expect(bus, "a1 online", "a1 offline")


async def test_what_the_server_forgot_to_expire_is_swept(bus: Bus) -> None:
    """Sessions that are over without the server's noticing leave the bucket, and their people go after the doubt."""
    await online(bus, "a1.s1")
    await bus.keys.put_for(SESSIONS.name, "default.agent.a2.s1", b"{}", 10 * MINUTE)
    ahead = Presence(bus, lambda: system_clock() + MINUTE + SLACK)
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(ahead.follow())
        await expect(bus, "a2 online")

        async def is_swept() -> bool:
            return await bus.keys.get(SESSIONS.name, "default.agent.a1.s1") is None

        await eventually(is_swept)
        await online(bus, "a3.s1")
        await expect(bus, "a2 online", "a3 online", "a3 offline", within_s=DOUBT_S + 2)
        following.cancel()
    assert await bus.keys.matching(SESSIONS.name, "default.agent.>") == ["default.agent.a2.s1"]
