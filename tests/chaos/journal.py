"""What the executor recorded, read behind its back, and what a replay makes of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.ids import MessageId, RunId, VisitorId
from contracts.requests import RunReplay, RunReplayed
from contracts.run import MessagePosted, RunEvent, effects_of
from services.chassis.bus import Bus
from services.chassis.database import Database, Row
from services.chassis.errors import Retryable
from tests.waiting import eventually

_OVERLAP = timedelta(seconds=20)
"""A transaction may take so long from its time to its commit: what is read is read again for so long."""
_AT_ONCE = 16

_run_events = msgspec.json.Decoder(RunEvent)


class Journal:
    """Reads it. Every call may raise `Retryable`."""

    def __init__(self, bus: Bus, database: Database) -> None:
        self._bus = bus
        self._database = database
        self._read_to: datetime | None = None
        self._seen: set[MessageId] = set()
        self._last_no = 0
        self._waiting: set[RunId] = set()
        self.replayed = 0
        """How many replays there were."""

    async def recorded(self, events: Sequence[str]) -> list[str]:
        """Which of these events are the cause of something, or were skipped on the record."""
        rows = await self._rows(
            """select cause from flow_executor.run_causes where cause = any($1::text[])
                union select cause from flow_executor.skips where cause = any($1::text[])""",
            events,
        )
        return [row["cause"] for row in rows]

    async def overdue(self) -> list[str]:
        """Waits whose time was up three seconds ago."""
        rows = await self._rows(
            """select run_id, node from flow_executor.runs r
                 join flow_executor.run_events e on e.no = r.no and e.seq = r.last_seq
                where r.status = 'waiting' and (e.data ->> 'until')::timestamptz < now() - interval '3 seconds'"""
        )
        return [f"run {row['run_id']} waits at {row['node']} past its time" for row in rows]

    async def posts(self) -> dict[MessageId, VisitorId]:
        """Messages for visitors that were decided since the last call."""
        rows = await self._rows(
            """select e.data, r.visitor, c.handled_at from flow_executor.run_causes c
                 join flow_executor.runs r on r.no = c.no
                 join flow_executor.run_events e on e.no = c.no and e.seq between c.first_seq and c.last_seq
                where $1::timestamptz is null or c.handled_at > $1""",
            self._read_to,
        )
        found: dict[MessageId, VisitorId] = {}
        for row in rows:
            for key, effect in effects_of(_run_events.decode(row["data"])):
                if isinstance(effect, MessagePosted) and key not in self._seen:
                    found[key] = VisitorId(row["visitor"])
        self._seen |= found.keys()
        if rows:
            self._read_to = max(row["handled_at"] for row in rows) - _OVERLAP
        return found

    async def read_model(self, messages: Sequence[str]) -> list[str]:
        """Which of these messages people see."""
        rows = await self._rows("select id from conversations.messages where id = any($1::text[])", messages)
        return [row["id"] for row in rows]

    async def differing(self) -> list[str]:
        """Replay the runs that are new, and those that waited the last time; which are not equal."""
        rows = await self._rows(
            """select run_id, no, status from flow_executor.runs
                where no > $1 or run_id::text = any($2::text[]) order by no""",
            self._last_no,
            list(self._waiting),
        )
        waiting = {RunId(row["run_id"]) for row in rows if row["status"] == "waiting"}
        ended = [RunId(row["run_id"]) for row in rows if row["status"] != "waiting"]
        self._waiting = waiting
        self._last_no = max((row["no"] for row in rows), default=self._last_no)
        limit = asyncio.Semaphore(_AT_ONCE)
        replayed = await asyncio.gather(*(self._replay(run, limit) for run in ended))
        self.replayed += len(replayed)
        return [f"run {answer.run} differs at {answer.differs_at}" for answer in replayed if not answer.equal]

    async def _replay(self, run: RunId, limit: asyncio.Semaphore) -> RunReplayed:
        async def answer() -> RunReplayed | None:
            try:
                return await self._bus.request("query.runs.replay", RunReplay(run=run), RunReplayed)
            except Retryable:
                return None

        async with limit:
            found = await eventually(answer, within_s=30)
        assert found is not None
        return found

    async def _rows(self, sql: str, *args: object) -> Sequence[Row]:
        async with self._database.statement() as tx:
            return await tx.rows(sql, *args)
