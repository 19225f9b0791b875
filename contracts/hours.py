"""Hours of the week, days of the calendar and time zones, as people write them down."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

_Span = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$(?!\n)",
        description="hours such as 09:00-17:30; 22:00-06:00 goes on into the next day",
    ),
]
Spans = tuple[_Span, ...]
Day = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(/[0-9]{4}-[0-9]{2}-[0-9]{2})?$(?!\n)",
        description="a day such as 2026-10-01, or days such as 2026-10-01/2026-10-07",
    ),
]
TimeZone = Annotated[str, Meta(max_length=64, description="a time zone such as Asia/Shanghai")]


class Hours(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """When people are there, by day of the week, in the zone that goes with it."""

    mon: Spans = ()
    tue: Spans = ()
    wed: Spans = ()
    thu: Spans = ()
    fri: Spans = ()
    sat: Spans = ()
    sun: Spans = ()


def is_zone(name: str) -> bool:
    """Whether there is such a time zone (IANA)."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def is_calendar(days: str) -> bool:
    """Whether a `Day` names days that there are, first before last."""
    try:
        first, _, last = days.partition("/")
        return date.fromisoformat(first) <= date.fromisoformat(last or first)
    except ValueError:
        return False
