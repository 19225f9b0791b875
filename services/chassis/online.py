"""Who is online by their live sessions. Pure: the time is an argument, in seconds of any steady clock.

Somebody is online while any session of theirs is there. After an outage of the bus every session may have run out
though its holder is still there and says so within a moment. So whoever was told to be online, and is missing when
everything is looked at anew, is doubtful for `DOUBT_S`: still online, unless somebody takes the session away.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from contracts.ids import TeamId
from contracts.presence import LOST_TTL_S
from contracts.subjects import PersonKind, SessionKey, parse_session_key

DOUBT_S = float(LOST_TTL_S)


class Person(NamedTuple):
    """Somebody who can be online."""

    team: TeamId
    kind: PersonKind
    id: str


class Online:
    """Who is online. Each change returns the people whose state it may have changed."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[TeamId, PersonKind], dict[str, set[str]]] = {}
        self._doubtful: set[Person] = set()
        self._doubt_until = float("-inf")

    @property
    def doubt_until(self) -> float | None:
        """When `settle` is to be called; None: nobody is doubtful."""
        return self._doubt_until if self._doubtful else None

    def replace(self, keys: Iterable[SessionKey], told_online: Iterable[Person], now: float) -> set[Person]:
        """Take everything anew. Whoever was online until now, or was told to be, and is missing becomes doubtful."""
        known = {*self._everybody(), *self._doubtful, *told_online}
        self._sessions = {}
        for key in keys:
            self._add(key)
        self._doubtful = {person for person in known if not self._has_session(person)}
        self._doubt_until = now + DOUBT_S
        return known | set(self._everybody())

    def put(self, key: SessionKey) -> Person:
        """A session is there."""
        person = Person(key.team, key.kind, key.person)
        self._doubtful.discard(person)
        self._add(key)
        return person

    def gone(self, key: SessionKey, now: float, *, has_expired: bool) -> Person:
        """A session is over. The last one that ran out just after an outage leaves its person doubtful."""
        person = Person(key.team, key.kind, key.person)
        people = self._sessions.get((key.team, key.kind), {})
        left = people.get(key.person, set())
        had_some = bool(left)
        left.discard(key.session)
        if left:
            return person
        people.pop(key.person, None)
        if not has_expired:
            self._doubtful.discard(person)
        elif had_some and now < self._doubt_until:
            self._doubtful.add(person)
        return person

    def settle(self, now: float) -> set[Person]:
        """Whoever is still doubtful when the time is up is offline."""
        if now < self._doubt_until:
            return set()
        settled, self._doubtful = self._doubtful, set()
        return settled

    def is_online(self, person: Person) -> bool:
        """Whether that person is online, or may be."""
        return self._has_session(person) or person in self._doubtful

    def is_doubtful(self, person: Person) -> bool:
        """Whether that person counts as online only because nobody can know."""
        return person in self._doubtful

    def online(self, team: TeamId, kind: PersonKind) -> list[str]:
        """Everybody of that team and kind who is online, or may be, sorted."""
        doubtful = {person.id for person in self._doubtful if (person.team, person.kind) == (team, kind)}
        return sorted(doubtful.union(self._sessions.get((team, kind), {})))

    def _add(self, key: SessionKey) -> None:
        people = self._sessions.setdefault((key.team, key.kind), {})
        people.setdefault(key.person, set()).add(key.session)

    def _has_session(self, person: Person) -> bool:
        return person.id in self._sessions.get((person.team, person.kind), {})

    def _everybody(self) -> Iterable[Person]:
        for (team, kind), people in self._sessions.items():
            for person in people:
                yield Person(team, kind, person)


def sessions_in(keys: Iterable[str]) -> list[SessionKey]:
    """The sessions that these keys of bucket SESSIONS are; a key that is none is nobody's."""
    sessions: list[SessionKey] = []
    for key in keys:
        with suppress(ValueError):
            sessions.append(parse_session_key(key))
    return sessions
