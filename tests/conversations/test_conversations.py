"""Conversations on a real bus and database: what was told is what people read, whatever breaks meanwhile."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contracts import dead, subjects
from contracts.chat import FieldValue
from contracts.ids import DEFAULT_TEAM, EventId, TeamId, VisitorId
from contracts.streams import CONVERSATIONS_CHAT, CONVERSATIONS_VISITORS, DEAD
from contracts.visitor import ProfileUpdated
from services.chassis import migrations
from services.chassis.bus import Bus, RequestRejected
from services.chassis.database import Database
from services.chassis.errors import Retryable
from services.chassis.provision import ensure_consumer
from tests.conversations.told import (
    NOON,
    Told,
    assigned,
    conversing,
    converted,
    field_set,
    linked,
    opened,
    posted,
)
from tests.servers import Nats, Postgres, running
from tests.waiting import eventually

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
TABLES = ("visitors", "field_words", "messages", "latest", "assignments", "conversions", "links")


async def everything(dsn: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the projection, sorted."""
    async with Database(dsn, most=1) as database, database.statement() as tx:
        return {
            table: sorted(
                (tuple(row) for row in await tx.rows(f"select * from conversations.{table}")), key=repr
            )
            for table in TABLES
        }


async def tell_everything(told: Told) -> None:
    """A bit of everything, some of it twice."""
    await told.event(opened("v", 1, url="https://shop.example/a", title="A", locale="zh"))
    await told.event(opened("w", 2, url="https://shop.example/b"))
    await told.event(
        ProfileUpdated(
            id=EventId("p"),
            team=DEFAULT_TEAM,
            visitor=VisitorId("v"),
            at=NOON,
            fields={"plan": "gold", "age": 7},
        )
    )
    await told.chat(posted("v", "r.1.0", "很抱歉"))
    await told.chat(posted("v", "m2", "hello", "visitor"))
    await told.chat(posted("v", "r.1.0", "很抱歉"))
    await told.chat(assigned("v", "s1", "agent-1", minute=1))
    await told.chat(posted("w", "m3", "anybody?", "visitor"))
    await told.chat(converted("v", "s2", "vip", minute=2))
    await told.chat(field_set("v", "r.1.2", "age", 8, LONG_AGO))
    await told.chat(field_set("v", "r.1.2", "age", 8, LONG_AGO))
    await told.chat(linked("v", "l1", "w"))
    await told.chat(linked("v", "l2", "x"))
    await told.chat(linked("v", "l3", "w"))


def said(key: str, **fields: FieldValue) -> ProfileUpdated:
    """The page says something of the visitor."""
    return ProfileUpdated(
        id=EventId(key), team=DEFAULT_TEAM, visitor=VisitorId("v"), at=NOON, fields={**fields}
    )


async def test_what_was_said_is_read(conversations: None, told: Told) -> None:
    """Messages stand once each, at their first place, oldest first; the list has the newest conversation first."""
    await tell_everything(told)
    await told.taken()
    page = await told.messages("v")
    assert [(message.id, message.seq, message.text) for message in page.messages] == [
        ("r.1.0", 1, "很抱歉"),
        ("m2", 2, "hello"),
    ]
    assert [message.author_kind for message in page.messages] == ["robot", "visitor"]
    assert not page.more
    listed = (await told.conversations()).conversations
    assert [
        (one.visitor, one.last_message, one.last_author, one.messages, one.assigned) for one in listed
    ] == [
        ("w", "anybody?", "visitor", 1, []),
        ("v", "hello", "visitor", 2, ["agent-1"]),
    ]


async def test_a_flow_speaks_in_an_agents_name(conversations: None, told: Told) -> None:
    """What a run says as an agent is read like everything else, and nothing is buried."""
    await told.chat(posted("v", "r.4.1", "I am Ann", "agent", run="r"))
    await told.taken()
    (message,) = (await told.messages("v")).messages
    assert (message.author_kind, message.text, message.run) == ("agent", "I am Ann", "r")
    assert await told.bus.read.last_of(DEAD.name, "dead.>") is None


