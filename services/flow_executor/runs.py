"""What people ask of runs: list, look, replay, try with other facts, cancel. Nothing here publishes a run's
effects.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from contracts.flow import FlowDefinition
from contracts.ids import RunId
from contracts.requests import (
    RunHistory,
    RunReplay,
    RunReplayed,
    RunRequest,
    RunsCancel,
    RunsCancelled,
    RunScenario,
    RunsList,
    RunsPage,
    RunSummary,
    ScenarioMade,
)
from contracts.run import Json
from contracts.subjects import run_feed
from services.chassis.bus import Bus
from services.chassis.clock import Clock
from services.chassis.database import Database, Row, Transaction
from services.chassis.errors import Rejected
from services.flow_executor import definitions, journal, tallies
from services.flow_executor.engine.checks import examine_json
from services.flow_executor.engine.decide import cancel
from services.flow_executor.engine.graph import CompiledFlow, compile_flow
from services.flow_executor.engine.replay import redecide
from services.flow_executor.engine.run import fold
from services.flow_executor.journal import Stored
from services.flow_executor.recounting import Untold, recount

_MOST = 500

_LIST = """
select * from flow_executor.runs
 where team = $1 and ($2::text is null or flow = $2) and ($3::text is null or visitor = $3)
   and ($4::text is null or status = $4) and ($5::timestamptz is null or started_at >= $5)
   and ($6::timestamptz is null or started_at < $6) and ($7::bigint is null or no < $7)
 order by no desc limit $8
"""

_TOOK = """
select distinct no from flow_executor.run_events
 where no = any($1::bigint[]) and type = 'run.node_completed.v1'
   and data->>'node' = $2 and data->>'outcome' = $3
