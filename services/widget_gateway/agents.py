"""Whether any agent of a team is online: the agents' keys of bucket SESSIONS, watched."""

import asyncio
import time
from collections.abc import Callable, Iterable

from contracts import streams, subjects
from contracts.ids import TeamId
from services.chassis.bus import Bus, Gone, Put, Snapshot
from services.chassis.online import DOUBT_S, Online, Person, sessions_in

_A_MOMENT_S = 0.01


class Agents:
    """Who is online, as last known: while the bus is away that stands, and its return corrects it."""

    def __init__(self, bus: Bus, tell: Callable[[TeamId, bool], None]) -> None:
        """`tell` hears of every team that has its first agent online, or none any more."""
        self._watch = bus.watch(streams.SESSIONS.name, subjects.sessions_of("agent"))
        self._tell = tell
        self._online = Online()
        self._teams: set[TeamId] = set()

    def any_online(self, team: TeamId) -> bool:
        """Whether an agent of the team is online."""
        return team in self._teams

    async def run(self) -> None:
        """Follow the bucket for ever."""
        async for change in self._watch.changes():
            now = time.monotonic()
            match change:
                case Snapshot(entries):
                    self._compare(self._online.replace(sessions_in(entries), (), now))
                    asyncio.get_running_loop().call_later(DOUBT_S, self._settle)
                case Put(key):
                    self._compare(self._online.put(session) for session in sessions_in([key]))
                case Gone(key, has_expired):
                    self._compare(
                        self._online.gone(session, now, has_expired=has_expired)
                        for session in sessions_in([key])
                    )

    def _settle(self) -> None:
        """Whoever has not come back when the time of doubt is over is offline then."""
        self._compare(self._online.settle(time.monotonic()))
        until = self._online.doubt_until
        if until is not None:
            left_s = max(_A_MOMENT_S, until - time.monotonic())
            asyncio.get_running_loop().call_later(left_s, self._settle)

    def _compare(self, people: Iterable[Person]) -> None:
        for team in {person.team for person in people}:
            is_any = bool(self._online.online(team, "agent"))
            if is_any == (team in self._teams):
                continue
            (self._teams.add if is_any else self._teams.discard)(team)
            self._tell(team, is_any)
