"""What a what-if changes, typed: facts, what the team has set, what the visitor chose, and variables.

agents_online=a1,a2   assigned=   team_agents=a1   locale=de   now=2026-01-01T22:00:00Z
prediction=null   prediction={"answer": "opening", "score": 0.9, "text": "We open at nine."}
choice=Sales   (of a quick reply or survey that was answered by a choice)
groups.sales=a1   time_zone=Asia/Shanghai   holidays=2026-10-01   segments.vips=score > 8   customer_types.lead=null
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

import msgspec
from msgspec import UNSET, UnsetType

from contracts.forms import Unfit, nearest, shown
from contracts.hours import Day, Hours, is_calendar, is_zone
from contracts.ids import AgentId
from contracts.run import Json, NodeCompleted, RunEvent, RunStarted, RunWaiting
from contracts.team import Localized
from services.flow_executor.engine.expressions import expression
from services.flow_executor.engine.facts import Prediction
from services.flow_executor.engine.graph import ALL_VARIABLES, CompiledFlow
from services.flow_executor.engine.nodes import CATALOGUE
from services.flow_executor.engine.team import TABLES, Kind
from services.flow_executor.engine.texts import text
from services.flow_executor.engine.variables import is_known

Overrides = Mapping[str, Json]
"""Names with their values."""

AGENTS = tuple[AgentId, ...]
FACTS: dict[str, object] = {
    "agents_online": AGENTS,
    "assigned": AGENTS,
    "team_agents": AGENTS,
    "locale": str,
    "now": datetime,
    "prediction": Prediction | None,
    "choice": str,
}
"""By name, with their types."""
_LISTS = frozenset(("agents_online", "assigned", "team_agents", "groups", "holidays"))
"""What may be written as `a, b`."""
_TABLE_OF: dict[Kind, str] = {
    "group": "groups",
    "segment": "segments",
    "canned message": "canned_messages",
    "customer type": "customer_types",
}


class Changes:
    """The overrides of a what-if: by their kinds, and by how much everything is later.

    Raises `ValueError` for what this flow cannot read, and for a value that the fact cannot have.
    """

    def __init__(self, flow: CompiledFlow, overrides: Overrides, events: Sequence[RunEvent]) -> None:
        began_at = events[0].at
        self.facts = {name: typed(name, value) for name, value in overrides.items() if name in FACTS}
        self.team: dict[str, Json] = {}
        self.variables: dict[str, Json] = {}
        for name, value in overrides.items():
            table = name.partition(".")[0]
            if table in TABLES:
                self.team[name] = _of_team(name, table, value)
            elif name not in FACTS:
                self.variables[name] = value
        seen = _seen(events) if ALL_VARIABLES in flow.reads else ()
        known = (*FACTS, *sorted({*_looked_up(flow)}), *sorted({*flow.variables, *seen}))
        for name in self.variables:
            if not (name in known or (ALL_VARIABLES in flow.reads and self._may_be_read(name))):
                raise ValueError(
                    f"{name} is no fact, and no variable that {flow.flow} reads; {_hint(name, known)}"
                )
        for name in self.team.keys() - set(known):
            if not name.startswith("custom_fields."):
                raise ValueError(f"{flow.flow} never looks up {name}; {_hint(name, known)}")
        now = cast("datetime", self.facts.pop("now", began_at))
        self.later_by: timedelta = now - began_at
        self.choice = cast("str | None", self.facts.pop("choice", None))

    def _may_be_read(self, name: str) -> bool:
        """By a filter or message of the team, of which not all need be recorded."""
        readers = [
            expression(str(source))
            for key, source in self.team.items()
            if source and key.startswith("segments.")
        ]
        readers += [text(raw) for key, raw in self.team.items() if raw and key.startswith("canned_messages.")]
        return is_known(name) or any(name in reader.names for reader in readers)

    def group_online(self, recorded: Mapping[str, AGENTS], members: Mapping[str, Json]) -> dict[str, AGENTS]:
        """Who of each group is known to be online, where the groups may be others: nobody knows of new members."""
        found = dict(recorded)
        for name in recorded:
            new = self.team.get(f"groups.{name}", UNSET)
            if new is UNSET:
                continue
            old, now = set(_agents(members.get(f"groups.{name}"))), set(_agents(new))
            if now <= old:
                found[name] = tuple(agent for agent in recorded[name] if agent in now)
            else:
                del found[name]
        return found


def typed(name: str, value: Json) -> object:
    """The value as that fact has it. Raises `ValueError`."""
    kind = FACTS[name]
    if name == "prediction" and value == "":
        value = None
    try:
        found = msgspec.convert(_listed(name, value), kind)
    except msgspec.ValidationError as exc:
        raise ValueError(f"{name} cannot be {shown(value)}: {exc}") from exc
    if isinstance(found, datetime) and found.tzinfo is None:
        raise ValueError(f"{name} needs its zone; write for example {found.isoformat()}Z")
    return found


def _of_team(name: str, table: str, value: Json) -> Json:
    """The value as the team's settings would have it; None: they have no such thing."""
    if value is None:
        return None
    try:
        return msgspec.to_builtins(_READ[table](_listed(table, value)))
    except (ValueError, TypeError, KeyError) as exc:
        reason = f"{exc.detail}; {exc.hint}" if isinstance(exc, Unfit) else exc
        raise ValueError(f"{name} cannot be {shown(value)}: {reason}") from exc


