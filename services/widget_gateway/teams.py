"""What the teams have set: bucket TEAM, watched."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256

import msgspec
from structlog.stdlib import get_logger

from contracts import streams
from contracts.ids import TeamId
from contracts.team import TeamSettings
from services.chassis.bus import Bus, Gone, Put, Snapshot
from services.widget_gateway.intake import unavailable

READY_WITHIN_S = 5.0

_log = get_logger()


class Teams:
    """The settings of every team, as they are now."""

    def __init__(self, bus: Bus) -> None:
        self._watch = bus.watch(streams.TEAM.name)
        self._teams: Mapping[str, TeamSettings] = {}
        self._keys: Mapping[str, TeamId] = {}
        self._is_known = asyncio.Event()

    async def run(self) -> None:
        """Follow the bucket for ever."""
        async for change in self._watch.changes():
            match change:
                case Snapshot(entries):
                    read = {key: self._settings(key, value) for key, value in entries.items()}
                case Put(key, value):
                    read = {**self._teams, key: self._settings(key, value)}
                case Gone(key):
                    read = {other: team for other, team in self._teams.items() if other != key}
            self._teams = {key: settings for key, settings in read.items() if settings is not None}
            self._keys = {
                digest: settings.team
                for settings in self._teams.values()
                for digest in settings.api_key_hashes
            }
            self._is_known.set()

    async def settings(self, team: str) -> TeamSettings | None:
        """A team's settings, None when there is no such team; raises `Refused` when the bus has not told yet."""
        if not self._is_known.is_set():
            try:
                async with asyncio.timeout(READY_WITHIN_S):
                    await self._is_known.wait()
            except TimeoutError:
                raise unavailable() from None
        return self._teams.get(team)

    def team_of(self, api_key: str) -> TeamId | None:
        """The team whose API key it is."""
        return self._keys.get(sha256(api_key.encode()).hexdigest())

    def _settings(self, key: str, value: bytes) -> TeamSettings | None:
        try:
            return msgspec.json.decode(value, type=TeamSettings)
        except msgspec.DecodeError as exc:
            _log.error("team.undecodable", team=key, reason=str(exc))
            return self._teams.get(key)
