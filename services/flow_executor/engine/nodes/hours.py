"""Whether it is the hour when people are there."""

from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from msgspec import UNSET, UnsetType, convert, structs

from contracts.forms import nearest
from contracts.hours import Day, Hours, Spans, TimeZone, is_calendar, is_zone
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, Fault, NodeConfig, NodeType, Result

_DAYS = tuple(field.name for field in structs.fields(Hours))


class WorkingHours(NodeConfig, frozen=True, kw_only=True):
    """Hours, days off and zone; what is not said is the team's."""

    hours: Hours | UnsetType = UNSET
    holidays: tuple[Day, ...] | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET


def _working_hours(config: WorkingHours, look: Look) -> Result:
    hours = look.team("working_hours") if config.hours is UNSET else config.hours
    if hours is None:
        return Failure(
            "no_working_hours", "the team has set no working hours; set them, or give the node its own"
        )
    holidays = look.team("holidays") if config.holidays is UNSET else config.holidays
    zone = str(look.team("time_zone")) if config.time_zone is UNSET else config.time_zone
    now = look.now.astimezone(ZoneInfo(zone))
    is_open = _is_within(convert(hours, Hours), convert(holidays or (), tuple[str, ...]), now)
    return Done("TRUE" if is_open else "FALSE")


def _is_within(hours: Hours, holidays: tuple[str, ...], now: datetime) -> bool:
    """By the clock on the wall. A span that ends before it begins goes on into the next day."""
    clock = f"{now:%H:%M}"
    today, yesterday = now.date(), now.date() - timedelta(days=1)
    return any(
        begin <= clock and (clock < end or end <= begin) for begin, end in _spans(hours, holidays, today)
    ) or any(end <= begin and clock < end for begin, end in _spans(hours, holidays, yesterday))


def _spans(hours: Hours, holidays: tuple[str, ...], day: date) -> list[tuple[str, str]]:
    if any(_is_among(day, days) for days in holidays):
        return []
    spans = cast("Spans", getattr(hours, _DAYS[day.weekday()]))
    return [(begin, end) for begin, _, end in (span.partition("-") for span in spans)]


def _is_among(day: date, days: str) -> bool:
    first, _, last = days.partition("/")
    return first <= day.isoformat() <= (last or first)


def _faults(config: WorkingHours) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    if config.time_zone is not UNSET and not is_zone(config.time_zone):
        near = nearest(config.time_zone, available_timezones())
        hint = f"did you mean {near}?" if near else "write one such as Asia/Shanghai"
        faults.append(Fault("time_zone", f"there is no time zone {config.time_zone}", hint))
    holidays = () if config.holidays is UNSET else config.holidays
    faults += [
        Fault(f"holidays.{place}", f"{days} is not in the calendar", "write days such as 2026-10-01")
        for place, days in enumerate(holidays)
        if not is_calendar(days)
    ]
    return tuple(faults)


TYPES = (
    NodeType(
        name="working_hours",
        zh="座席工作时间",
        en="Working hours",
        icon="calendar-clock",
        config=WorkingHours,
        outcomes=("TRUE", "FALSE", "FAILED"),
        reads=("team",),
        faults=_faults,
        triggers=("widget_opened", "message_sent", "event_tracked"),
        decide=_working_hours,
    ),
)
