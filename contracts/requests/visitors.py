"""`query.visitors.*`: what flows know of a visitor, for people to see."""

from datetime import datetime

from msgspec import Struct

from contracts.frames import Page
from contracts.ids import VisitorId
from contracts.requests.asking import Request


class VisitorRequest(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.visitors.describe` and `query.visitors.canned`: of this visitor, as things are now."""

    visitor: VisitorId
    page: Page = Page()
    """Where the visitor is: flows know it from each event, and keep it nowhere."""
    locale: str = ""
    """Empty: the one that flows know of."""


class SegmentState(Struct, frozen=True, kw_only=True):
    """Whether the visitor is in one of the team's segments."""

    segment: str
    name: str
    is_in: bool | None
    """None: the filter cannot be answered, see `problem`."""
    problem: str | None = None


class EventCount(Struct, frozen=True, kw_only=True):
    """How often the visitor's pages tracked an event."""

    event: str
    count: int
    first_at: datetime
    last_at: datetime


class VisitorDescribed(Struct, frozen=True, kw_only=True):
    """The reply of `query.visitors.describe`; what is not known is empty or None."""

    segments: list[SegmentState]
    events: list[EventCount]
    """The one that was tracked last first."""
    sessions: int
    country: str
    city: str
    browser: str | None
    system: str | None
    device: str | None


class CannedMessagePreview(Struct, frozen=True, kw_only=True):
    """One canned message of the team as this visitor would get it."""

    id: str
    text: str
    """Its text as it stands, where `problem` says why it cannot be filled in."""
    problem: str | None = None
    empty: list[str] = []
    """The variables in it that have no value for this visitor."""


class CannedPreviewed(Struct, frozen=True, kw_only=True):
    """The reply of `query.visitors.canned`: all of the team's, in the order of its settings."""

    messages: list[CannedMessagePreview]
