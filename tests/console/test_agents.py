"""Agents at the live socket: online as long as one says so, and hearing of conversations as they happen."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from contracts.chat import Assigned, Author, Noted, Posted, Text
from contracts.console import (
    LiveConversationChanged,
    LiveInbox,
    LiveVisitorPresence,
    LiveVisitorRead,
    LiveVisitorTyping,
)
from contracts.frames import Read, Typing
from contracts.ids import AgentId, MessageId, RunId, TeamId, VisitorId
from contracts.presence import AGENT_REFRESH_S, LOST_TTL_S, PresenceChanged
from contracts.requests import PresenceList, PresenceOnline
from contracts.streams import SESSIONS
from contracts.subjects import chat, hint, presence, sessions_of_person
from services.chassis.bus import Bus, Received
from services.chassis.errors import Retryable
from services.console.live import BAD_FRAME
from services.presence.app import serve
from services.presence.config import Config
from tests.console.conftest import AGENT, SRE, START, TEAM, link_path
from tests.console.sockets import closed_with, looking, next_frame, say
from tests.servers import Nats
from tests.waiting import eventually

VISITOR = VisitorId("v_1")


@pytest.fixture
async def presence_service(bus: Bus, nats_url: str) -> AsyncIterator[None]:
    """Presence, answering."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(Config(nats_url=nats_url), stop))
        yield
        stop.set()


async def is_online(bus: Bus) -> bool:
    """Whether flows would find the agent online."""
    try:
        reply = await bus.request("query.presence.list", PresenceList(), PresenceOnline)
    except Retryable:
        return False
    return AGENT in reply.online


async def sessions(bus: Bus) -> int:
    """How many sessions the agent has."""
    return len(await bus.keys.matching(SESSIONS.name, sessions_of_person(TEAM, "agent", AGENT)))


async def expect_sessions(bus: Bus, count: int, within_s: float = 5.0) -> None:
    """Return when the agent has so many."""

    async def are_there() -> bool:
        return await sessions(bus) == count

    await eventually(are_there, within_s)


@pytest.mark.timeout(60)
async def test_online_until_the_last_tab_is_closed(address: str, bus: Bus, presence_service: None) -> None:
    """An open console is nobody's presence; each tab that says so counts; a lost one counts a moment longer."""
    async with looking(address) as first:
        assert await sessions(bus) == 0
        await say(first, "online")
        await say(first, "online")
        await eventually(lambda: is_online(bus), within_s=1)
        async with looking(address) as second:
            await say(second, "online")
            await expect_sessions(bus, 2)
        await expect_sessions(bus, 1, within_s=LOST_TTL_S + 2)
        assert await is_online(bus)

    async def is_offline() -> bool:
        return not await is_online(bus)

    await eventually(is_offline, within_s=LOST_TTL_S + 2)


@pytest.mark.timeout(60)
async def test_a_reload_is_no_transition(address: str, bus: Bus, presence_service: None) -> None:
    """Who comes back within the moment was never gone."""
    async with looking(address) as socket:
        await say(socket, "online")
        await eventually(lambda: is_online(bus))
    async with looking(address) as socket:
        await say(socket, "online")
        await expect_sessions(bus, 1, within_s=LOST_TTL_S + 2)
        told = await bus.read.since("PRESENCE", f"presence.{TEAM}.agent.>", 1)
        assert [message.subject.rpartition(".")[2] for message in told] == ["online"]


@pytest.mark.timeout(60)
async def test_away_and_signed_out_count_at_once(address: str, bus: Bus) -> None:
    """Who says so, or signs out, is offline without a moment's grace."""
    async with looking(address) as socket:
        await say(socket, "online")
        await expect_sessions(bus, 1)
        await say(socket, "away")
        await expect_sessions(bus, 0, within_s=1)
        await say(socket, "online")
        await expect_sessions(bus, 1)
    async with httpx.AsyncClient(base_url=f"http://{address}") as browser:
        await browser.get(link_path(agent=AGENT))
        await browser.get("/")
        async with looking(address) as other:
            await say(other, "online")
            token = {"X-CSRF-Token": browser.cookies["frontdesk_csrf"]}
            await expect_sessions(bus, 2)
            await browser.delete("/api/sessions", headers=token)
            await closed_with(other)
    await expect_sessions(bus, 0, within_s=LOST_TTL_S + 2)


@pytest.mark.timeout(60)
async def test_online_through_an_outage_of_the_bus(address: str, bus: Bus, nats_server: Nats) -> None:
    """When the bus is back the session is written again at once, not at its next turn."""
    async with looking(address) as socket:
        await say(socket, "online")
        await expect_sessions(bus, 1)
        (key,) = await bus.keys.matching(SESSIONS.name, sessions_of_person(TEAM, "agent", AGENT))

        async def revision() -> int:
            found = await bus.keys.get(SESSIONS.name, key)
            assert found is not None
            return found[1]

        before, is_back = await revision(), asyncio.Event()
        bus.on_reconnect(is_back.set)
        nats_server.kill()
        nats_server.start()
        await is_back.wait()

        async def is_written_again() -> bool:
            try:
                return await revision() > before
            except Retryable:
                return False

        await eventually(is_written_again, within_s=AGENT_REFRESH_S / 2)


