"""What the console's HTTP API says and takes beside requests of the bus, and the frames of its WebSocket.

Bodies ignore fields that they do not know. Refusals are `contracts.errors.ErrorReply`.
"""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from contracts import requests
from contracts.flow import MAX_NAME, FlowDefinition, NodeKey, Place, Problem
from contracts.forms import Json
from contracts.ids import AgentId, FlowId, MessageId, TeamId, VisitorId
from contracts.requests import MOST_VERSIONS, FlowList, VersionNumber
from contracts.team import Role

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
"""Characters."""
TICK_S = 20
TOO_SLOW = 1013
"""The socket is closed with it when its reader does not keep up: come back, and catch up by HTTP."""
NO_SESSION = 4401
"""The socket is closed with it when nobody is signed in, or not any more."""

_Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
_ExpectedVersion = Annotated[int, Meta(ge=0, le=MOST_VERSIONS)]
_Revision = Annotated[int, Meta(ge=1)]


class Credentials(Struct, frozen=True, kw_only=True):
    """`POST /api/session`."""

    email: Annotated[str, Meta(min_length=1, max_length=200)]
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]

    def __repr__(self) -> str:
        return "Credentials(***)"


class Me(Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    team: TeamId
    agent: AgentId
    name: str
    email: str
    role: Role
    has_password: bool


class SignedIn(Struct, frozen=True, kw_only=True):
    """One of this person's sessions."""

    id: str
    created_at: datetime
    seen_at: datetime
    user_agent: str
    is_this: bool
    """The one that asks."""


class Sessions(Struct, frozen=True, kw_only=True):
    """The reply of `GET /api/sessions`, the one that was used last first."""

    sessions: list[SignedIn]


class NewPassword(Struct, frozen=True, kw_only=True):
    """`PUT /api/password`. `current` is needed by whoever has one."""

    current: Annotated[str, Meta(max_length=LONGEST_PASSWORD)] | None = None
    new: Annotated[str, Meta(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]

    def __repr__(self) -> str:
        return "NewPassword(***)"


class DraftSummary(Struct, frozen=True, kw_only=True):
    """A flow as this person left it in the editor; name and trigger as far as the draft says them."""

    flow: FlowId
    name: str
    trigger: str
    saved_at: datetime
    base_version: int | None


class Flows(FlowList, frozen=True, kw_only=True):
    """The reply of `GET /api/flows`: the team's flows by id, and this person's drafts."""

    drafts: list[DraftSummary]


class Publication(Struct, frozen=True, kw_only=True):
    """`POST /api/flows/{flow}/publish`: refused with `version_conflict` unless `expect_version` is the newest."""

    definition: Json
    expect_version: _ExpectedVersion
    """0: the flow is new."""
    activate: bool = False


class Activation(Struct, frozen=True, kw_only=True):
    """`POST /api/flows/{flow}/activate`."""

    version: VersionNumber | None = None
    """None: the newest."""


class Layout(Struct, frozen=True, kw_only=True):
    """`PUT /api/flows/{flow}/layout`."""

    version: VersionNumber
    layout: dict[NodeKey, Place]


class Candidate(Struct, frozen=True, kw_only=True):
    """A definition to validate, to test, or to write as TOML."""

    definition: Json


class ParsedFlow(Struct, frozen=True, kw_only=True):
    """What a file says: a definition, or why it is none. Nodes are not looked at here."""

    definition: FlowDefinition | None
    problems: list[Problem]


class Draft(Struct, frozen=True, kw_only=True):
    """A flow as this person left it in the editor; it may be unfinished, and so be no definition yet."""

    flow: FlowId
    definition: dict[str, Json]
    base_version: int | None
    """The version that it began from; None: a new flow."""
    revision: int
    saved_at: datetime


class DraftSaving(Struct, frozen=True, kw_only=True):
    """`PUT /api/flows/{flow}/draft`: refused with `draft_conflict` unless `revision` is the stored one."""

    definition: dict[str, Json]
    base_version: _ExpectedVersion | None = None
    revision: _Revision | None = None
    """The one that was seen last; None: there was none."""


class Replaying(Struct, frozen=True, kw_only=True):
    """`POST /api/runs/{run}/replay`."""

    set: dict[str, Json] = field(default_factory=dict[str, Json])
    """Facts by name, each with its JSON value."""
    definition: Json | UnsetType = UNSET
    """Another flow to decide by; absent: the version that ran."""


class Cancelling(Struct, frozen=True, kw_only=True):
    """`POST /api/runs/{run}/cancel`."""

    reason: Annotated[str, Meta(max_length=500)] = ""


class ScenarioNaming(Struct, frozen=True, kw_only=True):
    """`POST /api/runs/{run}/scenario`."""

    name: _Name


_MessageKey = Annotated[MessageId, Meta(min_length=1, max_length=64)]


class Writing(Struct, frozen=True, kw_only=True):
    """`POST /api/conversations/{visitor}/messages` and `/notes`. The page makes the id, and repeats with the same."""

    id: _MessageKey
    text: Annotated[str, Meta(min_length=1, max_length=4000)]


class Assigning(Struct, frozen=True, kw_only=True):
    """`PUT /api/conversations/{visitor}/assigned`."""

    id: _MessageKey
    agents: Annotated[list[AgentId], Meta(max_length=1000)]
    """Nobody: whoever is there."""


class Converting(Struct, frozen=True, kw_only=True):
    """`PUT /api/conversations/{visitor}/customer-type`."""

    id: _MessageKey
    customer_type: str


class Reading(Struct, frozen=True, kw_only=True):
    """`PUT /api/conversations/{visitor}/read` and `/api/conversations/read`."""

    seq: Annotated[int, Meta(ge=0)]


class VisitorCard(Struct, frozen=True, kw_only=True):
    """The reply of `GET /api/conversations/{visitor}`. What nobody can say now is None."""

    visitor: VisitorId
    profile: requests.VisitorProfile | None
    """None: the visitor did nothing yet."""
    described: requests.VisitorDescribed | None
    is_online: bool | None


class Present(Struct, frozen=True, kw_only=True):
    """The reply of `GET /api/presence`."""

    agents: list[AgentId]
    """Those who are online, sorted."""
    visitors: int


class Health(Struct, frozen=True, kw_only=True):
    """The reply of `GET /api/health`."""

    bus: bool


class Watch(Struct, frozen=True, kw_only=True, tag_field="type", tag="watch"):
    """The client says what it looks at; the last one counts. Neither: everything of the team."""

    flow: str | None = None
    run: str | None = None


class Online(Struct, frozen=True, kw_only=True, tag_field="type", tag="online"):
    """The client says that its agent is there; until then an open console is nobody's presence."""


class AgentAway(Struct, frozen=True, kw_only=True, tag_field="type", tag="away"):
    """The client takes `online` back: this socket counts no more, others of the agent may."""


class InboxOpened(Struct, frozen=True, kw_only=True, tag_field="type", tag="inbox"):
    """The client wants to hear of the team's conversations, until the socket is closed."""


class AgentTyping(Struct, frozen=True, kw_only=True, tag_field="type", tag="typing"):
    """The agent writes to this visitor at this moment; say it every few seconds as long as it is so."""

    visitor: VisitorId


ClientFrame = Watch | Online | AgentAway | InboxOpened | AgentTyping
"""What only concerns those who answer visitors is ignored from an SRE."""


class LiveRunAppended(requests.RunAppended, frozen=True, kw_only=True, tag_field="type", tag="run_appended"):
    """Events that were just stored of a run."""


class LiveFlowChanged(requests.FlowVerdict, frozen=True, kw_only=True, tag="flow_changed"):
    """A flow was published, refused, activated, deactivated or deleted."""


class LivePresence(Struct, frozen=True, kw_only=True, tag_field="type", tag="presence"):
    """An agent came online or went offline."""

    agent: AgentId
    is_online: bool


class LiveBus(Struct, frozen=True, kw_only=True, tag_field="type", tag="bus"):
    """Whether the console reaches the bus: at the start, and at each change. While it is down frames may be missed."""

    is_up: bool


class LiveTick(Struct, frozen=True, tag_field="type", tag="tick"):
    """A sign of life, every 20 s, and as soon as a `watch` is heard: nothing of it is missed from then on."""


class LiveInbox(Struct, frozen=True, tag_field="type", tag="inbox"):
    """The team's conversations are heard: nothing of them is missed from now on, what was before is to be asked for."""


class LiveConversationChanged(
    Struct, frozen=True, kw_only=True, tag_field="type", tag="conversation_changed"
):
    """Something was stored in a conversation. Lists and histories may know of it a moment later.

    It may come again with another `seq`; the message's `kind` and `id` decide whether it is new.
    """

    visitor: VisitorId
    seq: int
    message: requests.StoredMessage | None = None
    """What was said; None: something else was set."""
    assigned: list[AgentId] | None = None
    """Who looks after the visitor now; None: that did not change."""


class LiveVisitorTyping(Struct, frozen=True, kw_only=True, tag_field="type", tag="visitor_typing"):
    """The visitor writes at this moment."""

    visitor: VisitorId


class LiveVisitorRead(Struct, frozen=True, kw_only=True, tag_field="type", tag="visitor_read"):
    """The visitor has seen the conversation up to there."""

    visitor: VisitorId
    seq: int


class LiveVisitorPresence(Struct, frozen=True, kw_only=True, tag_field="type", tag="visitor_presence"):
    """A visitor came, or went."""

    visitor: VisitorId
    is_online: bool


LiveFrame = (
    LiveRunAppended
    | LiveFlowChanged
    | LivePresence
    | LiveBus
    | LiveTick
    | LiveInbox
    | LiveConversationChanged
    | LiveVisitorTyping
    | LiveVisitorRead
    | LiveVisitorPresence
)
