"""What people ask of conversations, from the read models."""

import re

import msgspec

from contracts.requests import (
    ConversationsList,
    ConversationsPage,
    ConversationSummary,
    MessagesList,
    MessagesPage,
    StoredMessage,
    VisitorProfile,
    VisitorQuery,
)
from services.chassis.database import Database, Row
from services.chassis.errors import Rejected

_MOST = 200
_CURSOR = re.compile("[0-9]{1,18}")

_LIST = """
select l.visitor, l.seq, m.text as last_message, m.author_kind as last_author, m.at as last_at,
       (select count(*) from conversations.messages c where c.team = l.team and c.visitor = l.visitor
           and c.kind = 'message') as messages,
       coalesce(a.agents, '{}') as assigned
  from conversations.latest l
 cross join lateral (
       select * from conversations.messages m
        where m.team = l.team and m.visitor = l.visitor and m.kind = 'message' order by m.seq desc limit 1) m
  left join lateral (
       select agents from conversations.assignments a
        where a.team = l.team and a.visitor = l.visitor order by a.at desc, a.seq desc limit 1) a on true
 where l.team = $1 and ($2::bigint is null or l.seq < $2)
 order by l.seq desc limit $3
"""

_MESSAGES = """
select * from conversations.messages
 where team = $1 and visitor = $2 and ($3::bigint is null or seq < $3)
   and ($5 or kind = 'message')
 order by seq desc limit $4
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

    async def list(self, request: ConversationsList) -> ConversationsPage:
        """Conversations, the one with the newest message first."""
        limit = _limit(request.limit)
        cursor = request.cursor
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise Rejected("bad_request", f"cursor {cursor!r} did not come from a list of conversations")
        async with self._database.statement() as tx:
            rows = await tx.rows(_LIST, request.team, None if cursor is None else int(cursor), limit + 1)
        page = rows[:limit]
        following = str(page[-1]["seq"]) if len(rows) > limit else None
        return ConversationsPage(conversations=[_summary(row) for row in page], cursor=following)

    async def messages(self, request: MessagesList) -> MessagesPage:
        """The newest messages before `before`, oldest first."""
        limit = _limit(request.limit)
        async with self._database.statement() as tx:
            rows = await tx.rows(
                _MESSAGES, request.team, request.visitor, request.before, limit + 1, request.with_notes
            )
        return MessagesPage(
            messages=[_message(row) for row in reversed(rows[:limit])], more=len(rows) > limit
        )

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


def _limit(wanted: int) -> int:
    if not 1 <= wanted <= _MOST:
        raise Rejected("bad_request", f"limit {wanted} is not within 1 to {_MOST}")
    return wanted


def _summary(row: Row) -> ConversationSummary:
    return ConversationSummary(
        visitor=row["visitor"],
        last_message=row["last_message"],
        last_author=row["last_author"],
        last_at=row["last_at"],
        messages=row["messages"],
        assigned=list(row["assigned"]),
    )


def _message(row: Row) -> StoredMessage:
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
