"""What a conversation holds, read from CHAT by direct gets: no consumer, no other service."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec
from structlog.stdlib import get_logger

from contracts import subjects
from contracts.chat import Appearance, AppearanceSet, ChatEvent, Linked, Posted
from contracts.frames import AppearanceChanged, Message
from contracts.ids import TeamId, VisitorId
from contracts.streams import CHAT
from services.chassis.bus import Bus, StoredMessage

WHOLE = 256
"""A conversation of fewer messages is read at once."""
FIRST_WINDOW = 250
"""Sequences that are read first, going backwards; each further window is `WIDER` times as wide."""
WIDER = 4

LAST_SEQ = 2**63 - 1
"""No stream gets as far; what is beyond is nobody's place, and no number that the bus reads."""

ENDS_AT_ONCE = 256
"""Conversations of four subjects each: a server answers for 1,024 subjects at most (measured, 2.15.1: else 413)."""

Person: TypeAlias = tuple[TeamId, VisitorId]

_log = get_logger()
_chat_events = msgspec.json.Decoder(ChatEvent)


class Entry(msgspec.Struct, frozen=True):
    """One place of a conversation. `told` is what the visitor is shown of it: nothing of an assignment."""

    kind: str
    """Which subject it is of: `visitor`, `agent`, `robot`, `state`."""
    seq: int
    told: Message | AppearanceChanged | None


class Page(msgspec.Struct, frozen=True):
    """Messages in order, and whether there are older ones. `end` is the conversation's last sequence."""

    messages: list[Message]
    more: bool
    end: int = 0


class History:
    """Reads conversations. Every call may raise `Retryable`."""

    def __init__(self, bus: Bus) -> None:
        self._read = bus.read

    async def newest(self, team: TeamId, visitor: VisitorId, limit: int, before: int | None = None) -> Page:
        """The newest messages, or the newest before a sequence; oldest first, each id once."""
        subject = subjects.chat_of_visitor(team, visitor)
        stored = await self._from(subject, 1, WHOLE)
        if len(stored) >= WHOLE:
            stored = await self._backwards(subject, limit, before)
        entries = [entry_of(message) for message in stored if before is None or message.seq < before]
        messages = distinct(entries)
        end = entries[-1].seq if entries else 0
        return Page(messages[-limit:], len(messages) > limit, end)

    async def since(
        self, team: TeamId, visitor: VisitorId, after: int, after_id: str | None = None
    ) -> list[Entry] | None:
        """Everything after a message, or None when that message is not there (`after_id`: under this id)."""
        stored = await self._from(subjects.chat_of_visitor(team, visitor), after)
        if not stored or stored[0].seq != after:
            return None
        first, *rest = (entry_of(message) for message in stored)
        if after_id is not None and (not isinstance(first.told, Message) or first.told.id != after_id):
            return None
        return rest

    async def from_on(self, team: TeamId, visitor: VisitorId, seq: int) -> list[Entry]:
        """Everything from a sequence on."""
        stored = await self._from(subjects.chat_of_visitor(team, visitor), seq)
        return [entry_of(message) for message in stored]

    async def appearance(self, team: TeamId, visitor: VisitorId, initial: Appearance) -> Appearance:
        """How this visitor's widget looks: what the team has set, changed by what flows have set for the visitor."""
        stored = await self._read.since(CHAT.name, subjects.chat(team, visitor, "state"), 1)
        told = [entry_of(message).told for message in stored]
        return merged(
            [initial, *(change.appearance for change in told if isinstance(change, AppearanceChanged))]
        )

    async def linked(self, team: TeamId, visitor: VisitorId) -> set[VisitorId]:
        """Who this visitor was before the site vouched for them, as far as it was noted."""
        stored = await self._read.since(CHAT.name, subjects.chat(team, visitor, "state"), 1)
        events = (_decoded(message.seq, message.data) for message in stored)
        return {event.anonymous for event in events if isinstance(event, Linked)}

    async def ends(self, people: Sequence[Person]) -> dict[Person, list[Entry]]:
        """What is last on each subject of these conversations, of at most `ENDS_AT_ONCE`."""
        ends: dict[Person, list[Entry]] = {person: [] for person in people}
        for message in await self._read.last(CHAT.name, [subjects.chat_of_visitor(*who) for who in people]):
            subject = subjects.parse_chat(message.subject)
            ends[subject.team, subject.visitor].append(entry_of(message))
        return ends

    async def _from(self, subject: str, start: int, limit: int | None = None) -> list[StoredMessage]:
        """A conversation from a sequence on, up to its end when asked; with a limit that many or more if not all of it.

        Each of its subjects is read by itself, and only if it has something: the server knows where the messages of one
        subject are, and looks for those of a wildcard in everybody's.
        """
        heads = [head for head in await self._read.last(CHAT.name, [subject]) if head.seq >= start]
        parts = await asyncio.gather(*(self._part(head, start, limit) for head in heads))
        for part, head in zip(parts, heads, strict=True):
            is_cut = len(part) == limit
            if not is_cut and (not part or part[-1].seq < head.seq):
                # This server does not have yet what another one told; what one read finds has no holes.
                return await self._read_on(subject, start, limit)
        # Of what came meanwhile on one subject the others may lack what lies before it.
        found = (message for part in parts for message in part if message.seq <= heads[-1].seq)
        return sorted(found, key=lambda message: message.seq)

    async def _part(self, head: StoredMessage, start: int, limit: int | None) -> list[StoredMessage]:
        return [head] if head.seq == start else await self._read_on(head.subject, start, limit)

    async def _read_on(self, subject: str, start: int, limit: int | None) -> list[StoredMessage]:
        if limit is None:
            return await self._read.since(CHAT.name, subject, start)
        return await self._read.some_since(CHAT.name, subject, start, limit)

    async def _backwards(self, subject: str, limit: int, before: int | None) -> list[StoredMessage]:
        """At least one more than `limit` messages, if there are so many, from windows that grow as they go back."""
        found: list[StoredMessage] = []
        width = FIRST_WINDOW
        up_to = None if before is None else before - 1
        while up_to is None or up_to > 0:
            lasts = await self._read.last(CHAT.name, [subject], up_to=up_to)
            if not lasts:
                break
            end = lasts[-1].seq
            start = max(1, end - width + 1)
            found = [*await self._window(subject, start, end), *found]
            if len(distinct(entry_of(message) for message in found)) > limit:
                break
            up_to = start - 1
            width *= WIDER
        return found

    async def _window(self, subject: str, start: int, end: int) -> list[StoredMessage]:
        found: list[StoredMessage] = []
        while start <= end:
            part = await self._read.some_since(CHAT.name, subject, start, WHOLE)
            found += [message for message in part if message.seq <= end]
            if len(part) < WHOLE:
                break
            start = part[-1].seq + 1
            # A long history must not hold up everybody else.
            await asyncio.sleep(0)
        return found


