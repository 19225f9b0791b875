"""Decide a recorded run again, by the facts that it recorded, and compare; or with some of them changed (what-if).

A run records all that its nodes read, so nothing else is needed. The events are taken in groups of one cause; each
group's facts are rebuilt and its stimulus given again. Where a what-if leaves the recorded path, it stops after that
group: what people would have answered is not invented. Nothing is sent: the effects are data.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec
from msgspec import Struct, structs

from contracts.run import (
    NodeCompleted,
    NodeId,
    RunCancelled,
    RunEvent,
    RunStarted,
    RunWaiting,
    split,
)
from services.flow_executor.engine.decide import cancel
from services.flow_executor.engine.facts import MissingFact
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.hindsight import Hindsight
from services.flow_executor.engine.overrides import Changes, Overrides
from services.flow_executor.engine.recollection import (
    snapshot,
    standing,
    stimulus,
    triggered,
    unknown_names,
)
from services.flow_executor.engine.run import Run, Waiting, evolve
from services.flow_executor.engine.walk import Walk


class Replay(Struct, frozen=True, kw_only=True):
    """What deciding again led to."""

    equal: bool
    """Byte for byte but for the order of names, as far as the record still has its personal part."""
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
    changed = Changes(flow, overrides or {}, events)
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
        if not is_same(new, old):
            return old.seq
    return None if len(made) == len(recorded) else min(len(made), len(recorded)) + 1


def is_same(new: RunEvent, old: RunEvent) -> bool:
    """Whether they say the same, as far as the record still has its personal part, whichever version ran."""
    if isinstance(new, RunStarted) and isinstance(old, RunStarted):
        new = structs.replace(new, flow=old.flow, version=old.version, hash=old.hash)
    if getattr(old, "withheld", False):
        new, old = _bare(new), _bare(old)
    # Postgres keeps the names of an object in an order of its own.
    return msgspec.json.encode(new, order="deterministic") == msgspec.json.encode(old, order="deterministic")


def _bare(event: RunEvent) -> RunEvent:
    """The event without what may have been deleted, and without the mark that it was."""
    event = split(event)[0]
    if isinstance(event, (RunStarted, NodeCompleted, RunWaiting)):
        return structs.replace(event, withheld=False)
    return event


def _again(
    flow: CompiledFlow, run: Run | None, group: list[RunEvent], changed: Changes, taken: list[int]
) -> tuple[list[RunEvent], str | None]:
    """The events that the group's stimulus leads to now, and the fact that was missing to go on."""
    first = group[0]
    if isinstance(first, RunCancelled) and run is not None:
        at = first.at + changed.later_by
        return list(cancel(run, at=at, cause=first.cause, by=first.by, reason=first.reason)), None
    hindsight = Hindsight(unknown_names(group), standing(flow, group, changed))
    facts = snapshot(group, changed)
    walk: Walk | None = None
    missing = None
    try:
        if isinstance(first, RunStarted):
            walk = Walk.from_start(flow, triggered(first, changed), facts, hindsight)
            walk.go(flow.start)
        elif isinstance(first, NodeCompleted) and isinstance(run, Waiting):
            walk = Walk.from_wait(flow, run, first.cause, facts, hindsight)
            walk.wake(flow.nodes[run.node], stimulus(first, run, changed))
    except MissingFact as exc:
        missing = exc.name
    taken.extend(hindsight.taken)
    return walk.events if walk else [], missing