async def test_a_batch_with_several_words_on_one_conversation(
    bus: Bus, told: Told, nats_url: str, postgres_dsn: str
) -> None:
    """Each message is counted once, and the assignment that was said last counts, wherever it stands."""
    for key, agent, minute in (("s1", "ann", 1), ("s3", "cat", 3), ("s2", "bob", 2)):
        await told.chat(assigned("v", key, agent, minute))
        await told.chat(posted("v", f"m-{key}", key, "visitor"))
        await told.chat(posted("v", f"m-{key}", key, "visitor"))
    await told.chat(assigned("w", "s1", "ann", minute=1))
    async with conversing(bus, nats_url, postgres_dsn, asyncio.Event()):
        await told.taken()
        (listed,) = (await told.conversations()).conversations
    assert (listed.visitor, listed.last_message, listed.messages, listed.assigned) == ("v", "s2", 3, ["cat"])


async def test_what_is_known_of_a_visitor(conversations: None, told: Told) -> None:
    """The profile: when seen, where, what was said of them, who looks after them."""
    await tell_everything(told)
    await told.taken()
    profile = await told.visitor("v")
    assert (profile.first_seen_at, profile.last_seen_at) == (NOON, opened("v", 1).at)
    assert (profile.page_url, profile.page_title, profile.locale) == ("https://shop.example/a", "A", "zh")
    assert (profile.fields, profile.assigned) == ({"plan": "gold", "age": 7}, ["agent-1"])
    assert profile.customer_type == "vip"
    assert (profile.linked, (await told.visitor("w")).linked) == (["w", "x"], ["v"])
    with pytest.raises(RequestRejected) as caught:
        await told.visitor("nobody")
    assert caught.value.code == "unknown_visitor"


async def test_pages(conversations: None, told: Told) -> None:
    """Messages page back by sequence, conversations by cursor; none is missed, none comes twice."""
    for number in range(7):
        await told.chat(posted("v", f"m{number}", str(number)))
        await told.chat(posted(f"v{number}", "m", "x"))
    await told.taken()
    newest = await told.messages("v", limit=4)
    assert ([message.text for message in newest.messages], newest.more) == (["3", "4", "5", "6"], True)
    older = await told.messages("v", before=newest.messages[0].seq, limit=4)
    assert ([message.text for message in older.messages], older.more) == (["0", "1", "2"], False)
    seen: list[str] = []
    cursor = None
    while True:
        page = await told.conversations(limit=3, cursor=cursor)
        seen += [one.visitor for one in page.conversations]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == ["v6", "v", "v5", "v4", "v3", "v2", "v1", "v0"]


@pytest.mark.parametrize("cursor", ["x", "-1", "²", "9" * 19])
async def test_a_strange_cursor_is_refused(conversations: None, told: Told, cursor: str) -> None:
    """What no list gave is refused, and so is a limit out of bounds."""
    with pytest.raises(RequestRejected, match="did not come from a list"):
        await told.conversations(cursor=cursor)
    with pytest.raises(RequestRejected, match="not within 1 to"):
        await told.messages("v", limit=0)


async def test_a_late_word_of_a_flow_undoes_nothing(conversations: None, told: Told) -> None:
    """What a flow said before a person did is older, though it is published later."""
    await told.chat(posted("v", "m", "hello", "visitor"))
    await told.chat(assigned("v", "s2", "ann", minute=2, by="ann"))
    await told.chat(assigned("v", "s1", "bob", minute=1))
    await told.event(opened("v", 1))
    await told.chat(converted("v", "c2", "vip", minute=2, by="ann"))
    await told.chat(converted("v", "c1", "lead", minute=1))
    await told.taken()
    assert (await told.conversations()).conversations[0].assigned == ["ann"]
    assert (await told.visitor("v")).customer_type == "vip"


async def test_the_newest_word_on_a_field_counts(conversations: None, bus: Bus, told: Told) -> None:
    """Pages, forms and flows write fields: by time, a flow's word behind that of its cause; sent again is not newer."""
    await told.event(opened("v", 1))
    first, form = said("p1", plan="free", age=7), said("p2", plan="silver")
    await told.event(first)
    await told.event(form)
    (one, two) = await bus.read.since("VISITOR", "visitor.*.default.v.profile_updated", 1)
    # What the form led to; published late, what an earlier event had led to; and what was sent again.
    await told.chat(field_set("v", "r.2.1", "plan", "gold", two.at))
    await told.chat(field_set("v", "r.1.1", "plan", "lead", one.at))
    await told.chat(field_set("v", "r.1.1", "age", 8, one.at - timedelta(seconds=1)))
    await told.event(first)
    await told.event(form)
    await told.taken()
    assert (await told.visitor("v")).fields == {"plan": "gold", "age": 7}
    await told.event(said("p3", plan=None))
    await told.taken()
    assert (await told.visitor("v")).fields == {"plan": None, "age": 7}


