"""Whether any agent of a team is online: the agents' keys of bucket SESSIONS, watched."""

from collections.abc import Callable

from contracts import streams, subjects
from contracts.ids import TeamId
from services.chassis.bus import Bus, Gone, Put, Snapshot


class Agents:
    """Who is online, as last known: while the bus is away that stands, and its return corrects it."""

    def __init__(self, bus: Bus, tell: Callable[[TeamId, bool], None]) -> None:
        """`tell` hears of every team that has its first agent online, or none any more."""
        self._watch = bus.watch(streams.SESSIONS.name, subjects.sessions_of("agent"))
        self._tell = tell
        self._sessions: set[str] = set()
        self._teams: frozenset[TeamId] = frozenset()

    def any_online(self, team: TeamId) -> bool:
        """Whether an agent of the team is online."""
        return team in self._teams

    async def run(self) -> None:
        """Follow the bucket for ever."""
        async for change in self._watch.changes():
            match change:
                case Snapshot(entries):
                    self._sessions = set(entries)
                case Put(key):
                    self._sessions.add(key)
                case Gone(key):
                    self._sessions.discard(key)
            self._compare()

    def _compare(self) -> None:
        before = self._teams
        self._teams = frozenset(TeamId(key.split(".", 1)[0]) for key in self._sessions)
        for team in before ^ self._teams:
            self._tell(team, team in self._teams)
