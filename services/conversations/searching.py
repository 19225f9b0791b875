"""Finding messages by their words, in any language; `words` says how."""

import asyncio

from structlog.stdlib import get_logger

from contracts.requests import FoundMessage, MessagesFound, MessagesSearch
from services.chassis.database import Database
from services.chassis.errors import Retryable
from services.conversations.listing import NAME, limit_of, place_of
from services.conversations.queries import stored_message
from services.conversations.words import query, vector

_AT_ONCE = 500
_RETRY_S = 1.0

_SEARCH = f"""
select l.*, coalesce(n.name, '') as name
  from (select * from conversations.messages
         where team = $1 and ($2::text is null or visitor = $2) and words @@ $3::text::tsquery
           and ($4::bigint is null or seq < $4)
         order by seq desc limit $5) l
  left join lateral ({NAME}) n on true
 order by l.seq desc
"""

_WITHOUT = """
select team, visitor, kind, id, text from conversations.messages where words is null
 order by team, visitor, kind, id limit $1
"""
_FILL = """
update conversations.messages m set words = f.words::tsvector
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as f (team, visitor, kind, id, words)
 where (m.team, m.visitor, m.kind, m.id) = (f.team, f.visitor, f.kind, f.id)
"""

_log = get_logger()


class Searching:
    """Serves `query.conversations.search`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(self, request: MessagesSearch) -> MessagesFound:
        """What has all the words, the newest first; nothing where there are no words."""
        limit, place = limit_of(request.limit), place_of(request.cursor, "messages")
        wanted = query(request.text)
        if not wanted:
            return MessagesFound(found=[], cursor=None)
        async with self._database.statement() as tx:
            rows = await tx.rows(_SEARCH, request.team, request.visitor, wanted, place, limit + 1)
        page = rows[:limit]
        return MessagesFound(
            found=[
                FoundMessage(visitor=row["visitor"], name=row["name"], message=stored_message(row))
                for row in page
            ],
            cursor=str(page[-1]["seq"]) if len(rows) > limit else None,
        )

    async def catch_up(self) -> None:
        """Find the words of what was stored before there was a search; return when all have them."""
        while True:
            try:
                if not await self._fill():
                    return
            except Retryable as exc:
                _log.warning("search.delayed", reason=str(exc))
                await asyncio.sleep(_RETRY_S)

    async def _fill(self) -> bool:
        """Whether there was any to fill."""
        async with self._database.transaction() as tx:
            rows = await tx.rows(_WITHOUT, _AT_ONCE)
            keys = [[row[name] for row in rows] for name in ("team", "visitor", "kind", "id")]
            await tx.execute(_FILL, *keys, [vector(row["text"]) for row in rows])
        return bool(rows)
