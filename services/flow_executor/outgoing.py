"""What the world must be told of appended events: each effect as the one message that it is, always with the
same bytes.

A message's id is the effect's, so that whoever has seen it knows it again; its time is the event's. So an
effect that is published twice, even by two executors and even long after, is one message to every reader.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from contracts.chat import Assigned, Author, Posted, Text
from contracts.ids import TeamId, VisitorId, effect_id
from contracts.run import ConversationAssigned, Effect, MessagePosted, RunEvent, TimerSet, effects_of
from contracts.subjects import chat, timer_due, timer_set
from services.chassis.bus import Bus
from services.chassis.bus.headers import MESSAGE_ID, scheduled
from services.chassis.errors import Unreachable
from services.flow_executor.world import World

ACK_TIMEOUT_S = 5.0


class Outgoing(msgspec.Struct, frozen=True):
    """One message to store. `lane` is the visitor whose messages must stand in order."""

    lane: tuple[TeamId, VisitorId]
    subject: str
    payload: bytes
    headers: dict[str, str]
    id: str


def outgoing(team: TeamId, visitor: VisitorId, events: Sequence[RunEvent], world: World) -> list[Outgoing]:
    """The messages of these events' effects, in their order."""
    return [
        _message(team, visitor, event, effect, world) for event in events for _, effect in effects_of(event)
    ]


def _message(team: TeamId, visitor: VisitorId, event: RunEvent, effect: Effect, world: World) -> Outgoing:
    key = effect_id(event.run, event.seq, effect.k)
    lane = (team, visitor)
    match effect:
        case MessagePosted():
            posted = Posted(
                id=key,
                team=team,
                visitor=visitor,
                at=event.at,
                run=event.run,
                author=_author(team, effect, world),
                body=Text(text=effect.text),
                channel=effect.channel,
                notify_agents=effect.notify_agents,
            )
            return Outgoing(
                lane, chat(team, visitor, "robot"), msgspec.json.encode(posted), {MESSAGE_ID: key}, key
            )
        case ConversationAssigned(agents=agents):
            assigned = Assigned(
                id=key, team=team, visitor=visitor, at=event.at, run=event.run, agents=list(agents)
            )
            return Outgoing(
                lane, chat(team, visitor, "state"), msgspec.json.encode(assigned), {MESSAGE_ID: key}, key
            )
        case TimerSet(at=at):
            headers = scheduled(at, timer_due(event.run, event.seq))
            return Outgoing(lane, timer_set(event.run, event.seq), b"{}", headers, key)


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
        for result in results:
            if isinstance(result, BaseException):
                raise result
        place += 1
        waiting = [lane for lane in waiting if len(lane) > place]