"""
_LOOKS_THROUGH = 1_000
"""Runs whose events are looked at for an outcome, for one page."""


class Runs:
    """Serves `query.runs.*`. Every method raises `Rejected` to refuse."""

    def __init__(self, bus: Bus, database: Database, clock: Clock) -> None:
        self._bus = bus
        self._database = database
        self._clock = clock

    async def list(self, request: RunsList) -> RunsPage:
        """The newest runs that match; `cursor` goes on from there. With `outcome` a page may be short of runs, and go
        on all the same.
        """
        if not 1 <= request.limit <= _MOST:
            raise Rejected("bad_request", f"limit {request.limit} is not within 1 to {_MOST}")
        async with self._database.statement() as tx:
            if request.outcome is not None:
                return await _that_took(tx, request, request.outcome)
            rows = await _rows(tx, request, request.limit + 1)
        page = rows[: request.limit]
        cursor = str(page[-1]["no"]) if len(rows) > request.limit else None
        return RunsPage(runs=[_summary(row) for row in page], cursor=cursor)

    async def events(self, request: RunRequest) -> RunHistory:
        """One run with all its events."""
        async with self._database.statement() as tx:
            row, stored = await _run(tx, request.run, request.team)
        return RunHistory(run=_summary(row), events=list(stored.events))

    async def replay(self, request: RunReplay) -> RunReplayed:
        """Decide the run again: by the version that ran or another flow, with the recorded facts or some of
        them changed.
        """
        async with self._database.statement() as tx:
            _, stored = await _run(tx, request.run, request.team)
            flow = await _flow_for(tx, stored, request)
        overrides = {name: _value(name, raw) for name, raw in request.set.items()}
        try:
            replay = redecide(flow, stored.events, overrides)
        except ValueError as exc:
            raise Rejected("bad_fact", str(exc)) from exc
        return RunReplayed(
            run=stored.run,
            equal=replay.equal,
            differs_at=replay.differs_at,
            events=list(replay.events),
            taken_as_recorded=list(replay.taken_as_recorded),
            missing=replay.missing,
        )

    async def scenario(self, request: RunScenario) -> ScenarioMade:
        """The run as a scenario of the version that ran."""
        async with self._database.statement() as tx:
            _, stored = await _run(tx, request.run, request.team)
            flow = await _version_of(tx, stored)
        try:
            scenario = await asyncio.to_thread(recount, flow, stored.events, request.name)
        except Untold as exc:
            raise Rejected("no_scenario", f"run {request.run} makes no scenario: {exc}") from exc
        return ScenarioMade(scenario=scenario)

    async def cancel(self, request: RunsCancel) -> RunsCancelled:
        """End what waits: one run, or all waiting runs of a flow. A run that is over stays as it is."""
        async with self._database.statement() as tx:
            runs = await _to_cancel(tx, request)
        cancelled = [run for run in runs if await self._cancel(run, request)]
        return RunsCancelled(cancelled=cancelled)

    async def _cancel(self, run: RunId, request: RunsCancel) -> bool:
        cause = f"cancel-{uuid4()}"
        async with self._database.transaction() as tx:
            _, stored = await _run(tx, run, request.team)
            await journal.lock(tx, [(stored.team, stored.visitor)])
            _, stored = await _run(tx, run, request.team)
            events = cancel(
                fold(stored.events),
                at=self._clock(),
                cause=cause,
                by=request.by or "somebody",
                reason=request.reason,
            )
            if not events:
                return False
            appended = stored.append(events)
            await journal.append(tx, [appended])
        tallies.count([appended])
        await self._bus.tell(
            run_feed(stored.team, stored.flow, stored.run), msgspec.json.encode(appended.told())
        )
        return True


async def _rows(tx: Transaction, request: RunsList, limit: int) -> Sequence[Row]:
    return await tx.rows(
        _LIST,
        request.team,
        request.flow,
        request.visitor,
        request.status,
        request.since,
        request.until,
        _place(request.cursor),
        limit,
    )


async def _that_took(tx: Transaction, request: RunsList, outcome: str) -> RunsPage:
    """Those that took the outcome, among the newest that match otherwise."""
    node, space, name = outcome.partition(" ")
    if not space:
        raise Rejected("bad_request", f"outcome {outcome!r} is not `node OUTCOME`")
    rows = await _rows(tx, request, _LOOKS_THROUGH)
    took = {row["no"] for row in await tx.rows(_TOOK, [row["no"] for row in rows], node, name)}
    found = [row for row in rows if row["no"] in took]
    page = found[: request.limit]
    runs = [_summary(row) for row in page]
    if len(found) > request.limit:
        return RunsPage(runs=runs, cursor=str(page[-1]["no"]))
    return RunsPage(runs=runs, cursor=str(rows[-1]["no"]) if len(rows) == _LOOKS_THROUGH else None)


async def _to_cancel(tx: Transaction, request: RunsCancel) -> list[RunId]:
    if request.run is not None:
        await _run(tx, request.run, request.team)
        return [request.run]
    if request.flow is None or not request.waiting:
        raise Rejected("bad_request", "say which: a run, or a flow with waiting = true")
    rows = await tx.rows(
        """select run_id from flow_executor.runs
            where team = $1 and flow = $2 and status = 'waiting' order by no""",
        request.team,
        request.flow,
    )
    return [row["run_id"] for row in rows]


async def _run(tx: Transaction, run: RunId, team: str) -> tuple[Row, Stored]:
    unknown = Rejected(
        "unknown_run", f"team {team} has no run {run}; `frontdesk runs list` shows what it has"
    )
    try:
        UUID(run)
    except ValueError:
        raise unknown from None
    row = await tx.row("select * from flow_executor.runs where run_id = $1::uuid and team = $2", run, team)
    if row is None:
        raise unknown
    return row, (await journal.load(tx, [row["no"]]))[0]


async def _flow_for(tx: Transaction, stored: Stored, request: RunReplay) -> CompiledFlow:
    if request.definition is not msgspec.UNSET:
        return compile_flow(_definition(request.definition))
    return await _version_of(tx, stored)


async def _version_of(tx: Transaction, stored: Stored) -> CompiledFlow:
    version = await definitions.find_for_run(tx, stored.team, stored.flow, stored.version)
    if version is None:
        raise Rejected("unknown_flow", f"flow {stored.flow} v{stored.version} is not stored any more")
    return compile_flow(version.definition, version.version)


def _definition(raw: msgspec.Raw) -> FlowDefinition:
    definition, problems = examine_json(bytes(raw))
    if definition is None:
        raise Rejected(
            "flow_refused",
            f"the flow to replay by is wrong at {problems[0].at}: {problems[0].detail}; see `frontdesk flows validate`",
        )
    return definition


def _value(name: str, raw: bytes) -> Json:
    try:
        return msgspec.json.decode(raw, type=Json)
    except msgspec.DecodeError as exc:
        raise Rejected("bad_fact", f"the value of {name} is not JSON: {exc}") from exc


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isdigit():
        raise Rejected("bad_request", f"cursor {cursor!r} did not come from a list of runs")
    return int(cursor)


def _summary(row: Row) -> RunSummary:
    ended_at: datetime | None = row["ended_at"]
    return RunSummary(
        run=row["run_id"],
        flow=row["flow"],
        version=row["version"],
        hash=row["hash"],
        team=row["team"],
        visitor=row["visitor"],
        trigger=row["trigger"],
        status=row["status"],
        node=row["node"],
        started_at=row["started_at"],
        ended_at=ended_at,
        error=row["error"],
    )
