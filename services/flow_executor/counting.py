"""How many runs stand where, and which ways they took: for the canvas, so of the newest runs only.

Each statement's work is bounded however much history there is.
"""

from contracts.requests import (
    HeatTaken,
    NodeWaiting,
    OutcomeTaken,
    RunsHeat,
    RunsWaiting,
    WaitingCounted,
)
from services.chassis.database import Database

MOST_RUNS = 1_000
"""That are counted."""
LOOKS_BACK = 100_000
"""Runs of the flow, of all its versions, among which those of one version are looked for."""

_WAITING = """
select version, coalesce(node, '') as node, count(*) as runs from flow_executor.runs
 where team = $1 and flow = $2 and status = 'waiting'
 group by version, node order by version desc, node
"""

_NEWEST = """
select no from (select no, version, started_at from flow_executor.runs
                 where team = $1 and flow = $2 order by no desc limit $5) as newest
 where version = $3 and ($4::timestamptz is null or started_at >= $4)
 order by no desc limit $6
"""

_TAKEN = """
select data->>'node' as node, data->>'outcome' as outcome, count(distinct no) as runs
  from flow_executor.run_events
 where no = any($1::bigint[]) and type = 'run.node_completed.v1'
 group by 1, 2 order by 1, 2
"""


class Counting:
    """Serves `query.runs.waiting` and `query.runs.heat`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, request: RunsWaiting) -> WaitingCounted:
        """How many runs of the flow wait, by version, the newest first, and node."""
        async with self._database.statement() as tx:
            rows = await tx.rows(_WAITING, request.team, request.flow)
        return WaitingCounted(waiting=[NodeWaiting(**dict(row)) for row in rows])

    async def heat(self, request: RunsHeat) -> HeatTaken:
        """What the newest runs of the version took; a run that takes an outcome twice counts once."""
        async with self._database.statement() as tx:
            newest = await tx.rows(
                _NEWEST,
                request.team,
                request.flow,
                request.version,
                request.since,
                LOOKS_BACK,
                MOST_RUNS,
            )
            numbers = [row["no"] for row in newest]
            rows = await tx.rows(_TAKEN, numbers) if numbers else ()
        return HeatTaken(runs=len(numbers), taken=[OutcomeTaken(**dict(row)) for row in rows])
