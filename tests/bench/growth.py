"""`frontdesk bench growth`: whether the executor keeps its speed as the world grows around it.

The tutorial's flow again, as in `runs`, in an empty world; then with a long journal, with many active flows, with
many visitors online. Each is told as its share of the empty world's speed; both are measured in turns, on servers of
their own.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec

from contracts.ids import FlowId, VisitorId
from contracts.presence import Session
from contracts.requests import FlowPushed, PushFlow
from contracts.streams import SESSIONS
from contracts.subjects import session_key
from services.chassis.bus import Bus
from services.chassis.clock import system_clock
from services.chassis.database import Database
from tests.bench.ground import Figure, Machine, Servers, machine, servers
from tests.bench.recorded import ROWS, TEAM, definition
from tests.bench.runs import EXECUTOR, Load

_RUNS = 5000
_AT_ONCE = 200_000

_JOURNAL = """
with filled as (
    insert into flow_executor.runs (no, run_id, team, visitor, flow, version, hash, trigger, event_id, status, node,
                                    last_seq, started_at, ended_at)
    select n, gen_random_uuid(), 'default', 'old-' || n, 'bench', 1, repeat('0', 64), 'widget_opened',
           gen_random_uuid(), 'completed', 'end', 5, now(), now()
      from generate_series($1::bigint, $2::bigint) as n
    returning no, run_id
), caused as (
    insert into flow_executor.run_causes (cause, no, first_seq, last_seq)
    select run_id::text, no, 1, 5 from filled
)
insert into flow_executor.run_events (no, seq, type, at, cause, data)
select no, seq, 'run.node_completed.v1', now(), run_id::text, data
  from filled cross join unnest($3::int[], $4::json[]) as e (seq, data)
"""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of the empty world's runs per second, round by round: 1 is as fast."""

    machine: Machine
    empty: Figure
    with_a_million_events: Figure
    with_ten_million_events: Figure
    with_a_thousand_flows: Figure
    with_a_hundred_thousand_visitors: Figure


async def measure(rounds: int = 5, scale: float = 1.0) -> Result:
    """`scale` shrinks the worlds, to try the benchmark itself."""
    empty: list[float] = []
    shares: list[Figure] = []
    async with _world() as small:
        for grow in (_a_million_events, _ten_million_events, _a_thousand_flows, _a_hundred_thousand_visitors):
            async with _world() as large:
                await grow(large, scale)
                turns = [(await small.round(), await large.round()) for _ in range(rounds + 1)][1:]
            empty += [alone for alone, _ in turns]
            shares.append(Figure.of([grown / alone for alone, grown in turns]))
    return Result(
        machine=machine(),
        empty=Figure.of(empty),
        with_a_million_events=shares[0],
        with_ten_million_events=shares[1],
        with_a_thousand_flows=shares[2],
        with_a_hundred_thousand_visitors=shares[3],
    )


class World:
    """Servers with the tutorial's flow active, and visitors who come in rounds."""

    def __init__(self, bus: Bus, where: Servers) -> None:
        self.bus = bus
        self.dsn = where.postgres_dsn
        self.load = Load(bus, where, _RUNS)

    async def round(self) -> float:
        """Runs per second."""
        return await self.load.round(EXECUTOR)


@asynccontextmanager
async def _world() -> AsyncGenerator[World]:
    async with servers() as where, Bus(where.nats_url, "bench") as bus:
        world = World(bus, where)
        await world.load.prepare()
        yield world


async def _a_million_events(world: World, scale: float) -> None:
    await _fill(world, int(1_000_000 * scale))


async def _ten_million_events(world: World, scale: float) -> None:
    await _fill(world, int(10_000_000 * scale))


async def _fill(world: World, events: int) -> None:
    """A journal of that many events, before the numbers of the runs to come."""
    seqs, data = [row[0] for row in ROWS], [row[2] for row in ROWS]
    runs = events // len(ROWS)
    async with Database(world.dsn) as database:
        async with database.statement() as tx:
            row = await tx.row("select nextval('flow_executor.run_numbers') as no")
            assert row is not None
            first = int(row["no"]) + 1
            await tx.execute("select setval('flow_executor.run_numbers', $1)", first + runs)
            await tx.execute("select flow_executor.make_partitions()")
        for begin in range(first, first + runs, _AT_ONCE):
            async with database.transaction() as tx:
                await tx.execute(_JOURNAL, begin, min(begin + _AT_ONCE, first + runs) - 1, seqs, data)
        async with database.statement() as tx:
            tables = "flow_executor.runs, flow_executor.run_causes, flow_executor.run_events"
            await tx.execute(f"vacuum (analyze) {tables}")
            # What filling left to be written later is no part of a long journal.
            await tx.execute("checkpoint")
    await asyncio.to_thread(os.sync)


async def _a_thousand_flows(world: World, scale: float) -> None:
    """A flow for each of that many events that pages track."""
    async with world.load.executing():
        for number in range(int(1000 * scale)):
            flow = msgspec.structs.replace(
                definition(), flow=FlowId(f"event-{number}"), trigger="event_tracked", event=f"event-{number}"
            )
            request = PushFlow(definition=msgspec.Raw(msgspec.json.encode(flow)), activate=True)
            await world.bus.request("contracts.flows.push", request, FlowPushed)


async def _a_hundred_thousand_visitors(world: World, scale: float) -> None:
    """A live session for each, longer than the benchmark takes."""
    session = msgspec.json.encode(Session(since=system_clock(), edge="bench"))
    for begin in range(0, int(100_000 * scale), 500):
        await asyncio.gather(
            *(
                world.bus.keys.put_for(
                    SESSIONS.name,
                    session_key(TEAM, "visitor", VisitorId(f"here-{begin + n}"), "s1"),
                    session,
                    timedelta(hours=2),
                )
                for n in range(500)
            )
        )
