"""Decide a recorded run again, by the facts that it recorded, and compare; or with some of them changed (what-if).

A run records all that its nodes read, so nothing else is needed. The events are taken in groups of one cause; each
group's facts are rebuilt and its stimulus given again. Where a what-if leaves the recorded path, it stops after that
group: what people would have answered is not invented. Nothing is sent: the effects are data.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import cast

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs

from contracts.flow import nearest
from contracts.ids import AgentId
from contracts.run import (
    Json,
    NodeCompleted,
    NodeId,
    RunCancelled,
    RunEvent,
    RunStarted,
    RunWaiting,
    split,
)
from services.flow_executor.engine.decide import cancel
from services.flow_executor.engine.facts import Facts, MissingFact, Post
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.run import Run, Waiting, evolve
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    Stimulus,
    TimerDue,
    Triggered,
    VisitorAnswered,
)
from services.flow_executor.engine.walk import Hindsight, Walk

Overrides = Mapping[str, Json]
"""Facts (`agents_online`, `assigned`, `team_agents`, `locale`, `now`) and variables by name, with their values."""


class Replay(Struct, frozen=True, kw_only=True):
    """What deciding again led to."""

    equal: bool
    """Byte for byte, as far as the record still has its personal part."""
    differs_at: int | None
    """The `seq` of the first event that differs, is new or is not there any more."""
    events: tuple[RunEvent, ...]
    taken_as_recorded: tuple[int, ...] = ()
    """The `seq` of nodes whose variables were deleted: their recorded outcome stands."""
    missing: str | None = None
    """The fact or variable that the other path needs and nobody recorded; the events end before it."""


def redecide(flow: CompiledFlow, events: Sequence[RunEvent], overrides: Overrides | None = None) -> Replay:
    """The run decided again by `flow`, the version that it ran or another one.

    Raises `ValueError` for an override that this flow cannot read or that has the wrong type.
    """
    changed = _Changed(flow, overrides or {}, events[0].at)
    made: list[RunEvent] = []
    taken: list[int] = []
    missing: str | None = None
    run: Run | None = None
    for group in _groups(events):
        replayed, missing = _again(flow, run, group, changed, taken)
        made.extend(replayed)
        for event in replayed:
            run = evolve(run, event)
        if missing or _path(replayed) != _path(group):
            break
    differs_at = _difference(made, events)
    return Replay(
        equal=differs_at is None and missing is None,
        differs_at=differs_at,
        events=tuple(made),
        taken_as_recorded=tuple(taken),
        missing=missing,
    )


def _groups(events: Sequence[RunEvent]) -> Iterator[list[RunEvent]]:
    return (list(group) for _, group in groupby(events, key=lambda event: event.cause))


def _path(events: Sequence[RunEvent]) -> list[tuple[type, NodeId | None, str | None]]:
    return [(type(e), getattr(e, "node", None), getattr(e, "outcome", None)) for e in events]


def _difference(made: Sequence[RunEvent], recorded: Sequence[RunEvent]) -> int | None:
    for new, old in zip(made, recorded, strict=False):
        if not _is_same(new, old):
            return old.seq
    return None if len(made) == len(recorded) else min(len(made), len(recorded)) + 1


def _is_same(new: RunEvent, old: RunEvent) -> bool:
    if isinstance(new, RunStarted) and isinstance(old, RunStarted):
        new = structs.replace(new, flow=old.flow, version=old.version, hash=old.hash)
    if getattr(old, "withheld", False):
        new, old = _bare(new), _bare(old)
    return msgspec.json.encode(new) == msgspec.json.encode(old)


def _bare(event: RunEvent) -> RunEvent:
    """The event without what may have been deleted, and without the mark that it was."""
    event = split(event)[0]
    if isinstance(event, (RunStarted, NodeCompleted, RunWaiting)):
        return structs.replace(event, withheld=False)
    return event


def _again(
    flow: CompiledFlow, run: Run | None, group: list[RunEvent], changed: "_Changed", taken: list[int]
) -> tuple[list[RunEvent], str | None]:
    """The events that the group's stimulus leads to now, and the fact that was missing to go on."""
    first = group[0]
    if isinstance(first, RunCancelled) and run is not None:
        at = first.at + changed.later_by
        return list(cancel(run, at=at, cause=first.cause, by=first.by, reason=first.reason)), None
    hindsight = Hindsight(_unknown(group), _standing(flow, group, changed))
    facts = _facts(group, changed)
    walk: Walk | None = None
    missing = None
    try:
        if isinstance(first, RunStarted):
            walk = Walk.from_start(flow, _triggered(first, changed), facts, hindsight)
            walk.go(flow.start)
        elif isinstance(first, NodeCompleted) and isinstance(run, Waiting):
            walk = Walk.from_wait(flow, run, first.cause, facts, hindsight)
            walk.wake(flow.nodes[run.node], _stimulus(first, run, changed))
    except MissingFact as exc:
        missing = exc.name
    taken.extend(hindsight.taken)
    return walk.events if walk else [], missing


