"""The visitors' sessions: a key each in bucket SESSIONS, as long as the socket is open."""

from datetime import timedelta

import msgspec
from structlog.stdlib import get_logger

from contracts import streams, subjects
from contracts.ids import TeamId, VisitorId
from contracts.presence import LOST_TTL_S, VISITOR_TTL_S, Session
from services.chassis.bus import Bus
from services.chassis.clock import Clock
from services.chassis.errors import FrontdeskError

EDGE = "widget-gateway"

_log = get_logger()


class Sessions:
    """Writes the keys. A write that fails is only logged: the next one mends it, and nobody waits for it."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock

    async def hold(self, team: TeamId, visitor: VisitorId, session: str) -> None:
        """The session is there; call it again before its time is up."""
        await self._put(team, visitor, session, VISITOR_TTL_S)

    async def let_go(self, team: TeamId, visitor: VisitorId, session: str) -> None:
        """The socket is lost; the session goes when nobody comes back at once."""
        await self._put(team, visitor, session, LOST_TTL_S)

    async def _put(self, team: TeamId, visitor: VisitorId, session: str, ttl_s: int) -> None:
        key = subjects.session_key(team, "visitor", visitor, session)
        value = msgspec.json.encode(Session(since=self._clock(), edge=EDGE))
        try:
            await self._bus.keys.put_for(streams.SESSIONS.name, key, value, timedelta(seconds=ttl_s))
        except FrontdeskError as exc:
            _log.debug("session.not_written", team=team, visitor=visitor, reason=str(exc))
