"""Partitions of the journal: always some ahead of the newest run, made when the executor starts and then daily."""

import asyncio
from datetime import timedelta

from structlog.stdlib import get_logger

from services.chassis.database import Database
from services.chassis.errors import Retryable

_EVERY = timedelta(days=1)
_RETRY = timedelta(minutes=1)

_log = get_logger()


async def tend(database: Database) -> None:
    """Make them for ever. Without them events go into the default partition: slower one day, never lost."""
    while True:
        try:
            async with database.transaction() as tx:
                await tx.execute("select flow_executor.make_partitions()")
        except Retryable as exc:
            _log.warning("partitions.not_made", reason=str(exc))
            await asyncio.sleep(_RETRY.total_seconds())
        else:
            await asyncio.sleep(_EVERY.total_seconds())
