"""The journal against a real Postgres."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from contracts.ids import EventId, FlowId, RunId, TeamId, VisitorId, run_id
from contracts.run import (
    MessagePosted,
    NodeCompleted,
    RunCompleted,
    RunEvent,
    RunStarted,
    RunWaiting,
    TimerSet,
    TriggerRef,
)
from services.chassis.database import Database
from services.chassis.errors import Conflict
from services.flow_executor import journal
from services.flow_executor.journal import Append

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
EVENT = EventId("0f5f9ee8-6c1c-8f3e-9b1a-2b3c4d5e6f70")
RUN = run_id(EVENT)
TEAM, VISITOR, FLOW = TeamId("default"), VisitorId("v1"), FlowId("greet")


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    """A migrated database."""
    async with Database(postgres_dsn) as database:
        yield database


def started(run: RunId = RUN, event: EventId = EVENT) -> RunStarted:
    """The first event of a run that carries something personal."""
    return RunStarted(
        run=run,
        seq=1,
        at=AT,
        cause=event,
        flow=FLOW,
        version=1,
        hash="h",
        team=TEAM,
        visitor=VISITOR,
        trigger=TriggerRef(name="widget_opened", event_id=event, stream_seq=7, at=AT),
        variables={"page_url": "https://tea.example/?q=绿茶"},
    )


def parked() -> tuple[RunEvent, ...]:
    """A run that said something and waits."""
    said = NodeCompleted(
        run=RUN,
        seq=2,
        at=AT,
        cause=EVENT,
        node="hello",
        node_type="reply",
        outcome="SUCCESS",
        next="wait",
        effects=(MessagePosted(k=1, author="robot", text="您好"),),
    )
    waits = RunWaiting(
        run=RUN,
        seq=3,
        at=AT,
        cause=EVENT,
        node="wait",
        node_type="wait",
        since=AT,
        until=AT,
        waits_for=("TIMEOUT",),
        effects=(TimerSet(k=1, at=AT),),
    )
    return (started(), said, waits)


def appended(no: int, *events: RunEvent, is_new: bool = True) -> Append:
    """An append of the one run that these tests know."""
    return Append(
        no=no, run=RUN, team=TEAM, visitor=VISITOR, flow=FLOW, version=1, events=events, is_new=is_new
    )


async def numbers(database: Database, *causes: str) -> list[int]:
    """Numbers for new runs."""
    async with database.transaction() as tx:
        return (await journal.look_up(tx, causes)).numbers


async def store(database: Database, *appends: Append) -> None:
    """Append in a transaction of its own."""
    async with database.transaction() as tx:
        await journal.append(tx, appends)


async def test_a_run_comes_back_as_it_was_stored(database: Database) -> None:
    """Personal parts lie elsewhere, and are put back into the events they belong to."""
    (no,) = await numbers(database, EVENT)
    await store(database, appended(no, *parked()))
    async with database.transaction() as tx:
        (stored,) = await journal.load(tx, [no])
        kept = await tx.rows("select data::text as text from flow_executor.run_events where no = $1", no)
    assert stored.events == parked()
    assert (stored.status, stored.run, stored.visitor) == ("waiting", RUN, VISITOR)
    assert not any("绿茶" in row["text"] or "您好" in row["text"] for row in kept)


async def test_a_deleted_person_leaves_the_path(database: Database) -> None:
    """Without `run_inputs` the events are there, marked as withheld."""
    (no,) = await numbers(database, EVENT)
    await store(database, appended(no, *parked()))
    async with database.transaction() as tx:
        await tx.execute("delete from flow_executor.run_inputs")
        (stored,) = await journal.load(tx, [no])
    first, said, _ = stored.events
    assert isinstance(first, RunStarted)
    assert isinstance(said, NodeCompleted)
    assert (first.withheld, first.variables) == (True, {})
    assert (said.withheld, said.outcome) == (True, "SUCCESS")


async def test_the_second_writer_of_an_event_fails(database: Database) -> None:
    """`(no, seq)` is the lock that holds when all others fail."""
    (no,) = await numbers(database, EVENT)
    await store(database, appended(no, *parked()))
    end = RunCompleted(run=RUN, seq=3, at=AT, cause="late", node="wait")
    with pytest.raises(Conflict):
        await store(database, appended(no, end, is_new=False))


async def test_one_event_starts_one_run(database: Database) -> None:
    """A second start of the same run is a conflict, whatever number it was given."""
    first, second = await numbers(database, EVENT, "other")
    await store(database, appended(first, *parked()))
    with pytest.raises(Conflict):
        await store(database, appended(second, *parked()))


async def test_a_cause_is_known_with_what_it_made(database: Database) -> None:
    """Every delivery looks its cause up first."""
    (no,) = await numbers(database, EVENT)
    await store(database, appended(no, *parked()))
    end = RunCompleted(run=RUN, seq=4, at=AT, cause=f"timer.due.{RUN}.3", node="wait")
    await store(database, appended(no, end, is_new=False))
    async with database.transaction() as tx:
        known = await journal.look_up(tx, [EVENT, f"timer.due.{RUN}.3", "unheard"])
        (stored,) = await journal.load(tx, [no])
        waiting = await journal.waiting_runs(tx, [(TEAM, VISITOR)])
    assert {(cause.cause, cause.no, cause.first_seq, cause.last_seq) for cause in known.causes} == {
        (EVENT, no, 1, 3),
        (f"timer.due.{RUN}.3", no, 4, 4),
    }
    assert stored.status == "completed"
    assert waiting == {}


async def test_waiting_runs_come_oldest_first(database: Database) -> None:
    """A message resumes what waits in the order in which it began."""
    events = [EventId(f"0f5f9ee8-6c1c-8f3e-9b1a-00000000000{digit}") for digit in range(3)]
    taken = await numbers(database, *events)
    appends: list[Append] = []
    for no, event in zip(taken, events, strict=True):
        run = run_id(event)
        waits = RunWaiting(
            run=run, seq=2, at=AT, cause=event, node="w", node_type="wait", since=AT, until=AT, waits_for=()
        )
        appends.append(
            Append(
                no=no,
                run=run,
                team=TEAM,
                visitor=VISITOR,
                flow=FLOW,
                version=1,
                events=(started(run, event), waits),
                is_new=True,
            )
        )
    await store(database, *reversed(appends))
    async with database.transaction() as tx:
        found = await journal.waiting_runs(tx, [(TEAM, VISITOR), (TEAM, VisitorId("other"))])
    assert [stored.no for stored in found[TEAM, VISITOR]] == taken


async def test_partitions_are_made_ahead(database: Database) -> None:
    """A run far ahead of the first partitions finds one of its own, once they were tended to."""
    far = 31_000_000
    async with database.transaction() as tx:
        await tx.execute("select setval('flow_executor.run_numbers', $1)", far)
        await tx.execute("select flow_executor.make_partitions()")
    await store(database, appended(far + 1, *parked()))
    async with database.transaction() as tx:
        rows = await tx.rows("select count(*) as n from flow_executor.run_events_default")
        (stored,) = await journal.load(tx, [far + 1])
    assert rows[0]["n"] == 0
    assert stored.events == parked()
