"""Telling transitions: stream PRESENCE says of each person what is the case, once per change, whoever tells it.

Each message is stored only if the last one about that person is the one that the teller knows. So copies of this
service, restarts and processes that slept can neither double nor reorder what is told: the one that is too late looks
again, at the stream and at the sessions themselves, and mostly finds that nothing is left to tell.
"""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from structlog.stdlib import get_logger

from contracts import subjects
from contracts.presence import PresenceChanged
from contracts.streams import PRESENCE, SESSIONS
from services.chassis.bus import Bus
from services.chassis.bus.headers import EXPECTED_LAST_BY_SUBJECT, EXPECTED_LAST_SUBJECT
from services.chassis.clock import Clock
from services.chassis.errors import Conflict
from services.chassis.online import Online, Person

AT_ONCE = 64
"""People whose transitions are under way together."""

_log = get_logger()


class _Told(NamedTuple):
    """The last that was told of a person, and where; sequence 0: nothing ever."""

    is_online: bool
    seq: int


class Teller:
    """Makes PRESENCE agree with `online`."""

    def __init__(self, bus: Bus, online: Online, clock: Clock) -> None:
        self._bus = bus
        self._online = online
        self._clock = clock
        self._told: dict[Person, _Told] = {}
        """Of those who are online. Of the others the stream is asked, so that this does not grow with the years."""

    async def told_online(self) -> set[Person]:
        """Everybody of whom the last that was told is that they are online."""
        told: dict[Person, _Told] = {}
        for subject, seq in (await self._bus.last_subjects(PRESENCE.name, "presence.>")).items():
            try:
                team, kind, person, is_online = subjects.parse_presence(subject)
            except ValueError:
                continue
            # Later ones come later: the order is the stream's.
            told[Person(team, kind, person)] = _Told(is_online, seq)
        self._told = {person: last for person, last in told.items() if last.is_online}
        return set(self._told)

    async def tell(self, people: Iterable[Person]) -> None:
        """Tell of each of these what changed, if anything did; raises `Retryable` when some could not be told."""
        waiting = iter(people)

        async def work() -> None:
            for person in waiting:
                await self._tell(person)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(work())

    async def _tell(self, person: Person) -> None:
        is_online = self._online.is_online(person)
        told = self._told.get(person)
        if told is None:
            told = await self._last(person)
            if told.is_online != is_online:
                is_online = await self._is_online_now(person)
        while told.is_online != is_online:
            try:
                told = await self._store(person, told.seq, is_online=is_online)
            except Conflict:
                told = await self._last(person)
                is_online = await self._is_online_now(person)
        if is_online:
            self._told[person] = told
        else:
            self._told.pop(person, None)

    async def _store(self, person: Person, last_seq: int, *, is_online: bool) -> _Told:
        changed = PresenceChanged(
            team=person.team, kind=person.kind, id=person.id, online=is_online, at=self._clock()
        )
        stored = await self._bus.store(
            subjects.presence(*person, online=is_online),
            msgspec.json.encode(changed),
            {
                EXPECTED_LAST_SUBJECT: subjects.presence_of_person(*person),
                EXPECTED_LAST_BY_SUBJECT: str(last_seq),
            },
        )
        _log.debug("presence.changed", team=person.team, kind=person.kind, id=person.id, online=is_online)
        return _Told(is_online, stored.seq)

    async def _last(self, person: Person) -> _Told:
        last = await self._bus.read.last_of(PRESENCE.name, subjects.presence_of_person(*person))
        if last is None:
            return _Told(is_online=False, seq=0)
        return _Told(subjects.parse_presence(last.subject).is_online, last.seq)

    async def _is_online_now(self, person: Person) -> bool:
        """By the sessions themselves: who was too late may have slept, and its memory with it."""
        if self._online.is_doubtful(person):
            return True
        return bool(await self._bus.keys.matching(SESSIONS.name, subjects.sessions_of_person(*person)))
