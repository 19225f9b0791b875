"""What the executor's sources bring, as one kind of thing: an occasion that may resume runs of a visitor, and
start one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from contracts.chat import Assigned, ChatEvent, Converted, FieldValue, Posted
from contracts.ids import AgentId, EventId, TeamId, VisitorId, check_uuid, run_id
from contracts.run import Json, TriggerRef
from contracts.subjects import parse_chat, parse_task_done, parse_timer_due, parse_visitor_event
from contracts.task import TaskDone
from contracts.visitor import (
    EventTracked,
    FormSubmitted,
    MessageSent,
    ProfileUpdated,
    ReplyChosen,
    VisitorEvent,
    WidgetLoaded,
)
from services.chassis.bus import Delivery
from services.chassis.intake import Poison
from services.flow_executor.engine import stimuli
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    Stimulus,
    TimerDue,
    Triggered,
    VisitorAnswered,
)
from services.flow_executor.profile import Names
from services.flow_executor.visitors import Said


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """One message, understood. `at` is its stream's time, which is the time of every event that it leads to."""

    cause: str
    at: datetime
    team: TeamId | None
    visitor: VisitorId | None
    """Both None for a timer and a task's answer, until their run is looked up."""
    event: VisitorEvent | None = None
    triggered: Triggered | None = None
    stimulus: Stimulus | None = None
    agent_post: Said | None = None
    message: Said | None = None
    assigned: tuple[AgentId, ...] | None = None
    """Set when a person changed who looks after the visitor."""
    converted: str | None = None
    """Set when a person changed what customer the visitor is."""

    @property
    def leaves_traces(self) -> bool:
        """Whether it changes what is known of its visitor, so that it must be recorded whatever comes of it."""
        return isinstance(
            self.event, (MessageSent, EventTracked, ProfileUpdated, FormSubmitted, WidgetLoaded)
        )


Read = Callable[[Delivery], Occasion]

_visitor_decoder = msgspec.json.Decoder(VisitorEvent)
_task_decoder = msgspec.json.Decoder(TaskDone)
_chat_decoder = msgspec.json.Decoder(ChatEvent)

UNDECODABLE = "undecodable"


def visitor_event(delivery: Delivery) -> Occasion:
    """An event of VISITOR: starts a run, and (a message) resumes what waits for one. Raises `Poison`."""
    try:
        event = _visitor_decoder.decode(delivery.data)
        where = parse_visitor_event(delivery.subject)
        variables = trigger_variables(event)
        check_uuid(event.id)
    except (msgspec.DecodeError, ValueError, RecursionError) as exc:
        raise Poison(delivery, UNDECODABLE, str(exc)) from exc
    kind = str(event.__struct_config__.tag)
    if (event.team, event.visitor, kind) != (where.team, where.visitor, where.event):
        raise Poison(
            delivery, UNDECODABLE, f"its body is {event.team}.{event.visitor}.{kind}, its subject is not"
        )
    at = delivery.at
    trigger = TriggerRef(name=where.event, event_id=event.id, stream_seq=delivery.seq, at=at)
    occasion = Occasion(
        cause=event.id,
        at=at,
        team=event.team,
        visitor=event.visitor,
        event=event,
        triggered=Triggered(
            run=run_id(event.id), team=event.team, visitor=event.visitor, trigger=trigger, variables=variables
        ),
    )
    match event:
        case MessageSent():
            stimulus = VisitorAnswered(event.id, at, message_variables(event))
            message = Said(at, event.id, event.posted_seq)
            return msgspec.structs.replace(occasion, stimulus=stimulus, message=message)
        case ReplyChosen(message=message, choice=choice):
            stimulus = stimuli.ReplyChosen(event.id, at, message, choice)
            return msgspec.structs.replace(occasion, stimulus=stimulus)
        case FormSubmitted(message=message, values=values):
            return msgspec.structs.replace(occasion, stimulus=form_filled(event.id, at, message, values))
        case _:
            return occasion


def form_filled(
    event: EventId, at: datetime, message: str, values: Mapping[str, FieldValue]
) -> stimuli.FormFilled:
    """The stimulus that these answers are; an empty one is none."""
    given: dict[str, Json] = {name: value for name, value in values.items() if value not in {None, ""}}
    return stimuli.FormFilled(event, at, message, tuple(sorted(given)), given)


