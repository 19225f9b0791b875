"""Takes VISITOR and CHAT into Postgres: a batch is one transaction of a few statements, acknowledged after its commit.

Rows are written in sorted order, so that two copies of this service never wait for each other's. All of it can be
dropped and rebuilt from the streams, in any order of their messages.
"""

from collections.abc import Sequence

from services.chassis.bus import Delivery
from services.chassis.database import Database, Row, Transaction
from services.conversations import rows
from services.conversations.events import chat_event, visitor_event
from services.conversations.latest import WRITE, latest
from services.conversations.rows import Placed

_VISITORS = """
insert into conversations.visitors as v
       (team, visitor, first_seen_at, last_seen_at, page_url, page_title, locale, seq)
select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[],
                     $5::text[], $6::text[], $7::text[], $8::bigint[])
    on conflict (team, visitor) do update
   set first_seen_at = least(v.first_seen_at, excluded.first_seen_at),
       last_seen_at = greatest(v.last_seen_at, excluded.last_seen_at),
       page_url = case when excluded.seq > v.seq then excluded.page_url else v.page_url end,
       page_title = case when excluded.seq > v.seq then excluded.page_title else v.page_title end,
       locale = case when excluded.seq > v.seq then excluded.locale else v.locale end,
       seq = greatest(v.seq, excluded.seq)
"""

_WORDS = """
insert into conversations.field_words as w (team, visitor, stream, id, at, seq, fields)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::jsonb[])
    on conflict (team, visitor, stream, id) do update set at = excluded.at, seq = excluded.seq
 where w.seq > excluded.seq
"""

_MESSAGES = """
insert into conversations.messages as m (team, visitor, kind, id, seq, at, author_kind, author, text, run, words)
select team, visitor, kind, id, seq, at, author_kind, author, text, run, words::tsvector
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::text[], $8::text[],
              $9::text[], $10::text[], $11::text[])
    as said (team, visitor, kind, id, seq, at, author_kind, author, text, run, words)
    on conflict (team, visitor, kind, id) do update set seq = excluded.seq
 where m.seq > excluded.seq
returning team, visitor, kind, seq, author_kind, xmax = 0 as is_new
"""

_ASSIGNMENT = """
insert into conversations.assignments as a (team, visitor, id, at, seq, agents, by)
values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (team, visitor, id) do update set seq = excluded.seq
 where a.seq > excluded.seq
"""

_CONVERSIONS = """
insert into conversations.conversions as c (team, visitor, id, at, seq, customer_type, by)
select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[], $7::text[])
    on conflict (team, visitor, id) do update set seq = excluded.seq
 where c.seq > excluded.seq
"""

_LINKS = """
insert into conversations.links as l (team, visitor, anonymous, at, seq)
select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[])
    on conflict (team, visitor, anonymous) do update set at = excluded.at, seq = excluded.seq
 where l.seq > excluded.seq
"""


class Projection:
    """The handlers of both streams."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_visitor_events(self, deliveries: Sequence[Delivery]) -> None:
        """Return when what these say of their visitors is committed."""
        events = [Placed(visitor_event(delivery), delivery.seq, delivery.at) for delivery in deliveries]
        async with self._database.transaction() as tx:
            await _write(tx, _VISITORS, rows.visitors(events))
            await _write(tx, _WORDS, rows.words_of_visitors(events))

    async def take_chat_events(self, deliveries: Sequence[Delivery]) -> None:
        """Return when what was said is committed."""
        events = [Placed(chat_event(delivery), delivery.seq, delivery.at) for delivery in deliveries]
        async with self._database.transaction() as tx:
            written = await _written(tx, _MESSAGES, rows.messages(events))
            await _write(tx, _WORDS, rows.words_of_flows(events))
            await _write(tx, _CONVERSIONS, rows.conversions(events))
            await _write(tx, _LINKS, rows.links(events))
            # One by one: Postgres has no arrays of arrays of different lengths.
            assignments = rows.assignments(events)
            for row in assignments:
                await tx.execute(_ASSIGNMENT, *row)
            # Once and last, so that copies lock these rows in one order.
            await _write(tx, WRITE, latest(written, assignments))


async def _write(tx: Transaction, statement: str, found: Sequence[tuple[object, ...]]) -> None:
    """Run a statement that takes each column as an array."""
    await _written(tx, statement, found)


async def _written(tx: Transaction, statement: str, found: Sequence[tuple[object, ...]]) -> Sequence[Row]:
    """The same; what the statement returns."""
    return await tx.rows(statement, *(list(column) for column in zip(*found, strict=True))) if found else ()
