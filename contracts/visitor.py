"""The facts that the gateway publishes of a visitor. Stream VISITOR, in order per visitor."""

from datetime import datetime

from msgspec import Raw, Struct, field

from contracts.frames import Page
from contracts.ids import EventId, TeamId, VisitorId


class _VisitorEvent(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    id: EventId
    team: TeamId
    visitor: VisitorId
    at: datetime
    """When the gateway took it; UTC. The stream's own time is what flows reckon with."""
    page: Page = Page()
    locale: str = ""
    user_agent: str = ""
    country: str = ""
    """ISO 3166 code, from the header of the proxy that the deployment names; empty: not known."""
    city: str = ""


class WidgetLoaded(_VisitorEvent, frozen=True, kw_only=True, tag="widget_loaded"):
    """The page has loaded and the launcher shows; again at every refresh."""


class WidgetOpened(_VisitorEvent, frozen=True, kw_only=True, tag="widget_opened"):
    """The visitor opened the window."""


class WidgetClosed(_VisitorEvent, frozen=True, kw_only=True, tag="widget_closed"):
    """The visitor closed the window."""


class MessageSent(_VisitorEvent, frozen=True, kw_only=True, tag="message_sent", omit_defaults=True):
    """The visitor sent a message, which stands in CHAT under the same id."""

    text: str
    posted_seq: int = 0
    """Its sequence in CHAT, where it was stored before this event; 0: not known."""


class EventTracked(_VisitorEvent, frozen=True, kw_only=True, tag="event_tracked", omit_defaults=True):
    """The page tracked an event."""

    event: str
    uuid: str = ""
    data: Raw = field(default_factory=lambda: Raw(b"null"))
    happened_at: str | None = None


class ProfileUpdated(_VisitorEvent, frozen=True, kw_only=True, tag="profile_updated"):
    """Something was said of the visitor."""

    fields: dict[str, str | int | float | bool | None]


class ReplyChosen(_VisitorEvent, frozen=True, kw_only=True, tag="reply_chosen"):
    """The visitor chose a quick reply, which stands in CHAT under the same id."""

    message: str
    choice: str


class FormSubmitted(_VisitorEvent, frozen=True, kw_only=True, tag="form_submitted"):
    """The visitor filled in a form."""

    message: str
    values: dict[str, str | int | float | bool | None]


VisitorEvent = (
    WidgetLoaded
    | WidgetOpened
    | WidgetClosed
    | MessageSent
    | EventTracked
    | ProfileUpdated
    | ReplyChosen
    | FormSubmitted
)
