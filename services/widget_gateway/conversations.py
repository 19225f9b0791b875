"""The conversations that are heard here, and the sweep that finds what nobody heard."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from structlog.stdlib import get_logger

from contracts import subjects
from contracts.ids import TeamId, VisitorId
from services.chassis.bus import Bus, StoredMessage
from services.chassis.errors import Retryable
from services.widget_gateway.conversation import Conversation
from services.widget_gateway.history import History
from services.widget_gateway.limits import Allowance

SWEEP_S = 60.0
SWEPT_AT_ONCE = 1_000
RETRY_S = 0.2

_log = get_logger()


class Conversations:
    """One `Conversation` for each visitor that has a socket here."""

    def __init__(self, bus: Bus, history: History, allowance: Callable[[], Allowance]) -> None:
        self._bus = bus
        self._history = history
        self._allowance = allowance
        self._open: dict[tuple[TeamId, VisitorId], Conversation] = {}
        self._must_sweep = asyncio.Event()
        bus.on_disconnect(self._interrupt)
        bus.on_reconnect(self._must_sweep.set)

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
        people = list(self._open)
        for index in range(0, len(people), SWEPT_AT_ONCE):
            part = people[index : index + SWEPT_AT_ONCE]
            ends: dict[tuple[str, str], list[StoredMessage]] = {person: [] for person in part}
            for end in await self._history.ends(part):
                subject = subjects.parse_chat(end.subject)
                ends[subject.team, subject.visitor].append(end)
            for person, lasts in ends.items():
                if (conversation := self._open.get((TeamId(person[0]), VisitorId(person[1])))) is not None:
                    for listener in list(conversation.listeners):
                        listener.check(lasts)

    def _interrupt(self) -> None:
        for conversation in self._open.values():
            for listener in conversation.listeners:
                listener.interrupt()
