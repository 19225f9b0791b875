"""The calendar of working hours: spans over midnight, holidays, zones, and clocks that are put forward and back."""

from datetime import UTC, datetime

import pytest

from contracts.run import Json, NodeCompleted
from services.flow_executor.engine.decide import start
from tests.engine.worlds import facts, flow, trigger

WEEK: dict[str, Json] = {
    "mon": ["09:00-12:30", "13:30-18:00"],
    "tue": ["00:00-24:00"],
    "wed": ["22:00-06:00"],
    "fri": ["20:00-02:00"],
    "sat": ["12:00-12:00"],
}


def is_open(now: str, zone: str = "UTC", holidays: tuple[str, ...] = (), hours: Json = None) -> bool:
    """Whether somebody works then, by the node's own hours."""
    node = {"type": "working_hours", "hours": hours or WEEK, "holidays": list(holidays), "time_zone": zone}
    at = datetime.fromisoformat(now).astimezone(UTC)
    events = start(flow({"it": {**node, "next": {"TRUE": "end", "FALSE": "end"}}}), trigger(), facts(at))
    done = events[2]
    assert isinstance(done, NodeCompleted)
    return done.outcome == "TRUE"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02T08:59:59.999Z", False),
        ("2026-03-02T09:00:00Z", True),
        ("2026-03-02T12:29:59Z", True),
        ("2026-03-02T12:30:00Z", False),
        ("2026-03-02T13:30:00Z", True),
        ("2026-03-02T18:00:00Z", False),
        ("2026-03-02T23:59:59Z", False),
        ("2026-03-03T00:00:00Z", True),
        ("2026-03-03T23:59:59Z", True),
        ("2026-03-04T00:00:00Z", False),
        ("2026-03-04T21:59:59Z", False),
        ("2026-03-04T22:00:00Z", True),
        ("2026-03-05T05:59:59Z", True),
        ("2026-03-05T06:00:00Z", False),
        ("2026-03-05T22:00:00Z", False),
        ("2026-03-07T01:59:59Z", True),
        ("2026-03-07T02:00:00Z", False),
        ("2026-03-07T12:00:00Z", True),
        ("2026-03-08T11:59:59Z", True),
        ("2026-03-08T12:00:00Z", False),
    ],
)
def test_the_week(now: str, expected: bool) -> None:
    """A span begins on its minute and is over on its last; one that ends before it begins goes on after midnight."""
    assert is_open(now) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-04T23:00:00Z", False),
        ("2026-03-05T03:00:00Z", False),
        ("2026-02-25T23:00:00Z", True),
        ("2026-02-26T03:00:00Z", True),
    ],
)
def test_a_night_belongs_to_the_day_it_begins(now: str, expected: bool) -> None:
    """A holiday closes the night that begins on it; the night before goes on into it."""
    assert is_open(now, holidays=("2026-03-04", "2026-02-26")) is expected


@pytest.mark.parametrize(("day", "expected"), [("02", False), ("09", False), ("16", True)])
def test_holidays_of_several_days(day: str, expected: bool) -> None:
    """From the first to the last, both within."""
    assert is_open(f"2026-03-{day}T10:00:00Z", holidays=("2026-03-02/2026-03-09",)) is expected


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-03-02T01:00:00Z", "Asia/Shanghai", True),
        ("2026-03-02T00:59:59Z", "Asia/Shanghai", False),
        ("2026-03-02T03:30:00Z", "Asia/Kolkata", True),
        ("2026-03-03T01:30:00Z", "America/Los_Angeles", True),
        ("2026-03-03T02:00:00Z", "America/Los_Angeles", False),
        ("2026-03-02T09:00:00Z", "Pacific/Kiritimati", False),
        ("2026-03-02T10:00:00Z", "Pacific/Kiritimati", True),
    ],
)
def test_the_clock_on_the_wall(now: str, zone: str, expected: bool) -> None:
    """Hours and days are those of the zone, whatever the date is in Greenwich."""
    assert is_open(now, zone) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # 2026-03-29 in Berlin: after 01:59 comes 03:00.
        ("2026-03-29T00:30:00Z", True),
        ("2026-03-29T00:59:59Z", True),
        ("2026-03-29T01:00:00Z", False),
        # 2026-10-25: 02:59 comes twice, and both times the clock says that it is open.
        ("2026-10-25T00:30:00Z", True),
        ("2026-10-25T01:30:00Z", True),
        ("2026-10-25T01:59:59Z", True),
        ("2026-10-25T02:00:00Z", False),
    ],
)
def test_clocks_put_forward_and_back(now: str, expected: bool) -> None:
    """The hour that is left out is never open, the hour that comes twice is open twice."""
    assert is_open(now, "Europe/Berlin", hours={"sun": ["01:00-03:00"]}) is expected


def test_no_hours_on_a_day() -> None:
    """Hours that name no day are never open."""
    assert not is_open("2026-03-05T10:00:00Z")
    assert not is_open("2026-03-04T10:00:00Z", hours={"mon": []})
