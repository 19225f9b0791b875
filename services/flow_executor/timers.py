"""Timers that are due, behind what people said and tasks answered before.

Timers and answers come on streams of their own. When the executor or Postgres was away, or one loop is behind, an
answer that came in time may lie unread while its timer is in hand. So the line of timers holds until the other loops
have taken what their visitors said, what agents wrote to them, and how their tasks ended.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from contracts.streams import (
    CHAT,
    EXECUTOR_AGENTS,
    EXECUTOR_TASKS_DONE,
    EXECUTOR_VISITORS,
    TASK,
    VISITOR,
    Consumer,
)
from contracts.subjects import chat, parse_chat, parse_visitor_event, task_done, visitor_event
from services.chassis.bus import Bus, Delivery
from services.chassis.database import Database
from services.chassis.errors import Retryable
from services.flow_executor import journal, occasions, visitors
from services.flow_executor.engine.stimuli import TimerDue
from services.flow_executor.shell import Shell
from services.flow_executor.visitors import UNKNOWN, Said

_MESSAGE = "message_sent"
_ANSWERS = (_MESSAGE, "reply_chosen", "form_submitted")
"""The events of visitors that wake runs."""
_ROUNDS = 40
_ROUND_S = 0.05


class Timers:
    """Handles what TIMER delivers."""

    def __init__(self, bus: Bus, database: Database, shell: Shell) -> None:
        self._bus = bus
        self._database = database
        self._shell = shell

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Return when everything that these timers lead to is committed and published."""
        stimuli = [occasions.timer_due(delivery).stimulus for delivery in deliveries]
        due = [stimulus for stimulus in stimuli if isinstance(stimulus, TimerDue)]
        runs = [stimulus.run for stimulus in due]
        for _ in range(_ROUNDS):
            async with self._database.statement() as tx:
                keys = sorted(
                    {(team, visitor) for team, visitor, _ in (await journal.owners(tx, runs)).values()}
                )
                rows = await visitors.load(tx, keys)
            unread = [*await self._unread(keys, rows), *await self._unended(due)]
            if not await self._is_behind(unread):
                return await self._shell.handle(occasions.timer_due, deliveries)
            await asyncio.sleep(_ROUND_S)
        raise Retryable("what was said before these timers is not handled yet; waiting")

    async def _unread(
        self, keys: Sequence[visitors.Key], rows: dict[visitors.Key, visitors.VisitorRow]
    ) -> list[tuple[Consumer, int]]:
        """What each visitor said last, and the last post to it, where they are not noted: who reads them, and where."""
        unread: list[tuple[Consumer, int]] = []
        posts = [chat(team, visitor, "agent") for team, visitor in keys]
        for message in await self._bus.read.last(CHAT.name, posts):
            where = parse_chat(message.subject)
            row = rows.get((where.team, where.visitor), UNKNOWN)
            if _is_news(message.at, row.last_agent_post):
                unread.append((EXECUTOR_AGENTS, message.seq))
        said = [visitor_event(team, visitor, kind) for team, visitor in keys for kind in _ANSWERS]
        for message in await self._bus.read.last(VISITOR.name, said):
            event = parse_visitor_event(message.subject)
            row = rows.get((event.team, event.visitor), UNKNOWN)
            # Choices and forms are not noted: whether they were taken only their durable can say.
            if event.event != _MESSAGE or _is_news(message.at, row.last_message):
                unread.append((EXECUTOR_VISITORS[event.partition], message.seq))
        return unread

    async def _unended(self, due: Sequence[TimerDue]) -> list[tuple[Consumer, int]]:
        """Answers of tasks that these timers would overtake."""
        answers = [task_done(stimulus.run, stimulus.seq) for stimulus in due]
        messages = await self._bus.read.last(TASK.name, answers)
        return [(EXECUTOR_TASKS_DONE, message.seq) for message in messages]

    async def _is_behind(self, unread: Sequence[tuple[Consumer, int]]) -> bool:
        """Whether one of these durables has not come so far. What it buried it has passed."""
        furthest: dict[Consumer, int] = {}
        for consumer, seq in unread:
            furthest[consumer] = max(seq, furthest.get(consumer, 0))
        for consumer, seq in furthest.items():
            info = await self._bus.api.consumer(consumer.stream, consumer.durable)
            if info.ack_floor.stream_seq < seq:
                return True
        return False


def _is_news(at: datetime, noted: Said | None) -> bool:
    return noted is None or noted.at < at
