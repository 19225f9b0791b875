"""`query.runs.*`, and the live feed `run.>`."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from contracts.ids import EventId, FlowId, FlowToken, RunId, TeamId, VisitorId, VisitorKey
from contracts.requests.asking import Request
from contracts.requests.flows import VersionNumber
from contracts.run import RunEvent

RunStatus = Literal["running", "waiting", "completed", "failed", "cancelled"]


class RunsList(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.list`: the newest first."""

    flow: FlowToken | None = None
    visitor: VisitorKey | None = None
    status: RunStatus | None = None
    since: datetime | None = None
    limit: int = 50
    """1 to 500."""
    until: datetime | None = None
    """Started before it."""
    outcome: Annotated[str, Meta(max_length=200)] | None = None
    """`node OUTCOME` that the run took."""
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


class RunsWaiting(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.waiting`: how many runs of a flow wait, and where."""

    flow: FlowToken


class NodeWaiting(Struct, frozen=True, kw_only=True):
    """How many runs of a version wait at a node."""

    version: int
    node: str
    runs: int


class WaitingCounted(Struct, frozen=True, kw_only=True):
    """The reply of `query.runs.waiting`, by version, newest first, and node."""

    waiting: list[NodeWaiting]


class RunsHeat(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.heat`: how often each outcome of a version was taken by its newest runs, 1,000 at most."""

    flow: FlowToken
    version: VersionNumber
    since: datetime | None = None


class OutcomeTaken(Struct, frozen=True, kw_only=True):
    """How many runs took an outcome, each counted once."""

    node: str
    outcome: str
    runs: int


class HeatTaken(Struct, frozen=True, kw_only=True):
    """The reply of `query.runs.heat`: of how many runs, and what they took, by node and outcome."""

    runs: int
    taken: list[OutcomeTaken]


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
    set: dict[str, Raw] = field(default_factory=dict[str, Raw])
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
