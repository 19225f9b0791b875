"""Postgres as a model: tables in memory, transactions as READ COMMITTED has them.

A statement sees what was committed before it began and what its own transaction wrote. What a transaction has written
is its own until it ends: who wants to write the same key waits, and then meets a `Conflict` or goes on from what was
committed. Advisory locks last as long as their transaction. A connection that breaks rolls back. What each statement
does is in `model_statements`; that all this is like Postgres is for `test_models` to prove.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

from contracts.flow import FlowDefinition
from contracts.ids import FlowId, TeamId
from services.chassis.database import HOLD, Database, Row, Transaction
from services.chassis.errors import Permanent, Unreachable
from services.flow_executor.definitions import ActiveKey
from tests.simulation.scheduler import Process, Scheduler

Key = tuple[Any, ...]
Fields = dict[str, Any]
TABLES = ("runs", "run_causes", "run_inputs", "run_events", "skips", "visitors", "visitor_events", "recovery")


class Tables:
    """What the server keeps: rows by table and primary key, never changed in place."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[Key, Fields]] = {table: {} for table in TABLES}
        self.locks: dict[int, ModelTransaction] = {}
        self.writers: dict[tuple[str, Key], ModelTransaction] = {}
        self.last_number = 0
        self.registry = 1
        self.versions: dict[tuple[TeamId, FlowId, int], FlowDefinition] = {}
        self.active: dict[ActiveKey, tuple[FlowId, int]] = {}
        self.commits: list[tuple[Key, ...]] = []
        """The causes that each commit recorded, as `(cause, no)`, in order."""

    def activate(self, team: TeamId, definition: FlowDefinition) -> int:
        """Let the flow answer its trigger, as a transaction of its own; its version."""
        known = [n for t, f, n in self.versions if (t, f) == (team, definition.flow)]
        same = [n for n in known if self.versions[team, definition.flow, n] == definition]
        version = same[0] if same else len(known) + 1
        self.versions[team, definition.flow, version] = definition
        self.active[team, definition.trigger, definition.event or ""] = (definition.flow, version)
        self.registry += 1
        return version


class ModelTransaction(Transaction):
    """A connection for the time of one transaction, or (`is_single`) of one statement each."""

    def __init__(self, scheduler: Scheduler, tables: Tables, process: Process, *, is_single: bool) -> None:
        self._scheduler = scheduler
        self._process = process
        self._is_single = is_single
        self.tables = tables
        self.began_at: datetime = scheduler.at
        self.written: dict[str, dict[Key, Fields]] = {}
        self._holds: list[tuple[str, Key]] = []
        self._locks: list[int] = []
        self._failure: Exception | None = None

    async def rows(self, sql: str, *args: object) -> Sequence[Row]:
        """All rows."""
        return cast("Sequence[Row]", await self._run(sql, args))

    async def row(self, sql: str, *args: object) -> Row | None:
        """The first row, if there is one."""
        found = await self._run(sql, args)
        return cast("Row", found[0]) if found else None

    async def execute(self, sql: str, *args: object) -> None:
        """Run a statement for its effect."""
        await self._run(sql, args)

    async def hold(self, keys: Sequence[int]) -> None:
        """Take these advisory locks."""
        await self.execute(HOLD, keys)

    async def copy(
        self, schema: str, table: str, columns: Sequence[str], records: Iterable[Sequence[object]]
    ) -> None:
        """Not needed here."""
        raise NotImplementedError

    async def commit(self) -> None:
        """Make it last."""
        if self._failure is not None:
            raise self._failure
        await self._scheduler.call(self._process, "commit", self._commit, on_failure=self.rollback)

    def rollback(self) -> None:
        """Forget what it wrote, and let go of all locks."""
        self.written.clear()
        self._failure = self._failure or Unreachable("the connection broke")
        self._release()

    # For statements

    def all_of(self, table: str) -> Iterable[Fields]:
        """Every row that it sees."""
        own = self.written.get(table)
        rows = self.tables.rows[table]
        return (rows | own).values() if own else rows.values()

    def find(self, table: str, key: Key) -> Fields | None:
        """The row with this key, if it sees one."""
        own = self.written.get(table)
        return (own.get(key) if own else None) or self.tables.rows[table].get(key)

    def put(self, table: str, key: Key, row: Fields) -> None:
        """Write a row. Its key is held already."""
        self.written.setdefault(table, {})[key] = row

    def can_hold(self, keys: Iterable[tuple[str, Key]]) -> bool:
        """Whether nobody else has written these; then they are its own."""
        writers = self.tables.writers
        keys = list(keys)
        if any(writers.get(key, self) is not self for key in keys):
            return False
        for key in keys:
            if key not in writers:
                writers[key] = self
                self._holds.append(key)
        return True

    def can_lock(self, keys: Sequence[int]) -> bool:
        """Take these advisory locks one after the other, as far as they are free."""
        for key in keys:
            holder = self.tables.locks.setdefault(key, self)
            if holder is not self:
                return False
            self._locks.append(key)
        return True

    async def _run(self, sql: str, args: tuple[object, ...]) -> list[Fields]:
        # Imported late: statements know transactions.
        from tests.simulation.model_statements import STATEMENTS  # noqa: PLC0415

        if self._failure is not None:
            raise self._failure
        statement = STATEMENTS[sql]

        def is_ready() -> bool:
            return statement.is_ready is None or statement.is_ready(self, *args)

        def apply() -> list[Fields]:
            try:
                found = statement.apply(self, *args)
            except Exception:
                self._failure = Permanent("the transaction is aborted")
                raise
            if self._is_single:
                self._commit()
            return found

        return await self._scheduler.call(
            self._process, statement.name, apply, is_ready=is_ready, on_failure=self.rollback
        )

    def _commit(self) -> None:
        # A cause that is renewed was committed before.
        known = self.tables.rows["run_causes"]
        if causes := tuple(key for key in self.written.get("run_causes", ()) if key not in known):
            self.tables.commits.append(causes)
        for table, rows in self.written.items():
            self.tables.rows[table].update(rows)
        self.written.clear()
        self._release()

    def _release(self) -> None:
        for key in self._locks:
            self.tables.locks.pop(key, None)
        for key in self._holds:
            self.tables.writers.pop(key, None)
        self._locks.clear()
        self._holds.clear()


class ModelDatabase(Database):
    """The connections of one process."""

    transactions: type[ModelTransaction] = ModelTransaction

    def __init__(self, scheduler: Scheduler, tables: Tables, process: Process) -> None:
        self._scheduler = scheduler
        self._tables = tables
        self._process = process

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """One transaction: committed at the end, rolled back when an exception leaves the block."""
        tx = self._begin(is_single=False)
        try:
            yield tx
            await tx.commit()
        except BaseException:
            tx.rollback()
            raise

    @asynccontextmanager
    async def statement(self) -> AsyncGenerator[Transaction]:
        """A connection without a transaction."""
        yield self._begin(is_single=True)

    def _begin(self, *, is_single: bool) -> ModelTransaction:
        return self.transactions(self._scheduler, self._tables, self._process, is_single=is_single)
