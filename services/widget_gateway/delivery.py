"""Every message of a conversation to one socket, in order and without gaps.

The conversation is subscribed first, then the socket reads what it missed. What is heard meanwhile only says that there
is more to read. From then on a message is passed on as it is heard, if it follows on what was given; else, and whenever
something may have been lost (the connection, a slow reader), the socket reads again from its floor.
"""

import asyncio

import msgspec

from contracts.chat import Appearance
from contracts.frames import PAGE_OF_MESSAGES, Message, Messages
from services.chassis.bus import StoredMessage
from services.chassis.errors import Retryable
from services.widget_gateway.conversation import Conversation, Live
from services.widget_gateway.history import Entry, History, distinct, entry_of
from services.widget_gateway.outgoing import Outgoing
from services.widget_gateway.position import Position

RETRY_S = 0.5
LAG_S = 0.05
"""Between two reads of a server that does not have yet what was heard from another one."""
LAG_READS = 40


class Opening(msgspec.Struct, frozen=True):
    """What `welcome` says of the conversation."""

    messages: list[Message]
    more: bool
    reset: bool
    appearance: Appearance


class Delivery:
    """What one socket has of its conversation, and what it lacks."""

    def __init__(
        self, conversation: Conversation, history: History, outgoing: Outgoing, tasks: asyncio.TaskGroup
    ) -> None:
        self._conversation = conversation
        self._history = history
        self._outgoing = outgoing
        self._tasks = tasks
        self._position = Position()
        self._later: list[Message] = []
        self._wanted = 0  # the last sequence that is known to be there
        self._is_behind = True  # what is heard must wait for a read
        self._losses = 0
        self._reader: asyncio.Task[None] | None = None

    def open_new(self, after: int, initial: Appearance) -> Opening:
        """What a visitor is given who has no history."""
        return Opening([], more=False, reset=after > 0, appearance=initial)

    async def open(self, after: int, after_id: str | None, initial: Appearance) -> Opening:
        """What the visitor is given first; `go_on` gives the rest. May raise `Retryable`."""
        team, visitor = self._conversation.team, self._conversation.visitor
        appearance = await self._history.appearance(team, visitor, initial)
        missed = await self._history.since(team, visitor, after, after_id) if after > 0 else None
        if missed is None:
            page = await self._history.newest(team, visitor, PAGE_OF_MESSAGES)
            self._position.complete(page.end)
            self._conversation.know(page.messages)
            return Opening(page.messages, page.more, reset=after > 0, appearance=appearance)
        messages = distinct(missed)
        self._position.complete(missed[-1].seq if missed else after)
        self._conversation.know(messages)
        self._later = messages[PAGE_OF_MESSAGES:]
        return Opening(messages[:PAGE_OF_MESSAGES], bool(self._later), reset=False, appearance=appearance)

    async def go_on(self) -> None:
        """Give what `open` held back, page by page, then what was heard since."""
        losses = self._losses
        while self._later:
            page, self._later = self._later[:PAGE_OF_MESSAGES], self._later[PAGE_OF_MESSAGES:]
            self._outgoing.put(Messages(messages=page, more=bool(self._later)))
            await self._outgoing.room()
        self._is_behind = self._losses != losses
        if self._wanted > self._position.floor:
            self.catch_up()

    def hear(self, live: Live) -> None:
        """Pass on what is heard, if nothing lies before it."""
        entry = live.entry
        if self._is_behind or self._position.has(entry.kind, entry.seq):
            self._wanted = max(self._wanted, entry.seq)
            return
        if self._outgoing.is_full or self._position.lacks(entry.kind, live.previous):
            self._wanted = max(self._wanted, entry.seq)
            self.catch_up()
            return
        self._position.take(entry.kind, entry.seq)
        if live.frame is not None:
            self._outgoing.put(live.frame)

    def interrupt(self) -> None:
        """The bus was lost: `check` comes before anything that is heard."""
        self._is_behind = True
        self._losses += 1

    def check(self, ends: list[StoredMessage]) -> None:
        """Compare with the last message of each subject, and read what is missing."""
        entries = [entry_of(end) for end in ends]
        last = max((entry.seq for entry in entries), default=0)
        self._wanted = max(self._wanted, last)
        if self._reader is not None or self._later:
            return
        if all(self._position.has(entry.kind, entry.seq) for entry in entries):
            self._position.complete(last)
            self._is_behind = False
        if self._wanted > self._position.floor and self._is_behind:
            self.catch_up()

    def catch_up(self) -> None:
        """Read, soon, what was stored since the floor, and give what was not given."""
        self._is_behind = True
        if self._reader is None:
            self._reader = self._tasks.create_task(self._read())

    def close(self) -> None:
        """Give nothing more."""
        self._is_behind = True
        if self._reader is not None:
            self._reader.cancel()

    async def _read(self) -> None:
        losses = self._losses
        for _ in range(LAG_READS):
            losses = self._losses
            await self._outgoing.room()
            entries = await self._missed()
            for entry in entries:
                await self._give(entry)
            if entries:
                self._position.complete(entries[-1].seq)
            if self._wanted <= self._position.floor:
                break
            await asyncio.sleep(LAG_S)
        self._is_behind = self._losses != losses
        self._reader = None

    async def _missed(self) -> list[Entry]:
        while True:
            try:
                return await self._history.from_on(
                    self._conversation.team, self._conversation.visitor, self._position.floor + 1
                )
            except Retryable:
                await asyncio.sleep(RETRY_S)

    async def _give(self, entry: Entry) -> None:
        if (
            self._position.has(entry.kind, entry.seq)
            or entry.told is None
            or self._conversation.is_repeat(entry)
        ):
            return
        if self._outgoing.is_full:
            await self._outgoing.room()
        self._outgoing.put(entry.told)
