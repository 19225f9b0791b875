"""`contracts.conversations.*` and `query.conversations.*`."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from contracts.ids import AgentId, MessageId, RunId, VisitorId
from contracts.requests.asking import Request


class PostMessage(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.conversations.post`: an agent writes to a visitor. The caller makes the id, and may repeat."""

    id: MessageId
    visitor: VisitorId
    agent: AgentId
    text: str


class NoteVisitor(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.conversations.note`: an agent writes something down for the team; the visitor never sees it."""

    id: MessageId
    visitor: VisitorId
    agent: AgentId
    text: str


class ConvertVisitor(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.conversations.convert`: an agent makes the visitor a customer of one of the team's types."""

    id: MessageId
    visitor: VisitorId
    agent: AgentId
    customer_type: str


class AssignConversation(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.conversations.assign`: these agents look after the visitor from now on."""

    id: MessageId
    visitor: VisitorId
    agents: list[AgentId]


class Stored(Struct, frozen=True, kw_only=True):
    """Where CHAT keeps what was asked for."""

    id: MessageId
    seq: int


class ConversationsList(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.conversations.list`: newest message first."""

    limit: int = 50
    cursor: str | None = None


class ConversationSummary(Struct, frozen=True, kw_only=True):
    """One visitor's conversation."""

    visitor: VisitorId
    last_message: str
    last_author: str
    last_at: datetime
    messages: int
    assigned: list[AgentId]


class ConversationsPage(Struct, frozen=True, kw_only=True):
    """The reply of `query.conversations.list`."""

    conversations: list[ConversationSummary]
    cursor: str | None


class MessagesList(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.conversations.messages`: the newest before `before`, oldest first."""

    visitor: VisitorId
    before: int | None = None
    limit: int = 50
    with_notes: bool = False
    """Also what visitors never see: notes of agents, and what flows told them."""


class StoredMessage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message as the people see it; `seq` is its place in CHAT."""

    seq: int
    id: MessageId
    at: datetime
    author_kind: Literal["robot", "agent", "visitor"]
    author: str
    text: str
    run: RunId | None = None
    kind: Literal["message", "note", "notice"] = "message"
    """`note`: by an agent, for the team; `notice`: a flow told the agents."""


class MessagesPage(Struct, frozen=True, kw_only=True):
    """The reply of `query.conversations.messages`."""

    messages: list[StoredMessage]
    more: bool


class VisitorQuery(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.conversations.visitor`."""

    visitor: VisitorId


class VisitorProfile(Struct, frozen=True, kw_only=True):
    """What is known of a visitor."""

    visitor: VisitorId
    first_seen_at: datetime
    last_seen_at: datetime
    page_url: str
    page_title: str
    locale: str
    fields: dict[str, str | int | float | bool | None]
    assigned: list[AgentId]
    customer_type: str | None = None
    linked: list[VisitorId] = field(default_factory=list[VisitorId])
    """Who else this may be: a customer, and who used the same browser unidentified, in the order of learning it."""
