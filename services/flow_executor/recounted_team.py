"""What runs looked up of a team, written as in the team's file: the way back from `engine.team.lookups`."""

from collections.abc import Callable, Mapping
from typing import cast

from contracts.forms import Json


def settings_of(looked_up: Mapping[str, Json]) -> dict[str, Json]:
    """The settings in which these keys have these values. What was looked up in vain (None) is not there."""
    settings: dict[str, Json] = {}
    groups: dict[str, list[str]] = {}
    for key, value in sorted(looked_up.items()):
        table, _, name = key.partition(".")
        if value is None:
            continue
        if table == "groups":
            groups[name] = cast("list[str]", value)
        elif table in _ENTRIES:
            entries = cast("list[Json]", settings.setdefault(table, []))
            entries.append({"id": name, **_ENTRIES[table](value)})
        elif value:
            settings[table] = value
    return {**_members(groups), **settings}


def _field(value: Json) -> dict[str, Json]:
    """A custom field; what is empty is not written."""
    return {key: item for key, item in cast("dict[str, Json]", value).items() if item}


_ENTRIES: dict[str, Callable[[Json], dict[str, Json]]] = {
    "customer_types": lambda value: {"name": value},
    "segments": lambda value: {"filter": value},
    "canned_messages": lambda value: {"text": value},
    "custom_fields": _field,
}
"""The fields of an entry beside its id, by table."""


def _members(groups: Mapping[str, list[str]]) -> dict[str, Json]:
    """Agents with their groups; a group that nobody is in is named for itself."""
    agents: dict[str, list[str]] = {}
    for group, members in groups.items():
        for agent in members:
            agents.setdefault(agent, []).append(group)
    named: dict[str, Json] = {}
    if agents:
        named["agents"] = [{"id": agent, "groups": mine} for agent, mine in sorted(agents.items())]
    empty = [{"id": group} for group, members in groups.items() if not members]
    return {**named, "groups": empty} if empty else named
