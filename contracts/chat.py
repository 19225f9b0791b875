"""What is said in a conversation: posts of each side, and changes of its state. Stream CHAT.

The subject says who made it. Every message has an id made by its maker, which decides whether it is new; its
place in the conversation is its sequence in the stream.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from contracts.ids import AgentId, MessageId, RunId, TeamId, VisitorId


class Author(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who a visitor sees beside a message."""

    kind: Literal["robot", "agent", "visitor"]
    id: str = ""
    name: str = ""
    avatar: str = ""


class Text(Struct, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """Plain text: shown as text, never as HTML."""

    text: str


Body = Text
"""What a message holds, told apart by `kind`; quick replies, forms and surveys join here."""


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


class AppearanceSet(_ChatEvent, frozen=True, kw_only=True, tag="appearance_set.v1", omit_defaults=True):
    """A flow changed how this visitor's widget looks."""

    appearance: Appearance


ChatEvent = Posted | Assigned | AppearanceSet
