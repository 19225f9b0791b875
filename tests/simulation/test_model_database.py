"""The model of Postgres is as Postgres: one suite for both, and long random histories that end alike."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal
from uuid import UUID

import msgspec
import pytest

from contracts.ids import AgentId, EventId, FlowId, TeamId, VisitorId, run_id
from contracts.run import (
    FieldWritten,
    MessagePosted,
    NodeCompleted,
    RunCompleted,
    RunEvent,
    RunStarted,
    RunWaiting,
    TriggerRef,
)
from contracts.visitor import EventTracked, WidgetLoaded
from services.chassis.database import Database, Transaction
from services.chassis.errors import Conflict
from services.flow_executor import journal, noting, visitors
from services.flow_executor.journal import Append, CauseOf, Skip
from services.flow_executor.recovery import Handled, handled_since
from services.flow_executor.visitors import Key, Said
from tests.simulation.fate import Fate
from tests.simulation.model_database import ModelDatabase, Tables
from tests.simulation.scheduler import Process, Scheduler, SimulatedLoop

Scenario = Callable[[Database], Awaitable[object]]
TEAM, FLOW = TeamId("default"), FlowId("greet")
PEOPLE = tuple(VisitorId(f"v{number}") for number in range(3))
AT = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)


async def on_postgres(scenario: Scenario, dsn: str) -> object:
    """What comes of it there."""
    async with Database(dsn) as database:
        return await scenario(database)


def on_model(scenario: Scenario) -> object:
    """What comes of it here."""
    scheduler = Scheduler(Fate(1))
    loop = SimulatedLoop(scheduler)
    database = ModelDatabase(scheduler, Tables(), Process("test"))
    try:
        return loop.run_until_complete(scenario(database))
    finally:
        loop.close()


@pytest.fixture(params=["postgres", "model"])
def play(request: pytest.FixtureRequest) -> Callable[[Scenario], object]:
    """Plays a scenario on one of them."""
    if request.param == "model":
        return on_model
    dsn: str = request.getfixturevalue("postgres_dsn")
    return lambda scenario: asyncio.run(on_postgres(scenario, dsn))


def started(number: int, visitor: VisitorId = PEOPLE[0], at: datetime = AT) -> RunStarted:
    """The first event of a run."""
    event = EventId(str(UUID(int=number)))
    return RunStarted(
        run=run_id(event), seq=1, at=at, cause=event, flow=FLOW, version=1, hash="h", team=TEAM, visitor=visitor,
        trigger=TriggerRef(name="widget_opened", event_id=event, stream_seq=7, at=at), variables={"a": number},
    )  # fmt: skip


def waiting(first: RunStarted) -> RunWaiting:
    """The run parks."""
    return RunWaiting(
        run=first.run, seq=2, at=first.at, cause=first.cause, node="w", node_type="wait", since=first.at,
        until=first.at, waits_for=("TIMEOUT",),
    )  # fmt: skip


def appended(no: int, first: RunStarted, *events: RunEvent) -> Append:
    """These events for the run; it is new when they begin with its first one."""
    return Append(
        no=no, run=first.run, team=TEAM, visitor=first.visitor, flow=FLOW, version=1, events=events,
        is_new=events[0] is first,
    )  # fmt: skip


async def store(database: Database, *appends: Append) -> None:
    """In a transaction of its own."""
    async with database.transaction() as tx:
        await journal.append(tx, appends)


@asynccontextmanager
async def held(database: Database, visitor: VisitorId = PEOPLE[0]) -> AsyncGenerator[Callable[[], None]]:
    """Somebody else holds the visitor until the result is called, or the block ends."""
    is_held, may_go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with database.transaction() as tx:
            await journal.lock(tx, [(TEAM, visitor)])
            await noting.messages(tx, [((TEAM, visitor), Said(AT, "theirs", 1))])
            is_held.set()
            await may_go.wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(hold())
        await is_held.wait()
        yield may_go.set
        may_go.set()


@asynccontextmanager
async def failing(database: Database) -> AsyncGenerator[Transaction]:
    """A transaction that is taken back at the end of the block."""
    with suppress(ZeroDivisionError):
        async with database.transaction() as tx:
            yield tx
            raise ZeroDivisionError


async def is_held_up(task: asyncio.Task[None]) -> bool:
    """Whether the task does not end for a while."""
    done, _ = await asyncio.wait([task], timeout=0.1)
    return not done


def test_what_is_not_committed_is_not_seen(play: Callable[[Scenario], object]) -> None:
    """By others; the transaction itself sees what it wrote."""

    async def scenario(database: Database) -> None:
        first = started(1)
        async with database.transaction() as tx, database.transaction() as other:
            await journal.append(tx, [appended(1, first, first, waiting(first))])
            assert len(await journal.load(tx, [1])) == 1
            assert await journal.load(other, [1]) == []
        async with database.statement() as tx:
            assert len(await journal.load(tx, [1])) == 1

    play(scenario)


def test_what_fails_leaves_nothing(play: Callable[[Scenario], object]) -> None:
    """An exception that leaves the block takes everything back, locks too."""

    async def scenario(database: Database) -> None:
        first = started(1)
        async with failing(database) as tx:
            await journal.lock(tx, [(TEAM, PEOPLE[0])])
            await journal.append(tx, [appended(1, first, first)])
        async with database.transaction() as tx:
            await journal.lock(tx, [(TEAM, PEOPLE[0])])
            assert await journal.load(tx, [1]) == []

    play(scenario)


@pytest.mark.parametrize("clash", ["event", "run", "number"])
def test_a_key_is_taken_once(
    play: Callable[[Scenario], object], clash: Literal["event", "run", "number"]
) -> None:
    """The second writer of an event, of a run or of a number gets a conflict, and nothing of it stays."""

    async def scenario(database: Database) -> None:
        first, other = started(1), started(2)
        await store(database, appended(1, first, first, waiting(first)))
        end = RunCompleted(run=first.run, seq=2, at=AT, cause="late", node="w")
        second = {
            "event": appended(1, first, end),
            "run": appended(2, first, first),
            "number": appended(1, other, other),
        }[clash]
        with pytest.raises(Conflict):
            await store(database, appended(9, started(9), started(9)), second)
        async with database.transaction() as tx:
            assert (await journal.look_up(tx, ["late", started(9).cause])).causes == []

    play(scenario)


def test_a_lock_is_waited_for(play: Callable[[Scenario], object]) -> None:
    """And who waited sees what was committed meanwhile."""

    async def scenario(database: Database) -> None:
        order: list[str] = []

        async def wait() -> None:
            async with database.transaction() as tx:
                await journal.lock(tx, [(TEAM, visitor) for visitor in PEOPLE])
                order.append("locked")
                known = await visitors.load(tx, [(TEAM, PEOPLE[0])])
                assert known[TEAM, PEOPLE[0]].last_message == Said(AT, "theirs", 1)

        async with asyncio.TaskGroup() as tasks, held(database) as let_go:
            assert await is_held_up(tasks.create_task(wait()))
            order.append("let go")
            let_go()
        assert order == ["let go", "locked"]

    play(scenario)


def test_a_written_row_is_waited_for(play: Callable[[Scenario], object]) -> None:
    """Without any lock: the later writer waits, then adds to what the first one made."""

    async def scenario(database: Database) -> None:
        async def write() -> None:
            async with database.transaction() as tx:
                await noting.fields(tx, [((TEAM, PEOPLE[0]), AT, {"a": 1})])

        async with asyncio.TaskGroup() as tasks, held(database) as let_go:
            assert await is_held_up(tasks.create_task(write()))
            async with database.statement() as tx:
                assert await visitors.load(tx, [(TEAM, PEOPLE[0])]) == {}
            let_go()
        async with database.statement() as tx:
            row = (await visitors.load(tx, [(TEAM, PEOPLE[0])]))[TEAM, PEOPLE[0]]
        assert (row.fields, row.last_message) == ({"a": 1}, Said(AT, "theirs", 1))

    play(scenario)


def test_a_taken_number_stays_taken(play: Callable[[Scenario], object]) -> None:
    """Numbers of runs are given out once, also when their transaction comes to nothing."""

    async def scenario(database: Database) -> None:
        taken: list[int] = []
        for _ in range(3):
            async with failing(database) as tx:
                taken += (await journal.look_up(tx, ["a", "b"])).numbers
        assert taken == [1, 2, 3, 4, 5, 6]

    play(scenario)


@pytest.mark.parametrize("seed", range(6))
def test_histories_end_alike(postgres_dsn: str, seed: int) -> None:
    """Whatever is written in whatever order, every question has the same answer."""

    async def scenario(database: Database) -> object:
        return [answer async for answer in _history(database, Random(seed))]

    there, here = asyncio.run(on_postgres(scenario, postgres_dsn)), on_model(scenario)
    assert here == there


async def _history(database: Database, random: Random) -> AsyncIterator[object]:
    """Write at random, and ask everything after each step."""
    runs: list[RunStarted] = []
    for step in range(40):
        at = AT + timedelta(minutes=random.choice((-1, 0, 1)) * step * 7)
        people = sorted(random.sample([(TEAM, visitor) for visitor in PEOPLE], random.randint(1, 3)))
        try:
            async with database.transaction() as tx:
                if random.random() < 0.5:
                    await _note(tx, random, people, at)
                else:
                    await _append(tx, random, runs, people[0][1], at)
        except Conflict:
            yield "conflict"
        yield await _asked(database, runs)


async def _note(tx: Transaction, random: Random, people: list[Key], at: datetime) -> None:
    number = random.randint(0, 9)
    event = EventTracked(id=EventId("e"), team=TEAM, visitor=PEOPLE[0], at=at, event=random.choice("abc"))
    load = WidgetLoaded(
        id=EventId("e"), team=TEAM, visitor=PEOPLE[0], at=at, country=str(number), locale="zh"
    )
    match random.randint(0, 8):
        case 0:
            await noting.agent_posts(tx, [(key, Said(at, f"post-{number}", number)) for key in people])
        case 1:
            await noting.messages(tx, [(key, Said(at, f"message-{number}", number)) for key in people])
        case 2:
            await noting.loaded(tx, [(key, at, load) for key in people])
        case 3:
            await noting.fields(tx, [(key, at, {random.choice("abc"): number}) for key in people])
        case 4:
            await noting.forms(tx, [(key, f"m{number % 2}", {random.choice("ab"): number}) for key in people])
        case 5:
            await noting.tracked(tx, [(key, at, event) for key in people])
        case 7:
            await noting.seen(tx, [load])
        case 6:
            agents = [AgentId(f"agent-{n}") for n in range(number % 3)]
            await noting.assigned(tx, [(key, at, agents) for key in people])
        case _:
            await noting.converted(tx, [(key, at, f"kind-{number}") for key in people])


async def _append(
    tx: Transaction, random: Random, runs: list[RunStarted], visitor: VisitorId, at: datetime
) -> None:
    number = len(runs) + 1
    if not runs or random.random() < 0.5:
        first = started(random.choice((number, number, max(1, number - 1))), visitor, at)
        effect = FieldWritten(k=1, field="f", value=number), MessagePosted(k=2, author="robot", text="您好")
        said = NodeCompleted(
            run=first.run,
            seq=2,
            at=at,
            cause=first.cause,
            node="n",
            node_type="x",
            outcome="SUCCESS",
            effects=effect,
        )
        wait = msgspec.structs.replace(waiting(first), seq=3)
        await journal.append(tx, [appended(number, first, first, said, wait)])
        runs.append(first)
    else:
        no = random.randint(1, len(runs))
        first = runs[no - 1]
        end = RunCompleted(run=first.run, seq=4, at=at, cause=f"c{random.randint(0, 9)}", node="w")
        await journal.append(tx, [appended(no, first, end)])
    skip = Skip(
        cause=f"s{random.randint(0, 5)}",
        team=TEAM,
        visitor=visitor,
        at=at,
        trigger="t",
        flow=FLOW,
        reason=str(number),
    )
    await journal.skip(tx, [skip])


async def _asked(database: Database, runs: list[RunStarted]) -> object:
    """Everything that the executor ever asks."""
    keys: list[Key] = [(TEAM, visitor) for visitor in PEOPLE]
    causes = [*(run.cause for run in runs), *(f"c{n}" for n in range(10)), *(f"s{n}" for n in range(6))]
    async with database.statement() as tx:
        known = await journal.look_up(tx, causes, [(*key, FLOW) for key in keys])
        handled = await handled_since(
            tx,
            Handled(datetime(2020, 1, 1, tzinfo=UTC), CauseOf("", 0, 0, 0)),
            datetime(2100, 1, 1, tzinfo=UTC),
            500,
        )
        return (
            await visitors.load(tx, keys, with_events=True),
            await visitors.load(tx, keys),
            sorted(known.causes, key=msgspec.structs.astuple),
            known.skipped,
            sorted((item.cause for item in handled), key=msgspec.structs.astuple),
            await journal.load(tx, range(1, len(runs) + 1)),
            await journal.waiting_runs(tx, keys),
            await journal.owners(tx, [run.run for run in runs]),
            known.last_starts,
        )
