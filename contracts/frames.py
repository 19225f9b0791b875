"""The visitor's WebSocket protocol, `frontdesk.v1`: JSON text frames of at most 16 KiB, told apart by `type`.

Every frame of the visitor but `hello`, `typing` and `read` carries an `id`, unique for this visitor; the
gateway answers `accepted` once the event is stored, and a frame that was sent again changes nothing.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Raw, Struct, field

from contracts.chat import Appearance, Author, Body
from contracts.ids import TOKEN_PATTERN

SUBPROTOCOL = "frontdesk.v1"
MAX_FRAME_BYTES = 16 * 1024
MAX_TEXT_CHARACTERS = 4000
MAX_EVENT_DATA_BYTES = 4 * 1024
MAX_ANSWER_CHARACTERS = 1000
MAX_URL_CHARACTERS = 2048
MAX_TITLE_CHARACTERS = 512
MAX_LOCALE_CHARACTERS = 35
PAGE_OF_MESSAGES = 50
TICK_S = 20

_Id = Annotated[str, Meta(pattern=TOKEN_PATTERN)]
_Name = Annotated[str, Meta(min_length=1, max_length=64)]
_Answer = Annotated[str, Meta(max_length=MAX_ANSWER_CHARACTERS)]
_Url = Annotated[str, Meta(max_length=MAX_URL_CHARACTERS)]


class Page(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The page that holds the widget, as it is kept."""

    url: _Url = ""
    title: Annotated[str, Meta(max_length=MAX_TITLE_CHARACTERS)] = ""
    referrer: _Url = ""


class SaidPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The page as its visitor says it: null is the same as absent, and what is too long is cut."""

    url: str | None = None
    title: str | None = None
    referrer: str | None = None

    def cut(self) -> Page:
        """The page as it is kept."""
        return Page(
            url=(self.url or "")[:MAX_URL_CHARACTERS],
            title=(self.title or "")[:MAX_TITLE_CHARACTERS],
            referrer=(self.referrer or "")[:MAX_URL_CHARACTERS],
        )


class Hello(Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """The first frame, within 5 s."""

    team: _Id
    token: str | None = None
    """None for a new visitor."""
    after: Annotated[int, Meta(ge=0)] | None = None
    """The end of the unbroken row of `seq` that the client has; 0 or null for none."""
    after_id: str | None = None
    """The id of that message."""
    page: SaidPage | None = None
    locale: str | None = None
    """A BCP 47 tag; what is longer than any of those is cut."""
    identity: str | None = None
    """A JWT signed with the team's identity secret; `sub` is the customer's id."""


class _Frame(Struct, frozen=True, kw_only=True, tag_field="type"):
    id: _Id


class WidgetLoaded(_Frame, frozen=True, kw_only=True, tag="widget_loaded"):
    """The page has loaded and the launcher shows."""


class WidgetOpened(_Frame, frozen=True, kw_only=True, tag="widget_opened"):
    """The visitor opened the window."""


class WidgetClosed(_Frame, frozen=True, kw_only=True, tag="widget_closed"):
    """The visitor closed the window."""


class MessageSent(_Frame, frozen=True, kw_only=True, tag="message_sent"):
    """The visitor sent a message."""

    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT_CHARACTERS)]


class EventTracked(_Frame, frozen=True, kw_only=True, tag="event_tracked"):
    """The page tracked an event."""

    event: _Name
    uuid: Annotated[str, Meta(max_length=64)] = ""
    data: Raw = field(default_factory=lambda: Raw(b"null"))
    """Any JSON of at most 4 KiB."""
    at: str | None = None
    """When it happened by the page's clock, RFC 3339."""


class ProfileUpdated(_Frame, frozen=True, kw_only=True, tag="profile_updated"):
    """The page or the visitor said something of the visitor."""

    fields: dict[_Name, str | int | float | bool | None]