async def test_dropped_and_rebuilt(bus: Bus, told: Told, nats_url: str, postgres_dsn: str) -> None:
    """Without its rows, and with everything delivered again, the projection is what it was."""
    async with conversing(bus, nats_url, postgres_dsn, asyncio.Event()):
        await tell_everything(told)
        await told.taken()
    before = await everything(postgres_dsn)
    assert all(before.values())
    async with Database(postgres_dsn, most=1) as database, database.statement() as tx:
        await tx.execute(f"truncate {', '.join(f'conversations.{table}' for table in TABLES)}")
    await deliver_all_again(bus)
    async with conversing(bus, nats_url, postgres_dsn, asyncio.Event()):
        await told.taken()
    assert await everything(postgres_dsn) == before


async def deliver_all_again(bus: Bus) -> None:
    """Make both durables anew: they begin at the first message."""
    for consumer in (CONVERSATIONS_VISITORS, CONVERSATIONS_CHAT):
        await bus.api.request(f"CONSUMER.DELETE.{consumer.stream}.{consumer.durable}", None, msgspec.Raw)
        await ensure_consumer(bus, consumer)


async def test_delivered_again_changes_nothing(
    bus: Bus, told: Told, nats_url: str, postgres_dsn: str
) -> None:
    """Everything delivered a second time, to two copies at once, leaves the same rows."""
    async with conversing(bus, nats_url, postgres_dsn, asyncio.Event()):
        await tell_everything(told)
        await told.taken()
    before = await everything(postgres_dsn)
    await deliver_all_again(bus)
    async with (
        conversing(bus, nats_url, postgres_dsn, asyncio.Event()),
        conversing(bus, nats_url, postgres_dsn, asyncio.Event()),
    ):
        await told.taken()
    assert await everything(postgres_dsn) == before


async def test_what_cannot_be_read_is_buried(conversations: None, bus: Bus, told: Told) -> None:
    """A truncated, a wrong-typed, an unknown and an unstorable message go to DEAD, each with its reason; no other."""
    subject = subjects.chat(DEFAULT_TEAM, VisitorId("v"), "robot")
    for bad in (b'{"type":"posted.v1"', b'{"type":"posted.v1","id":1}', b'{"type":"no.such.v9"}', b"\xff"):
        await bus.store(subject, bad)
        await told.chat(posted("v", f"m{len(bad)}", "fine"))
    await told.chat(posted("v", "nul", "a\0b"))
    await told.chat(posted("v", "last", "fine"))
    await told.taken()
    letters = await bus.read.since("DEAD", "dead.CHAT", 1)
    reasons = {letter.headers[dead.ORIGINAL_SEQUENCE]: letter.headers[dead.REASON] for letter in letters}
    assert reasons == {**dict.fromkeys(("1", "3", "5", "7"), "undecodable"), "9": "undecodable"}
    assert len(letters) == 5
    assert {message.text for message in (await told.messages("v")).messages} == {"fine"}
    assert len((await told.messages("v")).messages) == 5


async def test_what_lies_in_the_wrong_place_is_buried(conversations: None, bus: Bus, told: Told) -> None:
    """A body that is of another team, visitor or kind than its subject, that nests too deep, or holds U+0000."""
    said, seen = posted("v", "m", "not for v's eyes"), opened("v", 1)
    deep = msgspec.json.encode(seen)[:-1] + b',"data":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    wrong = [
        (subjects.chat(TeamId("other"), said.visitor, "robot"), msgspec.json.encode(said)),
        (subjects.chat(DEFAULT_TEAM, VisitorId("w"), "robot"), msgspec.json.encode(said)),
        (subjects.chat(DEFAULT_TEAM, said.visitor, "agent"), msgspec.json.encode(said)),
        (subjects.chat(DEFAULT_TEAM, said.visitor, "robot"), msgspec.json.encode(assigned("v", "s", "a", 1))),
        (subjects.visitor_event(TeamId("other"), said.visitor, "widget_opened"), msgspec.json.encode(seen)),
        (subjects.visitor_event(DEFAULT_TEAM, VisitorId("w"), "widget_opened"), msgspec.json.encode(seen)),
        (subjects.visitor_event(DEFAULT_TEAM, said.visitor, "widget_closed"), msgspec.json.encode(seen)),
        (subjects.visitor_event(DEFAULT_TEAM, said.visitor, "widget_opened"), deep),
    ]
    for subject, body in wrong:
        await bus.store(subject, body)
    profile = ProfileUpdated(
        id=EventId("p"), team=DEFAULT_TEAM, visitor=VisitorId("v"), at=NOON, fields={"name": "a\0b"}
    )
    await told.event(profile)
    await told.chat(posted("v", "last", "fine \\u0000"))
    await told.taken()
    letters = await bus.read.since("DEAD", "dead.>", 1)
    assert [letter.headers[dead.REASON] for letter in letters] == ["undecodable"] * (len(wrong) + 1)
    assert [message.text for message in (await told.messages("v")).messages] == ["fine \\u0000"]
    assert (await told.messages("w")).messages == []
    with pytest.raises(RequestRejected):
        await told.visitor("v")


