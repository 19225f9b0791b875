"""Timers that are due, behind what people wrote before.

Timers and answers come on streams of their own. When the executor or Postgres was away, or one loop is behind, an
answer that came in time may lie unread while its timer is in hand. So the line of timers holds until the other loops
have taken what their visitors, and agents for them, have written.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from contracts.streams import CHAT, EXECUTOR_AGENTS, EXECUTOR_VISITORS, VISITOR, Consumer
from contracts.subjects import chat, parse_chat, parse_visitor_event, visitor_event
from services.chassis.bus import Bus, Delivery
from services.chassis.database import Database
from services.chassis.errors import Retryable
from services.flow_executor import journal, occasions, visitors
from services.flow_executor.engine.stimuli import TimerDue
from services.flow_executor.shell import Shell
from services.flow_executor.visitors import UNKNOWN, Said

_ROUNDS = 40
_ROUND_S = 0.05
_ANSWERS = ("reply_chosen", "form_submitted")
"""Events that end a wait and are not noted by themselves: those are compared by their place."""


class Timers:
    """Handles what TIMER delivers."""

    def __init__(self, bus: Bus, database: Database, shell: Shell) -> None:
        self._bus = bus
        self._database = database
        self._shell = shell

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Return when everything that these timers lead to is committed and published."""
        stimuli = [occasions.timer_due(delivery).stimulus for delivery in deliveries]
        runs = [stimulus.run for stimulus in stimuli if isinstance(stimulus, TimerDue)]
        for _ in range(_ROUNDS):
            async with self._database.statement() as tx:
                keys = sorted(
                    {(team, visitor) for team, visitor, _ in (await journal.owners(tx, runs)).values()}
                )
                rows = await visitors.load(tx, keys)
            if not await self._is_behind(await self._unread(keys, rows)):
                return await self._shell.handle(occasions.timer_due, deliveries)
            await asyncio.sleep(_ROUND_S)
        raise Retryable("what people wrote before these timers is not handled yet; waiting")

    async def _unread(
        self, keys: Sequence[visitors.Key], rows: dict[visitors.Key, visitors.VisitorRow]
    ) -> list[tuple[Consumer, int]]:
        """The last post to each visitor and its last message, where they are not noted: who reads them, and where."""
        unread: list[tuple[Consumer, int]] = []
        posts = [chat(team, visitor, "agent") for team, visitor in keys]
        for message in await self._bus.read.last(CHAT.name, posts):
            where = parse_chat(message.subject)
            row = rows.get((where.team, where.visitor), UNKNOWN)
            if _is_news(message.at, row.last_agent_post):
                unread.append((EXECUTOR_AGENTS, message.seq))
        messages = [visitor_event(team, visitor, "message_sent") for team, visitor in keys]
        for message in await self._bus.read.last(VISITOR.name, messages):
            event = parse_visitor_event(message.subject)
            row = rows.get((event.team, event.visitor), UNKNOWN)
            if _is_news(message.at, row.last_message):
                unread.append((EXECUTOR_VISITORS[event.partition], message.seq))
        return unread + await self._answers(keys)

    async def _answers(self, keys: Sequence[visitors.Key]) -> list[tuple[Consumer, int]]:
        """The last choice and the last form of each visitor, read or not."""
        found: list[tuple[Consumer, int]] = []
        for kind in _ANSWERS:
            answers = [visitor_event(team, visitor, kind) for team, visitor in keys]
            for message in await self._bus.read.last(VISITOR.name, answers):
                partition = parse_visitor_event(message.subject).partition
                found.append((EXECUTOR_VISITORS[partition], message.seq))
        return found

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
