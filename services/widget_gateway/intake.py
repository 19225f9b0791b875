"""Frames become facts: stored in order, the visitor's post before the event, or not at all."""

import asyncio
import time
from contextlib import suppress
from datetime import datetime
from typing import TypedDict, assert_never

import msgspec

from contracts import frames, subjects, visitor
from contracts.chat import Author, Posted, Text
from contracts.frames import Page, StoredFrame
from contracts.ids import EventId, FrameId, MessageId, TeamId, VisitorId, event_id
from contracts.visitor import VisitorEvent
from services.chassis.bus import Bus, StoredAt
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.clock import Clock
from services.chassis.errors import Conflict, Permanent, Retryable
from services.widget_gateway.refusal import Refused

RETRY_S = 0.1


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who says it, and where."""

    team: TeamId
    visitor: VisitorId
    page: Page = Page()
    locale: str = ""
    user_agent: str = ""
    country: str = ""
    city: str = ""


class Intake:
    """Stores what visitors say. What was sent again is the same event, by its id."""

    def __init__(self, bus: Bus, clock: Clock, patience_s: float) -> None:
        self._bus = bus
        self._clock = clock
        self._patience_s = patience_s
        self._in_hand = 0
        self._is_closing = False
        self._nothing_in_hand = asyncio.Event()
        self._nothing_in_hand.set()

    async def store(self, sender: Sender, frame: StoredFrame) -> EventId:
        """Store the event of the frame; raises `Refused` (`unavailable`) when the bus stays away.

        A post stands in CHAT before its event is in VISITOR, so that no answer can stand above its question.
        """
        if self._is_closing:
            raise unavailable()
        event = event_of(sender, frame, self._clock())
        self._in_hand += 1
        self._nothing_in_hand.clear()
        try:
            await self._store(event, frame)
        finally:
            self._in_hand -= 1
            if self._in_hand == 0:
                self._nothing_in_hand.set()
        return event.id

    async def finish(self, within_s: float) -> None:
        """Take nothing more, and return when what is in hand is stored, or the time is up."""
        self._is_closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._nothing_in_hand.wait()

    async def _store(self, event: VisitorEvent, frame: StoredFrame) -> None:
        post = post_of(event, frame)
        if post is not None:
            subject = subjects.chat(event.team, event.visitor, "visitor")
            posted = await self._stored(subject, msgspec.json.encode(post), event.id)
            if isinstance(event, visitor.MessageSent):
                # What an agent writes from here on answers it, though the event below is stored later still.
                event = msgspec.structs.replace(event, posted_seq=posted.seq)
        kind = str(event.__struct_config__.tag)
        subject = subjects.visitor_event(event.team, event.visitor, kind)
        await self._stored(subject, msgspec.json.encode(event), event.id)

    async def _stored(self, subject: str, payload: bytes, event: EventId) -> StoredAt:
        """Store one message, however often the bus goes away meanwhile: its id makes repeats harmless."""
        deadline = time.monotonic() + self._patience_s
        while True:
            try:
                return await self._bus.store(subject, payload, {MESSAGE_ID: event})
            except Retryable as exc:
                if time.monotonic() > deadline:
                    raise unavailable() from exc
                await asyncio.sleep(RETRY_S)
            except (Permanent, Conflict) as exc:
                raise unavailable() from exc


def unavailable() -> Refused:
    """What a visitor is told when the bus is away: keep everything, come back."""
    return Refused(
        "unavailable", "nothing can be stored at the moment; keep what is not accepted and come back"
    )


class _Common(TypedDict):
    id: EventId
    team: TeamId
    visitor: VisitorId
    at: datetime
    page: Page
    locale: str
    user_agent: str
    country: str
    city: str


def event_of(sender: Sender, frame: StoredFrame, at: datetime) -> VisitorEvent:
    """The fact that a frame is."""
    common = _Common(
        id=event_id(sender.team, sender.visitor, FrameId(frame.id)),
        team=sender.team,
        visitor=sender.visitor,
        at=at,
        page=sender.page,
        locale=sender.locale,
        user_agent=sender.user_agent,
        country=sender.country,
        city=sender.city,
    )
    match frame:
        case frames.WidgetLoaded():
            return visitor.WidgetLoaded(**common)
        case frames.WidgetOpened():
            return visitor.WidgetOpened(**common)
        case frames.WidgetClosed():
            return visitor.WidgetClosed(**common)
        case frames.MessageSent():
            return visitor.MessageSent(**common, text=frame.text)
        case frames.EventTracked():
            return visitor.EventTracked(
                **common, event=frame.event, uuid=frame.uuid, data=frame.data, happened_at=frame.at
            )
        case frames.ProfileUpdated():
            return visitor.ProfileUpdated(**common, fields=frame.fields)
        case frames.ReplyChosen():
            return visitor.ReplyChosen(**common, message=frame.message, choice=frame.choice)
        case frames.FormSubmitted():
            return visitor.FormSubmitted(**common, message=frame.message, values=frame.values)
        case _:
            assert_never(frame)


def post_of(event: VisitorEvent, frame: StoredFrame) -> Posted | None:
    """What the visitor wrote or chose, as it stands in the conversation."""
    match event:
        case visitor.MessageSent():
            text = event.text
        case visitor.ReplyChosen():
            text = event.choice
        case _:
            return None
    return Posted(
        id=MessageId(event.id),
        team=event.team,
        visitor=event.visitor,
        at=event.at,
        author=Author(kind="visitor", id=event.visitor),
        body=Text(text=text),
        frame=frame.id,
    )
