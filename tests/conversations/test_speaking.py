"""What people do in a conversation: each request is one message of CHAT, however often it is made."""

import asyncio

import msgspec
import pytest

from contracts.chat import AgentsNotified, Assigned, Converted, Noted, Posted
from contracts.ids import DEFAULT_TEAM, AgentId, MessageId, TeamId, VisitorId
from contracts.requests import (
    AssignConversation,
    ConvertVisitor,
    NoteVisitor,
    PostMessage,
    PushTeam,
    Stored,
    TeamPushed,
)
from services.chassis.bus import Bus, RequestRejected
from tests.conversations.told import NOON, Told, opened


def post(key: str = "m1", text: str = "hello", agent: str = "agent-1", visitor: str = "v") -> PostMessage:
    """An agent writes."""
    return PostMessage(
        id=MessageId(key), visitor=VisitorId(visitor), agent=AgentId(agent), text=text, by="console"
    )


async def say(bus: Bus, request: PostMessage) -> Stored:
    """Ask for it."""
    return await bus.request("contracts.conversations.post", request, Stored)


async def test_an_agent_writes(conversations: None, bus: Bus, told: Told) -> None:
    """The post stands in CHAT as the agent's, under the caller's id, and is read like any other."""
    stored = await say(bus, post())
    (message,) = await bus.read.since("CHAT", "chat.default.v.agent", 1)
    found = msgspec.json.decode(message.data, type=Posted)
    assert (stored.id, stored.seq) == (found.id, message.seq) == ("m1", 1)
    assert (found.author.kind, found.author.id, found.author.name) == ("agent", "agent-1", "agent-1")
    await told.taken()
    (read,) = (await told.messages("v")).messages
    assert (read.id, read.author_kind, read.author, read.text) == ("m1", "agent", "agent-1", "hello")


async def test_a_repeated_post_is_one(conversations: None, bus: Bus) -> None:
    """The same id again, also at the same time, is the same message at the same place; another visitor's is not."""
    first, second = await asyncio.gather(say(bus, post()), say(bus, post()))
    again = await say(bus, post(text="changed"))
    assert first == second == again
    other = await say(bus, post(visitor="w"))
    assert other.seq == 2
    assert len(await bus.read.since("CHAT", "chat.>", 1)) == 2


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (post(text=""), "bad_request"),
        (post(text="x" * 4001), "bad_request"),
        (post(text="a\0b"), "bad_request"),
        (post(key=""), "bad_request"),
        (post(visitor="a.b"), "bad_request"),
        (post(visitor="*"), "bad_request"),
        (post(agent="nobody"), "unknown_agent"),
        (msgspec.structs.replace(post(), team=TeamId("other")), "unknown_team"),
    ],
)
async def test_a_post_is_refused(conversations: None, bus: Bus, request_: PostMessage, code: str) -> None:
    """What cannot be a message of an agent is refused with a code, and nothing is stored."""
    with pytest.raises(RequestRejected) as caught:
        await say(bus, request_)
    assert caught.value.code == code
    assert await bus.read.since("CHAT", "chat.>", 1) == []


async def test_somebody_is_assigned(conversations: None, bus: Bus, told: Told) -> None:
    """The change stands in CHAT with who asked for it, and a repeat is the same one."""
    request = AssignConversation(
        id=MessageId("s1"), visitor=VisitorId("v"), agents=[AgentId("agent-1")], by="agent-1"
    )
    stored = await bus.request("contracts.conversations.assign", request, Stored)
    assert await bus.request("contracts.conversations.assign", request, Stored) == stored
    (message,) = await bus.read.since("CHAT", "chat.default.v.state", 1)
    found = msgspec.json.decode(message.data, type=Assigned)
    assert (found.agents, found.by) == (["agent-1"], "agent-1")
    await say(bus, post())
    await told.taken()
    assert (await told.conversations()).conversations[0].assigned == ["agent-1"]


