"""The time, as an argument: whoever needs it is given a `Clock`, and tests give their own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def from_nanoseconds(ns: int) -> datetime:
    """The instant of a stream's timestamp (nanoseconds since 1970), rounded as msgspec rounds the same time in text."""
    return _EPOCH + timedelta(microseconds=(ns + 500) // 1000)
