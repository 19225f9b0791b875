"""What must hold when all is quiet, whatever broke before. Everything here is told in sentences, one per fault.

It reads what the models hold: the streams, the tables, the order of commits. It shares no code with the shell.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

import msgspec

from contracts.chat import Assigned, ChatEvent, Converted, Posted
from contracts.ids import FlowId, MessageId, VisitorId, effect_id, run_id
from contracts.run import (
    ConversationAssigned,
    Effect,
    RunEvent,
    RunWaiting,
    TaskRequested,
    TimerSet,
    VisitorConverted,
    effects_of,
)
from contracts.streams import CHAT, DEAD, TASK, TIMER, VISITOR
from contracts.subjects import chat_of_visitor, events_of_visitor
from contracts.visitor import (
    FormSubmitted,
    MessageSent,
    ProfileUpdated,
    ReplyChosen,
    VisitorEvent,
)
from services.chassis.bus import StoredMessage
from services.flow_executor.engine import stimuli
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.replay import redecide
from services.flow_executor.engine.run import fold
from services.flow_executor.journal import Stored
from services.flow_executor.occasions import form_filled, message_variables
from tests.simulation.model_database import Tables
from tests.simulation.model_streams import Server
from tests.simulation.repertoire import TEAM

T = TypeVar("T")
_visitor_decoder = msgspec.json.Decoder(VisitorEvent)
_chat_decoder = msgspec.json.Decoder(ChatEvent)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What was left behind."""

    server: Server
    tables: Tables
    runs: Sequence[Stored]
    flows: Mapping[tuple[FlowId, int], CompiledFlow]
    tasks_done: Mapping[str, datetime]
    """When which answer of a task was stored first, by subject."""
    was_cut: bool
    """Whether the power was cut: the bus then loses the last second, and what stood in order may not any more."""

    def events(self, visitor: VisitorId) -> list[tuple[StoredMessage, VisitorEvent]]:
        """What the visitor did, each frame once, in order."""
        stored = self.server.logs[VISITOR.name].of(events_of_visitor(TEAM, visitor))
        return _first((m, _visitor_decoder.decode(m.data)) for m in stored)

    def chat(self, visitor: VisitorId, *, each: bool = False) -> list[tuple[StoredMessage, ChatEvent]]:
        """The conversation as readers see it: each id once, unless `each` message is wanted."""
        stored = self.server.logs[CHAT.name].of(chat_of_visitor(TEAM, visitor))
        pairs = [(m, _chat_decoder.decode(m.data)) for m in stored]
        return pairs if each else _first(pairs)


_Event = TypeVar("_Event", VisitorEvent, ChatEvent)


def _first(pairs: Iterable[tuple[StoredMessage, _Event]]) -> list[tuple[StoredMessage, _Event]]:
    first: dict[str, tuple[StoredMessage, _Event]] = {}
    for message, event in pairs:
        first.setdefault(event.id, (message, event))
    return list(first.values())


def problems(seen: Evidence, visitors: Sequence[VisitorId]) -> Iterator[str]:
    """All that is wrong; nothing if all is well."""
    for message in seen.server.logs[DEAD.name].messages.values():
        yield f"buried: {message.headers}"
    for stored in seen.runs:
        yield from _run(seen, stored)
    for visitor in visitors:
        yield from _events(seen, visitor)
        yield from _conversation(seen, visitor)
        # After a power cut nobody knows when what was sent twice was said first.
        for stored in seen.runs if not seen.was_cut else ():
            if stored.visitor == visitor:
                yield from _answers(seen, stored)


def _events(seen: Evidence, visitor: VisitorId) -> Iterator[str]:
    """Each accepted event has its run, or says why not."""
    runs = {stored.run for stored in seen.runs}
    skips = seen.tables.rows["skips"]
    for _, event in seen.events(visitor):
        is_started, is_skipped = run_id(event.id) in runs, (event.id,) in skips
        if isinstance(event, ReplyChosen):
            continue
        if isinstance(event, (ProfileUpdated, FormSubmitted)) and is_started:
            yield f"{event.id} ({type(event).__name__}) started a run"
        if not is_started and not is_skipped:
            yield f"lost: {visitor}'s {type(event).__name__} {event.id} has neither run nor skip"


def _run(seen: Evidence, stored: Stored) -> Iterator[str]:
    """The run is whole, decides the same again, and is not stuck."""
    if [event.seq for event in stored.events] != list(range(1, len(stored.events) + 1)):
        yield f"run {stored.run}: holes in its events"
        return
    fold(stored.events)
    replay = redecide(seen.flows[stored.flow, stored.version], stored.events)
    if not replay.equal:
        yield f"run {stored.run} of {stored.flow} replays otherwise from {replay.differs_at}, {replay.missing}"
    last = stored.events[-1]
    if (stored.status == "waiting") != isinstance(last, RunWaiting):
        yield f"run {stored.run} is {stored.status}, and its last event {type(last).__name__}"
    if isinstance(last, RunWaiting):
        yield from _stuck(seen, stored, last)


def _stuck(seen: Evidence, stored: Stored, last: RunWaiting) -> Iterator[str]:
    place = f"{stored.run}.{last.seq}"
    timers = {message.subject for message in seen.server.logs[TIMER.name].messages.values()}
    if not timers & {f"timer.set.{place}", f"timer.due.{place}"}:
        yield f"stuck: run {stored.run} of {stored.flow} waits at {last.node} without a timer"
    tasks = {message.subject for message in seen.server.logs[TASK.name].messages.values()}
    asked = {f"task.{effect.kind}.{place}" for effect in last.effects if isinstance(effect, TaskRequested)}
    if asked and not seen.was_cut and not tasks & asked:
        yield f"stuck: run {stored.run} of {stored.flow} waits at {last.node} for no task"


