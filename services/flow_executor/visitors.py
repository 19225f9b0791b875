"""What flows know and write of visitors: one row each, written in the transaction of the run that changes it.

The last post of an agent and the last message of the visitor are kept whether or not a run waits for them, so
that a run which parks a moment later still finds its answer (the visitor's lock makes the two orders the only
ones).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.chat import FieldValue
from contracts.ids import AgentId, TeamId, VisitorId
from contracts.run import Json
from services.chassis.database import Row, Transaction

Key = tuple[TeamId, VisitorId]


class Said(msgspec.Struct, frozen=True):
    """One post: when it was stored (a visitor's: as the event that tells flows of it), its id, its place in CHAT."""

    at: datetime
    id: str
    seq: int
    """0: not known."""


class Tracked(msgspec.Struct, frozen=True):
    """How often an event was tracked for a visitor, when first and last, and with which data last."""

    count: int
    first_at: datetime
    last_at: datetime
    last_data: Json = None


class Answers(msgspec.Struct, frozen=True):
    """What was filled in so far of the form that was answered last."""

    message: str
    values: dict[str, FieldValue] = {}


class VisitorRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one visitor."""

    assigned: tuple[AgentId, ...] = ()
    last_agent_post: Said | None = None
    last_message: Said | None = None
    customer_type: str | None = None
    fields: Mapping[str, FieldValue] = {}
    form: Answers | None = None
    events: Mapping[str, Tracked] = {}
    """By name; empty unless asked for."""
    sessions: int = 0
    created_at: datetime | None = None
    user_agent: str = ""
    locale: str = ""
    country: str = ""
    city: str = ""

    def answered_at(self, post: Said) -> datetime:
        """When an agent's post counts. What stands behind the visitor's message in CHAT answers it, though the
        message's event may be stored, and its wait begin, a moment after the answer.
        """
        message = self.last_message
        if message is None or not 0 < message.seq < post.seq or post.at > message.at:
            return post.at
        return message.at + _JUST_AFTER


_JUST_AFTER = timedelta(microseconds=1)
UNKNOWN = VisitorRow()

LOAD = """
select t.*, case when $3 then
         (select jsonb_object_agg(e.event, jsonb_build_object(
                     'count', e.count, 'first_at', e.first_at, 'last_at', e.last_at, 'last_data', e.last_data))
            from flow_executor.visitor_events e where e.team = t.team and e.visitor = t.visitor) end as events
  from flow_executor.visitors t
  join unnest($1::text[], $2::text[]) as v (team, visitor) using (team, visitor)
"""

_fields_decoder = msgspec.json.Decoder(dict[str, FieldValue])
_form_decoder = msgspec.json.Decoder(Answers)
_events_decoder = msgspec.json.Decoder(dict[str, Tracked])


async def load(tx: Transaction, keys: Sequence[Key], *, with_events: bool = False) -> dict[Key, VisitorRow]:
    """The rows of these visitors, in one query; one that nothing is known of is left out."""
    rows = await tx.rows(LOAD, [team for team, _ in keys], [visitor for _, visitor in keys], with_events)
    return {(row["team"], row["visitor"]): _row(row) for row in rows}


def _row(row: Row) -> VisitorRow:
    form: bytes | None = row["form"]
    events: bytes | None = row["events"]
    return VisitorRow(
        assigned=tuple(row["assigned"]),
        last_agent_post=_said(row, "last_agent_post"),
        last_message=_said(row, "last_message"),
        customer_type=row["customer_type"],
        fields=_fields_decoder.decode(row["fields"]),
        form=None if form is None else _form_decoder.decode(form),
        events={} if events is None else _events_decoder.decode(events),
        sessions=row["sessions"],
        created_at=row["created_at"],
        user_agent=row["user_agent"],
        locale=row["locale"],
        country=row["country"],
        city=row["city"],
    )


def _said(row: Row, column: str) -> Said | None:
    at: datetime | None = row[f"{column}_at"]
    return None if at is None else Said(at, row[f"{column}_id"], row[f"{column}_seq"] or 0)
