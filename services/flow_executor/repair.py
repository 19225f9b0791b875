"""Rule R: what was committed and perhaps not published is looked up in CHAT, and only what is missing there
is published.

It runs when a message comes whose cause is recorded: its first handling ended somewhere between commit and
ack. The dedupe window of the bus (two minutes) is an optimisation and never the promise, since a redelivery
may come any time later.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from contracts.chat import Assigned, ChatEvent, Converted
from contracts.run import (
    ConversationAssigned,
    MessagePosted,
    RunEvent,
    RunWaiting,
    TimerSet,
    VisitorConverted,
    effects_of,
)
from contracts.streams import CHAT, TASK
from contracts.subjects import chat, chat_of_visitor, task_done
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
    found = await asyncio.gather(*(_missing(bus, world, by_number[cause.no], cause) for cause in causes))
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
    posts = (
        key
        for event in reversed(events)
        for key, effect in reversed(effects_of(event))
        if isinstance(effect, MessagePosted)
    )
    return next(posts, None)


def _robot(stored: Stored) -> str:
    return chat(stored.team, stored.visitor, "robot")


async def _missing(bus: Bus, world: World, stored: Stored, cause: CauseOf) -> list[Outgoing]:
    # What the run said before counts too: it comes first, and may be missing as well.
    events = [event for event in stored.events if event.seq <= cause.last_seq]
    wanted = outgoing(stored.team, stored.visitor, events, world)
    said = [message for message in wanted if message.subject.startswith("chat.")]
    found: list[Outgoing] = []
    if said:
        there = await _told(bus, stored, events)
        found += [message for message in said if message.id not in there]
    if _waits_at(stored, events):
        last = outgoing(stored.team, stored.visitor, events[-1:], world)
        found += [message for message in last if message.subject.startswith("timer.")]
        found += await _undone(bus, stored, [m for m in last if m.subject.startswith("task.")])
    return found


async def _undone(bus: Bus, stored: Stored, tasks: list[Outgoing]) -> list[Outgoing]:
    """The tasks whose answer is not there yet. One that waits for its worker refuses its twin by itself."""
    if not tasks:
        return []
    answer = task_done(stored.run, stored.events[-1].seq)
    return [] if await bus.read.last(TASK.name, [answer]) else tasks


async def _told(bus: Bus, stored: Stored, events: Sequence[RunEvent]) -> set[str]:
    """Ids in CHAT since these events; what a person decided since counts as told."""
    messages = await bus.read.since(
        CHAT.name, chat_of_visitor(stored.team, stored.visitor), events[0].at - _MARGIN
    )
    ids: set[str] = set()
    for message in messages:
        event = _decoded(message)
        if event is None:
            continue
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
