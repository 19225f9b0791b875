"""Who comes in, and who is in: a link or a password becomes a session, and a session a person with a role.

    link ─────┐
    password ─┴─▶ session (Postgres) ─▶ person (the team's settings, now) ─▶ role

A session whose agent is gone from the settings is nobody's, at once.
"""

from collections.abc import Callable

import msgspec

from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.errors import Rejected
from services.console.accounts import Accounts
from services.console.attempts import Attempts
from services.console.links import Links, bad_link
from services.console.passwords import Passwords
from services.console.people import People, Person
from services.console.sessions import Session, Sessions

_MOST_CANDIDATES = 4
"""Agents with one e-mail address, in different teams, whose passwords are tried."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in: the person, as the settings are now, and the session."""

    person: Person
    session: Session


class SignIn:
    """Takes links and passwords, gives sessions, and ends them."""

    def __init__(
        self, secret: str, database: Database, people: People, *, passwords: Passwords, clock: Clock
    ) -> None:
        self.people = people
        self._links = Links(secret, database, clock)
        self._accounts = Accounts(database, clock)
        self._attempts = Attempts(database, clock)
        self._sessions = Sessions(database, clock)
        self._passwords = passwords
        self._listeners: list[Callable[[], None]] = []

    def on_end(self, call: Callable[[], None]) -> None:
        """Have `call` made when sessions were ended here."""
        self._listeners.append(call)

    async def visit(self, cookie: str | None) -> Visit | None:
        """Whose session this cookie is; None when it is none, or over."""
        session = await self._sessions.find(cookie) if cookie else None
        person = None if session is None else self.people.person(session.team, session.agent)
        return None if session is None or person is None else Visit(person=person, session=session)

    async def by_link(self, token: str, user_agent: str) -> str:
        """The cookie of a new session; raises `Rejected` when the link is false, too old or used."""
        link = self._links.read(token)
        if self.people.person(link.team, link.sub) is None:
            raise bad_link()
        await self._links.use(link)
        return await self._sessions.begin(link.team, link.sub, user_agent)

    async def by_password(
        self, email: str, password: str, *, address: str, user_agent: str
    ) -> tuple[Person, str]:
        """Who that is, and the cookie of a new session; raises `Rejected`, without saying whether anybody has that
        e-mail address.
        """
        await self._attempts.begin(email, address)
        person = await self._with_password(email, password)
        if person is None:
            raise Rejected("bad_credentials", "no account has this e-mail address and this password")
        await self._attempts.succeeded(email, address)
        return person, await self._sessions.begin(person.team, person.agent, user_agent)

    async def has_password(self, person: Person) -> bool:
        """Whether this person has one."""
        return await self._accounts.hash_of(person.team, person.agent) is not None

    async def set_password(self, visit: Visit, current: str | None, new: str, *, address: str) -> None:
        """Give the person another password, and end the other sessions. Who has one must know it."""
        person = visit.person
        stored = await self._accounts.hash_of(person.team, person.agent)
        if stored is not None:
            account = f"{person.team}/{person.agent}"
            await self._attempts.begin(account, address)
            if not await self._passwords.matches(stored, current or ""):
                raise Rejected("bad_password", "this is not the password that you have now")
            await self._attempts.succeeded(account, address)
        await self._accounts.set_hash(person.team, person.agent, await self._passwords.hashed(new))
        await self._sessions.end_all(person.team, person.agent, but=visit.session)
        self._tell()

    async def sessions(self, person: Person) -> list[Session]:
        """Where this person is signed in, the one that was used last first."""
        return await self._sessions.of(person.team, person.agent)

    async def out(self, visit: Visit) -> None:
        """End this session."""
        await self._sessions.end(visit.session)
        self._tell()

    async def out_everywhere(self, person: Person) -> None:
        """End every session of this person."""
        await self._sessions.end_all(person.team, person.agent)
        self._tell()

    async def _with_password(self, email: str, password: str) -> Person | None:
        """Who has both. Somebody without a password costs the same time."""
        found: Person | None = None
        candidates = self.people.with_email(email)[:_MOST_CANDIDATES]
        for person in candidates:
            stored = await self._accounts.hash_of(person.team, person.agent)
            if await self._passwords.matches(stored, password) and found is None:
                found = person
        if not candidates:
            await self._passwords.matches(None, password)
        return found

    def _tell(self) -> None:
        for call in self._listeners:
            call()