def _conversation(seen: Evidence, visitor: VisitorId) -> Iterator[str]:
    """Every effect is there once, none that nobody decided, and each run's in order."""
    there = seen.chat(visitor)
    wanted: dict[MessageId, tuple[RunEvent, Effect]] = {
        key: (event, effect)
        for stored in seen.runs
        if stored.visitor == visitor
        for event in stored.events
        for key, effect in effects_of(event)
        if not isinstance(effect, (TimerSet, TaskRequested))
    }
    ids = {event.id for _, event in there}
    for key, (event, effect) in wanted.items():
        if key not in ids and not _is_overruled(there, event, effect):
            yield f"lost: {type(effect).__name__} {key} of {visitor}"
    for _, event in there:
        if event.run is not None and event.id not in wanted:
            yield f"made up: {event.id} of {visitor}"
    yield from _twins(seen, visitor)
    if not seen.was_cut:
        yield from _disorder(seen, visitor, wanted, there)


def _twins(seen: Evidence, visitor: VisitorId) -> Iterator[str]:
    """What is there twice is the same message."""
    bodies: dict[str, bytes] = {}
    for message in seen.server.logs[CHAT.name].of(chat_of_visitor(TEAM, visitor)):
        event = _chat_decoder.decode(message.data)
        if event.run is not None and bodies.setdefault(event.id, message.data) != message.data:
            yield f"two messages with one id: {event.id}"


def _disorder(
    seen: Evidence,
    visitor: VisitorId,
    wanted: Mapping[MessageId, tuple[RunEvent, Effect]],
    there: Sequence[tuple[StoredMessage, ChatEvent]],
) -> Iterator[str]:
    """Each run's messages stand in their order; so do those of runs that only the visitor's own events led on.

    Runs that something else woke, a timer, an agent, a task, may speak a moment before or behind others.
    """
    commit = {cause: place for place, causes in enumerate(seen.tables.commits) for cause in causes}
    numbers = {stored.run: stored.no for stored in seen.runs}
    causes = {event.id for _, event in seen.events(visitor)}
    own = {stored.run for stored in seen.runs if {event.cause for event in stored.events} <= causes}
    runs: dict[str, int] = {}
    latest = (-1, -1, 0)
    for _, said in there:
        if not isinstance(said, Posted) or said.id not in wanted:
            continue
        event, effect = wanted[said.id]
        place = event.seq * 1000 + effect.k
        if runs.setdefault(event.run, place) > place:
            yield f"out of order: {visitor} reads {said.id} behind what its run said later"
        runs[event.run] = max(place, runs[event.run])
        if event.run in own:
            no = numbers[event.run]
            if (commit[event.cause, no], no, place) < latest:
                yield f"out of order: {visitor} reads {said.id} behind the answer to a later event"
            latest = max(latest, (commit[event.cause, no], no, place))


def _is_overruled(there: Sequence[tuple[StoredMessage, ChatEvent]], made: RunEvent, effect: Effect) -> bool:
    """Whether a person decided otherwise since."""
    if isinstance(effect, ConversationAssigned):
        kind = Assigned
    elif isinstance(effect, VisitorConverted):
        kind = Converted
    else:
        return False
    return any(isinstance(e, kind) and e.by != "flow" and e.at >= made.at for _, e in there)


def _answers(seen: Evidence, stored: Stored) -> Iterator[str]:
    """A wait that an answer fits ended by it or sooner, never by its timer after it."""
    flow = seen.flows[stored.flow, stored.version]
    said = _stimuli(seen, stored.visitor)
    for wait, after in pairwise([*stored.events, None]):
        if not isinstance(wait, RunWaiting):
            continue
        if after is not None and not after.cause.startswith("timer.due"):
            continue
        node = flow.nodes[wait.node]
        for stimulus in said:
            is_late = after is not None and stimulus.at >= after.at
            if is_late or not _fits(stimulus, wait) or node.wake is None:
                continue
            if node.wake(node.config, stimulus) is not None:
                end = "waits on" if after is None else "timed out"
                yield f"unheard: run {stored.run} of {stored.flow} {end} at {wait.node} in spite of {stimulus}"
        done = seen.tasks_done.get(f"task.done.{stored.run}.{wait.seq}")
        if done is not None and (after is None or done < after.at):
            yield f"unheard: run {stored.run} of {stored.flow} at {wait.node}: its task was done"


_Answer = stimuli.AgentAnswered | stimuli.VisitorAnswered | stimuli.ReplyChosen | stimuli.FormFilled


def _fits(stimulus: _Answer, wait: RunWaiting) -> bool:
    if isinstance(stimulus, (stimuli.ReplyChosen, stimuli.FormFilled)):
        return stimulus.message == effect_id(wait.run, wait.seq, 1)
    return stimulus.at > wait.since


def _stimuli(seen: Evidence, visitor: VisitorId) -> list[_Answer]:
    found: list[_Answer] = [
        stimuli.AgentAnswered(event.id, message.at)
        for message, event in seen.chat(visitor)
        if message.subject.endswith(".agent")
    ]
    form: dict[str, str | int | float | bool | None] = {}
    asked_by = ""
    for message, event in seen.events(visitor):
        match event:
            case MessageSent():
                found.append(stimuli.VisitorAnswered(event.id, message.at, message_variables(event)))
            case ReplyChosen():
                found.append(stimuli.ReplyChosen(event.id, message.at, event.message, event.choice))
            case FormSubmitted():
                form = {**(form if event.message == asked_by else {}), **event.values}
                asked_by = event.message
                found.append(form_filled(event.id, message.at, event.message, form))
            case _:
                pass
    return found
