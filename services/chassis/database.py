"""Postgres behind a typed port: the only importer of asyncpg.

`json` and `jsonb` come and go as JSON bytes, for msgspec to decode, and `uuid` as text, which ids are everywhere else.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import asyncpg
from asyncpg import Connection, Record
from asyncpg.pool import Pool, PoolConnectionProxy

from services.chassis.errors import BadConfig, Conflict, Permanent, Retryable, Unreachable

Row = Record

COMMAND_TIMEOUT_S = 30.0
_CONNECT_TIMEOUT_S = 5.0
_AWAY = ("08", "53", "57", "58", "25006", "55P03")
"""SQLSTATE classes of a server that is away, full, shutting down, out of patience, ill, read-only after a fail-over, or
waited on too long."""

_SETTINGS = {
    "application_name": "frontdesk",
    # Plans are kept per statement anyway, and compiling one to machine code costs more than our statements do.
    "jit": "off",
    # Disks have no arm that moves any more. By the server's own 4 a batch of visitors is found by reading all of them.
    "random_page_cost": "1.1",
}
# The server itself would plan a look-up of few keys anew each time, which takes longer than the look-up. A plan that is
# made while the tables are empty is kept while they grow: it must go by the keys already.
_KEEPS_PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
_NOT_MIGRATED = ("3F000", "42P01", "42703", "42883")
"""SQLSTATEs of a schema, table, column or function that is not there."""


HOLD = "select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key"


def columns(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    """Rows as columns, for `unnest`; empty columns when there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


class Transaction:
    """A connection for the time of one transaction, which begins with its first statement, or of one statement."""

    def __init__(
        self, connection: "Connection[Record] | PoolConnectionProxy[Record]", *, is_single: bool = False
    ) -> None:
        self._connection = connection
        self._is_begun = is_single

    async def rows(self, sql: str, *args: object) -> Sequence[Row]:
        """All rows."""
        await self._begin()
        return await self._connection.fetch(sql, *args)

    async def row(self, sql: str, *args: object) -> Row | None:
        """The first row, if there is one."""
        await self._begin()
        return await self._connection.fetchrow(sql, *args)

    async def execute(self, sql: str, *args: object) -> None:
        """Run a statement for its effect."""
        await self._begin()
        await self._connection.execute(sql, *args)

    async def hold(self, keys: Sequence[int]) -> None:
        """Take these advisory locks one after the other, until the transaction ends.

        It is a statement of its own: one that also read would see what was there before it waited.
        """
        if self._is_begun:
            await self._connection.execute(HOLD, keys)
            return
        # Both go to the server in one trip, which takes no parameters.
        literal = f"'{{{','.join(map(str, keys))}}}'"
        self._is_begun = True
        await self._connection.execute(f"begin; {HOLD.replace('$1', literal)}")

    async def copy(
        self, schema: str, table: str, columns: Sequence[str], records: Iterable[Sequence[object]]
    ) -> None:
        """Append many rows at once, by COPY."""
        await self._begin()
        await self._connection.copy_records_to_table(
            table, schema_name=schema, columns=list(columns), records=records
        )

    async def commit(self) -> None:
        """End the transaction, if it has begun."""
        if self._is_begun:
            await self._connection.execute("commit")

    async def roll_back(self) -> None:
        """Take everything back. Of a connection that broke the server does so by itself."""
        if self._is_begun:
            with suppress(
                OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError
            ):
                await self._connection.execute("rollback")

    async def _begin(self) -> None:
        if not self._is_begun:
            self._is_begun = True
            await self._connection.execute("begin")


class Database:
    """A pool of connections. Use as an async context manager.

    Errors come as `Retryable` (away, busy, lost a race that the server noticed), `Conflict` (a key is taken)
    or `Permanent`.
    """

    def __init__(self, dsn: str, *, most: int = 8, keeps_plans: bool = False) -> None:
        """`keeps_plans`: plan each statement once, whatever it is asked with; for those that find all by key."""
        self._dsn = dsn
        self._most = most
        self._settings = {**_SETTINGS, **(_KEEPS_PLANS if keeps_plans else {})}

    async def __aenter__(self) -> Self:
        try:
            self._pool: Pool[Record] = await asyncpg.create_pool(
                self._dsn,
                min_size=1,
                max_size=self._most,
                # By its own 50,000 a busy executor would connect and prepare anew once a minute.
                max_queries=10_000_000,
                timeout=_CONNECT_TIMEOUT_S,
                command_timeout=COMMAND_TIMEOUT_S,
                init=_prepare,
                reset=_leave,
                server_settings=self._settings,
            )
        except (OSError, TimeoutError) as exc:
            raise Unreachable(
                f"Postgres does not answer at {_where(self._dsn)};"
                " start it (`frontdesk up` brings its own) or set FRONTDESK_POSTGRES_DSN"
            ) from exc
        except asyncpg.PostgresError as exc:
            raise Unreachable(
                f"Postgres at {_where(self._dsn)} does not let us in: {exc}; check FRONTDESK_POSTGRES_DSN"
            ) from exc
        except (ValueError, asyncpg.InterfaceError) as exc:
            raise BadConfig(
                f"FRONTDESK_POSTGRES_DSN is no address: {exc}; write postgresql://user:password@host:port/database"
            ) from exc
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """One transaction: committed at the end, rolled back when an exception leaves the block."""
        async with self._connection() as connection:
            tx = Transaction(connection)
            try:
                yield tx
            except BaseException:
                await tx.roll_back()
                raise
            await tx.commit()

    @asynccontextmanager
    async def statement(self) -> AsyncGenerator[Transaction]:
        """A connection without a transaction: each statement stands by itself."""
        async with self._connection() as connection:
            yield Transaction(connection, is_single=True)

    @asynccontextmanager
    async def _connection(self) -> "AsyncGenerator[PoolConnectionProxy[Record]]":
        try:
            async with self._pool.acquire(timeout=_CONNECT_TIMEOUT_S) as connection:
                yield connection
        except asyncpg.PostgresError as exc:
            raise _translated(exc) from exc
        # A connection that breaks inside a statement may leave the client's own state broken too.
        except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError) as exc:
            if isinstance(exc, ValueError):
                raise Permanent(f"Postgres cannot be given such a value: {exc}") from exc
            raise Unreachable(f"Postgres is away: {str(exc) or 'no answer in time'}") from exc


async def _prepare(connection: "Connection[Record]") -> None:
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes
    )
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        # Version 1 of jsonb's binary form is the JSON text behind one byte.
        encoder=lambda text: b"\x01" + text,
        decoder=lambda data: data[1:],
    )
    await connection.set_type_codec("uuid", schema="pg_catalog", format="text", encoder=str, decoder=str)


async def _leave(_: "Connection[Record]") -> None:
    """A connection goes back as it came: nothing here outlives a transaction, so a round trip is spared."""


def _translated(exc: asyncpg.PostgresError) -> Exception:
    state = str(exc.sqlstate or "")
    if state.startswith(_AWAY):
        return Unreachable(f"Postgres is away: {exc}")
    if state.startswith("40"):
        return Retryable(f"Postgres asks to try again: {exc}")
    if state == "23505":
        return Conflict(f"somebody else was first: {exc}")
    way_out = "; run `frontdesk migrate`" if state in _NOT_MIGRATED else ""
    return Permanent(f"Postgres refused a statement: {exc} ({state}){way_out}")


def _where(dsn: str) -> str:
    parts = urlsplit(dsn)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}" if parts.hostname else "its Unix socket"
