"""What the streams bring, understood: events whose body and subject agree, and that can be stored."""

from typing import TypeVar

import msgspec

from contracts.chat import ChatEvent, Posted
from contracts.subjects import parse_chat, parse_visitor_event
from contracts.visitor import VisitorEvent
from services.chassis.bus import Delivery
from services.chassis.intake import Poison
from services.chassis.nul import holds_nul

T = TypeVar("T")

UNDECODABLE = "undecodable"

_visitor_decoder = msgspec.json.Decoder(VisitorEvent)
_chat_decoder = msgspec.json.Decoder(ChatEvent)


def visitor_event(delivery: Delivery) -> VisitorEvent:
    """The event of a message of VISITOR. Raises `Poison`."""
    event = _decoded(_visitor_decoder, delivery)
    try:
        where = parse_visitor_event(delivery.subject)
    except ValueError as exc:
        raise Poison(delivery, UNDECODABLE, str(exc)) from exc
    said = (event.team, event.visitor, str(event.__struct_config__.tag))
    if said != (where.team, where.visitor, where.event):
        raise _elsewhere(delivery, said)
    return event


def chat_event(delivery: Delivery) -> ChatEvent:
    """The event of a message of CHAT. Raises `Poison`."""
    event = _decoded(_chat_decoder, delivery)
    try:
        where = parse_chat(delivery.subject)
    except ValueError as exc:
        raise Poison(delivery, UNDECODABLE, str(exc)) from exc
    said = (event.team, event.visitor, _maker(event))
    if said != where:
        raise _elsewhere(delivery, said)
    return event


def _maker(event: ChatEvent) -> str:
    """Who made it, as the subject says: the robot also where it speaks in an agent's name."""
    if not isinstance(event, Posted):
        return "state"
    return event.author.kind if event.run is None else "robot"


def _elsewhere(delivery: Delivery, said: tuple[str, ...]) -> Poison:
    return Poison(delivery, UNDECODABLE, f"its body is {'.'.join(said)}, its subject is not")


def _decoded(decoder: msgspec.json.Decoder[T], delivery: Delivery) -> T:
    if holds_nul(delivery.data):
        raise Poison(delivery, UNDECODABLE, "it holds U+0000, which cannot be stored")
    try:
        return decoder.decode(delivery.data)
    except msgspec.DecodeError as exc:
        raise Poison(delivery, UNDECODABLE, str(exc)) from exc
    except RecursionError as exc:
        raise Poison(delivery, UNDECODABLE, "it is nested too deeply") from exc
