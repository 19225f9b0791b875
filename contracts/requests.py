"""Requests on the bus and their replies: JSON in, JSON out, answered by a queue group within 2 s.

Every request takes `team` (default `default`) and `by`, who asks. A refusal is an `ErrorReply` with the header
`Frontdesk-Error`.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from contracts.errors import Error
from contracts.flow import FlowDefinition, Problem
from contracts.ids import (
    DEFAULT_TEAM,
    AgentId,
    EventId,
    FlowId,
    FlowToken,
    MessageId,
    RunId,
    TeamId,
    TeamKey,
    VisitorId,
    VisitorKey,
)
from contracts.run import RunEvent
from contracts.team import TeamSettings

MOST_VERSIONS = 2**31 - 1
VersionNumber = Annotated[int, Meta(ge=1, le=MOST_VERSIONS)]

RunStatus = Literal["running", "waiting", "completed", "failed", "cancelled"]


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every request says."""

    team: TeamKey = DEFAULT_TEAM
    by: Annotated[str, Meta(max_length=128)] = ""


# contracts.flows.*


class PushFlow(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.flows.push` and `.submit.<team>`; a bare flow definition is taken as well."""

    definition: Raw
    activate: bool = False
    expect_version: Annotated[int, Meta(ge=0, le=MOST_VERSIONS)] | None = None
    """Refuse with `version_conflict` unless this is the newest version (0: the flow is new)."""


class SeedFlow(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.flows.seed`: push and activate, but only a flow that this team never had.

    It is activated only when its trigger has never been given to another flow, so that it overrides nobody's
    choice.
    """

    definition: Raw
    activate: bool = True
    """Whether the flow is one to start with; else it lies ready for who wants it."""


class FlowPushed(Struct, frozen=True, kw_only=True):
    """What a push led to. Equal content gives the version that is there."""

    flow: FlowId
    version: int
    hash: str
    active: bool
    replaced: FlowId | None = None
    """The flow that had this trigger until now, if the push activated this one."""
    warnings: list[Problem] = []


class FlowValidated(Struct, frozen=True, kw_only=True):
    """All problems and warnings of a definition."""

    problems: list[Problem]


class FlowRequest(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`activate`, `deactivate`, `delete`, `get`, `history`: one flow, and a version where it matters."""

    flow: FlowToken
    version: VersionNumber | None = None
    """None: the newest for `activate`; the active one, else the newest, for `get`."""


class FlowActivated(Struct, frozen=True, kw_only=True):
    """The reply of `activate`, `deactivate` and `delete`."""

    flow: FlowId
    version: int | None
    active: bool
    replaced: FlowId | None = None
    """The flow that had this trigger until now."""


class FlowSummary(Struct, frozen=True, kw_only=True):
    """One flow of a list."""

    flow: FlowId
    name: str
    trigger: str
    versions: int
    active: int | None
    """The version that answers its trigger now."""


class FlowList(Struct, frozen=True, kw_only=True):
    """The reply of `contracts.flows.list`, by flow id."""

    flows: list[FlowSummary]


class FlowVersion(Struct, frozen=True, kw_only=True):
    """The reply of `contracts.flows.get`."""

    flow: FlowId
    version: int
    hash: str
    active: bool
    published_at: datetime
    published_by: str
    definition: FlowDefinition


class CheckTeam(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.flows.check_team`: settings as they would be pushed for the team."""

    settings: Raw


class TeamChecked(Struct, frozen=True, kw_only=True):
    """What is wrong with expressions and templates, and (warnings) what flows would refer to in vain."""

    problems: list[Problem]


class FlowHistoryEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to a flow."""

    at: datetime
    by: str
    what: Literal["published", "activated", "deactivated", "deleted"]
    version: int | None = None
    hash: str | None = None
    replaced_by: FlowId | None = None


class FlowHistory(Struct, frozen=True, kw_only=True):
    """The reply of `contracts.flows.history`, newest first."""

    flow: FlowId
    history: list[FlowHistoryEntry]


class FlowVerdict(
    Struct, frozen=True, kw_only=True, tag_field="type", tag="flow_verdict.v1", omit_defaults=True
):
    """What stream FLOW keeps: what became of a definition, and every change of what is active."""

    team: TeamId
    flow: FlowId
    verdict: Literal["published", "refused", "activated", "deactivated", "deleted"]
    at: datetime
    by: str = ""
    version: int | None = None
    hash: str | None = None
    replaced: FlowId | None = None
    replaced_by: FlowId | None = None
    submission: int | None = None
    """The sequence in CONTRACTS, when it came that way."""
    error: Error | None = None


# query.runs.*


class RunsList(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.list`: the newest first."""

    flow: FlowToken | None = None
    visitor: VisitorKey | None = None
    status: RunStatus | None = None
    since: datetime | None = None
    limit: int = 50
    """1 to 500."""
    cursor: str | None = None


class RunSummary(Struct, frozen=True, kw_only=True):
    """One run. `node` is where it is or was last; `error` the sentence of a failed or cancelled one."""

    run: RunId
    flow: FlowId
    version: int
    hash: str
    team: TeamId
    visitor: VisitorId
    trigger: str
    status: RunStatus
    node: str | None
    started_at: datetime
    ended_at: datetime | None
    error: str | None


class RunsPage(Struct, frozen=True, kw_only=True):
    """The reply of `query.runs.list`; `cursor` fetches what follows, None at the end."""

    runs: list[RunSummary]
    cursor: str | None


class RunRequest(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.events`."""

    run: RunId


class RunHistory(Struct, frozen=True, kw_only=True):
    """The reply of `query.runs.events`, in `seq` order."""

    run: RunSummary
    events: list[RunEvent]


class RunReplay(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.replay`: decide again, with the recorded facts or with some of them changed; sends nothing."""

    run: RunId
    set: dict[str, Raw] = {}
    """Facts by name with their JSON value, for example `{"agents_online": ["agent-1"]}`."""
    definition: Raw | UnsetType = UNSET
    """Another flow to decide by; absent: the version that ran."""


class RunReplayed(Struct, frozen=True, kw_only=True):
    """Whether today's decision equals the record, else the `seq` of the first event that differs."""

    run: RunId
    equal: bool
    differs_at: int | None
    events: list[RunEvent]
    taken_as_recorded: list[int] = []
    """Events whose variables were deleted: their recorded outcome stands."""
    missing: str | None = None
    """The fact that the other path needs and nobody recorded; `set` gives it."""


class RunsCancel(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.cancel`: end one waiting run, or all that wait of a flow."""

    run: RunId | None = None
    flow: FlowToken | None = None
    waiting: bool = False
    """Must be true with `flow`: nobody cancels by a slip."""
    reason: str = ""


class RunsCancelled(Struct, frozen=True, kw_only=True):
    """The reply of `query.runs.cancel`: the runs that it ended."""

    cancelled: list[RunId]


class RunsExplain(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.explain`: what became of each event of a visitor, oldest first."""

    visitor: VisitorKey
    since: datetime | None = None
    """Default: an hour ago."""


class EventExplained(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of a visitor: the run that it started, those that it woke, or why it did neither."""

    event: EventId
    type: str
    at: datetime
    """The stream's time."""
    started: RunId | None = None
    flow: FlowId | None = None
    """The flow of the run, or the one that was not started."""
    woke: tuple[RunId, ...] = ()
    reason: str = ""
    """Why nothing was started; empty when a run was."""


class RunsExplained(Struct, frozen=True, kw_only=True):
    """The reply of `query.runs.explain`."""

    events: list[EventExplained]


class RunAppended(Struct, frozen=True, kw_only=True):
    """What `run.<team>.<flow>.<run>` tells live: the events that were just stored, in `seq` order."""

    run: RunId
    team: TeamId
    flow: FlowId
    version: int
    visitor: VisitorId
    events: list[RunEvent]


# query.presence.*, contracts.team.*, contracts.conversations.*, query.conversations.*


class PresenceList(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.presence.list`."""

    kind: Literal["agent", "visitor"] = "agent"


class PresenceOnline(Struct, frozen=True, kw_only=True):
    """The reply of `query.presence.list`, sorted."""

    online: list[str]


class PushTeam(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.team.push`: replace a team's settings, or make the team."""

    settings: Raw
    expect_revision: int | None = None
    """Refuse with `version_conflict` unless this is their revision (0: the team is new)."""


class TeamFound(Struct, frozen=True, kw_only=True):
    """The reply of `contracts.team.get`; push with `expect_revision` to change just these."""

    settings: TeamSettings
    revision: int


class TeamPushed(Struct, frozen=True, kw_only=True):
    """Where the settings are now."""

    team: TeamId
    revision: int
    warnings: list[Problem] = []
    """What flows refer to and the team has not, or that nobody was there to look."""


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
