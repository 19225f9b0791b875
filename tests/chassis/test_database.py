"""What the port over Postgres makes of errors."""

import pytest

from services.chassis.database import Database
from services.chassis.errors import Unreachable


async def test_silence_has_a_reason(postgres_dsn: str) -> None:
    """A timeout has no text of its own, and is told with a reason all the same."""
    async with Database(postgres_dsn, most=1) as database:
        with pytest.raises(Unreachable, match=r"^Postgres is away: no answer in time$"):
            async with database.statement():
                raise TimeoutError
