"""What a run leaves behind: its events and their effects, in the order of `seq`, from 1 without gaps.

A run is the fold of these events; nothing else is known about it. Personal data (the values of variables and
the texts of messages) is kept apart from the path: `split` takes it out before an event is stored, `merge`
puts it back. When it has been deleted the event stays `withheld`, and the path still replays.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct, convert, structs, to_builtins

from contracts.chat import Appearance, FormField
from contracts.forms import Json
from contracts.ids import AgentId, EventId, FlowId, MessageId, RunId, TeamId, VisitorId, effect_id
from contracts.task import TaskKind

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
    quick_replies: tuple[str, ...] = ()
    survey: tuple[str, ...] = ()
    """The answers of a survey, from worst to best."""
    form: tuple[FormField, ...] = ()
    until: datetime | None = None
    """How long an answer by choice or form is waited for."""
    lock_input: bool = False


class ConversationAssigned(
    _Effect, frozen=True, kw_only=True, tag="conversation_assigned", omit_defaults=True
):
    """These agents look after the visitor from now on; sorted."""

    agents: tuple[AgentId, ...]


class VisitorConverted(_Effect, frozen=True, kw_only=True, tag="visitor_converted", omit_defaults=True):
    """The visitor is a customer of this type from now on."""

    customer_type: str


class FieldWritten(_Effect, frozen=True, kw_only=True, tag="field_written", omit_defaults=True):
    """A field of the visitor has this value from now on (personal: None while it is kept elsewhere)."""

    field: str
    value: Json = None


class AppearanceChanged(_Effect, frozen=True, kw_only=True, tag="appearance_changed", omit_defaults=True):
    """The visitor's widget looks like this from now on (personal: its texts may name the visitor)."""

    appearance: Appearance = Appearance()


class TaskRequested(_Effect, frozen=True, kw_only=True, tag="task_requested", omit_defaults=True):
    """Work outside; `request` (personal) has the fields of that kind's Struct in `contracts.task`."""

    kind: TaskKind
    request: dict[str, Json] = {}


class TimerSet(_Effect, gc=False, frozen=True, kw_only=True, tag="timer_set", omit_defaults=True):
    """The run is to be woken at this time with the `seq` of this event."""

    at: datetime


Effect = (
    MessagePosted
    | ConversationAssigned
    | VisitorConverted
    | FieldWritten
    | AppearanceChanged
    | TaskRequested
    | TimerSet
)


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
    """What an event says about a person, keyed as in the event.

    `texts` are message texts by effect number, `values` what other effects hold of the person.
    """

    variables: dict[str, Json] = {}
    sets: dict[str, Json] = {}
    texts: dict[int, str] = {}
    values: dict[int, Json] = {}


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
        case NodeCompleted(), Personal(variables=variables, sets=sets):
            effects = tuple(_whole(effect, personal) for effect in event.effects)
            return structs.replace(event, variables=variables, sets=sets, effects=effects, withheld=False)
        case RunWaiting(), Personal(variables=variables):
            effects = tuple(_whole(effect, personal) for effect in event.effects)
            return structs.replace(event, variables=variables, effects=effects, withheld=False)
        case _:
            return event


def effects_of(event: RunEvent) -> tuple[tuple[MessageId, Effect], ...]:
    """The effects of an event, each with its derived id; an effect's message carries that id."""
    return tuple((effect_id(event.run, event.seq, effect.k), effect) for effect in made_by(event))


def made_by(event: RunEvent) -> tuple[Effect, ...]:
    """The effects of an event."""
    return event.effects if isinstance(event, (NodeCompleted, RunWaiting)) else ()


def _split_node(event: NodeCompleted | RunWaiting) -> tuple[RunEvent, Personal | None]:
    sets = event.sets if isinstance(event, NodeCompleted) else {}
    if not (event.effects or event.variables or sets):
        return event, None
    texts: dict[int, str] = {}
    values: dict[int, Json] = {}
    effects = tuple(_bare(effect, texts, values) for effect in event.effects)
    if not (event.variables or sets or texts or values):
        return event, None
    personal = Personal(variables=event.variables, sets=sets, texts=texts, values=values)
    if isinstance(event, NodeCompleted):
        return structs.replace(event, variables={}, sets={}, effects=effects, withheld=True), personal
    return structs.replace(event, variables={}, effects=effects, withheld=True), personal


def _bare(effect: Effect, texts: dict[int, str], values: dict[int, Json]) -> Effect:
    """The effect without what is personal, which goes into `texts` or `values`."""
    match effect:
        case MessagePosted(text=text) if text:
            texts[effect.k] = text
            return structs.replace(effect, text="")
        case FieldWritten(value=value) if value is not None:
            values[effect.k] = value
            return structs.replace(effect, value=None)
        case AppearanceChanged(appearance=appearance):
            values[effect.k] = to_builtins(appearance)
            return structs.replace(effect, appearance=Appearance())
        case TaskRequested(request=request):
            values[effect.k] = request
            return structs.replace(effect, request={})
        case _:
            return effect


def _whole(effect: Effect, personal: Personal) -> Effect:
    """The effect with its personal part put back."""
    match effect:
        case MessagePosted() if effect.k in personal.texts:
            return structs.replace(effect, text=personal.texts[effect.k])
        case FieldWritten() if effect.k in personal.values:
            return structs.replace(effect, value=personal.values[effect.k])
        case AppearanceChanged() if effect.k in personal.values:
            return structs.replace(effect, appearance=convert(personal.values[effect.k], Appearance))
        case TaskRequested() if effect.k in personal.values:
            return structs.replace(effect, request=convert(personal.values[effect.k], dict[str, Json]))
        case _:
            return effect
