"""What the port over Postgres makes of errors, locks and transactions."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.chassis.database import Database, Transaction
from services.chassis.errors import Conflict, Permanent, Unreachable


async def test_silence_has_a_reason(postgres_dsn: str) -> None:
    """A timeout has no text of its own, and is told with a reason all the same."""
    async with Database(postgres_dsn, most=1) as database:
        with pytest.raises(Unreachable, match=r"^Postgres is away: no answer in time$"):
            async with database.statement():
                raise TimeoutError


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    """A database with an empty table `notes`."""
    async with Database(postgres_dsn) as database:
        async with database.transaction() as tx:
            await tx.execute("create table notes (text text)")
        yield database


async def note(tx: Transaction, text: str) -> None:
    """Write one row."""
    await tx.execute("insert into notes values ($1)", text)


async def notes(tx: Transaction) -> list[str]:
    """What is written."""
    return [row["text"] for row in await tx.rows("select text from notes")]


@pytest.mark.parametrize("is_begun", [False, True])
async def test_who_waited_for_a_lock_sees_what_was_written_meanwhile(
    database: Database, is_begun: bool
) -> None:
    """Whether the lock comes with the transaction's begin or later; and it is held to the end."""
    order: list[str] = []

    async def wait() -> None:
        async with database.transaction() as tx:
            if is_begun:
                assert await notes(tx) == []
            await tx.hold([7, -9])
            order.append("held")
            assert await notes(tx) == ["first"]

    async with asyncio.TaskGroup() as tasks, database.transaction() as tx:
        await tx.hold([-9])
        waiting = tasks.create_task(wait())
        await note(tx, "first")
        await asyncio.wait([waiting], timeout=0.2)
        order.append("written")
    assert order == ["written", "held"]


@pytest.mark.parametrize("failure", ["select from no_such_table", "select 1"])
async def test_what_fails_is_taken_back(database: Database, failure: str) -> None:
    """Rows and locks, whether a statement failed or what came after it."""

    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.hold([7])
            await note(tx, "lost")
            await tx.execute(failure)
            raise Conflict("it was in vain")

    with pytest.raises((Permanent, Conflict)):
        await fail()
    async with asyncio.timeout(5), database.transaction() as tx:
        await tx.hold([7])
        assert await notes(tx) == []


async def test_a_cancelled_transaction_is_taken_back(database: Database) -> None:
    """In the middle of a statement; the connection is good for the next one."""

    async def write() -> None:
        async with database.transaction() as tx:
            await tx.hold([7])
            await note(tx, "lost")
            await tx.execute("select pg_sleep(60)")

    task = asyncio.create_task(write())
    await asyncio.wait([task], timeout=0.2)
    task.cancel()
    await asyncio.wait([task])
    async with asyncio.timeout(5), database.transaction() as tx:
        await tx.hold([7])
        assert await notes(tx) == []
