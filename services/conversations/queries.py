"""What people ask of conversations, from the read models."""

import msgspec

from contracts.requests import (
    MessagesList,
    MessagesPage,
    StoredMessage,
    VisitorProfile,
    VisitorQuery,
)
from services.chassis.database import Database, Row
from services.chassis.errors import Rejected
from services.conversations.listing import limit_of

_BEFORE = """
select * from conversations.messages
 where team = $1 and visitor = $2 and ($3::bigint is null or seq < $3)
   and ($5 or kind = 'message')
 order by seq desc limit $4
"""
_AFTER = """
select * from conversations.messages
 where team = $1 and visitor = $2 and seq > $3 and ($5 or kind = 'message')
 order by seq limit $4
"""

_VISITOR = """
select v.*, coalesce(a.agents, '{}') as assigned,
       array(select case when l.visitor = v.visitor then l.anonymous else l.visitor end
               from conversations.links l
              where l.team = v.team and v.visitor in (l.visitor, l.anonymous) order by l.seq) as linked,
       (select c.customer_type from conversations.conversions c
         where c.team = v.team and c.visitor = v.visitor order by c.at desc, c.seq desc limit 1) as customer_type,
       (select coalesce(jsonb_object_agg(f.name, f.value), '{}')
          from (select distinct on (f.key) f.key as name, f.value
                  from conversations.field_words w, jsonb_each(w.fields) f
                 where w.team = v.team and w.visitor = v.visitor
                 order by f.key, w.at desc, (w.stream = 'CHAT') desc, w.seq desc) f) as fields
  from conversations.visitors v
  left join lateral (
       select agents from conversations.assignments a
        where a.team = v.team and a.visitor = v.visitor order by a.at desc, a.seq desc limit 1) a on true
 where v.team = $1 and v.visitor = $2
"""


class Queries:
    """Serves `query.conversations.*`. Every method raises `Rejected` to refuse."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def messages(self, request: MessagesList) -> MessagesPage:
        """The newest messages before `before`, or the oldest after `after`; oldest first."""
        limit = limit_of(request.limit)
        if None not in (request.before, request.after):
            raise Rejected("bad_request", "say before or after, not both")
        is_forward = request.after is not None
        place = request.after if is_forward else request.before
        async with self._database.statement() as tx:
            rows = await tx.rows(
                _AFTER if is_forward else _BEFORE,
                request.team,
                request.visitor,
                place,
                limit + 1,
                request.with_notes,
            )
        page = rows[:limit] if is_forward else reversed(rows[:limit])
        return MessagesPage(messages=[stored_message(row) for row in page], more=len(rows) > limit)

    async def visitor(self, request: VisitorQuery) -> VisitorProfile:
        """What is known of a visitor."""
        async with self._database.statement() as tx:
            row = await tx.row(_VISITOR, request.team, request.visitor)
        if row is None:
            raise Rejected("unknown_visitor", f"team {request.team} has no visitor {request.visitor}")
        return VisitorProfile(
            visitor=row["visitor"],
            first_seen_at=row["first_seen_at"],
            last_seen_at=row["last_seen_at"],
            page_url=row["page_url"],
            page_title=row["page_title"],
            locale=row["locale"],
            fields=msgspec.json.decode(row["fields"]),
            assigned=list(row["assigned"]),
            customer_type=row["customer_type"],
            linked=list(row["linked"]),
        )


def stored_message(row: Row) -> StoredMessage:
    """One row of the messages."""
    return StoredMessage(
        seq=row["seq"],
        id=row["id"],
        at=row["at"],
        author_kind=row["author_kind"],
        author=row["author"],
        text=row["text"],
        run=row["run"],
        kind=row["kind"],
    )
