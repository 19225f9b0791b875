"""Rule R: what was committed and perhaps not published is looked up in CHAT, and only what is missing there
is published.

It runs when a message comes whose cause is recorded: its first handling ended somewhere between commit and
ack. The dedupe window of the bus (two minutes) is an optimisation and never the promise, since a redelivery
may come any time later.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.chat import Assigned, ChatEvent, Converted
from contracts.ids import effect_id
from contracts.run import (
    ConversationAssigned,
    MessagePosted,
    RunEvent,
    RunWaiting,
    TimerSet,
    VisitorConverted,
    effects_of,
    made_by,
)
from contracts.streams import CHAT, TASK
from contracts.subjects import chat, task_done
from services.chassis.bus import Bus, StoredMessage
from services.flow_executor.journal import CauseOf, Stored
from services.flow_executor.outgoing import Outgoing, outgoing
from services.flow_executor.world import World

_MARGIN = timedelta(seconds=10)
"""How far the clock of a new stream leader may lie behind the old one's."""

_chat_decoder = msgspec.json.Decoder(ChatEvent)


async def missing(
    bus: Bus, world: World, runs: Sequence[Stored], causes: Sequence[CauseOf]
) -> list[Outgoing]:
    """The effects of these causes, and of what their runs did before, that are not where they belong; in order."""
    by_number = {stored.no: stored for stored in runs}
    made = [_made(by_number[cause.no], cause, world) for cause in causes]
    chats = await _chats(bus, made)
    found = await asyncio.gather(*(_missing(bus, one, chats) for one in made))
    # Two causes of one run find the same of its past.
    return list({message.id: message for some in found for message in some}.values())


async def unsaid(bus: Bus, world: World, runs: Sequence[Stored]) -> list[Outgoing]:
    """What these runs had to say before, and their conversations lack: to be told before they say more.

    A run may be resumed while what it said last is not published yet: whoever committed that is slow, or dead. One
    read for all of them; where a run's last post is not the last one of all, the whole conversation tells.
    """
    last = {stored.no: post for stored in runs if (post := _last_post(stored.events)) is not None}
    asked = [stored for stored in runs if stored.no in last]
    subjects = sorted({_robot(stored) for stored in asked})
    messages = await bus.read.last(CHAT.name, subjects) if subjects else []
    heads = {m.subject: event.id for m in messages if (event := _decoded(m)) is not None}
    doubtful = [stored for stored in asked if heads.get(_robot(stored)) != last[stored.no]]
    found = await missing(
        bus, world, doubtful, [CauseOf("", stored.no, 1, stored.events[-1].seq) for stored in doubtful]
    )
    return [message for message in found if message.subject.startswith("chat.")]


def _last_post(events: Sequence[RunEvent]) -> str | None:
    for event in reversed(events):
        for effect in reversed(made_by(event)):
            if isinstance(effect, MessagePosted):
                return effect_id(event.run, event.seq, effect.k)
    return None


def _robot(stored: Stored) -> str:
    return chat(stored.team, stored.visitor, "robot")


class _Made(msgspec.Struct, frozen=True):
    """What a run did up to one cause. What it said before counts too: it comes first, and may be missing as well."""

    stored: Stored
    events: Sequence[RunEvent]
    effects: Sequence[Outgoing]

    @property
    def subjects(self) -> list[str]:
        """Where in CHAT its effects stand, each once and in their order, so that a schedule can be played again."""
        there = (message.subject for message in self.effects if message.subject.startswith("chat."))
        return list(dict.fromkeys(there))


def _made(stored: Stored, cause: CauseOf, world: World) -> _Made:
    events = [event for event in stored.events if event.seq <= cause.last_seq]
    return _Made(stored, events, outgoing(stored.team, stored.visitor, events, world))


async def _chats(bus: Bus, made: Sequence[_Made]) -> dict[str, Sequence[ChatEvent]]:
    """What CHAT has on each subject of these effects since the first of their events, however many causes there are.

    Each subject by itself: the bus has an index of them, and would look for those of a conversation in everybody's.
    """
    since: dict[str, datetime] = {}
    for one in made:
        at = one.events[0].at - _MARGIN
        for subject in one.subjects:
            since[subject] = min(at, since.get(subject, at))
    read = await asyncio.gather(*(bus.read.since(CHAT.name, subject, at) for subject, at in since.items()))
    return {
        subject: [event for message in messages if (event := _decoded(message)) is not None]
        for subject, messages in zip(since, read, strict=True)
    }


async def _missing(bus: Bus, made: _Made, chats: Mapping[str, Sequence[ChatEvent]]) -> list[Outgoing]:
    subjects = made.subjects
    there = _told(made.events, [event for subject in subjects for event in chats[subject]])
    found = [m for m in made.effects if m.subject in subjects and m.id not in there]
    if _waits_at(made.stored, made.events):
        last = f"{made.stored.run}.{made.events[-1].seq}."
        wanted = [message for message in made.effects if message.id.startswith(last)]
        found += [message for message in wanted if message.subject.startswith("timer.")]
        found += await _undone(bus, made.stored, [m for m in wanted if m.subject.startswith("task.")])
    return found


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


def _waits_at(stored: Stored, events: Sequence[RunEvent]) -> bool:
    """Whether the run still stands at a wait that one of these events began."""
    last = stored.events[-1]
    return (
        isinstance(last, RunWaiting)
        and any(event.seq == last.seq for event in events)
        and any(isinstance(effect, TimerSet) for effect in last.effects)
    )
