"""What agents see: what is unread for each, whose it is, where words stand; and that reading tells the visitor."""

import msgspec
import pytest

from contracts.chat import Author, Noted
from contracts.frames import Read
from contracts.ids import DEFAULT_TEAM, AgentId, EventId, MessageId, VisitorId
from contracts.requests import MessagesList, MessagesPage
from contracts.streams import TEAM
from contracts.subjects import hint
from contracts.team import Agent, TeamSettings
from contracts.visitor import ProfileUpdated
from services.chassis.bus import Bus, Received, RequestRejected
from services.chassis.database import Database
from services.conversations.searching import Searching
from tests.conversations.told import NOON, Told, assigned, linked, notified, opened, posted
from tests.waiting import eventually


@pytest.fixture(autouse=True)
async def team(bus: Bus, conversations: None) -> None:
    """Two agents, one of whom is in a group."""
    settings = TeamSettings(
        team=DEFAULT_TEAM,
        agents=(
            Agent(id=AgentId("agent-1"), name="Mei", role="admin"),
            Agent(id=AgentId("ann"), name="Ann", groups=("sales",)),
        ),
    )
    await bus.keys.put(TEAM.name, DEFAULT_TEAM, msgspec.json.encode(settings))


async def unread(told: Told, agent: str = "agent-1", **filters: object) -> list[tuple[str, int]]:
    """Who has how many unread messages."""
    page = await told.inbox(agent, **filters)
    return [(one.visitor, one.unread) for one in page.conversations]


async def test_unread_is_each_agents_own(told: Told) -> None:
    """What visitors and notices say counts until the agent has seen it; reading never goes back."""
    await told.chat(posted("v", "m1", "hello", "visitor"))
    seen = await told.chat(posted("v", "m2", "anybody?", "visitor"))
    await told.chat(posted("v", "m3", "a moment", "robot"))
    await told.chat(notified("v", "n1", "somebody waits"))
    await told.chat(posted("w", "m4", "we are here", "robot"))
    await told.taken()
    assert await unread(told) == [("w", 0), ("v", 3)]
    assert await told.read("v", seen) == seen
    assert await told.read("v", 1) == seen
    assert await unread(told) == [("w", 0), ("v", 1)]
    assert await unread(told, "ann") == [("w", 0), ("v", 3)]
    assert await unread(told, unread=True) == [("v", 1)]
    assert await told.read(None, 100) == 100
    assert await unread(told, unread=True) == []
    assert await unread(told, "ann", unread=True) == [("v", 3)]


async def test_whose_a_conversation_is(told: Told) -> None:
    """Mine, nobody's, a group's: by the last word on it, also when that comes before the first message."""
    await told.chat(assigned("v", "s1", "agent-1", minute=1))
    await told.chat(assigned("w", "s2", "agent-1", minute=1))
    await told.chat(assigned("w", "s3", "ann", minute=2, by="ann"))
    await told.chat(assigned("w", "s4", "agent-1", minute=0))
    for visitor in "uvw":
        await told.chat(posted(visitor, f"m-{visitor}", "hello", "visitor"))
    await told.taken()
    assert await unread(told, assigned="mine") == [("v", 1)]
    assert await unread(told, "ann", assigned="mine") == [("w", 1)]
    assert await unread(told, assigned="unassigned") == [("u", 1)]
    assert await unread(told, group="sales") == [("w", 1)]
    assert await unread(told, group="nobody is in it") == []
    # What waits for an agent is theirs, or nobody's.
    assert (await told.waiting(), await told.waiting("ann")) == (2, 2)
    await told.read("u", 100)
    assert (await told.waiting(), await told.waiting("ann")) == (1, 2)


async def test_a_list_of_nobody_has_no_unread(told: Told) -> None:
    """Who does not say as which agent they look gets no counts, and no list of theirs."""
    await told.chat(posted("v", "m1", "hello", "visitor"))
    await told.taken()
    assert [one.unread for one in (await told.conversations()).conversations] == [0]
    for filters in ({"assigned": "mine"}, {"unread": True}):
        with pytest.raises(RequestRejected, match="say as which agent"):
            await told.inbox(None, **filters)