async def test_conversations_as_they_happen(address: str, bus: Bus) -> None:
    """Messages with their run, notes, assignments, and what visitors do: of the own team, once the inbox is open."""

    async def tell(event: Posted | Noted | Assigned, kind: str) -> int:
        subject = chat(event.team, event.visitor, kind)  # pyright: ignore[reportArgumentType] - any of its kinds
        return (await bus.store(subject, msgspec.json.encode(event))).seq

    def said(team: TeamId = TEAM) -> Posted:
        return Posted(
            id=MessageId("r.1.1"),
            team=team,
            visitor=VISITOR,
            at=START,
            run=RunId("r"),
            author=Author(kind="robot", id="robot"),
            body=Text(text="您好"),
        )

    async with looking(address) as socket:
        await tell(said(), "robot")
        await say(socket, "inbox")
        assert await next_frame(socket) == LiveInbox()
        await tell(said(TeamId("other")), "robot")
        seq = await tell(said(), "robot")
        frame = await next_frame(socket)
        assert isinstance(frame, LiveConversationChanged)
        assert (frame.visitor, frame.seq) == (VISITOR, seq)
        assert frame.message is not None
        assert (frame.message.text, frame.message.run, frame.message.kind) == ("您好", "r", "message")
        note = Noted(
            id=MessageId("n"),
            team=TEAM,
            visitor=VISITOR,
            at=START,
            author=Author(kind="agent", id="mei"),
            text="careful",
        )
        await tell(note, "state")
        frame = await next_frame(socket)
        assert isinstance(frame, LiveConversationChanged)
        assert frame.message is not None
        assert (frame.message.kind, frame.message.author) == ("note", "mei")
        assigned = Assigned(id=MessageId("a"), team=TEAM, visitor=VISITOR, at=START, agents=[AGENT], by="mei")
        await tell(assigned, "state")
        frame = await next_frame(socket)
        assert isinstance(frame, LiveConversationChanged)
        assert (frame.message, frame.assigned) == (None, [AGENT])
        await bus.tell(hint(TEAM, VISITOR, "visitor"), msgspec.json.encode(Typing()))
        assert await next_frame(socket) == LiveVisitorTyping(visitor=VISITOR)
        await bus.tell(hint(TEAM, VISITOR, "visitor"), msgspec.json.encode(Read(seq=seq)))
        assert await next_frame(socket) == LiveVisitorRead(visitor=VISITOR, seq=seq)
        change = PresenceChanged(team=TEAM, kind="visitor", id=VISITOR, online=True, at=START)
        await bus.store(presence(TEAM, "visitor", VISITOR, online=True), msgspec.json.encode(change))
        assert await next_frame(socket) == LiveVisitorPresence(visitor=VISITOR, is_online=True)


async def test_what_cannot_be_read_is_passed_over(address: str, bus: Bus) -> None:
    """Nonsense on the bus ends nobody's socket."""
    async with looking(address) as socket:
        await say(socket, "inbox")
        assert await next_frame(socket) == LiveInbox()
        await bus.store(chat(TEAM, VISITOR, "robot"), b'{"type":"no.such.v9"}')
        await bus.tell(hint(TEAM, VISITOR, "visitor"), b"[]")
        await bus.tell(hint(TEAM, VISITOR, "visitor"), msgspec.json.encode(Typing()))
        assert await next_frame(socket) == LiveVisitorTyping(visitor=VISITOR)


async def test_an_agent_types(address: str, bus: Bus) -> None:
    """The visitor's side hears of it; who it is for must be an id."""
    heard: list[bytes] = []

    async def hear(received: Received) -> None:
        heard.append(received.data)

    await bus.listen(hint(TEAM, VISITOR, "agent"), hear)
    await bus.settle()
    async with looking(address) as socket:
        await say(socket, "typing", visitor=VISITOR)
        await eventually(lambda: heard)
        assert msgspec.json.decode(heard[0], type=Typing) == Typing()
        await say(socket, "typing", visitor="a.>")
        assert await closed_with(socket) == BAD_FRAME


async def test_an_sre_answers_nobody(address: str, bus: Bus) -> None:
    """Online and the inbox are for those who answer visitors."""
    async with looking(address, SRE) as socket:
        for kind in ("online", "inbox"):
            await say(socket, kind)
        await say(socket, "watch")
        frame = await next_frame(socket)
        assert not isinstance(frame, LiveInbox)
        assert await bus.keys.matching(SESSIONS.name, sessions_of_person(TEAM, "agent", AgentId(SRE))) == []