def timer_due(delivery: Delivery) -> Occasion:
    """A timer of TIMER: resumes the one run that set it. Raises `Poison`."""
    try:
        where = parse_timer_due(delivery.subject)
        check_uuid(where.run)
    except ValueError as exc:
        raise Poison(delivery, UNDECODABLE, str(exc)) from exc
    stimulus = TimerDue(where.run, where.seq)
    return Occasion(cause=stimulus.cause, at=delivery.at, team=None, visitor=None, stimulus=stimulus)


def fitting(occasion: Occasion, names: Names) -> Occasion:
    """The occasion with what it says of its visitor as far as that may be said, and fits the team's fields."""
    match occasion.event:
        case ProfileUpdated(fields=said) as event:
            updated = msgspec.structs.replace(event, fields=names.fitting(said))
            return msgspec.structs.replace(occasion, event=updated)
        case FormSubmitted(values=said) as event:
            values = names.fitting(said)
            return msgspec.structs.replace(
                occasion,
                event=msgspec.structs.replace(event, values=values),
                stimulus=form_filled(event.id, occasion.at, event.message, values),
            )
        case _:
            return occasion


def task_done(delivery: Delivery) -> Occasion:
    """An answer of TASK: resumes the one run that asked. Raises `Poison`."""
    try:
        where = parse_task_done(delivery.subject)
        check_uuid(where.run)
        done = _task_decoder.decode(delivery.data)
        if (done.run, done.seq) != (where.run, where.seq):
            raise ValueError(f"its body is of {done.run}.{done.seq}, its subject is not")
    except (msgspec.DecodeError, ValueError, RecursionError) as exc:
        raise Poison(delivery, UNDECODABLE, str(exc)) from exc
    stimulus = stimuli.TaskEnded(
        done.run, done.seq, delivery.at, done.ok, done.status, done.code, done.detail, done.value
    )
    return Occasion(cause=stimulus.cause, at=delivery.at, team=None, visitor=None, stimulus=stimulus)


def agent_post(delivery: Delivery) -> Occasion:
    """A post by a person of the team, of CHAT: resumes what waits for one. Raises `Poison`."""
    event = _chat_event(delivery)
    if not isinstance(event, Posted):
        raise Poison(delivery, UNDECODABLE, "this is no post")
    return Occasion(
        cause=event.id,
        at=delivery.at,
        team=event.team,
        visitor=event.visitor,
        stimulus=AgentAnswered(event.id, delivery.at),
        agent_post=Said(delivery.at, event.id, delivery.seq),
    )


def state_change(delivery: Delivery) -> Occasion:
    """A change of a conversation's state, of CHAT; those that flows made are in the journal already. Raises
    `Poison`.
    """
    event = _chat_event(delivery)
    assigned = tuple(event.agents) if isinstance(event, Assigned) and event.by != "flow" else None
    converted = event.customer_type if isinstance(event, Converted) and event.by != "flow" else None
    return Occasion(
        cause=event.id,
        at=delivery.at,
        team=event.team,
        visitor=event.visitor,
        assigned=assigned,
        converted=converted,
    )


def _chat_event(delivery: Delivery) -> ChatEvent:
    try:
        event = _chat_decoder.decode(delivery.data)
        where = parse_chat(delivery.subject)
    except (msgspec.DecodeError, ValueError) as exc:
        raise Poison(delivery, UNDECODABLE, str(exc)) from exc
    if (event.team, event.visitor) != (where.team, where.visitor):
        raise Poison(
            delivery, UNDECODABLE, f"its body is of {event.team}.{event.visitor}, its subject is not"
        )
    return event


def trigger_variables(event: VisitorEvent) -> dict[str, Json]:
    """What the event itself says: the page it came from, the message, the tracked event."""
    variables: dict[str, Json] = {}
    page = event.page
    if page.url:
        variables["page_url"] = page.url
    if page.title:
        variables["page_title"] = page.title
    if page.referrer:
        variables["referrer"] = page.referrer
    if event.locale:
        variables["browser_language"] = event.locale
    match event:
        case MessageSent():
            variables |= message_variables(event)
        case EventTracked():
            variables["track_event_name"] = event.event
            variables["track_event_uuid"] = event.uuid
            variables["track_event_data"] = msgspec.json.decode(event.data, type=Json)
        case _:
            pass
    return variables


def message_variables(event: MessageSent) -> dict[str, Json]:
    """What a message says."""
    return {"message_body": event.text, "message_subtype": "TEXT"}
