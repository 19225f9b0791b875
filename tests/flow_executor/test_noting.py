"""What is noted of visitors, by the clock of the streams, and how often the tables are asked."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from contracts.chat import FieldValue
from contracts.frames import Page
from contracts.ids import EventId, FrameId, VisitorId, event_id, run_id
from contracts.run import TriggerRef
from contracts.visitor import EventTracked, FormSubmitted, ProfileUpdated, VisitorEvent, WidgetLoaded
from services.chassis.bus import Bus
from services.chassis.database import HOLD, Database, Row, Transaction
from services.flow_executor import visitors
from services.flow_executor.engine.stimuli import Triggered
from services.flow_executor.noting import MOST_FIELDS
from services.flow_executor.occasions import Occasion, form_filled, trigger_variables
from services.flow_executor.visitors import VisitorRow
from tests.flow_executor.by_hand import ByHand, following
from tests.flow_executor.harness import TEAM
from tests.flow_executor.shapes import flow, reply

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Counting(Transaction):
    """A transaction that keeps what it was asked."""

    def __init__(self, inner: Transaction, asked: list[str]) -> None:
        self._inner = inner
        self._asked = asked

    async def rows(self, sql: str, *args: object) -> Sequence[Row]:
        """All rows."""
        self._asked.append(sql)
        return await self._inner.rows(sql, *args)

    async def row(self, sql: str, *args: object) -> Row | None:
        """The first row."""
        self._asked.append(sql)
        return await self._inner.row(sql, *args)

    async def execute(self, sql: str, *args: object) -> None:
        """Run it."""
        self._asked.append(sql)
        await self._inner.execute(sql, *args)

    async def hold(self, keys: Sequence[int]) -> None:
        """Take these locks."""
        self._asked.append(HOLD)
        await self._inner.hold(keys)


class CountingDatabase(Database):
    """A database that keeps what its transactions were asked."""

    asked: list[str]

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """One transaction."""
        async with super().transaction() as tx:
            yield Counting(tx, self.asked)


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[CountingDatabase]:
    """The executor's."""
    async with CountingDatabase(postgres_dsn) as database:
        database.asked = []
        yield database


@pytest.fixture
async def executor(nats_url: str, database: CountingDatabase) -> AsyncIterator[ByHand]:
    """An executor without loops."""
    async with Bus(nats_url, "tests") as bus, following(ByHand(nats_url, bus, database)) as executor:
        yield executor


def occasion(event: VisitorEvent, at: datetime) -> Occasion:
    """The event as it came at that time of its stream."""
    name = str(event.__struct_config__.tag)
    triggered = Triggered(
        run=run_id(event.id),
        team=event.team,
        visitor=event.visitor,
        trigger=TriggerRef(name=name, event_id=event.id, stream_seq=1, at=at),
        variables=trigger_variables(event),
    )
    stimulus = (
        form_filled(event.id, at, event.message, event.values) if isinstance(event, FormSubmitted) else None
    )
    return Occasion(
        cause=event.id,
        at=at,
        team=event.team,
        visitor=event.visitor,
        event=event,
        triggered=triggered,
        stimulus=stimulus,
    )


def identity(frame: str, visitor: str = "v1") -> EventId:
    """The id of this frame's event."""
    return event_id(TEAM, VisitorId(visitor), FrameId(frame))


def loaded(frame: str, visitor: str = "v1") -> WidgetLoaded:
    """The page has loaded."""
    return WidgetLoaded(
        id=identity(frame, visitor),
        team=TEAM,
        visitor=VisitorId(visitor),
        at=NOON,
        page=Page(url="https://a"),
    )


def updated(frame: str, fields: dict[str, FieldValue], visitor: str = "v1") -> ProfileUpdated:
    """The page says this of its visitor."""
    who = VisitorId(visitor)
    return ProfileUpdated(id=identity(frame, visitor), team=TEAM, visitor=who, at=NOON, fields=fields)


def filled(frame: str, message: str, values: dict[str, FieldValue]) -> FormSubmitted:
    """The visitor fills in a form, or a part of it."""
    who = VisitorId("v1")
    return FormSubmitted(id=identity(frame), team=TEAM, visitor=who, at=NOON, message=message, values=values)


def tracked(frame: str, event: str = "webclick", visitor: str = "v1") -> EventTracked:
    """The page tracks an event."""
    who = VisitorId(visitor)
    return EventTracked(id=identity(frame, visitor), team=TEAM, visitor=who, at=NOON, event=event)


async def take(executor: ByHand, *events: VisitorEvent, minute: float = 0) -> None:
    """Handle them one after the other, so many minutes past noon."""
    for event in events:
        await executor.shell.commit([occasion(event, NOON + timedelta(minutes=minute))])


