"""What a run leaves behind: its events and their effects, in the order of `seq`, from 1 without gaps.

A run is the fold of these events; nothing else is known about it. Personal data (the values of variables and
the texts of messages) is kept apart from the path: `split` takes it out before an event is stored, `merge`
puts it back. When it has been deleted the event stays `withheld`, and the path still replays.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct, structs

from contracts.forms import Json
from contracts.ids import AgentId, EventId, FlowId, MessageId, RunId, TeamId, VisitorId, effect_id

NodeId = str
"""The key of a node in its flow."""

Robot = Literal["robot"]


class _Effect(Struct, gc=False, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """What the shell has to do outside. `k` counts from 1 within the event; see `effect_id`."""

    k: int


class MessagePosted(_Effect, gc=False, frozen=True, kw_only=True, tag="message_posted", omit_defaults=True):
    """The visitor gets this message. `text` is personal: empty while it is kept elsewhere."""

    author: Robot | AgentId
    channel: Literal["web", "email"] = "web"
    text: str = ""
    notify_agents: bool = False


class ConversationAssigned(
    _Effect, frozen=True, kw_only=True, tag="conversation_assigned", omit_defaults=True
):
    """These agents look after the visitor from now on; sorted."""

    agents: tuple[AgentId, ...]


class TimerSet(_Effect, gc=False, frozen=True, kw_only=True, tag="timer_set", omit_defaults=True):
    """The run is to be woken at this time with the `seq` of this event."""

    at: datetime


Effect = MessagePosted | ConversationAssigned | TimerSet


class TriggerRef(Struct, gc=False, frozen=True, kw_only=True):
    """The visitor's event that started the run: its name, id, and place and time in stream VISITOR."""

    name: str
    event_id: EventId
    stream_seq: int
    at: datetime


class _RunEvent(Struct, gc=False, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    run: RunId
    seq: int
    at: datetime
    """Stream time of what led to it; aware, UTC."""
    cause: str
    """The id of the message that led to it."""


class RunStarted(_RunEvent, gc=False, frozen=True, kw_only=True, tag="run.started.v1", omit_defaults=True):
    """A visitor's event met its active flow; `variables` are those of the trigger (personal)."""

    flow: FlowId
    version: int
    hash: str
    team: TeamId
    visitor: VisitorId
    trigger: TriggerRef
    variables: dict[str, Json] = {}
    withheld: bool = False
    """The personal part is kept elsewhere, or was deleted."""


class NodeCompleted(
    _RunEvent, gc=False, frozen=True, kw_only=True, tag="run.node_completed.v1", omit_defaults=True
):
    """A node yielded its outcome and the run goes on at `next`, or nowhere.

    `code` and `detail` say why an outcome is FAILED. `facts` and `variables` are all that the node read;
    `sets` are the variables that it gave the run; the latter two are personal.
    """

    node: NodeId
    node_type: str
    outcome: str
    next: NodeId | None = None
    code: str = ""
    detail: str = ""
    facts: dict[str, Json] = {}
    variables: dict[str, Json] = {}
    sets: dict[str, Json] = {}
    effects: tuple[Effect, ...] = ()
    withheld: bool = False


class RunWaiting(
    _RunEvent,
    frozen=True,
    kw_only=True,
    tag="run.waiting.v1",
    omit_defaults=True,
    rename={"waits_for": "for"},
):
    """The run stands at `node` until one of the outcomes `waits_for` comes, the time of `until` at the latest."""

    node: NodeId
    node_type: str
    since: datetime
    until: datetime
    waits_for: tuple[str, ...]
    facts: dict[str, Json] = {}
    variables: dict[str, Json] = {}
    effects: tuple[Effect, ...] = ()
    withheld: bool = False


class RunCompleted(
    _RunEvent, gc=False, frozen=True, kw_only=True, tag="run.completed.v1", omit_defaults=True
):
    """The run is over; `node` is its last one: an `end`, or one whose outcome leads nowhere."""

    node: NodeId


class RunFailed(_RunEvent, gc=False, frozen=True, kw_only=True, tag="run.failed.v1", omit_defaults=True):
    """A node could not do its work and its FAILED leads nowhere, or the run took too many steps or too long."""

    node: NodeId
    code: str
    detail: str


class RunCancelled(
    _RunEvent, gc=False, frozen=True, kw_only=True, tag="run.cancelled.v1", omit_defaults=True
):
    """Somebody ended a waiting run: who, and why."""

    node: NodeId
    by: str
    reason: str = ""


RunEvent = RunStarted | NodeCompleted | RunWaiting | RunCompleted | RunFailed | RunCancelled


class Personal(Struct, gc=False, frozen=True, kw_only=True, omit_defaults=True):
    """What an event says about a person, keyed as in the event; `texts` are message texts by effect number."""

    variables: dict[str, Json] = {}
    sets: dict[str, Json] = {}
    texts: dict[int, str] = {}


def split(event: RunEvent) -> tuple[RunEvent, Personal | None]:
    """The event as it may be kept for ever, and its personal part (None when there is none)."""
    match event:
        case RunStarted(variables=variables) if variables:
            return structs.replace(event, variables={}, withheld=True), Personal(variables=variables)
        case NodeCompleted() | RunWaiting():
            return _split_node(event)
        case _:
            return event, None


def merge(event: RunEvent, personal: Personal | None) -> RunEvent:
    """The event with its personal part put back; without one it is returned as it is."""
    match event, personal:
        case RunStarted(), Personal(variables=variables):
            return structs.replace(event, variables=variables, withheld=False)
        case NodeCompleted(), Personal(variables=variables, sets=sets, texts=texts):
            effects = _with_texts(event.effects, texts)
            return structs.replace(event, variables=variables, sets=sets, effects=effects, withheld=False)
        case RunWaiting(), Personal(variables=variables, texts=texts):
            effects = _with_texts(event.effects, texts)
            return structs.replace(event, variables=variables, effects=effects, withheld=False)
        case _:
            return event


def effects_of(event: RunEvent) -> tuple[tuple[MessageId, Effect], ...]:
    """The effects of an event, each with its derived id; an effect's message carries that id."""
    if isinstance(event, (NodeCompleted, RunWaiting)):
        return tuple((effect_id(event.run, event.seq, effect.k), effect) for effect in event.effects)
    return ()


def _split_node(event: NodeCompleted | RunWaiting) -> tuple[RunEvent, Personal | None]:
    sets = event.sets if isinstance(event, NodeCompleted) else {}
    texts = {e.k: e.text for e in event.effects if isinstance(e, MessagePosted) and e.text}
    if not (event.variables or sets or texts):
        return event, None
    personal = Personal(variables=event.variables, sets=sets, texts=texts)
    effects = _with_texts(event.effects, dict.fromkeys(texts, ""))
    if isinstance(event, NodeCompleted):
        return structs.replace(event, variables={}, sets={}, effects=effects, withheld=True), personal
    return structs.replace(event, variables={}, effects=effects, withheld=True), personal


def _with_texts(effects: tuple[Effect, ...], texts: dict[int, str]) -> tuple[Effect, ...]:
    return tuple(
        structs.replace(effect, text=texts[effect.k])
        if isinstance(effect, MessagePosted) and effect.k in texts
        else effect
        for effect in effects
    )
