"""What the world must be told of appended events: each effect as the one message that it is, always with the
same bytes.

A message's id is the effect's, so that whoever has seen it knows it again; its time is the event's. So an
effect that is published twice, even by two executors and even long after, is one message to every reader.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, cast

import msgspec

from contracts import chat as chat_events
from contracts.chat import (
    Author,
    Body,
    ChatEvent,
    FieldValue,
    Form,
    Posted,
    QuickReplies,
    Survey,
    Text,
)
from contracts.ids import MessageId, RunId, TeamId, VisitorId, effect_id
from contracts.run import (
    AppearanceChanged,
    ConversationAssigned,
    Effect,
    FieldWritten,
    MessagePosted,
    RunEvent,
    TaskRequested,
    TimerSet,
    VisitorConverted,
    made_by,
)
from contracts.subjects import chat, task, timer_due, timer_set
from services.chassis.bus import Bus
from services.chassis.bus.headers import EXPECTED_LAST_BY_SUBJECT, MESSAGE_ID, scheduled
from services.chassis.errors import Conflict, Unreachable
from services.flow_executor.world import World

ACK_TIMEOUT_S = 5.0

_encode = msgspec.json.encode


class Outgoing(msgspec.Struct, frozen=True):
    """One message to store. `lane` is the visitor whose messages must stand in order."""

    lane: tuple[TeamId, VisitorId]
    subject: str
    payload: bytes
    headers: dict[str, str]
    id: str


def outgoing(team: TeamId, visitor: VisitorId, events: Sequence[RunEvent], world: World) -> list[Outgoing]:
    """The messages of these events' effects, in their order."""
    return [_message(team, visitor, event, effect, world) for event in events for effect in made_by(event)]


def _message(team: TeamId, visitor: VisitorId, event: RunEvent, effect: Effect, world: World) -> Outgoing:
    key = effect_id(event.run, event.seq, effect.k)
    lane = (team, visitor)
    match effect:
        case MessagePosted():
            posted = _posted(team, visitor, event, effect, world)
            return Outgoing(lane, chat(team, visitor, "robot"), _encode(posted), {MESSAGE_ID: key}, key)
        case TimerSet(at=at):
            headers = scheduled(at, timer_due(event.run, event.seq))
            return Outgoing(lane, timer_set(event.run, event.seq), b"{}", headers, key)
        case TaskRequested(kind=kind, request=request):
            whose = {"id": key, "run": event.run, "seq": event.seq, "team": team, "visitor": visitor}
            # A twin that still waits for its worker is refused.
            headers = {EXPECTED_LAST_BY_SUBJECT: "0"}
            payload = _encode({"type": kind, **request, **whose})
            return Outgoing(lane, task(kind, event.run, event.seq), payload, headers, key)
        case _:
            state = _encode(_state(team, visitor, event, effect))
            return Outgoing(lane, chat(team, visitor, "state"), state, {MESSAGE_ID: key}, key)


def _posted(team: TeamId, visitor: VisitorId, event: RunEvent, effect: MessagePosted, world: World) -> Posted:
    return Posted(
        id=effect_id(event.run, event.seq, effect.k),
        team=team,
        visitor=visitor,
        at=event.at,
        run=event.run,
        author=_author(team, effect, world),
        body=_body(effect),
        channel=effect.channel,
        notify_agents=effect.notify_agents,
    )


def _body(effect: MessagePosted) -> Body:
    if effect.until is None:
        return Text(text=effect.text)
    if effect.quick_replies:
        return QuickReplies(
            text=effect.text,
            choices=effect.quick_replies,
            until=effect.until,
            lock_input=effect.lock_input,
        )
    if effect.form:
        return Form(text=effect.text, fields=effect.form, until=effect.until, lock_input=effect.lock_input)
    return Survey(text=effect.text, choices=effect.survey, until=effect.until, lock_input=effect.lock_input)


def _state(
    team: TeamId,
    visitor: VisitorId,
    event: RunEvent,
    effect: ConversationAssigned | VisitorConverted | FieldWritten | AppearanceChanged,
) -> ChatEvent:
    common = _Common(
        id=effect_id(event.run, event.seq, effect.k), team=team, visitor=visitor, at=event.at, run=event.run
    )
    match effect:
        case ConversationAssigned(agents=agents):
            return chat_events.Assigned(**common, agents=list(agents))
        case VisitorConverted(customer_type=customer_type):
            return chat_events.Converted(**common, customer_type=customer_type)
        case FieldWritten(field=field, value=value):
            return chat_events.FieldSet(**common, field=field, value=cast("FieldValue", value))
        case AppearanceChanged(appearance=appearance):
            return chat_events.AppearanceSet(**common, appearance=appearance)


class _Common(TypedDict):
    id: MessageId
    team: TeamId
    visitor: VisitorId
    at: datetime
    run: RunId


def _author(team: TeamId, effect: MessagePosted, world: World) -> Author:
    if effect.author == "robot":
        name, avatar = world.robot_of(team)
        return Author(kind="robot", id="robot", name=name, avatar=avatar)
    return Author(kind="agent", id=effect.author, name=world.name_of(team, effect.author))


async def send(bus: Bus, messages: Sequence[Outgoing]) -> None:
    """Store all of them, pipelined; the messages of one visitor stand in their order.

    Rounds: the first message of every visitor, then the second. A message that fails holds back what follows
    it, by ending the whole send; its batch comes back and is repaired.
    """
    lanes: dict[tuple[TeamId, VisitorId], list[Outgoing]] = {}
    for message in messages:
        lanes.setdefault(message.lane, []).append(message)
    waiting = list(lanes.values())
    place = 0
    while waiting:
        acks = [
            await bus.begin_store(lane[place].subject, lane[place].payload, lane[place].headers)
            for lane in waiting
        ]
        try:
            async with asyncio.timeout(ACK_TIMEOUT_S):
                results = await asyncio.gather(*acks, return_exceptions=True)
        except TimeoutError as exc:
            raise Unreachable(f"no ack for an effect within {ACK_TIMEOUT_S:g} s") from exc
        for lane, result in zip(waiting, results, strict=True):
            # A task that is there already is what we wanted.
            is_twin = isinstance(result, Conflict) and EXPECTED_LAST_BY_SUBJECT in lane[place].headers
            if isinstance(result, BaseException) and not is_twin:
                raise result
        place += 1
        waiting = [lane for lane in waiting if len(lane) > place]
