"""Rule R: what was committed and perhaps not published is looked up in CHAT, and only what is missing there
is published.

It runs when a message comes whose cause is recorded: its first handling ended somewhere between commit and
ack. The dedupe window of the bus (two minutes) is an optimisation and never the promise, since a redelivery
may come any time later.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.chat import Assigned, ChatEvent, Converted
from contracts.ids import effect_id
from contracts.run import (
    ConversationAssigned,
    MessagePosted,
    RunEvent,
    RunWaiting,
    TaskRequested,
    TimerSet,
    VisitorConverted,
    effects_of,
    made_by,
)
from contracts.streams import CHAT, TASK
from contracts.subjects import chat, chat_of_visitor, task_done
from services.chassis.bus import Bus, StoredMessage
from services.flow_executor.journal import CauseOf, Stored
from services.flow_executor.outgoing import Outgoing, outgoing
from services.flow_executor.visitors import Key
from services.flow_executor.world import World

_MARGIN = timedelta(seconds=10)
"""How far the clock of a new stream leader may lie behind the old one's."""

_chat_decoder = msgspec.json.Decoder(ChatEvent)


async def missing(
    bus: Bus, world: World, runs: Sequence[Stored], causes: Sequence[CauseOf]
) -> list[Outgoing]:
    """The effects of these causes, and of what their runs did before, that are not where they belong; in order."""
    by_number = {stored.no: stored for stored in runs}
    done = [_Done(stored := by_number[cause.no], _until(stored, cause)) for cause in causes]
    doubtful = await _doubtful(bus, done)
    chats = await _chats(bus, doubtful)
    untold = [message for one in doubtful for message in _untold(one, chats.get(one.key, ()), world)]
    unset = await asyncio.gather(*(_unset(bus, one, world) for one in done if one.waits))
    # Two causes of one run find the same of its past.
    return list({message.id: message for some in (untold, *unset) for message in some}.values())


async def unsaid(bus: Bus, world: World, runs: Sequence[Stored]) -> list[Outgoing]:
    """What these runs had to say before, and their conversations lack: to be told before they say more.

    A run may be resumed while what it said last is not published yet: whoever committed that is slow, or dead.
    """
    doubtful = await _doubtful(bus, [_Done(stored, stored.events) for stored in runs])
    chats = await _chats(bus, doubtful)
    return [message for one in doubtful for message in _untold(one, chats.get(one.key, ()), world)]


class _Done(msgspec.Struct, frozen=True):
    """What a run did up to one cause. What it said before counts too: it comes first, and may be missing as well."""

    stored: Stored
    events: Sequence[RunEvent]

    @property
    def key(self) -> Key:
        """Whose conversation it is of."""
        return self.stored.team, self.stored.visitor

    @property
    def waits(self) -> bool:
        """Whether the run still stands at a wait that one of these events began."""
        last = self.events[-1]
        return (
            isinstance(last, RunWaiting)
            and last.seq == self.stored.events[-1].seq
            and any(isinstance(effect, TimerSet) for effect in last.effects)
        )

    def last_told(self) -> tuple[str, str] | None:
        """Subject and id of its last message in CHAT."""
        for event in reversed(self.events):
            for effect in reversed(made_by(event)):
                if not isinstance(effect, (TimerSet, TaskRequested)):
                    line = "robot" if isinstance(effect, MessagePosted) else "state"
                    return chat(*self.key, line), effect_id(event.run, event.seq, effect.k)
        return None


def _until(stored: Stored, cause: CauseOf) -> Sequence[RunEvent]:
    return [event for event in stored.events if event.seq <= cause.last_seq]


async def _doubtful(bus: Bus, done: Sequence[_Done]) -> list[_Done]:
    """Those of which CHAT may lack something: whose last message there is not the last one of its subject.

    A run's messages are stored one after the other, so that with the last one all are there. One read for all of them:
    a read of each conversation costs the bus a walk through everybody's.
    """
    last = [one.last_told() for one in done]
    subjects = sorted({told[0] for told in last if told is not None})
    messages = await bus.read.last(CHAT.name, subjects) if subjects else []
    heads = {message.subject: event.id for message in messages if (event := _decoded(message)) is not None}
    return [
        one
        for one, told in zip(done, last, strict=True)
        if told is not None and heads.get(told[0]) != told[1]
    ]


async def _chats(bus: Bus, done: Sequence[_Done]) -> dict[Key, Sequence[ChatEvent]]:
    """What CHAT has of each visitor since the first of these events: one read, however many causes there are."""
    since: dict[Key, datetime] = {}
    for one in done:
        at = one.events[0].at - _MARGIN
        since[one.key] = min(at, since.get(one.key, at))
    read = await asyncio.gather(
        *(bus.read.since(CHAT.name, chat_of_visitor(*key), at) for key, at in since.items())
    )
    return {
        key: [event for message in messages if (event := _decoded(message)) is not None]
        for key, messages in zip(since, read, strict=True)
    }


def _untold(done: _Done, said: Sequence[ChatEvent], world: World) -> list[Outgoing]:
    there = _told(done.events, said)
    effects = outgoing(*done.key, done.events, world)
    return [message for message in effects if message.subject.startswith("chat.") and message.id not in there]


async def _unset(bus: Bus, done: _Done, world: World) -> list[Outgoing]:
    """The timer of the wait, which one that is there replaces by itself, and the tasks that it waits for."""
    wanted = outgoing(*done.key, done.events[-1:], world)
    timers = [message for message in wanted if message.subject.startswith("timer.")]
    return timers + await _undone(bus, done.stored, [m for m in wanted if m.subject.startswith("task.")])


async def _undone(bus: Bus, stored: Stored, tasks: list[Outgoing]) -> list[Outgoing]:
    """The tasks whose answer is not there yet. One that waits for its worker refuses its twin by itself.

    A worker may tell the answer and acknowledge the task just after this look: then the task is published a second
    time, and whoever takes it finds that nobody waits for it (`tasks.wanted`).
    """
    if not tasks:
        return []
    answer = task_done(stored.run, stored.events[-1].seq)
    return [] if await bus.read.last(TASK.name, [answer]) else tasks


def _told(events: Sequence[RunEvent], chat: Sequence[ChatEvent]) -> set[str]:
    """Ids in CHAT since these events; what a person decided since counts as told."""
    ids: set[str] = set()
    for event in chat:
        ids.add(event.id)
        if overruled := _overruled(event):
            before = (made for made in events if made.at <= event.at)
            ids.update(
                key for made in before for key, effect in effects_of(made) if isinstance(effect, overruled)
            )
    return ids


def _overruled(event: ChatEvent) -> type[ConversationAssigned] | type[VisitorConverted] | None:
    """What a flow's effect of this kind is worth nothing after, because a person decided otherwise."""
    match event:
        case Assigned(by=by) if by != "flow":
            return ConversationAssigned
        case Converted(by=by) if by != "flow":
            return VisitorConverted
        case _:
            return None


def _decoded(message: StoredMessage) -> ChatEvent | None:
    try:
        return _chat_decoder.decode(message.data)
    except msgspec.DecodeError:
        return None
