"""A team's settings as flows look them up: one flat table of what they may refer to, made once per change.

    groups.<id> → its agents · canned_messages.<id>, segments.<id> → text, filter · customer_types.<id> → its name
    custom_fields.<id> → type and options · working_hours, holidays, time_zone

What a node looked up is recorded with its outcome, so that a replay needs no settings, and changed ones change no past.
"""

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from contracts.run import Json
from contracts.team import TeamSettings, group_members

Kind = Literal["agent", "group", "segment", "canned message", "customer type"]
"""What a node's config may refer to, in the words of its refusal."""
Known = Mapping[Kind, Collection[str]]
"""What the team has of each kind."""

TABLES = frozenset(
    (
        "time_zone", "holidays", "working_hours", "groups", "customer_types", "segments", "canned_messages",
        "custom_fields",
    )
)  # fmt: skip
"""What stands before the dot of a key, or is all of it."""


class Lookups(dict[str, Json]):
    """The whole table: what is not in it, the team does not have (None). A replay's plain dict holds what was read."""

    def __missing__(self, key: str) -> Json:
        return None


def lookups(settings: TeamSettings) -> Lookups:
    """The settings as a table."""
    table = Lookups(time_zone=settings.time_zone, holidays=list(settings.holidays))
    if settings.working_hours is not None:
        table["working_hours"] = msgspec.to_builtins(settings.working_hours)
    table |= {f"groups.{group}": list(agents) for group, agents in group_members(settings).items()}
    table |= {f"customer_types.{item.id}": item.name or item.id for item in settings.customer_types}
    table |= {f"segments.{item.id}": item.filter for item in settings.segments}
    table |= {f"canned_messages.{item.id}": item.text for item in settings.canned_messages}
    table |= {
        f"custom_fields.{item.id}": {"type": item.type, "label": item.label, "options": list(item.options)}
        for item in settings.custom_fields
    }
    return table


def known(settings: TeamSettings) -> Known:
    """What a flow of this team may refer to."""
    return {
        "agent": [agent.id for agent in settings.agents],
        "group": list(group_members(settings)),
        "segment": [item.id for item in settings.segments],
        "canned message": [item.id for item in settings.canned_messages],
        "customer type": [item.id for item in settings.customer_types],
    }
