"""Every message of a conversation to one socket, in order and without gaps.

The conversation is subscribed first, then the socket reads what it missed. What is heard meanwhile only says that there
is more to read. From then on a message is passed on as it is heard, if it follows on what was given; else, and whenever
something may have been lost (the connection, a slow reader), the socket reads again from its floor.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from contracts.chat import Appearance
from contracts.frames import PAGE_OF_MESSAGES, Message, Messages
from services.chassis.errors import Retryable
from services.widget_gateway.conversation import Conversation, Live
from services.widget_gateway.history import Entry, History, distinct
from services.widget_gateway.outgoing import Outgoing
from services.widget_gateway.position import Position

RETRY_S = 0.5
LAG_S = 0.05
"""Between two reads of a server that does not have yet what was heard from another one."""
LAG_READS = 40
"""After as many the next sweep goes on."""


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
        self._is_open = False
        self._wanted = 0  # the last sequence that was heard of and not given
        self._losses = 0
        self._healed = 0  # the losses after which everything was read
        self._reader: asyncio.Task[None] | None = None

    @property
    def _is_behind(self) -> bool:
        """Whether what is heard must wait for a read."""
        return not self._is_open or self._reader is not None or self._healed != self._losses

    def open_new(self, after: int, initial: Appearance) -> Opening:
        """What a visitor is given who has no history."""
        return Opening([], more=False, reset=after > 0, appearance=initial)

    async def open(self, after: int, after_id: str | None, initial: Appearance) -> Opening:
        """What the visitor is given first; `go_on` gives the rest. May raise `Retryable`."""
        team, visitor = self._conversation.team, self._conversation.visitor
        losses = self._losses
        appearance = await self._history.appearance(team, visitor, initial)
        missed = await self._history.since(team, visitor, after, after_id) if after > 0 else None
        if missed is None:
            page = await self._history.newest(team, visitor, PAGE_OF_MESSAGES)
            opening = Opening(page.messages, page.more, reset=after > 0, appearance=appearance)
            end = page.end
        else:
            messages = distinct(missed)
            self._later = messages[PAGE_OF_MESSAGES:]
            opening = Opening(
                messages[:PAGE_OF_MESSAGES], bool(self._later), reset=False, appearance=appearance
            )
            end = missed[-1].seq if missed else after
        self._conversation.know([*opening.messages, *self._later])
        self._position.complete(end)
        self._healed = losses
        return opening

    async def go_on(self) -> None:
        """Give what `open` held back, page by page, then what was heard since."""
        while self._later:
            page, self._later = self._later[:PAGE_OF_MESSAGES], self._later[PAGE_OF_MESSAGES:]
            self._outgoing.put(Messages(messages=page, more=bool(self._later)))
            await self._outgoing.room()
        self._is_open = True
        self._catch_up_if_wanted()

    def hear(self, live: Live) -> None:
        """Pass on what is heard, if nothing lies before it."""
        entry = live.entry
        if self._position.has(entry.kind, entry.seq):
            return
        if self._is_behind:
            self._wanted = max(self._wanted, entry.seq)
        elif self._outgoing.is_full or self._position.lacks(entry.kind, live.previous):
            self._wanted = max(self._wanted, entry.seq)
            self._catch_up_if_wanted()
        else:
            self._position.take(entry.kind, entry.seq)
            if live.frame is not None:
                self._outgoing.put(live.frame)

    def hint(self, frame: str) -> None:
        """Pass on what is true only now, if there is room for it."""
        if self._is_open and not self._outgoing.is_full:
            self._outgoing.put(frame)

    def interrupt(self) -> None:
        """The bus was lost: what is heard from now on waits for `check`, or for a read that begins later."""
        self._losses += 1

    def check(self, ends: Sequence[Entry]) -> None:
        """Compare with what the stream has last on each subject, and read what is missing."""
        last = max((end.seq for end in ends), default=0)
        if not all(self._position.has(end.kind, end.seq) for end in ends):
            self._wanted = max(self._wanted, last)
        elif self._is_open and self._reader is None:
            self._position.complete(last)
            self._healed = self._losses
        self._catch_up_if_wanted()

    def close(self) -> None:
        """Give nothing more."""
        self._is_open = False
        if self._reader is not None:
            self._reader.cancel()

    def _catch_up_if_wanted(self) -> None:
        """Read, soon, what was stored since the floor, and give what was not given."""
        if self._is_open and self._reader is None and self._wanted > self._position.floor:
            self._reader = self._tasks.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        for _ in range(LAG_READS):
            await self._outgoing.room()
            losses = self._losses
            entries = await self._missed()
            for entry in entries:
                await self._give(entry)
            self._position.complete(entries[-1].seq if entries else 0)
            self._healed = losses
            if self._wanted <= self._position.floor:
                break
            await asyncio.sleep(LAG_S)
        self._reader = None

    async def _missed(self) -> list[Entry]:
        team, visitor = self._conversation.team, self._conversation.visitor
        while True:
            try:
                return await self._history.from_on(team, visitor, self._position.floor + 1)
            except Retryable:
                await asyncio.sleep(RETRY_S)

    async def _give(self, entry: Entry) -> None:
        is_given = self._position.has(entry.kind, entry.seq)
        if is_given or entry.told is None or self._conversation.is_repeat(entry):
            return
        if self._outgoing.is_full:
            await self._outgoing.room()
        self._outgoing.put(entry.told)
