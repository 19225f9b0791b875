"""How far back: `90s`, `15m`, `1h`, `7d`, or a time."""

import re
from datetime import datetime, timedelta

import msgspec

from services.chassis.errors import BadConfig

_AGO = re.compile(r"(\d{1,6})([smhdw])\Z", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def since(text: str, now: datetime) -> datetime:
    """The instant that `text` names; raises `BadConfig` when it names none."""
    if found := _AGO.match(text):
        try:
            return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
        except OverflowError as exc:
            raise BadConfig(f"--since {text} is before the calendar begins; write less") from exc
    try:
        at = msgspec.convert(text, datetime)
    except msgspec.ValidationError as exc:
        raise BadConfig(
            f"--since {text!r} is no span of time; write 90s, 15m, 1h, 7d or 2024-01-01T09:00:00Z"
        ) from exc
    return at if at.tzinfo else at.astimezone()
