"""What a batch of events says, as rows: one per key, whatever the order of the batch. Pure."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar

import msgspec

from contracts.chat import (
    AgentsNotified,
    Assigned,
    Author,
    ChatEvent,
    Converted,
    FieldSet,
    FieldValue,
    Linked,
    Noted,
    Posted,
)
from contracts.streams import CHAT, VISITOR
from contracts.visitor import FormSubmitted, ProfileUpdated, VisitorEvent
from services.conversations.words import vector

E = TypeVar("E")

_encode = msgspec.json.encode


class Placed(NamedTuple, Generic[E]):
    """An event, its place in its stream, and when it was stored there."""

    event: E
    seq: int
    at: datetime


class VisitorRow(NamedTuple):
    """When a visitor was seen, and where last."""

    team: str
    visitor: str
    first_seen_at: datetime
    last_seen_at: datetime
    page_url: str
    page_title: str
    locale: str
    seq: int


class WordRow(NamedTuple):
    """What one event says of a visitor's fields, at its first place."""

    team: str
    visitor: str
    stream: str
    id: str
    at: datetime
    seq: int
    fields: bytes


class MessageRow(NamedTuple):
    """One message, or a note between them, at its first place."""

    team: str
    visitor: str
    kind: str
    id: str
    seq: int
    at: datetime
    author_kind: str
    author: str
    text: str
    run: str | None
    words: str


class AssignmentRow(NamedTuple):
    """Who is to look after a visitor."""

    team: str
    visitor: str
    id: str
    at: datetime
    seq: int
    agents: list[str]
    by: str


class AgentsRow(NamedTuple):
    """Who looks after a visitor now, as a JSON array."""

    team: str
    visitor: str
    agents: bytes
    at: datetime
    seq: int


class ConversionRow(NamedTuple):
    """What customer a visitor is to be."""

    team: str
    visitor: str
    id: str
    at: datetime
    seq: int
    customer_type: str
    by: str


class LinkRow(NamedTuple):
    """Who an identified visitor was before."""

    team: str
    visitor: str
    anonymous: str
    at: datetime
    seq: int


def visitors(events: Iterable[Placed[VisitorEvent]]) -> list[VisitorRow]:
    """One row per visitor, sorted."""
    rows: dict[tuple[str, str], VisitorRow] = {}
    for event, seq, _ in _in_order(events):
        known = rows.get((event.team, event.visitor))
        row = _visitor(event, seq)
        rows[event.team, event.visitor] = row if known is None else _merged(known, row)
    return sorted(rows.values())


def words_of_visitors(events: Iterable[Placed[VisitorEvent]]) -> list[WordRow]:
    """One row per event that says fields, sorted; dated by the stream, whose time flows reckon with."""
    return _first(
        WordRow(event.team, event.visitor, VISITOR.name, event.id, at, seq, _encode(said))
        for event, seq, at in _in_order(events)
        if (said := _said(event))
    )


def words_of_flows(events: Iterable[Placed[ChatEvent]]) -> list[WordRow]:
    """One row per field that was set, sorted; dated by what led to it: published late it is no newer."""
    return _first(
        WordRow(
            event.team,
            event.visitor,
            CHAT.name,
            event.id,
            event.at,
            seq,
            _encode({event.field: event.value}),
        )
        for event, seq, _ in _in_order(events)
        if isinstance(event, FieldSet)
    )


def messages(events: Iterable[Placed[ChatEvent]]) -> list[MessageRow]:
    """One row per message, note and notice, at its first place, sorted."""
    return _first(row for event, seq, _ in _in_order(events) if (row := _message(event, seq)) is not None)


def assignments(events: Iterable[Placed[ChatEvent]]) -> list[AssignmentRow]:
    """One row per change, sorted."""
    return _first(
        AssignmentRow(event.team, event.visitor, event.id, event.at, seq, [*event.agents], event.by)
        for event, seq, _ in _in_order(events)
        if isinstance(event, Assigned)
    )


def newest(assignments: Iterable[AssignmentRow]) -> list[AgentsRow]:
    """The last word on each visitor."""
    last = {(row.team, row.visitor): row for row in sorted(assignments, key=attrgetter("at", "seq"))}
    return [AgentsRow(row.team, row.visitor, _encode(row.agents), row.at, row.seq) for row in last.values()]


def conversions(events: Iterable[Placed[ChatEvent]]) -> list[ConversionRow]:
    """One row per change, sorted."""
    return _first(
        ConversionRow(event.team, event.visitor, event.id, event.at, seq, event.customer_type, event.by)
        for event, seq, _ in _in_order(events)
        if isinstance(event, Converted)
    )


def links(events: Iterable[Placed[ChatEvent]]) -> list[LinkRow]:
    """One row per pair, sorted."""
    return _first(
        LinkRow(event.team, event.visitor, event.anonymous, event.at, seq)
        for event, seq, _ in _in_order(events)
        if isinstance(event, Linked)
    )


def _said(event: VisitorEvent) -> dict[str, FieldValue]:
    match event:
        case ProfileUpdated(fields=said) | FormSubmitted(values=said):
            return said
        case _:
            return {}


def _message(event: ChatEvent, seq: int) -> MessageRow | None:
    match event:
        case Posted(author=author, body=body):
            kind, who, said = "message", author, body.text
        case Noted(author=author, text=text):
            kind, who, said = "note", author, text
        case AgentsNotified(text=text):
            kind, who, said = "notice", Author(kind="robot", id="robot"), text
        case _:
            return None
    return MessageRow(
        event.team,
        event.visitor,
        kind,
        event.id,
        seq,
        event.at,
        who.kind,
        who.id,
        said,
        event.run,
        vector(said),
    )


R = TypeVar("R", WordRow, MessageRow, AssignmentRow, ConversionRow, LinkRow)


def _first(rows: Iterable[R]) -> list[R]:
    """Of rows with one key the first, sorted by key."""
    found: dict[tuple[str, ...], R] = {}
    for row in rows:
        found.setdefault(_key(row), row)
    return [found[key] for key in sorted(found)]


def _key(row: WordRow | MessageRow | AssignmentRow | ConversionRow | LinkRow) -> tuple[str, ...]:
    match row:
        case WordRow():
            return row.team, row.visitor, row.stream, row.id
        case MessageRow():
            return row.team, row.visitor, row.kind, row.id
        case AssignmentRow() | ConversionRow():
            return row.team, row.visitor, row.id
        case LinkRow():
            return row.team, row.visitor, row.anonymous


def _visitor(event: VisitorEvent, seq: int) -> VisitorRow:
    """An event without a page, such as one from a server, says nothing of where the visitor is."""
    if not event.page.url:
        return VisitorRow(event.team, event.visitor, event.at, event.at, "", "", "", 0)
    page = event.page
    return VisitorRow(event.team, event.visitor, event.at, event.at, page.url, page.title, event.locale, seq)


def _merged(known: VisitorRow, later: VisitorRow) -> VisitorRow:
    newest = later if later.seq else known
    return newest._replace(
        first_seen_at=min(known.first_seen_at, later.first_seen_at),
        last_seen_at=max(known.last_seen_at, later.last_seen_at),
    )


def _in_order(events: Iterable[Placed[E]]) -> list[Placed[E]]:
    return sorted(events, key=attrgetter("seq"))
