"""Timers that are due, behind what people said and tasks answered before.

Timers and answers come on streams of their own. When the executor or Postgres was away, or one loop is behind, an
answer that came in time may lie unread while its timer is in hand. So the line of timers holds until the other loops
have taken what their visitors said, what agents wrote to them, and how their tasks ended.
"""

import asyncio
from collections.abc import Mapping, Sequence
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
from contracts.subjects import chat, parse_chat, parse_visitor_event, partition, task_done, visitor_event
from services.chassis.bus import Bus, Delivery
from services.chassis.database import Database
from services.chassis.errors import Retryable
from services.flow_executor import occasions, visitors
from services.flow_executor.engine.stimuli import TimerDue
from services.flow_executor.gathering import key_of, with_owners
from services.flow_executor.occasions import Occasion
from services.flow_executor.shell import Shell
from services.flow_executor.visitors import UNKNOWN, Key, Said, VisitorRow

_MESSAGE = "message_sent"
_ANSWERS = (_MESSAGE, "reply_chosen", "form_submitted")
"""The events of visitors that wake runs."""
_ROUNDS = 40
_ROUND_S = 0.05

Unread = tuple[Consumer, int]
"""A message that wakes runs and may not be handled yet: who reads it, and its place in the stream."""


class Timers:
    """Handles what TIMER delivers."""

    def __init__(self, bus: Bus, database: Database, shell: Shell, at_once: int = 256) -> None:
        """`at_once`: the most timers that one transaction handles."""
        self._bus = bus
        self._database = database
        self._shell = shell
        self._at_once = at_once

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Return when everything that these timers lead to is committed and published."""
        async with self._database.statement() as tx:
            due = await with_owners(tx, [occasions.timer_due(delivery) for delivery in deliveries])
        for _ in range(_ROUNDS):
            if not await self._is_behind(due):
                break
            await asyncio.sleep(_ROUND_S)
        else:
            raise Retryable("what was said before these timers is not handled yet; waiting")
        for begin in range(0, len(due), self._at_once):
            await self._shell.see_through(due[begin : begin + self._at_once])

    async def _is_behind(self, due: Sequence[Occasion]) -> bool:
        """Whether something lies unread that these timers would overtake."""
        keys = sorted({key_of(occasion) for occasion in due})
        at_work = await self._at_work(keys)
        if not at_work:
            return False
        async with self._database.statement() as tx:
            rows = await visitors.load(tx, keys)
        unread = [*await self._posts(keys, rows), *await self._said(keys, rows), *await self._ended(due)]
        # What a durable buried it has passed.
        return any(seq > at_work[consumer] for consumer, seq in unread if consumer in at_work)

    async def _at_work(self, keys: Sequence[Key]) -> dict[Consumer, int]:
        """Of the durables that may hold an answer, those that have something to do, each with where it has come."""
        partitions = {EXECUTOR_VISITORS[partition(visitor)] for _, visitor in keys}
        consumers = (EXECUTOR_AGENTS, EXECUTOR_TASKS_DONE, *partitions)
        infos = await asyncio.gather(*(self._bus.api.consumer(c.stream, c.durable) for c in consumers))
        return {
            consumer: info.ack_floor.stream_seq
            for consumer, info in zip(consumers, infos, strict=True)
            if info.num_pending or info.num_ack_pending
        }

    async def _posts(self, keys: Sequence[Key], rows: Mapping[Key, VisitorRow]) -> list[Unread]:
        """The last post to each visitor, where it is not noted."""
        posts = [chat(team, visitor, "agent") for team, visitor in keys]
        unread: list[Unread] = []
        for message in await self._bus.read.last(CHAT.name, posts):
            where = parse_chat(message.subject)
            if _is_news(message.at, rows.get((where.team, where.visitor), UNKNOWN).last_agent_post):
                unread.append((EXECUTOR_AGENTS, message.seq))
        return unread

    async def _said(self, keys: Sequence[Key], rows: Mapping[Key, VisitorRow]) -> list[Unread]:
        """What each visitor said last, by message, choice or form, where it is not noted."""
        said = [visitor_event(team, visitor, kind) for team, visitor in keys for kind in _ANSWERS]
        unread: list[Unread] = []
        for message in await self._bus.read.last(VISITOR.name, said):
            event = parse_visitor_event(message.subject)
            row = rows.get((event.team, event.visitor), UNKNOWN)
            # Choices and forms are not noted: whether they were taken only their durable can say.
            if event.event != _MESSAGE or _is_news(message.at, row.last_message):
                unread.append((EXECUTOR_VISITORS[event.partition], message.seq))
        return unread

    async def _ended(self, due: Sequence[Occasion]) -> list[Unread]:
        """How the tasks of these waits ended, where they did."""
        waits = [occasion.stimulus for occasion in due if isinstance(occasion.stimulus, TimerDue)]
        answers = [task_done(wait.run, wait.seq) for wait in waits]
        messages = await self._bus.read.last(TASK.name, answers)
        return [(EXECUTOR_TASKS_DONE, message.seq) for message in messages]


def _is_news(at: datetime, noted: Said | None) -> bool:
    return noted is None or noted.at < at
