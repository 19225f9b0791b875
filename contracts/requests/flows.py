"""`contracts.flows.*`: flow definitions, and the verdicts that stream FLOW keeps."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

from contracts.errors import Error
from contracts.flow import FlowDefinition, NodeKey, Place, Problem
from contracts.ids import FlowId, FlowToken, TeamId
from contracts.requests.asking import Request

MOST_VERSIONS = 2**31 - 1
VersionNumber = Annotated[int, Meta(ge=1, le=MOST_VERSIONS)]


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
    warnings: list[Problem] = []
    """Of `activate`: what the flow refers to and the team does not have any more."""


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


class LayOutFlow(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.flows.layout`: where the nodes of a version stand on the canvas; makes no new version.

    Nodes of the flow's other versions keep their places.
    """

    flow: FlowToken
    version: VersionNumber
    layout: dict[NodeKey, Place]


class FlowLaidOut(Struct, frozen=True, kw_only=True):
    """The reply of `contracts.flows.layout`: the places of all nodes that the flow's versions have had."""

    flow: FlowId
    layout: dict[str, Place]


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