async def known(database: Database, visitor: str = "v1") -> VisitorRow:
    """What is known of the visitor."""
    key = (TEAM, VisitorId(visitor))
    async with database.statement() as tx:
        return (await visitors.load(tx, [key], with_events=True))[key]


async def test_half_an_hour_of_silence_ends_a_session(executor: ByHand, database: Database) -> None:
    """Pages that load within 30 minutes of each other are one session, the next one is another."""
    await take(executor, loaded("f1"))
    await take(executor, loaded("f2"), minute=29)
    await take(executor, loaded("f3"), minute=58)
    assert (await known(database)).sessions == 1
    await take(executor, loaded("f4"), minute=58 + 31)
    row = await known(database)
    assert (row.sessions, row.created_at) == (2, NOON)


@pytest.mark.parametrize("first", [
    updated("f1", {"a": 1}),
    tracked("f1"),
    filled("f1", "m1", {"a": 1}),
    loaded("f1"),
], ids=lambda event: type(event).__name__)  # fmt: skip
async def test_whatever_comes_first_makes_a_visitor(
    executor: ByHand, database: Database, first: VisitorEvent
) -> None:
    """The time of creation is that of the first event, not of the first page that loads."""
    await take(executor, first)
    await take(executor, loaded("f2"), minute=60)
    assert (await known(database)).created_at == NOON


async def test_what_comes_again_changes_nothing(executor: ByHand, database: Database) -> None:
    """Each frame sent again a day later is recorded already, though no flow answered it."""
    events = (
        loaded("f1"),
        updated("f2", {"plan": "free"}),
        tracked("f3"),
        filled("f4", "m1", {"plan": "gold"}),
    )
    await take(executor, *events)
    await take(executor, updated("f5", {"plan": "silver"}), minute=1)
    before = await known(database)
    assert (before.sessions, before.fields, before.events["webclick"].count) == (1, {"plan": "silver"}, 1)
    await take(executor, *events, minute=24 * 60)
    assert await known(database) == before


async def test_the_next_event_counts(executor: ByHand, database: Database) -> None:
    """Another frame of the same kind is another event: the first time stays, the last one moves."""
    await take(executor, tracked("f1"))
    await take(executor, tracked("f2"), minute=5)
    event = (await known(database)).events["webclick"]
    assert (event.count, event.first_at, event.last_at) == (2, NOON, NOON + timedelta(minutes=5))


async def test_a_form_is_kept_field_by_field(executor: ByHand, database: Database) -> None:
    """Answers to one message add up; another message begins anew, and the profile keeps all."""
    await take(executor, filled("f1", "m1", {"a": 1}), filled("f2", "m1", {"b": 2}))
    row = await known(database)
    assert row.form == visitors.Answers("m1", {"a": 1, "b": 2})
    await take(executor, filled("f3", "m2", {"c": 3}))
    row = await known(database)
    assert (row.form, row.fields) == (visitors.Answers("m2", {"c": 3}), {"a": 1, "b": 2, "c": 3})


async def test_a_visitor_has_so_many_fields(executor: ByHand, database: Database) -> None:
    """What would be one field too many is not kept; those that are there can still change."""
    most: dict[str, FieldValue] = {f"field_{number}": number for number in range(MOST_FIELDS)}
    await take(executor, updated("f1", most), updated("f2", {"one_more": 1}), updated("f3", {"field_0": "x"}))
    assert (await known(database)).fields == most | {"field_0": "x"}


async def test_a_visitor_has_so_many_events(executor: ByHand, database: Database) -> None:
    """A new name beyond the most is not counted, the others go on."""
    await take(executor, *(tracked(f"f{number}", f"e{number}") for number in range(MOST_FIELDS)))
    await take(executor, tracked("f-new", "one more"), tracked("f-old", "e0"))
    events = (await known(database)).events
    assert (len(events), events["e0"].count, "one more" in events) == (MOST_FIELDS, 2, False)


async def test_a_batch_asks_once(executor: ByHand, database: CountingDatabase) -> None:
    """However many visitors there are in a batch, and whatever their flow asks of them, it is as many statements."""
    text = (
        "{{user_country}} {{event_count_webclick}} {{is_assigned_user}} {{track_event_count}} {{plan or ''}}"
    )
    await executor.activate(flow("event_tracked", {"tell": reply(text)}, "asking"))
    await executor.shell.commit([occasion(tracked("f0"), NOON)])
    asked: list[int] = []
    for count in (1, 50):
        database.asked.clear()
        batch = await executor.shell.commit(
            [occasion(tracked(f"f{count}", visitor=f"w{number}"), NOON) for number in range(count)]
        )
        assert len(batch.appends) == count
        asked.append(len(database.asked))
        assert sum("visitor_events e where" in sql for sql in database.asked) == 1
    assert asked[0] == asked[1]