class ReplyChosen(_Frame, frozen=True, kw_only=True, tag="reply_chosen"):
    """The visitor chose a quick reply, or an answer of a survey; it is posted as the visitor's message."""

    message: Annotated[str, Meta(min_length=1, max_length=128)]
    choice: _Name


class FormSubmitted(_Frame, frozen=True, kw_only=True, tag="form_submitted"):
    """The visitor filled in a form, or a part of it: `values` are all that have an answer so far."""

    message: Annotated[str, Meta(min_length=1, max_length=128)]
    values: dict[_Name, _Answer | int | float | bool | None]


class Typing(Struct, frozen=True, tag_field="type", tag="typing"):
    """Somebody is typing; either way, never stored."""


class Read(Struct, frozen=True, kw_only=True, tag_field="type", tag="read"):
    """The other side has read up to `seq`; either way, never stored."""

    seq: Annotated[int, Meta(ge=0)]


StoredFrame = (
    WidgetLoaded
    | WidgetOpened
    | WidgetClosed
    | MessageSent
    | EventTracked
    | ProfileUpdated
    | ReplyChosen
    | FormSubmitted
)
Hint = Typing | Read
"""What passes by: told to whoever listens now, on `hint.<team>.<visitor>.<visitor|agent>`."""
VisitorFrame = Hello | StoredFrame | Typing | Read


class Message(Struct, frozen=True, kw_only=True, tag_field="type", tag="message", omit_defaults=True):
    """One message of the conversation. It may come again with another `seq`: its `id` decides."""

    seq: int
    id: str
    at: datetime
    author: Author
    body: Body
    frame: str | None = None
    """The id of the frame that made it, when this visitor wrote it: a pending bubble becomes this one."""


class Welcome(Struct, frozen=True, kw_only=True, tag_field="type", tag="welcome"):
    """The answer to `hello`."""

    visitor: str
    token: str
    agents_online: bool
    appearance: Appearance
    messages: list[Message]
    """Oldest first: the newest 50 when `after` was 0, else the first 50 since."""
    more: bool
    """Whether older ones exist (`after` 0), or further `messages` frames follow."""
    reset: bool
    """`after` is not in this history: forget what is there and take these."""
    now: datetime | None = None
    """The gateway's clock, by which a question's `until` is meant: visitors' own clocks may be minutes off."""


class Messages(Struct, frozen=True, kw_only=True, tag_field="type", tag="messages"):
    """More of what the client missed, in order."""

    messages: list[Message]
    more: bool


class Accepted(Struct, frozen=True, kw_only=True, tag_field="type", tag="accepted"):
    """The event of this frame is stored."""

    id: str


class Tick(Struct, frozen=True, tag_field="type", tag="tick"):
    """A sign of life, every 20 s."""


class Presence(Struct, frozen=True, kw_only=True, tag_field="type", tag="presence"):
    """Whether any agent is online, told when it changes."""

    agents_online: bool


class AppearanceChanged(Struct, frozen=True, kw_only=True, tag_field="type", tag="appearance"):
    """How the widget looks from now on; absent fields stay."""

    appearance: Appearance


class Error(Struct, frozen=True, kw_only=True, tag_field="type", tag="error", omit_defaults=True):
    """A frame that was not taken, or the reason why the socket closes next."""

    code: str
    detail: str
    id: str | None = None
    retry_after_ms: int | None = None


GatewayFrame = (
    Welcome | Messages | Message | Accepted | Tick | Typing | Read | Presence | AppearanceChanged | Error
)

FINAL_ERRORS = ("bad_frame", "unknown_type", "too_large")
"""Codes after which the client drops the frame; `too_fast` keeps it."""

CLOSE_CODES = {
    "bad_token": 4401,
    "bad_identity": 4402,
    "origin_refused": 4403,
    "unknown_team": 4404,
    "hello_expected": 4408,
    "unavailable": 1013,
}
"""WebSocket close code by the code of the `error` frame that goes before it."""
