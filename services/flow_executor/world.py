"""What flows may ask about the world, kept in memory: which agents are online, and each team's settings.

"Are all agents offline?" is a look into a dict. When the watch behind it is not live the look raises
`Retryable`, so that the line holds instead of deciding by what is old.

After a bus that was away too long every session has expired, though the agents are there and will say so
within a second. The bus may still have the sessions when it is back, and let them expire a moment later. So an
agent who was online before, or was last told to be online in PRESENCE, counts as online for `DOUBT_S` more,
unless somebody takes the session away.
"""

import asyncio
import time
from collections.abc import Mapping

import msgspec
from structlog.stdlib import get_logger

from contracts.ids import AgentId, TeamId
from contracts.presence import LOST_TTL_S
from contracts.streams import PRESENCE, SESSIONS, TEAM
from contracts.subjects import sessions_of
from contracts.team import TeamSettings, initial
from services.chassis.bus import Bus, Gone, Put, Snapshot
from services.chassis.errors import Retryable

DOUBT_S = float(LOST_TTL_S)
_RETRY_S = 0.2

Person = tuple[TeamId, AgentId]

_log = get_logger()


class Sessions:
    """Who is online by their live sessions. Pure: the time is an argument, in seconds of any steady clock."""

    def __init__(self) -> None:
        self._sessions: dict[Person, set[str]] = {}
        self._doubtful: dict[Person, float] = {}
        self._doubt_until = float("-inf")
        self._online: dict[TeamId, frozenset[AgentId]] = {}

    def replace(self, keys: Mapping[str, bytes], told_online: set[Person], now: float) -> None:
        """Take a snapshot. Whoever was online before, or was told to be, and is missing, becomes doubtful."""
        before = set(self._sessions) | set(self._doubtful) | told_online
        self._sessions = {}
        for key in keys:
            person, session = _parts(key)
            self._sessions.setdefault(person, set()).add(session)
        self._doubt_until = now + DOUBT_S
        self._doubtful = dict.fromkeys(before - set(self._sessions), self._doubt_until)
        self._online = {}

    def put(self, key: str) -> None:
        """A session is there."""
        person, session = _parts(key)
        self._doubtful.pop(person, None)
        if person not in self._sessions:
            self._online.pop(person[0], None)
        self._sessions.setdefault(person, set()).add(session)

    def gone(self, key: str, now: float, *, has_expired: bool) -> None:
        """A session is over; with the last one its agent is offline, or doubtful if it expired in an outage."""
        person, session = _parts(key)
        left = self._sessions.get(person, set())
        left.discard(session)
        if left:
            return
        was_there = self._sessions.pop(person, None) is not None
        self._online.pop(person[0], None)
        if not has_expired:
            self._doubtful.pop(person, None)
        elif was_there and now < self._doubt_until:
            self._doubtful[person] = self._doubt_until

    def online(self, team: TeamId, now: float) -> frozenset[AgentId]:
        """The agents of a team that are online, or may be."""
        if self._doubtful:
            self._doubtful = {person: until for person, until in self._doubtful.items() if until > now}
            return frozenset(agent for at, agent in (*self._sessions, *self._doubtful) if at == team)
        found = self._online.get(team)
        if found is None:
            found = frozenset(agent for at, agent in self._sessions if at == team)
            self._online[team] = found
        return found


class World:
    """The watched world. `follow()` runs for ever; `is_complete` is set once everything is known."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._sessions = Sessions()
        self._watch = bus.watch(SESSIONS.name, sessions_of("agent"))
        self._teams: dict[TeamId, TeamSettings] = {}
        self._is_settled = False
        """Whether `_sessions` is what the watch saw, and not what was before its latest snapshot."""
        self._has_sessions = asyncio.Event()
        self._has_teams = asyncio.Event()

    async def wait_until_complete(self) -> None:
        """Return when both snapshots are there."""
        await self._has_sessions.wait()
        await self._has_teams.wait()

    def agents_online(self, team: TeamId) -> frozenset[AgentId]:
        """Who of this team is online now; raises `Retryable` when nobody can know."""
        if not (self._is_settled and self._watch.is_live):
            raise Retryable("presence is not live; waiting for the bus")
        return self._sessions.online(team, time.monotonic())

    def agents_of(self, team: TeamId) -> tuple[AgentId, ...]:
        """The agents that the team has, sorted."""
        settings = self._teams.get(team) or initial(team)
        return tuple(sorted(agent.id for agent in settings.agents))

    def robot_of(self, team: TeamId) -> tuple[str, str]:
        """Name and avatar of the team's robot."""
        settings = self._teams.get(team)
        return ("", "") if settings is None else (settings.robot_name, settings.robot_avatar)

    def name_of(self, team: TeamId, agent: AgentId) -> str:
        """What visitors call this agent."""
        settings = self._teams.get(team)
        names = {} if settings is None else {known.id: known.name for known in settings.agents}
        return names.get(agent) or agent

    async def follow(self) -> None:
        """Keep up with both buckets."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow_sessions(), name="sessions")
            tasks.create_task(self._follow_teams(), name="teams")

    async def _follow_sessions(self) -> None:
        async for change in self._watch.changes():
            match change:
                case Snapshot(entries=entries):
                    self._is_settled = False
                    self._sessions.replace(entries, await self._told_online(), time.monotonic())
                    self._is_settled = True
                    self._has_sessions.set()
                case Put(key=key):
                    self._sessions.put(key)
                case Gone(key=key, has_expired=has_expired):
                    self._sessions.gone(key, time.monotonic(), has_expired=has_expired)

    async def _told_online(self) -> set[Person]:
        """Agents whose last transition in PRESENCE says online, as soon as the bus can tell."""
        while True:
            try:
                subjects = await self._bus.last_subjects(PRESENCE.name, "presence.*.agent.*.*")
            except Retryable:
                await asyncio.sleep(_RETRY_S)
            else:
                break
        last: dict[Person, bool] = {}
        for subject in subjects:
            _, team, _, agent, state = subject.split(".")
            last[TeamId(team), AgentId(agent)] = state == "online"
        return {person for person, is_online in last.items() if is_online}

    async def _follow_teams(self) -> None:
        async for change in self._bus.watch(TEAM.name).changes():
            match change:
                case Snapshot(entries=entries):
                    self._teams.clear()
                    for key, value in entries.items():
                        self._take(key, value)
                    self._has_teams.set()
                case Put(key=key, value=value):
                    self._take(key, value)
                case Gone(key=key):
                    self._teams.pop(TeamId(key), None)

    def _take(self, key: str, value: bytes) -> None:
        try:
            self._teams[TeamId(key)] = msgspec.json.decode(value, type=TeamSettings)
        except msgspec.DecodeError as exc:
            _log.error("team.settings_unreadable", team=key, reason=str(exc))


def _parts(key: str) -> tuple[Person, str]:
    team, _, agent, session = key.split(".", 3)
    return (TeamId(team), AgentId(agent)), session
