"""Typing and reading, both ways, told to whoever is there."""

import asyncio

import msgspec

from contracts import subjects
from contracts.frames import Hint, Read, Typing
from contracts.ids import DEFAULT_TEAM, VisitorId
from services.chassis.bus import Bus, Received
from services.widget_gateway.socket import HINTS_AT_ONCE
from tests.widget_gateway.running import Gateway


async def hint(bus: Bus, visitor: str, frame: Hint) -> None:
    """An agent hints at something."""
    await bus.tell(subjects.hint(DEFAULT_TEAM, VisitorId(visitor), "agent"), msgspec.json.encode(frame))


async def test_the_visitor_sees_what_an_agent_does(gateway: Gateway, bus: Bus) -> None:
    """On every socket of that visitor, and on nobody else's; what is no hint is not passed on."""
    async with (
        gateway.visitor() as visitor,
        gateway.visitor(visitor.token) as tab,
        gateway.visitor() as other,
    ):
        await bus.tell(subjects.hint(DEFAULT_TEAM, VisitorId(visitor.id), "agent"), b'{"type":"dance"}')
        await hint(bus, visitor.id, Typing())
        await hint(bus, visitor.id, Read(seq=7))
        for socket in (visitor, tab):
            assert await socket.next((Typing, Read)) == Typing()
            assert await socket.next((Typing, Read)) == Read(seq=7)
        assert await other.is_alive()
        assert not any(isinstance(frame, (Typing, Read)) for frame in other.aside)


async def test_agents_see_what_the_visitor_does(gateway: Gateway, bus: Bus) -> None:
    """In order, without an answer; a page that hints without end is not passed on, and may still speak."""
    heard: asyncio.Queue[object] = asyncio.Queue()

    async def take(received: Received) -> None:
        heard.put_nowait(
            (subjects.parse_hint(received.subject).visitor, msgspec.json.decode(received.data, type=Hint))
        )

    end = await bus.listen(subjects.hints_of_visitors(DEFAULT_TEAM), take)
    async with gateway.visitor() as visitor:
        # Whoever hears this one is subscribed.
        assert await visitor.is_alive()
        for _ in range(HINTS_AT_ONCE - 1):
            await visitor.send({"type": "typing"})
        await visitor.send({"type": "read", "seq": 3})
        for _ in range(50):
            await visitor.send({"type": "typing"})
        assert await visitor.is_alive()
        said = [await heard.get() for _ in range(HINTS_AT_ONCE)]
        assert said == [(visitor.id, Typing())] * (HINTS_AT_ONCE - 1) + [(visitor.id, Read(seq=3))]
        assert heard.empty()
    await end()