@pytest.mark.chaos
@pytest.mark.timeout(60)
async def test_postgres_away(bus: Bus, told: Told, nats_url: str, tmp_path: Path) -> None:
    """While Postgres is down nothing goes to DEAD; when it is back everything is taken."""
    postgres = Postgres(tmp_path / "postgres")
    with running(postgres):
        dsn = postgres.dsn("postgres")
        await migrations.apply(dsn)
        async with conversing(bus, nats_url, dsn, asyncio.Event()):
            await told.chat(posted("v", "m1", "before", "visitor"))
            await told.taken()
            # In order: a Postgres of the tests does not sync, and would lose its last commits.
            postgres.stop()
            for number in range(20):
                await told.chat(posted("v", f"d{number}", "meanwhile", "visitor"))
            with pytest.raises(RequestRejected) as caught:
                await told.messages("v")
            assert caught.value.code == "unavailable"
            postgres.start()
            await told.taken(within_s=15)
            assert len((await told.messages("v")).messages) == 21
    assert await bus.read.since("DEAD", "dead.>", 1) == []


@pytest.mark.chaos
@pytest.mark.timeout(60)
async def test_a_killed_bus(nats_server: Nats, conversations: None, bus: Bus, told: Told) -> None:
    """After kill -9 of NATS the service goes on by itself, with nothing lost and nothing twice."""
    await told.chat(posted("v", "m1", "before", "visitor"))
    is_back = asyncio.Event()
    bus.on_reconnect(is_back.set)
    nats_server.kill()
    nats_server.start()
    await is_back.wait()
    await told.chat(posted("v", "m2", "after", "visitor"))

    async def both_are_there() -> bool:
        try:
            return [message.id for message in (await told.messages("v")).messages] == ["m1", "m2"]
        except (Retryable, RequestRejected):
            return False

    await eventually(both_are_there, within_s=10)


@pytest.mark.chaos
@pytest.mark.timeout(60)
async def test_a_killed_service(bus: Bus, told: Told, nats_url: str, postgres_dsn: str) -> None:
    """Killed with -9 in the middle of many messages and started again: each stands once."""
    count = 2000

    async def tell() -> None:
        futures = [
            await bus.begin_store(
                subjects.chat(DEFAULT_TEAM, VisitorId(f"v{number % 50}"), "robot"),
                msgspec.json.encode(posted(f"v{number % 50}", f"m{number}", "x")),
            )
            for number in range(count)
        ]
        await asyncio.gather(*futures)

    async with service(nats_url, postgres_dsn) as first:
        await tell()
        async with Database(postgres_dsn, most=1) as database:
            await eventually(lambda: has_some(database), within_s=20)
        first.kill()
    async with service(nats_url, postgres_dsn):
        await told.taken(within_s=20)
    rows = await everything(postgres_dsn)
    assert len(rows["messages"]) == count
    assert await bus.read.since("DEAD", "dead.>", 1) == []


async def has_some(database: Database) -> bool:
    """Whether any message is committed."""
    async with database.statement() as tx:
        return await tx.row("select 1 from conversations.messages limit 1") is not None


@asynccontextmanager
async def service(nats_url: str, postgres_dsn: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """The service as a process of its own, stopped in order unless it was killed."""
    environ = {**os.environ, "FRONTDESK_NATS_URL": nats_url, "FRONTDESK_POSTGRES_DSN": postgres_dsn}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.conversations", env=environ
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
