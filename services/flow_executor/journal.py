"""The journal in Postgres: what each message added to which run, and what a decision needs to know first.

Every function works inside a transaction of the caller's. Each statement has a name, by which the simulation's model of
the database knows it. `(no, seq)` is the lock that holds when all others
fail: of two writers of one event the later one gets `Conflict`, and its batch begins again with the look-up
of causes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import get_args

import msgspec

from contracts.ids import FlowId, RunId, TeamId, VisitorId
from contracts.requests import RunAppended
from contracts.run import (
    NodeCompleted,
    Personal,
    RunCancelled,
    RunCompleted,
    RunEvent,
    RunFailed,
    RunStarted,
    RunWaiting,
    merge,
    split,
)
from services.chassis.database import Row, Transaction, columns


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """What one message adds to one run: events in order, at least one. `is_new`: the first of them starts the
    run.
    """

    no: int
    run: RunId
    team: TeamId
    visitor: VisitorId
    flow: FlowId
    version: int
    events: tuple[RunEvent, ...]
    is_new: bool

    def told(self) -> RunAppended:
        """What the live feed says of it."""
        return RunAppended(
            run=self.run,
            team=self.team,
            flow=self.flow,
            version=self.version,
            visitor=self.visitor,
            events=list(self.events),
        )


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A run as its row says, with all its events, personal parts put back where they are still there."""

    no: int
    run: RunId
    team: TeamId
    visitor: VisitorId
    flow: FlowId
    version: int
    status: str
    events: tuple[RunEvent, ...]

    def append(self, events: tuple[RunEvent, ...]) -> Append:
        """These events, to be stored behind the ones that are there."""
        return Append(
            no=self.no,
            run=self.run,
            team=self.team,
            visitor=self.visitor,
            flow=self.flow,
            version=self.version,
            events=events,
            is_new=False,
        )

    def after(self, events: tuple[RunEvent, ...]) -> "Stored":
        """The run as it is when these events, at least one, are stored."""
        status, _, _ = state_after(events[-1])
        return msgspec.structs.replace(self, status=status, events=(*self.events, *events))


