"""One visitor's live messages: one subscription, shared by all of the visitor's sockets here."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

import msgspec
from structlog.stdlib import get_logger

from contracts import subjects
from contracts.frames import Message
from contracts.ids import TeamId, VisitorId
from services.chassis.bus import Bus, Received
from services.widget_gateway.history import Entry, told
from services.widget_gateway.limits import Allowance
from services.widget_gateway.outgoing import encoded

KNOWN_IDS = 64
"""Ids that are remembered, to pass a message on once that was stored twice."""

_log = get_logger()


class Live(msgspec.Struct, frozen=True):
    """A message as it is heard. `previous` is the one before it on its subject, 0 for none."""

    entry: Entry
    previous: int
    frame: str | None
    """What sockets are told of it, encoded once; None: nothing."""


class Listener(Protocol):
    """A socket's delivery."""

    def hear(self, live: Live) -> None:
        """Take what is heard."""
        ...

    def interrupt(self) -> None:
        """Know that something may not have been heard."""
        ...

    def hint(self, frame: str) -> None:
        """Pass on what is true only now, if there is room for it."""
        ...

    def check(self, ends: Sequence[Entry]) -> None:
        """Compare with what the stream has last on each subject."""
        ...


class Conversation:
    """What is heard of one visitor's conversation, and how often the visitor may speak."""

    def __init__(self, team: TeamId, visitor: VisitorId, allowance: Allowance) -> None:
        self.team = team
        self.visitor = visitor
        self.allowance = allowance
        self.listeners: set[Listener] = set()
        self.sockets = 0
        """How many sockets hold it, those included that only begin to."""
        self._first_seqs: dict[str, int] = {}
        self._opening = asyncio.Lock()
        self._end: Callable[[], Awaitable[None]] | None = None

    async def open(self, bus: Bus) -> None:
        """Hear from now on; the first socket's call subscribes, the others' wait for it."""
        async with self._opening:
            if self._end is None:
                subject = subjects.live_chat_of_visitor(self.team, self.visitor)
                self._end = await bus.hear(subject, self._hear)

    async def close(self) -> None:
        """Hear no more."""
        if self._end is not None:
            await self._end()

    def know(self, messages: Iterable[Message]) -> None:
        """Remember which ids were given, and where each came first."""
        for message in messages:
            self._note(message)

    def hint(self, frame: str) -> None:
        """Tell every socket what an agent does at this moment."""
        for listener in self.listeners:
            listener.hint(frame)

    def is_repeat(self, entry: Entry) -> bool:
        """Whether a message with this id stands before it."""
        return isinstance(entry.told, Message) and self._note(entry.told) < entry.seq

    def _note(self, message: Message) -> int:
        """The first sequence of the message's id."""
        first = self._first_seqs.setdefault(message.id, message.seq)
        if first > message.seq:
            first = self._first_seqs[message.id] = message.seq
        if len(self._first_seqs) > KNOWN_IDS:
            del self._first_seqs[next(iter(self._first_seqs))]
        return first

    def _hear(self, received: Received) -> None:
        try:
            live = self._live(received)
        except (KeyError, ValueError):
            _log.warning("chat.not_republished", subject=received.subject)
            return
        for listener in self.listeners:
            listener.hear(live)

    def _live(self, received: Received) -> Live:
        """What was heard; raises when the stream's headers are not there, so that it is none of its messages."""
        seq = int(received.headers["Nats-Sequence"])
        previous = int(received.headers["Nats-Last-Sequence"])
        entry = Entry(subjects.parse_chat(received.subject).kind, seq, told(seq, received.data))
        silent = entry.told is None or self.is_repeat(entry)
        return Live(entry, previous, None if silent or entry.told is None else encoded(entry.told))
