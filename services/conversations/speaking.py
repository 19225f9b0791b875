"""What people do in a conversation: post, note, assign, convert. Each is one message of CHAT whose id the caller made.

The read models hear of it like everybody else. A repeated request finds its id in CHAT and answers with the
same place.
"""

from datetime import timedelta

import msgspec

from contracts.chat import Assigned, Author, ChatEvent, Converted, Noted, Posted, Text
from contracts.ids import is_token
from contracts.requests import (
    AssignConversation,
    ConvertVisitor,
    NoteVisitor,
    PostMessage,
    Request,
    Stored,
)
from contracts.streams import CHAT
from contracts.subjects import ChatKind, chat
from services.chassis.bus import Bus
from services.chassis.clock import Clock
from services.chassis.errors import Rejected
from services.conversations.teams import Teams

MOST_CHARACTERS = 4000
_REPEATS = timedelta(hours=24)
"""How far back a repeated request is looked for; a caller who repeats later than this posts anew."""


class Speaking:
    """Serves `contracts.conversations.*`. Every method raises `Rejected` to refuse."""

    def __init__(self, bus: Bus, teams: Teams, clock: Clock) -> None:
        self._bus = bus
        self._teams = teams
        self._clock = clock

    async def post(self, request: PostMessage) -> Stored:
        """An agent writes to a visitor."""
        _check(request, request.id, request.visitor)
        _check_text(request.text)
        agent = await self._teams.agent(request.team, request.agent)
        posted = Posted(
            id=request.id,
            team=request.team,
            visitor=request.visitor,
            at=self._clock(),
            author=Author(kind="agent", id=agent.id, name=agent.name),
            body=Text(text=request.text),
        )
        return await self._store(posted, "agent")

    async def note(self, request: NoteVisitor) -> Stored:
        """An agent writes something down about the visitor, for the team."""
        _check(request, request.id, request.visitor)
        _check_text(request.text)
        agent = await self._teams.agent(request.team, request.agent)
        noted = Noted(
            id=request.id,
            team=request.team,
            visitor=request.visitor,
            at=self._clock(),
            author=Author(kind="agent", id=agent.id, name=agent.name),
            text=request.text,
        )
        return await self._store(noted, "state")

    async def convert(self, request: ConvertVisitor) -> Stored:
        """The visitor is a customer of this type from now on."""
        _check(request, request.id, request.visitor)
        agent = await self._teams.agent(request.team, request.agent)
        converted = Converted(
            id=request.id,
            team=request.team,
            visitor=request.visitor,
            at=self._clock(),
            customer_type=await self._teams.customer_type(request.team, request.customer_type),
            by=agent.id,
        )
        return await self._store(converted, "state")

    async def assign(self, request: AssignConversation) -> Stored:
        """These agents look after the visitor from now on."""
        _check(request, request.id, request.visitor)
        for agent in request.agents:
            await self._teams.agent(request.team, agent)
        assigned = Assigned(
            id=request.id,
            team=request.team,
            visitor=request.visitor,
            at=self._clock(),
            agents=request.agents,
            by=request.by or "somebody",
        )
        return await self._store(assigned, "state")

    async def _store(self, event: Posted | Noted | Assigned | Converted, kind: ChatKind) -> Stored:
        subject = chat(event.team, event.visitor, kind)
        for message in await self._bus.read.since(CHAT.name, subject, event.at - _REPEATS):
            known = msgspec.json.decode(message.data, type=ChatEvent)
            if (type(known), known.id) == (type(event), event.id):
                return Stored(id=event.id, seq=message.seq)
        at = await self._bus.store(subject, msgspec.json.encode(event), {"Nats-Msg-Id": _message_id(event)})
        return Stored(id=event.id, seq=at.seq)


def _message_id(event: Posted | Noted | Assigned | Converted) -> str:
    """Ids are unique for their visitor and their kind of event only, the stream's dedupe is not: so both go with it."""
    return f"{event.team}.{event.visitor}.{event.__struct_config__.tag}.{event.id}"


def _check_text(text: str) -> None:
    if not 1 <= len(text) <= MOST_CHARACTERS or "\0" in text:
        raise Rejected("bad_request", f"a message has 1 to {MOST_CHARACTERS} characters and no U+0000")


def check_ids(request: Request, *others: tuple[str, str]) -> None:
    """Refuse a team, or another named id, that could not stand in a subject."""
    for name, value in (("team", request.team), *others):
        if not is_token(value):
            raise Rejected("bad_request", f"{name} {value!r} is no id: 1 to 64 of A-Z a-z 0-9 _ -")


def _check(request: Request, identity: str, visitor: str) -> None:
    check_ids(request, ("visitor", visitor))
    if not 1 <= len(identity) <= 128:
        raise Rejected(
            "bad_request", "id is missing: make one, 1 to 128 characters, and repeat with the same"
        )
