"""Who may use the console, and as what: the agents of the teams' settings, watched, so that changes count at once.

When the bus is away what it said last holds: people stay who they were.
"""

import asyncio
from collections.abc import Callable, Mapping

import msgspec
from structlog.stdlib import get_logger

from contracts.ids import AgentId, TeamId
from contracts.streams import TEAM
from contracts.team import Role, TeamSettings, role_of
from services.chassis.bus import Bus, Gone, Put, Snapshot

_log = get_logger()


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as the settings have it now."""

    team: TeamId
    agent: AgentId
    name: str
    email: str
    role: Role


class People:
    """Everybody of every team. `follow()` runs for ever."""

    def __init__(self, bus: Bus) -> None:
        self._watch = bus.watch(TEAM.name)
        self._teams: Mapping[str, TeamSettings] = {}
        self._is_known = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, call: Callable[[], None]) -> None:
        """Have `call` made after each change of any team's settings."""
        self._listeners.append(call)

    async def wait_until_known(self) -> None:
        """Return when the settings of every team are there."""
        await self._is_known.wait()

    async def follow(self) -> None:
        """Keep up with the settings."""
        async for change in self._watch.changes():
            match change:
                case Snapshot(entries):
                    read = {key: self._settings(key, value) for key, value in entries.items()}
                case Put(key, value):
                    read = {**self._teams, key: self._settings(key, value)}
                case Gone(key):
                    read = {other: team for other, team in self._teams.items() if other != key}
            self._teams = {key: settings for key, settings in read.items() if settings is not None}
            self._is_known.set()
            for call in self._listeners:
                call()

    def settings(self, team: TeamId) -> TeamSettings | None:
        """All that a team has set."""
        return self._teams.get(team)

    def person(self, team: TeamId, agent: AgentId) -> Person | None:
        """This agent; None when the team has no such agent (any more)."""
        settings = self._teams.get(team)
        return None if settings is None else _person(settings, agent)

    def with_email(self, email: str) -> list[Person]:
        """Everybody with this e-mail address, whatever its case, by team and in the settings' order."""
        wanted = email.strip().casefold()
        return [
            person
            for _, settings in sorted(self._teams.items())
            for agent in settings.agents
            if wanted and agent.email.casefold() == wanted
            if (person := _person(settings, agent.id)) is not None
        ]

    def _settings(self, key: str, value: bytes) -> TeamSettings | None:
        try:
            return msgspec.json.decode(value, type=TeamSettings)
        except msgspec.DecodeError as exc:
            _log.error("team.settings_unreadable", team=key, reason=str(exc))
            return self._teams.get(key)


def _person(settings: TeamSettings, agent: AgentId) -> Person | None:
    role = role_of(settings, agent)
    known = next((known for known in settings.agents if known.id == agent), None)
    if role is None or known is None:
        return None
    return Person(team=settings.team, agent=agent, name=known.name or agent, email=known.email, role=role)
