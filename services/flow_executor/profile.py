"""What flows know of a visitor, under the names that flows use: from the visitor's row, its event and the team's names.

Only what a flow may read is made, so that a flow without variables costs nothing here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

import msgspec
from ua_parser import parse

from contracts.chat import FieldValue
from contracts.fields import is_own
from contracts.ids import VisitorId
from contracts.run import Json
from contracts.team import TeamSettings, numbered, numbered_fields
from contracts.visitor import EventTracked, VisitorEvent
from services.flow_executor.engine.nodes.visitors import as_field
from services.flow_executor.engine.variables import as_text
from services.flow_executor.visitors import Tracked, VisitorRow

ALIASES = {"name": "user_fullname", "email": "user_email", "mobile": "user_mobile", "phone": "user_mobile"}
"""What pages say for short."""

_CHANNEL = "CHANNEL_WEB"
_IDENTIFIED = "u_"
"""Begins the ids of visitors whom the team's own page has identified."""
_STATISTIC = re.compile(r"event_(count|first_time|last_time|last_data)_(\w+)\Z")


class Names:
    """The team's own names: which numbers its events and custom fields have. Made when the team changes."""

    __slots__ = ("_custom", "events", "fields", "numbers")

    def __init__(self, settings: TeamSettings) -> None:
        self.numbers = {event.name: number for number, event in numbered(settings.tracked_events)}
        self.events = {str(number): name for name, number in self.numbers.items()}
        self.fields = {item.id: item.id for item in settings.custom_fields}
        """The field behind each name: its id, and `extra_field_<TYPE>_<number>`."""
        for number, item in numbered_fields(settings.custom_fields):
            self.fields[f"extra_field_{item.type}_{number}"] = item.id
        self._custom: dict[str, dict[str, Json]] = {
            item.id: {"type": item.type, "options": list(item.options)} for item in settings.custom_fields
        }

    def fitting(self, said: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
        """What pages and visitors say of a visitor, as far as it may be said and fits; custom fields by their ids."""
        found: dict[str, FieldValue] = {}
        for name, value in said.items():
            field = self.fields.get(name, name)
            custom = self._custom.get(field)
            if is_own(field):
                continue
            if custom is None or value is None:
                found[field] = value
                continue
            with suppress(ValueError):
                found[field] = as_field(custom, as_text(value))
        return found


def variables(
    visitor: VisitorId,
    row: VisitorRow,
    event: VisitorEvent | None,
    names: Names,
    wanted: frozenset[str] | None,
) -> dict[str, Json]:
    """The values of the wanted variables, of all that there are for None. Those without a value may be left out."""
    found: dict[str, Json] = {"is_assigned_user": bool(row.assigned)}
    if wanted is not None and not wanted - found.keys():
        return found
    for name, value in row.fields.items():
        if not is_own(name):
            found[ALIASES.get(name, name)] = value
            found[name] = value
    for name, field in names.fields.items():
        if not is_own(name):
            found[name] = row.fields.get(field)
    for name, standard in _STANDARD.items():
        if (wanted is None or name in wanted) and (value := standard(visitor, row, event)) is not None:
            found.setdefault(name, value)
    for name in wanted if wanted is not None else _statistics(row, names):
        statistic = _STATISTIC.match(name)
        if statistic is not None:
            tracked = row.events.get(names.events.get(statistic[2], statistic[2]))
            found[name] = _statistic(statistic[1], tracked)
    return found if wanted is None else {name: found[name] for name in wanted & found.keys()}


def trigger_variables(event: EventTracked, row: VisitorRow, names: Names) -> dict[str, Json]:
    """What a tracked event adds that needs the team and the visitor to know: its number and its count."""
    tracked = row.events.get(event.event)
    return {
        "track_event_seq": names.numbers.get(event.event),
        "track_event_count": 1 if tracked is None else tracked.count,
    }


def _statistics(row: VisitorRow, names: Names) -> Iterator[str]:
    known = [*row.events, *(str(names.numbers[name]) for name in row.events if name in names.numbers)]
    for kind in ("count", "first_time", "last_time", "last_data"):
        yield from (f"event_{kind}_{name}" for name in known)


def _statistic(kind: str, tracked: Tracked | None) -> Json:
    if tracked is None:
        return 0 if kind == "count" else None
    match kind:
        case "count":
            return tracked.count
        case "first_time":
            return msgspec.to_builtins(tracked.first_at)
        case "last_time":
            return msgspec.to_builtins(tracked.last_at)
        case _:
            return tracked.last_data


Standard = Callable[[VisitorId, VisitorRow, VisitorEvent | None], Json]


def _locale(row: VisitorRow, event: VisitorEvent | None) -> str | None:
    return (event.locale if event is not None else "") or row.locale or None


def _agent(row: VisitorRow, event: VisitorEvent | None) -> "Agent":
    return agent_of((event.user_agent if event is not None else "") or row.user_agent)


_STANDARD: Mapping[str, Standard] = {
    "user_language": lambda _, row, event: _locale(row, event),
    "browser_language": lambda _, row, event: _locale(row, event),
    "user_country": lambda _, row, event: (event.country if event else "") or row.country or None,
    "user_city": lambda _, row, event: (event.city if event else "") or row.city or None,
    "ent_user_createtime": lambda _, row, __: row.created_at and msgspec.to_builtins(row.created_at),
    "customer_user_type": lambda _, row, __: row.customer_type,
    "is_anonymous_user": lambda visitor, _, __: not visitor.startswith(_IDENTIFIED),
    "user_channel": lambda _, __, ___: _CHANNEL,
    # Who is here without having loaded a page, through a server say, is in a session all the same.
    "user_web_sessions": lambda _, row, __: max(row.sessions, 1),
    "browser_name": lambda _, row, event: _agent(row, event).browser,
    "browser_version": lambda _, row, event: _agent(row, event).version,
    "os_name": lambda _, row, event: _agent(row, event).system,
    "device_name": lambda _, row, event: _agent(row, event).device,
}


class Agent(msgspec.Struct, frozen=True):
    """What a `User-Agent` header says; None: nothing."""

    browser: str | None = None
    version: str | None = None
    system: str | None = None
    device: str | None = None


@lru_cache(maxsize=4096)
def agent_of(header: str) -> Agent:
    """The browser behind the header; visitors' browsers are few, so each header is read once."""
    if not header:
        return Agent()
    result = parse(header)
    browser, system, device = result.user_agent, result.os, result.device
    version = [part for part in (browser.major, browser.minor) if part] if browser else []
    return Agent(
        browser=browser.family if browser else None,
        version=".".join(version) or None,
        system=system.family if system else None,
        device=device.family if device else None,
    )