async def test_the_list_calls_people_by_their_names(told: Told) -> None:
    """The newest name; an address where there is none; nothing where nothing is known."""

    async def said(visitor: str, key: str, **fields: str | None) -> None:
        await told.event(
            ProfileUpdated(
                id=EventId(key), team=DEFAULT_TEAM, visitor=VisitorId(visitor), at=NOON, fields={**fields}
            )
        )

    await said("v", "p1", name="小明", email="ming@shop.example")
    await said("v", "p2", user_fullname="王小明")
    await said("w", "p3", user_email="w@shop.example", name=None)
    for visitor in "uwv":
        await told.chat(posted(visitor, f"m-{visitor}", "hello", "visitor"))
    await told.taken()
    names = [one.name for one in (await told.inbox()).conversations]
    assert names == ["王小明", "w@shop.example", ""]


async def test_messages_go_forward_too(bus: Bus, told: Told) -> None:
    """After a place come the next ones, oldest first; both directions at once are refused."""
    for number in range(5):
        await told.chat(posted("v", f"m{number}", str(number)))
    await told.taken()
    request = MessagesList(visitor=VisitorId("v"), after=2, limit=2)
    page = await bus.request("query.conversations.messages", request, MessagesPage)
    assert ([message.text for message in page.messages], page.more) == (["2", "3"], True)
    request = MessagesList(visitor=VisitorId("v"), after=2, before=4)
    with pytest.raises(RequestRejected, match="not both"):
        await bus.request("query.conversations.messages", request, MessagesPage)


async def test_words_are_found_in_every_language(told: Told) -> None:
    """By the beginning of a word, or any part of a Chinese sentence; all words must be there; notes are found too."""
    await told.chat(posted("v", "m1", "我想退货，可以吗？", "visitor"))
    await told.chat(posted("v", "m2", "The Shipping to Zürich was late", "visitor"))
    await told.chat(posted("w", "m3", "退货政策：七天内", "robot"))
    author = Author(kind="agent", id="ann", name="Ann")
    note = Noted(
        id=MessageId("n1"),
        team=DEFAULT_TEAM,
        visitor=VisitorId("w"),
        at=NOON,
        author=author,
        text="ship 退换货",
    )
    await told.chat(note)
    await told.taken()

    async def ids(text: str, **more: object) -> list[str]:
        return [one.message.id for one in (await told.found(text, **more)).found]

    assert await ids("退货") == ["m3", "m1"]
    assert await ids("货") == ["n1", "m3", "m1"]
    assert await ids("退货可以") == []
    assert await ids("退货 可以") == ["m1"]
    assert await ids("SHIP") == ["n1", "m2"]
    assert await ids("zurich ship") == ["m2"]
    assert await ids("ipping") == []
    assert await ids("退货", visitor="v") == ["m1"]
    assert await ids("' | !:* ??") == []
    first = await told.found("货", limit=2)
    assert await ids("货", limit=2, cursor=first.cursor) == ["m1"]
    assert [one.message.kind for one in first.found] == ["note", "message"]


async def test_what_was_stored_before_is_found_as_well(told: Told, postgres_dsn: str) -> None:
    """Rows without words get theirs, as from before there was a search."""
    await told.chat(posted("v", "m1", "我想退货", "visitor"))
    await told.taken()
    async with Database(postgres_dsn, most=1) as database:
        async with database.statement() as tx:
            await tx.execute("update conversations.messages set words = null")
        assert (await told.found("退货")).found == []
        await Searching(database).catch_up()
    assert [one.message.id for one in (await told.found("退货")).found] == ["m1"]


async def test_reading_tells_the_visitor(bus: Bus, told: Told) -> None:
    """The widget hears up to where an agent has read; of a general tidying up it hears nothing."""
    heard: list[Read] = []

    async def hear(received: Received) -> None:
        heard.append(msgspec.json.decode(received.data, type=Read))

    await bus.listen(hint(DEFAULT_TEAM, VisitorId("v"), "agent"), hear)
    await told.read(None, 9)
    await told.read("v", 4)
    await eventually(lambda: heard)
    assert heard == [Read(seq=4)]
    with pytest.raises(RequestRejected, match="no agent"):
        await told.read("v", 5, "nobody")
    with pytest.raises(RequestRejected, match="is no id"):
        await told.read("a.b", 5)


async def test_who_a_visitor_was_before(told: Told) -> None:
    """An identified visitor and the anonymous one each say who the other is."""
    await told.event(opened("u_1", 1))
    await told.event(opened("v", 1))
    await told.chat(linked("u_1", "l1", "v"))
    await told.chat(linked("u_1", "l1", "v"))
    await told.taken()
    assert (await told.visitor("u_1")).linked == ["v"]
    assert (await told.visitor("v")).linked == ["u_1"]
