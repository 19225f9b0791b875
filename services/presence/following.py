"""Following the sessions: memory agrees with the bucket, and stream PRESENCE with memory."""

import asyncio
import time
from collections.abc import Iterable

from structlog.stdlib import get_logger

from contracts.requests import PresenceList, PresenceOnline
from contracts.streams import SESSIONS
from services.chassis.bus import Bus, Gone, Put, Snapshot
from services.chassis.clock import Clock
from services.chassis.errors import Retryable
from services.chassis.online import Online, Person, sessions_in
from services.presence.sweeping import Sweeper
from services.presence.telling import Teller

_PATIENCE_S = 1.5
"""How long a question may wait for the sessions to be known; the asker waits 2 s."""
_RETRY_S = 0.2

_log = get_logger()


class Presence:
    """Who is online. `follow()` runs for ever; `list` answers from memory."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._watch = bus.watch(SESSIONS.name, clock=clock)
        self._online = Online()
        self._teller = Teller(bus, self._online, clock)
        self._sweeper = Sweeper(bus)
        self._changed: set[Person] = set()
        self._has_changed = asyncio.Event()
        self._is_complete = asyncio.Event()

    async def wait_until_complete(self) -> None:
        """Return when the first snapshot of the sessions is there."""
        await self._is_complete.wait()

    async def follow(self) -> None:
        """Watch, tell and sweep."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow_sessions(), name="presence-sessions")
            tasks.create_task(self._tell_changes(), name="presence-telling")
            tasks.create_task(self._sweeper.run(), name="presence-sweeping")

    async def list(self, request: PresenceList) -> PresenceOnline:
        """Who of a team is online; raises `Retryable` when that is not known in time."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._is_complete.wait()
        except TimeoutError:
            raise Retryable("who is online is not known yet") from None
        if not self._watch.is_live:
            raise Retryable("who is online is not known now: the bus is away")
        if not request.ids:
            return PresenceOnline(online=self._online.online(request.team, request.kind))
        asked = {Person(request.team, request.kind, who) for who in request.ids}
        return PresenceOnline(online=sorted(person.id for person in asked if self._online.is_online(person)))

    async def _follow_sessions(self) -> None:
        async for change in self._watch.changes():
            now = time.monotonic()
            match change:
                case Snapshot(entries=entries, stale=stale):
                    self._sweeper.note(stale)
                    self._is_complete.clear()
                    told = await self._told_online()
                    self._note(self._online.replace(sessions_in(entries), told, time.monotonic()))
                    self._is_complete.set()
                case Put(key=key):
                    self._note(self._online.put(session) for session in sessions_in([key]))
                case Gone(key=key, has_expired=has_expired, stale=revision):
                    if revision is not None:
                        self._sweeper.note({key: revision})
                    self._note(
                        self._online.gone(session, now, has_expired=has_expired)
                        for session in sessions_in([key])
                    )

    async def _told_online(self) -> set[Person]:
        while True:
            try:
                return await self._teller.told_online()
            except Retryable as exc:
                _log.warning("presence.history_unreadable", reason=str(exc))
                await asyncio.sleep(_RETRY_S)

    def _note(self, people: Iterable[Person]) -> None:
        self._changed.update(people)
        self._has_changed.set()

    async def _tell_changes(self) -> None:
        """Tell what changed, all of it that came meanwhile together, until it is told."""
        while True:
            await self._wait_for_change()
            people, self._changed = self._changed, set()
            try:
                await self._teller.tell(people)
            except* Retryable as group:
                _log.warning("presence.not_told", people=len(people), reason=str(group.exceptions[0]))
                self._note(people)
                await asyncio.sleep(_RETRY_S)

    async def _wait_for_change(self) -> None:
        """Return when somebody's state may have changed, be it only because a doubt is over."""
        until = self._online.doubt_until
        left_s = None if until is None else max(0.0, until - time.monotonic())
        try:
            async with asyncio.timeout(left_s):
                await self._has_changed.wait()
        except TimeoutError:
            self._note(self._online.settle(time.monotonic()))
        self._has_changed.clear()
