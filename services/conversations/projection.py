"""Takes VISITOR and CHAT into Postgres: a batch is one transaction, mostly one statement, acked after its commit.

Rows are written in sorted order, so that two copies of this service never wait for each other's. All of it can be
dropped and rebuilt from the streams, in any order of their messages.
"""

from collections.abc import Sequence

from services.chassis.bus import Delivery
from services.chassis.database import Database, columns
from services.conversations import rows
from services.conversations.events import chat_event, visitor_event
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

_CONVERSATIONS = """
with said as (
    insert into conversations.messages as m (team, visitor, kind, id, seq, at, author_kind, author, text, run, words)
    select team, visitor, kind, id, seq, at, author_kind, author, text, run, words::tsvector
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::text[],
                  $8::text[], $9::text[], $10::text[], $11::text[])
        as told (team, visitor, kind, id, seq, at, author_kind, author, text, run, words)
        on conflict (team, visitor, kind, id) do update set seq = excluded.seq
     where m.seq > excluded.seq
    returning team, visitor, kind, seq, author_kind, xmax = 0 as is_new
), news as (
    select team, visitor, case kind when 'message' then seq end as seq,
           case when kind = 'notice' or (kind = 'message' and author_kind = 'visitor') then seq end as visitor_seq,
           (kind = 'message' and is_new)::int as messages,
           null::text[] as agents, null::timestamptz as agents_at, null::bigint as agents_seq
      from said
 union all
    select team, visitor, null, null, 0, array(select jsonb_array_elements_text(agents)), at, seq
      from unnest($12::text[], $13::text[], $14::jsonb[], $15::timestamptz[], $16::bigint[])
        as assigned (team, visitor, agents, at, seq)
)
insert into conversations.latest as l (team, visitor, seq, visitor_seq, messages, agents, agents_at, agents_seq)
select team, visitor, coalesce(max(seq), 0), coalesce(max(visitor_seq), 0), sum(messages),
       coalesce(max(agents), '{}'), coalesce(max(agents_at), 'epoch'), coalesce(max(agents_seq), 0)
  from news group by team, visitor order by team, visitor
    on conflict (team, visitor) do update
   set seq = greatest(l.seq, excluded.seq),
       visitor_seq = greatest(l.visitor_seq, excluded.visitor_seq),
       messages = l.messages + excluded.messages,
       agents = case when (excluded.agents_at, excluded.agents_seq) > (l.agents_at, l.agents_seq)
                     then excluded.agents else l.agents end,
       agents_seq = case when (excluded.agents_at, excluded.agents_seq) > (l.agents_at, l.agents_seq)
                         then excluded.agents_seq else l.agents_seq end,
       agents_at = greatest(l.agents_at, excluded.agents_at)
"""
"""What is said, and what that and the last assignment of each visitor change in the row that the inbox shows of a
conversation: in one statement, so that copies lock these rows once and in one order.
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


Statement = tuple[str, Sequence[object]]
"""SQL, and what it is given."""


class Projection:
    """The handlers of both streams."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_visitor_events(self, deliveries: Sequence[Delivery]) -> None:
        """Return when what these say of their visitors is committed."""
        events = [Placed(visitor_event(delivery), delivery.seq, delivery.at) for delivery in deliveries]
        await self._write(
            [*_if_any(_VISITORS, rows.visitors(events)), *_if_any(_WORDS, rows.words_of_visitors(events))]
        )

    async def take_chat_events(self, deliveries: Sequence[Delivery]) -> None:
        """Return when what was said is committed."""
        events = [Placed(chat_event(delivery), delivery.seq, delivery.at) for delivery in deliveries]
        messages, assignments = rows.messages(events), rows.assignments(events)
        statements = [
            *_if_any(_WORDS, rows.words_of_flows(events)),
            *_if_any(_CONVERSIONS, rows.conversions(events)),
            *_if_any(_LINKS, rows.links(events)),
            # One by one: Postgres has no arrays of arrays of different lengths.
            *((_ASSIGNMENT, row) for row in assignments),
        ]
        if messages or assignments:
            newest = rows.newest(assignments)
            statements.append((_CONVERSATIONS, [*columns(messages, 11), *columns(newest, 5)]))
        await self._write(statements)

    async def _write(self, statements: Sequence[Statement]) -> None:
        """All of them or none. A single one is a transaction by itself, in one trip instead of three."""
        begin = self._database.statement if len(statements) == 1 else self._database.transaction
        async with begin() as tx:
            for sql, arguments in statements:
                await tx.execute(sql, *arguments)


def _if_any(sql: str, found: Sequence[tuple[object, ...]]) -> list[Statement]:
    """A statement that takes each column as an array, if there are rows for it."""
    return [(sql, columns(found, len(found[0])))] if found else []
