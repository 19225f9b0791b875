"""Agents who are there: one key in bucket SESSIONS for each console socket that says so (ARCHITECTURE: presence).

    put (30 s) ─▶ put every 10 s, and after the bus was away ─▶ put (5 s) when the socket is lost
                                                             ─▶ purge when the agent signs out, or says to be away

A write that fails is only logged: the next one mends it, and nobody waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from secrets import token_hex

import msgspec
from structlog.stdlib import get_logger

from contracts.ids import AgentId, TeamId
from contracts.presence import AGENT_REFRESH_S, AGENT_TTL_S, LOST_TTL_S, Session
from contracts.streams import SESSIONS
from contracts.subjects import session_key
from services.chassis.bus import Bus, StoredAt
from services.chassis.clock import Clock
from services.chassis.errors import FrontdeskError

EDGE = "console"
_MARKER_TTL = SESSIONS.markers_ttl or timedelta(minutes=5)
_RETRY_S = 0.5

_log = get_logger()


class Attendance:
    """The seats of all sockets of this process."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._seats: set[Seat] = set()
        bus.on_reconnect(self._wake)

    def take(self, team: TeamId, agent: AgentId) -> "Seat":
        """A seat for one socket of the agent; run `hold` on it, and end it with `lose` or `leave`."""
        key = session_key(team, "agent", agent, f"{EDGE}-{token_hex(8)}")
        seat = Seat(self._bus, key, msgspec.json.encode(Session(since=self._clock(), edge=EDGE)))
        self._seats.add(seat)
        return seat

    async def lose(self, seat: "Seat") -> None:
        """The socket is gone; the agent is, too, unless another one comes at once."""
        self._seats.discard(seat)
        await seat.put(LOST_TTL_S)

    async def leave(self, seat: "Seat") -> None:
        """The agent says so: this socket counts no more from now on."""
        self._seats.discard(seat)
        await seat.purge()

    def _wake(self) -> None:
        for seat in self._seats:
            seat.wake.set()


class Seat:
    """One socket's key."""

    def __init__(self, bus: Bus, key: str, value: bytes) -> None:
        self._bus = bus
        self._key = key
        self._value = value
        self.wake = asyncio.Event()

    async def hold(self) -> None:
        """Be there for ever."""
        while True:
            is_written = await self.put(AGENT_TTL_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(AGENT_REFRESH_S if is_written else _RETRY_S):
                    await self.wake.wait()
            self.wake.clear()

    async def put(self, ttl_s: int) -> bool:
        """Be there for so long; whether that is written."""
        ttl = timedelta(seconds=ttl_s)
        return await self._write(lambda: self._bus.keys.put_for(SESSIONS.name, self._key, self._value, ttl))

    async def purge(self) -> bool:
        """Be gone."""
        return await self._write(lambda: self._bus.keys.purge(SESSIONS.name, self._key, _MARKER_TTL))

    async def _write(self, write: Callable[[], Awaitable[StoredAt]]) -> bool:
        try:
            await write()
        except FrontdeskError as exc:
            _log.debug("attendance.not_written", key=self._key, reason=str(exc))
            return False
        return True
