"""`contracts.conversations.*` and `query.conversations.*`."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

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


class ReadConversation(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.conversations.read`: an agent has seen a conversation up to this place, which never goes back."""

    agent: AgentId
    seq: Annotated[int, Meta(ge=0)]
    """The place in CHAT of the last message that was seen."""
    visitor: VisitorId | None = None
    """None: every conversation of the team, up to there."""


class ReadUpTo(Struct, frozen=True, kw_only=True):
    """Up to where the agent has seen it now."""

    seq: int


class Stored(Struct, frozen=True, kw_only=True):
    """Where CHAT keeps what was asked for."""

    id: MessageId
    seq: int


class ConversationsList(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.conversations.list`: newest message first."""

    limit: int = 50
    cursor: str | None = None
    agent: AgentId | None = None
    """Who looks: whose unread messages are counted, and who `mine` is."""
    assigned: Literal["all", "mine", "unassigned"] = "all"
    group: str | None = None
    """Only what an agent of this group looks after."""
    unread: bool = False
    """Only what `agent` has not seen the end of."""


class ConversationSummary(Struct, frozen=True, kw_only=True):
    """One visitor's conversation."""

    visitor: VisitorId
    last_message: str
    last_author: str
    last_at: datetime
    messages: int
    assigned: list[AgentId]
    seq: int = 0
    """The place in CHAT of the last message."""
    name: str = ""
    """What the visitor is called, or else an address; empty: not known."""
    unread: int = 0
    """Messages of the visitor, and notices of flows, that the agent has not seen; counted up to 100."""
    is_online: bool | None = None
    """Whether the visitor has the page open; None: nobody said."""


class ConversationsPage(Struct, frozen=True, kw_only=True):
    """The reply of `query.conversations.list`."""

    conversations: list[ConversationSummary]
    cursor: str | None


class UnreadQuery(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.conversations.unread`: what waits for an agent: assigned to them, or to nobody."""

    agent: AgentId


class UnreadCounted(Struct, frozen=True, kw_only=True):
    """How many of the team's newest 1,000 conversations wait for the agent, counted up to 100."""

    conversations: int


class MessagesSearch(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.conversations.search`: every message and note that has all these words, the newest first.

    A word is found by its beginning; in Chinese, Japanese and Korean by any part of a sentence.
    """

    text: Annotated[str, Meta(max_length=200)]
    visitor: VisitorId | None = None
    """Only in this conversation."""
    limit: int = 50
    cursor: str | None = None


class MessagesList(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.conversations.messages`: the newest before `before`, or the oldest after `after`; oldest first."""

    visitor: VisitorId
    before: int | None = None
    after: int | None = None
    """Instead of `before`."""
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


class FoundMessage(Struct, frozen=True, kw_only=True):
    """One message, and whose conversation it is in."""

    visitor: VisitorId
    name: str
    message: StoredMessage


class MessagesFound(Struct, frozen=True, kw_only=True):
    """The reply of `query.conversations.search`."""

    found: list[FoundMessage]
    cursor: str | None


class MessagesPage(Struct, frozen=True, kw_only=True):
    """The reply of `query.conversations.messages`."""

    messages: list[StoredMessage]
    more: bool
    """Whether there are others on the side that was asked for."""


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
