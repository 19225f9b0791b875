"""The list of conversations as one agent sees it: newest first, with what is unread, filtered."""

import re
from collections.abc import Sequence

from contracts.ids import TeamId
from contracts.requests import (
    ConversationsList,
    ConversationsPage,
    ConversationSummary,
    Request,
    UnreadCounted,
    UnreadQuery,
)
from contracts.team import group_members
from services.chassis.database import Database, Row
from services.chassis.errors import Rejected
from services.conversations.teams import Teams

MOST = 200
_CURSOR = re.compile("[0-9]{1,18}")

NAME = """
       select f.value #>> '{}' as name
         from conversations.field_words w, jsonb_each(w.fields) f
        where w.team = l.team and w.visitor = l.visitor and f.value not in ('null', '""')
          and f.key in ('user_fullname', 'name', 'user_email', 'email', 'user_mobile', 'mobile', 'phone')
        order by f.key in ('user_fullname', 'name') desc, f.key in ('user_email', 'email') desc, w.at desc, w.seq desc
        limit 1"""
"""What the visitor `l` is called, or how to reach them: the newest word of the best kind."""

_SEEN = """
  left join conversations.reads r on r.team = l.team and r.agent = $2 and r.visitor = l.visitor
  left join conversations.reads f on f.team = l.team and f.agent = $2 and f.visitor = ''"""
_PLACE = "greatest(coalesce(r.seq, 0), coalesce(f.seq, 0))"


_MINE = "and l.agents @> array[$2]"
_NOBODYS = "and l.agents = '{}'"
_OF_GROUP = "and l.agents && $5::text[]"
_UNREAD = f"and l.visitor_seq > {_PLACE}"

_WAITING = f"""
select count(*) as conversations from (
       select from (select * from conversations.latest where team = $1 and seq > 0 order by seq desc limit 1000) l
            {_SEEN}
        where l.visitor_seq > {_PLACE} and (l.agents = '{{}}' or l.agents @> array[$2]) limit 100) l
"""


def _list(conditions: str) -> str:
    """The statement with these conditions on `l`, which is a conversation, `r` and `f`, what the agent has seen."""
    return f"""
select l.visitor, l.seq, m.text as last_message, m.author_kind as last_author, m.at as last_at, l.messages,
       l.agents as assigned, coalesce(n.name, '') as name, u.unread
  from (select l.*, {_PLACE} as seen
          from conversations.latest l {_SEEN}
         where l.team = $1 and l.seq > 0 and ($3::bigint is null or l.seq < $3) {conditions}
         order by l.seq desc limit $4) l
 cross join lateral (
       select * from conversations.messages m
        where m.team = l.team and m.visitor = l.visitor and m.kind = 'message' order by m.seq desc limit 1) m
 cross join lateral (
       select count(*) as unread from (
              select from conversations.messages c
               where c.team = l.team and c.visitor = l.visitor and c.seq > l.seen and l.visitor_seq > l.seen
                 and (c.kind = 'notice' or (c.kind = 'message' and c.author_kind = 'visitor')) limit 100) c
        where $2 <> '') u
  left join lateral ({NAME}) n on true
 order by l.seq desc
"""


class Listing:
    """Serves `query.conversations.list` and `.unread`. Every method raises `Rejected` to refuse."""

    def __init__(self, database: Database, teams: Teams) -> None:
        self._database = database
        self._teams = teams

    async def list(self, request: ConversationsList) -> ConversationsPage:
        """Conversations, the one with the newest message first."""
        limit, place = limit_of(request.limit), place_of(request.cursor, "conversations")
        conditions = _conditions(request)
        group = [] if request.group is None else [await self._members(request.team, request.group)]
        async with self._database.statement() as tx:
            rows = await tx.rows(
                _list(conditions),
                request.team,
                request.agent or "",
                place,
                limit + 1,
                *group,
            )
        page = rows[:limit]
        following = str(page[-1]["seq"]) if len(rows) > limit else None
        return ConversationsPage(conversations=[_summary(row) for row in page], cursor=following)

    async def unread(self, request: UnreadQuery) -> UnreadCounted:
        """How many conversations wait for the agent."""
        async with self._database.statement() as tx:
            row = await tx.row(_WAITING, request.team, request.agent)
        assert row is not None
        return UnreadCounted(conversations=row["conversations"])

    async def _members(self, team: TeamId, group: str) -> Sequence[str]:
        settings = (await self._teams.get(Request(team=team))).settings
        return group_members(settings).get(group, ())


def _conditions(request: ConversationsList) -> str:
    if request.agent is None and (request.assigned == "mine" or request.unread):
        raise Rejected("bad_request", "say as which agent: mine and unread are somebody's")
    chosen = [
        (request.assigned == "mine", _MINE),
        (request.assigned == "unassigned", _NOBODYS),
        (request.group is not None, _OF_GROUP),
        (request.unread, _UNREAD),
    ]
    return " ".join(condition for is_wanted, condition in chosen if is_wanted)


def limit_of(wanted: int) -> int:
    """How many to give; raises `Rejected` when that is none or too many."""
    if not 1 <= wanted <= MOST:
        raise Rejected("bad_request", f"limit {wanted} is not within 1 to {MOST}")
    return wanted


def place_of(cursor: str | None, what: str) -> int | None:
    """Where a list goes on; raises `Rejected` when no list gave this cursor."""
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise Rejected("bad_request", f"cursor {cursor!r} did not come from a list of {what}")
    return None if cursor is None else int(cursor)


def _summary(row: Row) -> ConversationSummary:
    return ConversationSummary(
        visitor=row["visitor"],
        last_message=row["last_message"],
        last_author=row["last_author"],
        last_at=row["last_at"],
        messages=row["messages"],
        assigned=list(row["assigned"]),
        seq=row["seq"],
        name=row["name"],
        unread=row["unread"],
    )
