"""What a batch of events says, as rows: one per key, whatever the order of the batch. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from contracts.chat import Assigned, ChatEvent, Posted
from contracts.visitor import FormSubmitted, ProfileUpdated, VisitorEvent

E = TypeVar("E")

Numbered = tuple[E, int]
"""An event and its place in its stream."""


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


class FieldRow(NamedTuple):
    """The newest word on one field of a visitor."""

    team: str
    visitor: str
    name: str
    value: bytes
    seq: int


class MessageRow(NamedTuple):
    """One message, at its first place."""

    team: str
    visitor: str
    id: str
    seq: int
    at: datetime
    author_kind: str
    author: str
    text: str
    run: str | None


class AssignmentRow(NamedTuple):
    """Who is to look after a visitor."""

    team: str
    visitor: str
    id: str
    at: datetime
    seq: int
    agents: list[str]
    by: str


def visitors(events: Iterable[Numbered[VisitorEvent]]) -> list[VisitorRow]:
    """One row per visitor, sorted."""
    rows: dict[tuple[str, str], VisitorRow] = {}
    for event, seq in sorted(events, key=_place):
        known = rows.get((event.team, event.visitor))
        row = _visitor(event, seq)
        rows[event.team, event.visitor] = row if known is None else _merged(known, row)
    return sorted(rows.values())


def fields(events: Iterable[Numbered[VisitorEvent]]) -> list[FieldRow]:
    """One row per visitor and field, sorted."""
    rows: dict[tuple[str, str, str], FieldRow] = {}
    for event, seq in sorted(events, key=_place):
        match event:
            case ProfileUpdated(fields=said) | FormSubmitted(values=said):
                for name, value in said.items():
                    row = FieldRow(event.team, event.visitor, name, msgspec.json.encode(value), seq)
                    rows[event.team, event.visitor, name] = row
            case _:
                continue
    return sorted(rows.values())


def messages(events: Iterable[Numbered[ChatEvent]]) -> list[MessageRow]:
    """One row per message, at its first place, sorted."""
    rows: dict[tuple[str, str, str], MessageRow] = {}
    for event, seq in sorted(events, key=_place):
        if isinstance(event, Posted):
            row = MessageRow(
                event.team,
                event.visitor,
                event.id,
                seq,
                event.at,
                event.author.kind,
                event.author.id,
                event.body.text,
                event.run,
            )
            rows.setdefault((event.team, event.visitor, event.id), row)
    return sorted(rows.values(), key=lambda row: row[:3])


def assignments(events: Iterable[Numbered[ChatEvent]]) -> list[AssignmentRow]:
    """One row per change, sorted."""
    rows: dict[tuple[str, str, str], AssignmentRow] = {}
    for event, seq in sorted(events, key=_place):
        if isinstance(event, Assigned):
            row = AssignmentRow(event.team, event.visitor, event.id, event.at, seq, [*event.agents], event.by)
            rows.setdefault((event.team, event.visitor, event.id), row)
    return sorted(rows.values())


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


def _place(numbered: tuple[object, int]) -> int:
    return numbered[1]
