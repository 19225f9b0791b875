"""What flows may ask about the world, kept in memory: which agents are online, and each team's settings.

"Are all agents offline?" is a look into a dict. When the watch behind it is not live the look raises
`Retryable`, so that the line holds instead of deciding by what is old.

After an outage of the bus nobody counts as gone at once: see `services.chassis.online`.
"""

import asyncio
import time

import msgspec
from structlog.stdlib import get_logger

from contracts.ids import AgentId, TeamId
from contracts.streams import PRESENCE, SESSIONS, TEAM
from contracts.subjects import parse_presence, sessions_of
from contracts.team import TeamSettings, initial
from services.chassis.bus import Bus, Gone, Put, Snapshot
from services.chassis.errors import Retryable
from services.chassis.online import Online, Person, sessions_in
from services.flow_executor.engine.team import Known, Lookups, known, lookups
from services.flow_executor.profile import Names

_RETRY_S = 0.2

_log = get_logger()


class World:
    """The watched world. `follow()` runs for ever; `is_complete` is set once everything is known."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._online = Online()
        self._watch = bus.watch(SESSIONS.name, sessions_of("agent"))
        self._teams: dict[TeamId, TeamSettings] = {}
        self._lookups: dict[TeamId, Lookups] = {}
        self._names: dict[TeamId, Names] = {}
        """Both are made when a team changes, for every batch to use."""
        self._is_settled = False
        """Whether `_online` is what the watch saw, and not what was before its latest snapshot."""
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
        self._online.settle(time.monotonic())
        return frozenset(AgentId(agent) for agent in self._online.online(team, "agent"))

    def has_team(self, team: TeamId) -> bool:
        """Whether there is such a team."""
        return team in self._teams

    def agents_of(self, team: TeamId) -> tuple[AgentId, ...]:
        """The agents that the team has, sorted."""
        return tuple(sorted(agent.id for agent in self.settings_of(team).agents))

    def settings_of(self, team: TeamId) -> TeamSettings:
        """All that the team has set."""
        return self._teams.get(team) or initial(team)

    def lookups_of(self, team: TeamId) -> Lookups:
        """What nodes may look up of the team."""
        return self._lookups.get(team) or lookups(initial(team))

    def names_of(self, team: TeamId) -> Names:
        """What the team calls its fields and events."""
        return self._names.get(team) or Names(initial(team))

    def known(self, team: TeamId) -> Known:
        """What a flow of the team may refer to."""
        return known(self.settings_of(team))

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
                    told = await self._told_online()
                    self._online.replace(sessions_in(entries), told, time.monotonic())
                    self._is_settled = True
                    self._has_sessions.set()
                case Put(key=key):
                    for session in sessions_in([key]):
                        self._online.put(session)
                case Gone(key=key, has_expired=has_expired):
                    for session in sessions_in([key]):
                        self._online.gone(session, time.monotonic(), has_expired=has_expired)

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
            team, kind, agent, is_online = parse_presence(subject)
            last[Person(team, kind, agent)] = is_online
        return {person for person, is_online in last.items() if is_online}

    async def _follow_teams(self) -> None:
        async for change in self._bus.watch(TEAM.name).changes():
            match change:
                case Snapshot(entries=entries):
                    self._teams.clear()
                    self._lookups.clear()
                    self._names.clear()
                    for key, value in entries.items():
                        self._take(key, value)
                    self._has_teams.set()
                case Put(key=key, value=value):
                    self._take(key, value)
                case Gone(key=key):
                    self._teams.pop(TeamId(key), None)
                    self._lookups.pop(TeamId(key), None)
                    self._names.pop(TeamId(key), None)

    def _take(self, key: str, value: bytes) -> None:
        team = TeamId(key)
        try:
            settings = msgspec.json.decode(value, type=TeamSettings)
        except msgspec.DecodeError as exc:
            _log.error("team.settings_unreadable", team=key, reason=str(exc))
        else:
            self._teams[team], self._lookups[team] = settings, lookups(settings)
            self._names[team] = Names(settings)