def _zone(value: object) -> object:
    if not isinstance(value, str) or not is_zone(value):
        raise ValueError("there is no such time zone; write one such as Asia/Shanghai")
    return value


def _days(value: object) -> object:
    days = msgspec.convert(value, list[Day])
    if not all(map(is_calendar, days)):
        raise ValueError("there are no such days; write days such as 2026-10-01")
    return days


def _filter(value: object) -> object:
    source = msgspec.convert(value, str)
    expression(source)
    return source


def _text(value: object) -> object:
    raw = msgspec.convert(value, Localized)
    text(raw)
    return raw


def _field(value: object) -> object:
    field = msgspec.convert(value, dict[str, Json])
    return {"type": field["type"], "label": field.get("label", ""), "options": field.get("options", [])}


_READ: dict[str, Callable[[object], object]] = {
    "groups": lambda value: msgspec.convert(value, list[AgentId]),
    "time_zone": _zone,
    "holidays": _days,
    "working_hours": lambda value: msgspec.convert(value, Hours),
    "segments": _filter,
    "canned_messages": _text,
    "customer_types": lambda value: msgspec.convert(value, str),
    "custom_fields": _field,
}


def _looked_up(flow: CompiledFlow) -> Iterator[str]:
    """What a flow may look up in the team's settings, by the keys of `engine.team`."""
    if "team" in flow.reads:
        yield from ("time_zone", "holidays", "working_hours")
    for node in flow.definition.nodes.values():
        for field, kind in CATALOGUE[str(node["type"])].refers.items():
            if kind in _TABLE_OF and isinstance(node.get(field), str):
                yield f"{_TABLE_OF[kind]}.{node[field]}"


def _listed(name: str, value: Json) -> Json:
    if name in _LISTS and isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    return value


def _agents(value: Json | UnsetType) -> list[AgentId]:
    return cast("list[AgentId]", value) if isinstance(value, list) else []


def _seen(events: Sequence[RunEvent]) -> Iterator[str]:
    """The variables that the record names, those that did not exist then too."""
    for event in events:
        if isinstance(event, (RunStarted, NodeCompleted, RunWaiting)):
            yield from event.variables
        if isinstance(event, NodeCompleted):
            yield from event.sets
            yield from (str(name) for name in cast("list[Json]", event.facts.get("unknown", []))[:1])


def _hint(name: str, known: tuple[str, ...]) -> str:
    if name.partition(".")[0] == "group_online":
        return "set agents_online, from which it follows"
    near = nearest(name, known)
    return f"did you mean {near}?" if near else f"there are {', '.join(known)}"
