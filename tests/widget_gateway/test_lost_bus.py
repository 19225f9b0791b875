"""The bus goes away and comes back, under open sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contracts.chat import Posted
from contracts.frames import Accepted, Error
from services.chassis.bus import Bus
from services.chassis.errors import Unreachable
from services.chassis.provision import provision
from tests.servers import Nats
from tests.waiting import eventually
from tests.widget_gateway.running import TEAM, Gateway, chat_of, events_of, gateway_on, post, posted, put_team
from tests.widget_gateway.visitor import Visitor

pytestmark = pytest.mark.chaos


@pytest.fixture
async def own_nats(tmp_path: Path) -> AsyncIterator[Nats]:
    """A bus that the test may kill."""
    server = Nats(tmp_path / "data")
    server.start()
    async with Bus(server.url, "tests") as bus:
        await provision(bus)
        await put_team(bus, TEAM)
    yield server
    server.stop()


@pytest.fixture
async def own_bus(own_nats: Nats) -> AsyncIterator[Bus]:
    """A connection to it."""
    async with Bus(own_nats.url, "test") as bus:
        yield bus


async def crash(nats: Nats) -> None:
    """Kill the bus and start it again."""
    nats.kill()
    await asyncio.to_thread(nats.start)


async def stored(bus: Bus, visitor: Visitor, text: str) -> None:
    """Post, as often as it takes for the bus to be back."""
    said = posted(visitor.id, text)

    async def is_stored() -> bool:
        try:
            async with asyncio.timeout(1):
                return await post(bus, said) > 0
        except (Unreachable, TimeoutError):
            return False

    await eventually(is_stored, within_s=10)


async def test_an_open_socket_misses_nothing(own_nats: Nats, own_bus: Bus) -> None:
    """After kill -9 of the bus each open socket has every message once, in order, without a reload."""
    async with (
        gateway_on(own_nats.url) as gateway,
        gateway.visitor() as one,
        gateway.visitor(one.token) as two,
        gateway.visitor() as other,
    ):
        for round_ in range(3):
            for number in range(5):
                await stored(own_bus, one, f"{round_}.{number}")
            await crash(own_nats)
        await stored(own_bus, one, "last")
        await stored(own_bus, other, "other")
        expected = [f"{round_}.{number}" for round_ in range(3) for number in range(5)] + ["last"]
        assert await one.texts(16) == expected
        assert await two.texts(16) == expected
        assert await other.texts(1) == ["other"]


async def test_what_was_stored_while_we_were_away_is_found(own_nats: Nats, own_bus: Bus) -> None:
    """A message stored before the gateway has found the bus again, on which no live message follows, still comes."""
    async with gateway_on(own_nats.url) as gateway, gateway.visitor() as visitor:
        await visitor.write("Hello")
        await crash(own_nats)
        # This connection may be back before the gateway's: what it stores is then heard by nobody.
        async with Bus(own_nats.url, "early") as early:
            await stored(early, visitor, "Early")
        assert await visitor.texts(1) == ["Early"]


async def test_a_frame_waits_for_the_bus(own_nats: Nats, own_bus: Bus) -> None:
    """What is written while the bus is away is stored once it is back: once, and in order."""
    async with gateway_on(own_nats.url) as gateway, gateway.visitor() as visitor:
        own_nats.kill()
        frames = [await visitor.say("message_sent", text=str(number)) for number in range(5)]
        await asyncio.to_thread(own_nats.start)
        assert [(await visitor.next(Accepted)).id for _ in frames] == frames
        assert await visitor.texts(5) == [str(number) for number in range(5)]
        posts = [post for _, post in await chat_of(own_bus, visitor.id) if isinstance(post, Posted)]
        assert [post.body.text for post in posts] == [str(number) for number in range(5)]
        assert len(await events_of(own_bus, visitor.id)) == 5


async def test_a_bus_that_stays_away_is_unavailable(own_nats: Nats) -> None:
    """The visitor is told to keep everything and come back; what comes back is stored once."""
    async with gateway_on(own_nats.url, patience_s=0.3) as gateway:
        async with gateway.visitor() as visitor:
            own_nats.kill()
            await visitor.say("message_sent", id="kept", text="Hello")
            assert (await visitor.next(Error)).code == "unavailable"
            assert await visitor.closed() == 1013
        await asyncio.to_thread(own_nats.start)
        await eventually(lambda: _is_back(gateway, visitor.token), within_s=10)
        async with gateway.visitor(visitor.token) as again:
            await again.say("message_sent", id="kept", text="Hello")
            await again.next(Accepted)
        async with Bus(own_nats.url, "test") as bus:
            assert len(await events_of(bus, visitor.id)) == 1


async def test_hello_to_a_lost_bus_is_unavailable(own_nats: Nats) -> None:
    """Who comes while the bus is away is asked to come back, with the token still good."""
    async with gateway_on(own_nats.url) as gateway, gateway.visitor() as visitor:
        own_nats.kill()
        async with gateway.socket() as again:
            error = await again.refusal({"type": "hello", "team": "default", "token": visitor.token})
            assert error.code == "unavailable"
            assert await again.closed() == 1013
        await asyncio.to_thread(own_nats.start)
        assert await eventually(lambda: _is_back(gateway, visitor.token), within_s=10)


async def _is_back(gateway: Gateway, token: str) -> bool:
    async with gateway.socket() as visitor:
        await visitor.send({"type": "hello", "team": "default", "token": token})
        return '"welcome"' in str(await visitor.connection.recv())