_AGENTS = tuple[AgentId, ...]
_FACTS: dict[str, object] = {
    "agents_online": _AGENTS,
    "assigned": _AGENTS,
    "team_agents": _AGENTS,
    "locale": str,
    "now": datetime,
}


class _Changed:
    """The overrides of a what-if, typed: facts, variables, and by how much everything is later."""

    def __init__(self, flow: CompiledFlow, overrides: Overrides, began_at: datetime) -> None:
        self.facts = {name: _typed(name, value) for name, value in overrides.items() if name in _FACTS}
        self.variables = {name: value for name, value in overrides.items() if name not in _FACTS}
        for name in self.variables:
            if name not in flow.variables:
                near = nearest(name, (*_FACTS, *flow.variables))
                hint = (
                    f"did you mean {near}?" if near else f"there are {', '.join((*_FACTS, *flow.variables))}"
                )
                raise ValueError(f"{name} is no fact, and no variable that {flow.flow} reads; {hint}")
        now = cast("datetime", self.facts.pop("now", began_at))
        self.later_by: timedelta = now - began_at


def _typed(name: str, value: Json) -> object:
    kind = _FACTS[name]
    if kind is _AGENTS and isinstance(value, str):
        value = [word.strip() for word in value.split(",") if word.strip()]
    try:
        typed = msgspec.convert(value, kind)
    except msgspec.ValidationError as exc:
        raise ValueError(f"{name} cannot be {msgspec.json.encode(value).decode()}: {exc}") from exc
    if isinstance(typed, datetime) and typed.tzinfo is None:
        raise ValueError(f"{name} needs its zone; write for example {typed.isoformat()}Z")
    return typed


def _facts(group: list[RunEvent], changed: _Changed) -> Facts:
    """The snapshot that the group was decided by, as far as it was read, with the overrides."""
    recorded: dict[str, Json] = {}
    variables: dict[str, Json] = {}
    for event in group:
        if isinstance(event, (NodeCompleted, RunWaiting)):
            recorded = {**event.facts, **recorded}
            variables = {**event.variables, **variables}
    known = {name: _typed(name, recorded[name]) for name in _FACTS if name in recorded} | changed.facts
    return Facts(
        now=group[0].at + changed.later_by,
        agents_online=cast("tuple[AgentId, ...] | UnsetType", known.get("agents_online", UNSET)),
        assigned=cast("tuple[AgentId, ...] | UnsetType", known.get("assigned", UNSET)),
        team_agents=cast("tuple[AgentId, ...] | UnsetType", known.get("team_agents", UNSET)),
        locale=cast("str", known.get("locale", "")),
        variables={**variables, **changed.variables},
        last_agent_post=_overtaken(group, "AGENT_ANSWER", changed),
        last_visitor_message=_overtaken(group, "VISITOR_ANSWER", changed),
    )


def _overtaken(group: list[RunEvent], outcome: str, changed: _Changed) -> Post | None:
    """The answer that was there before the group's wait."""
    for event in group[1:]:
        if isinstance(event, NodeCompleted) and event.outcome == outcome and "answer" in event.facts:
            answer = _answer(event)
            return Post(id=answer.id, at=answer.at + changed.later_by, variables=event.sets)
    return None


class _Answer(Struct, frozen=True):
    id: str
    at: datetime


def _answer(event: NodeCompleted) -> _Answer:
    return msgspec.convert(event.facts["answer"], _Answer)


def _unknown(group: list[RunEvent]) -> dict[str, str | None]:
    """The names that did not exist, each with the nearest."""
    facts = (event.facts for event in group if isinstance(event, NodeCompleted))
    pairs = (msgspec.convert(f["unknown"], tuple[str, str | None]) for f in facts if "unknown" in f)
    return dict(pairs)


def _standing(flow: CompiledFlow, group: list[RunEvent], changed: _Changed) -> dict[int, NodeCompleted]:
    """The nodes that cannot be decided any more, because what they read was deleted."""
    return {
        event.seq: event
        for event in group
        if isinstance(event, NodeCompleted)
        and event.withheld
        and event.node in flow.nodes
        and flow.nodes[event.node].names - changed.variables.keys()
    }


def _triggered(started: RunStarted, changed: _Changed) -> Triggered:
    variables = {name: changed.variables.get(name, value) for name, value in started.variables.items()}
    return Triggered(
        run=started.run,
        team=started.team,
        visitor=started.visitor,
        trigger=started.trigger,
        variables=variables,
    )


def _stimulus(event: NodeCompleted, run: Waiting, changed: _Changed) -> Stimulus:
    """What ended the wait, as the record has it."""
    if "answer" not in event.facts:
        return TimerDue(run.run, run.seq)
    answer = _answer(event)
    at = answer.at + changed.later_by
    if event.outcome == "AGENT_ANSWER":
        return AgentAnswered(answer.id, at)
    sets = {name: changed.variables.get(name, value) for name, value in event.sets.items()}
    return VisitorAnswered(answer.id, at, sets)
