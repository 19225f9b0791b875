"""Takes VISITOR and CHAT into Postgres. Every write knows what it has already: messages by id, the rest by
sequence.

A batch is one transaction, acknowledged after its commit. The rows can be dropped and rebuilt from the streams.
"""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from contracts.chat import Assigned, ChatEvent, Posted
from contracts.visitor import ProfileUpdated, VisitorEvent
from services.chassis.bus import Delivery
from services.chassis.database import Database, Transaction
from services.chassis.intake import Poison

T = TypeVar("T")

_visitor_decoder = msgspec.json.Decoder(VisitorEvent)
_chat_decoder = msgspec.json.Decoder(ChatEvent)

_SEEN = """
insert into conversations.visitors as v
    (team, visitor, first_seen_at, last_seen_at, page_url, page_title, locale, fields, event_seq)
values ($1, $2, $3, $3, $4, $5, $6, $7, $8)
on conflict (team, visitor) do update
   set last_seen_at = greatest(v.last_seen_at, excluded.last_seen_at),
       page_url = coalesce(nullif(excluded.page_url, ''), v.page_url),
       page_title = coalesce(nullif(excluded.page_title, ''), v.page_title),
       locale = coalesce(nullif(excluded.locale, ''), v.locale),
       fields = v.fields || excluded.fields,
       event_seq = excluded.event_seq
 where v.event_seq < excluded.event_seq
"""

_POSTED = """
with posted as (
    insert into conversations.messages (team, visitor, id, seq, at, author_kind, author, text, run)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict do nothing returning team, visitor, seq
)
insert into conversations.latest as l (team, visitor, seq, messages)
select team, visitor, seq, 1 from posted
on conflict (team, visitor) do update
   set seq = greatest(l.seq, excluded.seq), messages = l.messages + 1
"""

_ASSIGNED = """
insert into conversations.visitors as v (team, visitor, first_seen_at, last_seen_at, assigned, state_seq)
values ($1, $2, $3, $3, $4, $5)
on conflict (team, visitor) do update set assigned = excluded.assigned, state_seq = excluded.state_seq
 where v.state_seq < excluded.state_seq
"""


class Projection:
    """The handlers of both streams."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_visitor_events(self, deliveries: Sequence[Delivery]) -> None:
        """Return when what these say of their visitors is committed."""
        events = [(_decoded(_visitor_decoder, delivery), delivery.seq) for delivery in deliveries]
        async with self._database.transaction() as tx:
            for event, seq in sorted(events, key=_visitor_of):
                await _seen(tx, event, seq)

    async def take_chat_events(self, deliveries: Sequence[Delivery]) -> None:
        """Return when what was said is committed."""
        events = [(_decoded(_chat_decoder, delivery), delivery.seq) for delivery in deliveries]
        async with self._database.transaction() as tx:
            for event, seq in sorted(events, key=_visitor_of):
                await _told(tx, event, seq)


async def _seen(tx: Transaction, event: VisitorEvent, seq: int) -> None:
    fields = event.fields if isinstance(event, ProfileUpdated) else {}
    await tx.execute(
        _SEEN,
        event.team,
        event.visitor,
        event.at,
        event.page.url,
        event.page.title,
        event.locale,
        msgspec.json.encode(fields),
        seq,
    )


async def _told(tx: Transaction, event: ChatEvent, seq: int) -> None:
    match event:
        case Posted():
            await tx.execute(
                _POSTED,
                event.team,
                event.visitor,
                event.id,
                seq,
                event.at,
                event.author.kind,
                event.author.id,
                event.body.text,
                event.run,
            )
        case Assigned():
            await tx.execute(_ASSIGNED, event.team, event.visitor, event.at, event.agents, seq)
        case _:
            pass


def _decoded(decoder: msgspec.json.Decoder[T], delivery: Delivery) -> T:
    try:
        return decoder.decode(delivery.data)
    except msgspec.DecodeError as exc:
        raise Poison(delivery, "undecodable", str(exc)) from exc


def _visitor_of(item: tuple[VisitorEvent | ChatEvent, int]) -> tuple[str, str, int]:
    """Sorted, so that two copies of this service never wait for each other's rows; then in order."""
    event, seq = item
    return event.team, event.visitor, seq
