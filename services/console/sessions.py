"""Sessions in Postgres. The cookie holds 256 random bits; whoever reads the table cannot make a cookie of it."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import msgspec

from contracts.ids import AgentId, TeamId
from services.chassis.clock import Clock
from services.chassis.database import Database, Row

IDLE = timedelta(hours=12)
"""What a session may rest."""
LONGEST = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when one was used last."""
MOST_USER_AGENT = 300
"""Characters."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session that has not ended."""

    id: str
    team: TeamId
    agent: AgentId
    created_at: datetime
    seen_at: datetime
    user_agent: str


class Sessions:
    """Begins, finds and ends them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, team: TeamId, agent: AgentId, user_agent: str) -> str:
        """A new session; the cookie's value. What is over is swept out."""
        value, now = secrets.token_urlsafe(32), self._clock()
        async with self._database.transaction() as tx:
            await tx.execute(
                "delete from console.sessions where seen_at <= $1 or created_at <= $2",
                now - IDLE,
                now - LONGEST,
            )
            await tx.execute(
                "insert into console.sessions (hash, id, team, agent, created_at, seen_at, user_agent)"
                " values ($1, $2, $3, $4, $5, $5, $6)",
                _hashed(value),
                str(uuid4()),
                team,
                agent,
                now,
                user_agent.replace("\0", "")[:MOST_USER_AGENT],
            )
        return value

    async def find(self, cookie: str) -> Session | None:
        """The session of this cookie, which is in use now; None: there is none, or it has ended."""
        now = self._clock()
        async with self._database.statement() as tx:
            row = await tx.row(
                "select * from console.sessions where hash = $1 and seen_at > $2 and created_at > $3",
                _hashed(cookie),
                now - IDLE,
                now - LONGEST,
            )
            if row is None:
                return None
            session = _session(row)
            if now - session.seen_at >= SEEN_EVERY:
                await tx.execute("update console.sessions set seen_at = $2 where hash = $1", row["hash"], now)
        return session

    async def of(self, team: TeamId, agent: AgentId) -> list[Session]:
        """All of one person, the one that was used last first."""
        now = self._clock()
        async with self._database.statement() as tx:
            rows = await tx.rows(
                "select * from console.sessions where team = $1 and agent = $2 and seen_at > $3 and created_at > $4"
                " order by seen_at desc, id",
                team,
                agent,
                now - IDLE,
                now - LONGEST,
            )
        return [_session(row) for row in rows]

    async def end(self, session: Session) -> None:
        """End this one."""
        async with self._database.statement() as tx:
            await tx.execute("delete from console.sessions where id = $1", session.id)

    async def end_all(self, team: TeamId, agent: AgentId, *, but: Session | None = None) -> None:
        """End every session of a person, `but` one."""
        async with self._database.statement() as tx:
            await tx.execute(
                "delete from console.sessions where team = $1 and agent = $2 and id is distinct from $3::uuid",
                team,
                agent,
                None if but is None else but.id,
            )


def _hashed(cookie: str) -> bytes:
    return sha256(cookie.encode()).digest()


def _session(row: Row) -> Session:
    return Session(
        id=row["id"],
        team=row["team"],
        agent=row["agent"],
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        user_agent=row["user_agent"],
    )
