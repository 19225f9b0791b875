"""What is said in a conversation: posts of each side, and changes of its state. Stream CHAT.

The subject says who made it. Every message has an id made by its maker, which decides whether it is new; its
place in the conversation is its sequence in the stream.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from contracts.ids import AgentId, MessageId, RunId, TeamId, VisitorId

FieldValue = str | int | float | bool | None
"""What a visitor's field can hold."""
FieldType = Literal["text", "long_text", "email", "phone", "number", "date", "select"]
"""How the widget asks for a field."""


class Author(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who a visitor sees beside a message."""

    kind: Literal["robot", "agent", "visitor"]
    id: str = ""
    name: str = ""
    avatar: str = ""


class FormField(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question of a form; `name` is the visitor's field that keeps the answer."""

    name: str
    label: str
    type: FieldType = "text"
    options: tuple[str, ...] = ()
    """With `select`: what may be chosen."""


class Text(Struct, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """Plain text: shown as text, never as HTML."""

    text: str


class QuickReplies(
    Struct, frozen=True, kw_only=True, tag_field="kind", tag="quick_replies", omit_defaults=True
):
    """A text with answers to choose from, until that time; a choice is `reply_chosen`."""

    text: str
    choices: tuple[str, ...]
    until: datetime
    lock_input: bool = False
    """Whether the visitor may only choose, and not write."""


class Form(Struct, frozen=True, kw_only=True, tag_field="kind", tag="form", omit_defaults=True):
    """A text with questions, answered field by field or at once by `form_submitted`, until that time."""

    text: str
    fields: tuple[FormField, ...]
    until: datetime
    lock_input: bool = False


class Survey(Struct, frozen=True, kw_only=True, tag_field="kind", tag="survey", omit_defaults=True):
    """How satisfied the visitor is, from worst to best; a choice is `reply_chosen`."""

    text: str
    choices: tuple[str, ...]
    until: datetime
    lock_input: bool = False


Body = Text | QuickReplies | Form | Survey
"""What a message holds, told apart by `kind`. Every kind has a `text`, which a reader that knows no more can show."""


class Appearance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the widget looks; a field that is None is not set."""

    title: str | None = None
    welcome: str | None = None
    colour: str | None = None
    background: str | None = None
    effect: str | None = None
    reply_time: str | None = None


class _ChatEvent(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    id: MessageId
    team: TeamId
    visitor: VisitorId
    at: datetime
    """When it was made, by its maker; UTC."""
    run: RunId | None = None
    """The run that made it, if one did."""


class Posted(_ChatEvent, frozen=True, kw_only=True, tag="posted.v1", omit_defaults=True):
    """A message to or from the visitor."""

    author: Author
    body: Body
    channel: Literal["web", "email"] = "web"
    notify_agents: bool = False
    frame: str | None = None
    """The frame of the visitor that this post is."""


class Assigned(_ChatEvent, frozen=True, kw_only=True, tag="assigned.v1", omit_defaults=True):
    """These agents look after the visitor from now on; `by` is "flow" or an agent's id."""

    agents: list[AgentId]
    by: str = "flow"


class Converted(_ChatEvent, frozen=True, kw_only=True, tag="converted.v1", omit_defaults=True):
    """The visitor is a customer of this type from now on; `by` is "flow" or an agent's id."""

    customer_type: str
    by: str = "flow"


class FieldSet(_ChatEvent, frozen=True, kw_only=True, tag="field_set.v1", omit_defaults=True):
    """A flow, or whoever `by` names, wrote one field of the visitor."""

    field: str
    value: FieldValue
    by: str = "flow"


class AgentsNotified(_ChatEvent, frozen=True, kw_only=True, tag="agents_notified.v1", omit_defaults=True):
    """A flow tells the team's people something about this visitor; the visitor never sees it."""

    text: str


class Noted(_ChatEvent, frozen=True, kw_only=True, tag="noted.v1", omit_defaults=True):
    """Somebody of the team wrote this about the visitor, for the others of the team; the visitor never sees it."""

    author: Author
    text: str


class AppearanceSet(_ChatEvent, frozen=True, kw_only=True, tag="appearance_set.v1", omit_defaults=True):
    """A flow changed how this visitor's widget looks."""

    appearance: Appearance


class Linked(_ChatEvent, frozen=True, kw_only=True, tag="linked.v1"):
    """This visitor, for whom the team's site vouches, came with an unverified one's token; histories stay apart."""

    anonymous: VisitorId


ChatEvent = Posted | Assigned | Converted | FieldSet | AgentsNotified | Noted | AppearanceSet | Linked