def note(text: str = "wants an invoice", agent: str = "agent-1") -> NoteVisitor:
    """An agent writes something down."""
    return NoteVisitor(id=MessageId("m1"), visitor=VisitorId("v"), agent=AgentId(agent), text=text)


async def test_a_note_stands_between_the_messages(conversations: None, bus: Bus, told: Told) -> None:
    """Only who asks for notes gets them; lists and counts are of messages. A note may have a message's id."""
    await say(bus, post())
    stored = await bus.request("contracts.conversations.note", note(), Stored)
    assert await bus.request("contracts.conversations.note", note("changed"), Stored) == stored
    notice = AgentsNotified(
        id=MessageId("r.4.1"), team=DEFAULT_TEAM, visitor=VisitorId("v"), at=NOON, text="v waits"
    )
    await told.chat(notice)
    await say(bus, post("m2", "bye"))
    await told.chat(msgspec.structs.replace(notice, id=MessageId("r.5.1")))
    await told.taken()
    assert [message.text for message in (await told.messages("v")).messages] == ["hello", "bye"]
    page = await told.messages("v", limit=4, with_notes=True)
    assert [(message.kind, message.author, message.text) for message in page.messages] == [
        ("note", "agent-1", "wants an invoice"),
        ("notice", "robot", "v waits"),
        ("message", "agent-1", "bye"),
        ("notice", "robot", "v waits"),
    ]
    assert page.more
    (listed,) = (await told.conversations()).conversations
    assert (listed.messages, listed.last_message) == (2, "bye")


async def test_a_note_is_no_visitors_business(conversations: None, bus: Bus) -> None:
    """It stands in CHAT where the gateway has nothing to show."""
    await bus.request("contracts.conversations.note", note(), Stored)
    (message,) = await bus.read.since("CHAT", "chat.default.v.state", 1)
    found = msgspec.json.decode(message.data, type=Noted)
    assert (found.author.name, found.text) == ("agent-1", "wants an invoice")


@pytest.mark.parametrize(
    ("request_", "code"),
    [(note(""), "bad_request"), (note("a\0b"), "bad_request"), (note(agent="nobody"), "unknown_agent")],
)
async def test_a_note_is_refused(conversations: None, bus: Bus, request_: NoteVisitor, code: str) -> None:
    """What cannot be an agent's note is refused with a code, and nothing is stored."""
    with pytest.raises(RequestRejected) as caught:
        await bus.request("contracts.conversations.note", request_, Stored)
    assert caught.value.code == code
    assert await bus.read.since("CHAT", "chat.>", 1) == []


async def test_a_visitor_is_converted(conversations: None, bus: Bus, told: Told) -> None:
    """By an agent, to a type that the team has; another is refused with the nearest one."""
    settings = {"team": "default", "agents": [{"id": "ann"}], "customer_types": [{"id": "vip"}]}
    await bus.request(
        "contracts.team.push", PushTeam(settings=msgspec.Raw(msgspec.json.encode(settings))), TeamPushed
    )
    asked = ConvertVisitor(
        id=MessageId("c1"), visitor=VisitorId("v"), agent=AgentId("ann"), customer_type="vip"
    )
    subject = "contracts.conversations.convert"
    stored = await bus.request(subject, asked, Stored)
    assert await bus.request(subject, asked, Stored) == stored
    await told.event(opened("v", 1))
    await told.taken()
    assert (await told.visitor("v")).customer_type == "vip"
    (message,) = await bus.read.since("CHAT", "chat.default.v.state", 1)
    assert msgspec.json.decode(message.data, type=Converted).by == "ann"
    with pytest.raises(RequestRejected, match=r"no customer type 'vipp'; did you mean vip\?") as caught:
        await bus.request(subject, msgspec.structs.replace(asked, customer_type="vipp"), Stored)
    assert caught.value.code == "unknown_customer_type"
    with pytest.raises(RequestRejected) as caught:
        await bus.request(subject, msgspec.structs.replace(asked, agent=AgentId("bob")), Stored)
    assert caught.value.code == "unknown_agent"
