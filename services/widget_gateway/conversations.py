"""The conversations that are heard here, and the sweep that finds what nobody heard."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from structlog.stdlib import get_logger

from contracts.ids import TeamId, VisitorId
from services.chassis.bus import Bus
from services.chassis.errors import Retryable
from services.widget_gateway.conversation import Conversation
from services.widget_gateway.history import ENDS_AT_ONCE, History, Person
from services.widget_gateway.limits import Allowance

SWEEP_S = 60.0
RETRY_S = 0.2

_log = get_logger()


class Conversations:
    """One `Conversation` for each visitor that has a socket here."""

    def __init__(self, bus: Bus, history: History, allowance: Callable[[], Allowance]) -> None:
        self._bus = bus
        self._history = history
        self._allowance = allowance
        self._open: dict[Person, Conversation] = {}
        self._must_sweep = asyncio.Event()
        self._losses = 0
        bus.on_disconnect(self._interrupt)
        bus.on_reconnect(self._must_sweep.set)

    def find(self, team: TeamId, visitor: VisitorId) -> Conversation | None:
        """The visitor's conversation, if a socket here is in it."""
        return self._open.get((team, visitor))

    @asynccontextmanager
    async def joined(self, team: TeamId, visitor: VisitorId) -> AsyncGenerator[Conversation]:
        """The visitor's conversation, heard as long as anybody is in it. May raise `Retryable`."""
        key = team, visitor
        conversation = self._open.get(key)
        if conversation is None:
            conversation = self._open[key] = Conversation(team, visitor, self._allowance())
        conversation.sockets += 1
        try:
            await conversation.open(self._bus)
            yield conversation
        finally:
            conversation.sockets -= 1
            if conversation.sockets == 0:
                del self._open[key]
                await conversation.close()

    async def sweep_for_ever(self) -> None:
        """Once a minute, and at once when messages may have been lost, compare with what the stream has."""
        while True:
            try:
                async with asyncio.timeout(SWEEP_S):
                    await self._must_sweep.wait()
            except TimeoutError:
                pass
            self._must_sweep.clear()
            try:
                await self._sweep()
            except Retryable as exc:
                _log.warning("chat.sweep_failed", reason=str(exc))
                self._must_sweep.set()
                await asyncio.sleep(RETRY_S)

    async def _sweep(self) -> None:
        losses = self._losses
        people = list(self._open)
        for index in range(0, len(people), ENDS_AT_ONCE):
            ends = await self._history.ends(people[index : index + ENDS_AT_ONCE])
            if losses != self._losses:
                # What was read is older than the loss; its reconnect has asked for another sweep, or will.
                return
            for person, last in ends.items():
                if (conversation := self._open.get(person)) is not None:
                    for listener in conversation.listeners:
                        listener.check(last)

    def _interrupt(self) -> None:
        self._losses += 1
        for conversation in self._open.values():
            for listener in conversation.listeners:
                listener.interrupt()
