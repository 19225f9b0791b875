"""`frontdesk team online`: one agent's session, held from the command line as the console would hold it."""

import asyncio
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from secrets import token_hex

import msgspec

from contracts.forms import nearest
from contracts.ids import DEFAULT_TEAM, AgentId, TeamId
from contracts.presence import AGENT_REFRESH_S, AGENT_TTL_S, Session
from contracts.streams import SESSIONS, TEAM
from contracts.subjects import session_key
from contracts.team import TeamSettings, initial
from services.chassis.bus import Bus
from services.chassis.clock import system_clock
from services.chassis.errors import Rejected, Retryable, Unreachable
from services.cli.asking import DEFAULTS, Asking
from services.cli.output import print_json_line

_TTL = timedelta(seconds=AGENT_TTL_S)
_MARKER_TTL = SESSIONS.markers_ttl or timedelta(minutes=5)
_RETRY_S = 0.5


class HeldOnline(msgspec.Struct, frozen=True, kw_only=True):
    """What `team online --json` prints once the agent is online."""

    agent: AgentId
    team: TeamId
    online: bool = True


def online(agent: AgentId, /, *, asking: Asking = DEFAULTS) -> None:
    """Hold an agent online until Ctrl-C. A killed process leaves the agent online for half a minute."""

    async def hold(bus: Bus) -> None:
        await _check(bus, asking.team, agent)
        session = _HeldSession(bus, session_key(asking.team, "agent", agent, f"cli-{token_hex(8)}"))
        await session.put()
        if asking.json:
            print_json_line(HeldOnline(agent=agent, team=asking.team))
        else:
            print(f"{agent} is online; Ctrl-C ends it", flush=True)
        await session.hold()

    asking.over_bus(hold)


async def _check(bus: Bus, team: TeamId, agent: AgentId) -> None:
    """Refuse an agent whom the team does not have. By the bucket: it is there also when no service runs."""
    stored = await bus.keys.get(TEAM.name, team)
    if stored is None and team != DEFAULT_TEAM:
        raise Rejected("unknown_team", f"there is no team {team}; make one with `frontdesk team push FILE`")
    settings = initial(team) if stored is None else msgspec.json.decode(stored[0], type=TeamSettings)
    known = [known.id for known in settings.agents]
    if agent not in known:
        near = nearest(agent, known)
        raise Rejected(
            "unknown_agent",
            f"team {team} has no agent {agent!r}{f', did you mean {near}?' if near else ';'}"
            " `frontdesk team agents list` shows them, `frontdesk team agents add` brings another",
        )


class _HeldSession:
    """A session that is refreshed until a signal comes, at once after the bus was away, and then taken away."""

    def __init__(self, bus: Bus, key: str) -> None:
        self._bus = bus
        self._key = key
        self._value = msgspec.json.encode(Session(since=system_clock(), edge="cli"))
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._end)
        bus.on_reconnect(self._wake.set)

    async def put(self) -> None:
        """Say that the agent is there."""
        await self._bus.keys.put_for(SESSIONS.name, self._key, self._value, _TTL)

    async def hold(self) -> None:
        """Refresh it until a signal comes; then the agent is offline at once."""
        pause_s = float(AGENT_REFRESH_S)
        while not self._stop.is_set():
            await self._sleep(pause_s)
            if self._stop.is_set():
                break
            try:
                await self.put()
            except Retryable as exc:
                if pause_s != _RETRY_S:
                    print(f"the bus is away: {exc}; trying again", file=sys.stderr, flush=True)
                pause_s = _RETRY_S
            else:
                pause_s = float(AGENT_REFRESH_S)
        try:
            await self._bus.keys.purge(SESSIONS.name, self._key, _MARKER_TTL)
        except Retryable as exc:
            raise Unreachable(f"the bus is away: {exc}; the agent is offline within {AGENT_TTL_S} s") from exc

    async def _sleep(self, pause_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._wake.wait()
        self._wake.clear()

    def _end(self) -> None:
        self._stop.set()
        self._wake.set()
