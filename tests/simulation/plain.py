"""What is known of a visitor, worked out the plain way, from the streams and the runs alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast

import msgspec

from contracts.chat import Assigned, Converted, FieldValue
from contracts.ids import VisitorId
from contracts.run import ConversationAssigned, FieldWritten, VisitorConverted, effects_of
from contracts.visitor import EventTracked, FormSubmitted, MessageSent, ProfileUpdated, WidgetLoaded
from tests.simulation.oracle import Evidence
from tests.simulation.repertoire import TEAM

_SESSION = timedelta(minutes=30)
Known = dict[str, object]


def differences(seen: Evidence, visitor: VisitorId) -> Iterator[str]:
    """Where the executor's tables say something else of the visitor."""
    row = seen.tables.rows["visitors"].get((TEAM, visitor))
    events = seen.tables.rows["visitor_events"]
    told: Known = {
        "assigned": row["assigned"] if row else [],
        "customer_type": row["customer_type"] if row else None,
        "sessions": row["sessions"] if row else 0,
        "fields": msgspec.json.decode(row["fields"]) if row else {},
        "last_message": row["last_message_id"] if row else None,
        "last_agent_post": row["last_agent_post_id"] if row else None,
        "counts": {event["event"]: event["count"] for key, event in events.items() if key[1] == visitor},
    }
    wanted = _said(seen, visitor) | _decided(seen, visitor)
    wanted["fields"] = cast("Known", wanted["fields"]) | _written(seen, visitor)
    for name, value in wanted.items():
        if told[name] != value:
            yield f"{visitor}'s {name} is {told[name]}, and should be {value}"


def _said(seen: Evidence, visitor: VisitorId) -> Known:
    """What the visitor's own events make known."""
    counts: dict[str, int] = {}
    fields: dict[str, FieldValue] = {}
    sessions, loaded, message = 0, None, None
    for stored, event in seen.events(visitor):
        match event:
            case EventTracked(event=name):
                counts[name] = counts.get(name, 0) + 1
            case ProfileUpdated(fields=values) | FormSubmitted(values=values):
                fields |= values
            case WidgetLoaded():
                sessions += loaded is None or stored.at - loaded > _SESSION
                loaded = stored.at
            case MessageSent(id=key):
                message = key
            case _:
                pass
    posts = [event.id for stored, event in seen.chat(visitor) if stored.subject.endswith(".agent")]
    return {
        "counts": counts, "fields": fields, "sessions": sessions, "last_message": message,
        "last_agent_post": posts[-1] if posts else None,
    }  # fmt: skip


def _decided(seen: Evidence, visitor: VisitorId) -> Known:
    """What people and flows decided: the newest word counts, also one that is told again."""
    assigned: list[tuple[datetime, list[str]]] = []
    converted: list[tuple[datetime, str]] = []
    for stored, event in seen.chat(visitor, each=True):
        if isinstance(event, Assigned) and event.by != "flow":
            assigned.append((stored.at, [*event.agents]))
        elif isinstance(event, Converted) and event.by != "flow":
            converted.append((stored.at, event.customer_type))
    for stored in seen.runs:
        for event in stored.events if stored.visitor == visitor else ():
            for _, effect in effects_of(event):
                if isinstance(effect, ConversationAssigned):
                    assigned.append((event.at, [*effect.agents]))
                elif isinstance(effect, VisitorConverted):
                    converted.append((event.at, effect.customer_type))
    return {
        "assigned": max(assigned)[1] if assigned else [],
        "customer_type": max(converted)[1] if converted else None,
    }


def _written(seen: Evidence, visitor: VisitorId) -> Known:
    """What flows wrote, in the order of their commits; under names that no visitor uses.

    What one commit writes twice, for two runs of the visitor, may end either way: as it is said.
    """
    runs = {stored.no: stored for stored in seen.runs if stored.visitor == visitor}
    row = seen.tables.rows["visitors"].get((TEAM, visitor))
    told: Known = msgspec.json.decode(row["fields"]) if row else {}
    last: Known = {}
    for causes in seen.tables.commits:
        now: dict[str, list[object]] = {}
        for cause, no in causes:
            for event in runs[no].events if no in runs else ():
                for _, effect in effects_of(event) if event.cause == cause else ():
                    if isinstance(effect, FieldWritten):
                        now.setdefault(effect.field, []).append(effect.value)
        last |= {
            name: told.get(name) if told.get(name) in values else values[-1] for name, values in now.items()
        }
    return last