class Skip(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger that met a flow and started no run."""

    cause: str
    team: TeamId
    visitor: VisitorId
    at: datetime
    trigger: str
    flow: FlowId
    reason: str


class CauseOf(msgspec.Struct, frozen=True):
    """Events `first_seq` to `last_seq` of run `no` were made by `cause`."""

    cause: str
    no: int
    first_seq: int
    last_seq: int


_event_decoder = msgspec.json.Decoder(RunEvent)
_parts_decoder = msgspec.json.Decoder(dict[int, Personal])
_encode = msgspec.json.Encoder().encode


def lock_key(team: TeamId, visitor: VisitorId) -> int:
    """The advisory lock of one visitor, 64 bits signed. Two visitors that share one only wait for each other."""
    return int.from_bytes(blake2b(f"{team}\0{visitor}".encode(), digest_size=8).digest(), signed=True)


async def lock(tx: Transaction, visitors: Iterable[tuple[TeamId, VisitorId]]) -> None:
    """Hold these visitors until the transaction ends. Sorted, so that no two batches wait for each other."""
    await tx.hold(sorted({lock_key(team, visitor) for team, visitor in visitors}))


LOOK_UP = """
select (select version from flow_executor.registry) as registry,
       array(select nextval('flow_executor.run_numbers') from generate_series(1, $2)) as numbers,
       array(select (cause, no, first_seq, last_seq)
               from flow_executor.run_causes where cause = any($1::text[])) as causes,
       array(select cause from flow_executor.skips where cause = any($1::text[])) as skipped,
       array(select (t.team, t.visitor, t.flow, began.last)
               from unnest($3::text[], $4::text[], $5::text[]) as t (team, visitor, flow)
              cross join lateral (select max(r.started_at) filter (where r.flow = t.flow) as last
                                    from flow_executor.runs r
                                   where r.team = t.team and r.visitor = t.visitor) as began
              where began.last is not null) as last_starts
"""
"""The last starts are found among the visitor's runs: were the flow a condition, its index might be taken instead."""


Started = tuple[TeamId, VisitorId, FlowId]
"""A visitor's runs of one flow."""


class Known(msgspec.Struct, frozen=True):
    """What the journal says before a batch is decided, and the numbers for the runs that it may start."""

    registry: int
    numbers: list[int]
    causes: list[CauseOf]
    skipped: set[str]
    last_starts: dict[Started, datetime]
    """When each visitor's last run of each flow that was asked for began, for cool-downs."""


async def look_up(tx: Transaction, causes: Sequence[str], starts: Sequence[Started] = ()) -> Known:
    """Which of these messages were handled before, and when these were started last, in one statement."""
    row = await tx.row(LOOK_UP, causes, len(causes), *columns(starts, 3))
    assert row is not None
    return Known(
        registry=row["registry"],
        numbers=row["numbers"],
        causes=[CauseOf(*cause) for cause in row["causes"]],
        skipped=set(row["skipped"]),
        last_starts={(team, visitor, flow): at for team, visitor, flow, at in row["last_starts"]},
    )


_STORED = """
select r.no, r.run_id, r.team, r.visitor, r.flow, r.version, r.status,
       array(select e.data from flow_executor.run_events e where e.no = r.no order by e.seq) as events,
       array(select i.parts from flow_executor.run_inputs i where i.no = r.no) as parts
  from flow_executor.runs r
"""
"""A run with all that it left behind, each part by its key: a join may be planned as a look at everybody's events."""

WAITING = f"""
select found.* from unnest($1::text[], $2::text[]) as v (team, visitor)
 cross join lateral ({_STORED}
                      where r.team = v.team and r.visitor = v.visitor and r.status = 'waiting' offset 0) as found
 order by found.no
"""
"""`offset 0` keeps the planner from turning it round: each visitor is looked up, and not everybody's waiting runs."""


async def waiting_runs(
    tx: Transaction, visitors: Sequence[tuple[TeamId, VisitorId]]
) -> dict[tuple[TeamId, VisitorId], list[Stored]]:
    """The waiting runs of these visitors, the oldest first."""
    rows = await tx.rows(WAITING, [team for team, _ in visitors], [visitor for _, visitor in visitors])
    found: dict[tuple[TeamId, VisitorId], list[Stored]] = {}
    for stored in map(_stored, rows):
        found.setdefault((stored.team, stored.visitor), []).append(stored)
    return found


OWNERS = "select run_id, team, visitor from flow_executor.runs where run_id = any($1::uuid[])"


async def owners(tx: Transaction, runs: Sequence[RunId]) -> dict[RunId, tuple[TeamId, VisitorId]]:
    """Whose runs these are; a run that is not there is left out."""
    rows = await tx.rows(OWNERS, runs)
    return {row["run_id"]: (row["team"], row["visitor"]) for row in rows}


async def waits_at(tx: Transaction, run: RunId, seq: int) -> bool:
    """Whether the run still waits where its event `seq` began to."""
    row = await tx.row(
        """select 1 from flow_executor.runs
            where run_id = $1::uuid and status = 'waiting' and last_seq = $2""",
        run,
        seq,
    )
    return row is not None


RUNS = f"{_STORED} where r.no = any($1::bigint[]) order by r.no"


async def load(tx: Transaction, numbers: Sequence[int]) -> list[Stored]:
    """These runs with all their events, by number."""
    return [_stored(row) for row in await tx.rows(RUNS, list(numbers))] if numbers else []


def _stored(row: Row) -> Stored:
    return Stored(
        no=row["no"],
        run=row["run_id"],
        team=row["team"],
        visitor=row["visitor"],
        flow=row["flow"],
        version=row["version"],
        status=row["status"],
        events=_whole(row["events"], row["parts"]),
    )


def _whole(events: Sequence[bytes], parts: Sequence[bytes]) -> tuple[RunEvent, ...]:
    """The events with their personal parts, which are kept by `seq`, append by append."""
    bare = map(_event_decoder.decode, events)
    if not parts:
        return tuple(bare)
    personal = {seq: part for some in parts for seq, part in _parts_decoder.decode(some).items()}
    return tuple(merge(event, personal.get(event.seq)) for event in bare)


WRITE = """
with new_runs as (
    insert into flow_executor.runs
        (no, run_id, team, visitor, flow, version, hash, trigger,
         event_id, status, node, last_seq, started_at, ended_at, error)
    select * from unnest(
        $1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[],
        $9::uuid[], $10::text[], $11::text[], $12::int[], $13::timestamptz[], $14::timestamptz[], $15::text[])
), new_causes as (
    insert into flow_executor.run_causes (cause, no, first_seq, last_seq)
    select * from unnest($16::text[], $17::bigint[], $18::int[], $19::int[])
), new_inputs as (
    insert into flow_executor.run_inputs (no, first_seq, parts)
    select * from unnest($20::bigint[], $21::int[], $22::json[])
)
insert into flow_executor.run_events (no, seq, type, at, cause, data)
select * from unnest($23::bigint[], $24::int[], $25::text[], $26::timestamptz[], $27::text[], $28::json[])
"""

MOVE = """
update flow_executor.runs r
   set status = m.status, node = m.node, last_seq = m.last_seq, ended_at = m.ended_at, error = m.error
  from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::text[])
       as m (no, status, node, last_seq, ended_at, error)
 where r.no = m.no
"""


async def append(tx: Transaction, appends: Sequence[Append]) -> None:
    """Store what a batch decided. Several appends to one run stand in their order."""
    if not appends:
        return
    appends = sorted(appends, key=lambda item: item.no)
    new = [_row(item, starts=True) for item in appends if item.is_new]
    causes = [(item.events[0].cause, item.no, item.events[0].seq, item.events[-1].seq) for item in appends]
    events: list[tuple[int, int, str, datetime, str, bytes]] = []
    inputs: list[tuple[int, int, bytes]] = []
    for item in appends:
        parts: dict[int, Personal] = {}
        for event in item.events:
            kept, personal = split(event)
            if personal is not None:
                parts[event.seq] = personal
            events.append((item.no, event.seq, tag_of(event), event.at, event.cause, _encode(kept)))
        if parts:
            inputs.append((item.no, item.events[0].seq, _encode(parts)))
    await tx.execute(WRITE, *columns(new, 15), *columns(causes, 4), *columns(inputs, 3), *columns(events, 6))
    # The last append to a run says where it stands now.
    moved = {item.no: item for item in appends if not item.is_new}
    if moved:
        await tx.execute(MOVE, *columns([_row(item, starts=False) for item in moved.values()], 6))


RENEW = """
update flow_executor.run_causes c set handled_at = now()
  from unnest($1::text[], $2::bigint[]) as r (cause, no)
 where c.cause = r.cause and c.no = r.no
"""


async def renew(tx: Transaction, causes: Sequence[CauseOf]) -> None:
    """Have these count as handled now: what they lead to is told again, and `recovery` must know when."""
    if causes:
        await tx.execute(RENEW, [item.cause for item in causes], [item.no for item in causes])


def _row(item: Append, *, starts: bool) -> tuple[object, ...]:
    last = item.events[-1]
    status, node, error = state_after(last)
    ended_at = None if status == "waiting" else last.at
    if not starts:
        return (item.no, status, node, last.seq, ended_at, error)
    first = item.events[0]
    assert isinstance(first, RunStarted)
    return (
        item.no, item.run, item.team, item.visitor, item.flow, item.version, first.hash, first.trigger.name,
        first.trigger.event_id, status, node, last.seq, first.at, ended_at, error,
    )  # fmt: skip


def state_after(last: RunEvent) -> tuple[str, str | None, str | None]:
    """Status, node and error of a run whose last event this is."""
    match last:
        case RunWaiting(node=node):
            return "waiting", node, None
        case RunCompleted(node=node):
            return "completed", node, None
        case RunFailed(node=node, code=code, detail=detail):
            return "failed", node, f"{code}: {detail}"
        case RunCancelled(node=node, by=by, reason=reason):
            return "cancelled", node, f"cancelled by {by}" + (f": {reason}" if reason else "")
        case NodeCompleted(node=node):
            return "running", node, None
        case RunStarted():
            return "running", None, None


def tag_of(event: RunEvent) -> str:
    """The type tag of an event, `run.started.v1`."""
    return _TAGS[type(event)]


_TAGS = {kind: str(kind.__struct_config__.tag) for kind in get_args(RunEvent)}


SKIP = """
insert into flow_executor.skips (cause, team, visitor, at, trigger, flow, reason)
select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[])
    on conflict do nothing
"""


async def skip(tx: Transaction, skips: Sequence[Skip]) -> None:
    """Store why triggers started nothing."""
    if skips:
        await tx.execute(SKIP, *columns([msgspec.structs.astuple(item) for item in skips], 7))