def entry_of(message: StoredMessage) -> Entry:
    """What a stored message is to the visitor."""
    kind = subjects.parse_chat(message.subject).kind
    return Entry(kind, message.seq, told(message.seq, message.data))


def told(seq: int, data: bytes) -> Message | AppearanceChanged | None:
    """The frame that shows a chat event to the visitor; None when it is not for their eyes."""
    match event := _decoded(seq, data):
        case Posted(channel="web"):
            own = event.frame if event.author.kind == "visitor" else None
            return Message(seq=seq, id=event.id, at=event.at, author=event.author, body=event.body, frame=own)
        case AppearanceSet():
            return AppearanceChanged(appearance=event.appearance)
        case _:
            return None


def _decoded(seq: int, data: bytes) -> ChatEvent | None:
    try:
        return _chat_events.decode(data)
    except msgspec.DecodeError as exc:
        # Of a later version, or nobody's: it is not lost, only not shown.
        _log.warning("chat.undecodable", seq=seq, reason=str(exc))
        return None


def distinct(entries: Iterable[Entry]) -> list[Message]:
    """The messages among them, each id once, where it came first."""
    messages: dict[str, Message] = {}
    for entry in entries:
        if isinstance(entry.told, Message):
            messages.setdefault(entry.told.id, entry.told)
    return list(messages.values())


def merged(appearances: Iterable[Appearance]) -> Appearance:
    """What is set last of each field."""
    fields: dict[str, str] = {}
    for appearance in appearances:
        fields |= {
            name: value
            for name in Appearance.__struct_fields__
            if (value := getattr(appearance, name)) is not None
        }
    return msgspec.convert(fields, Appearance)
