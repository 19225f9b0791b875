"""A run's state: the fold of its events, one event after the other by `evolve`.

    (nothing) ─started─▶ Running ─node_completed─▶ Running ─completed, failed─▶ Ended
                            │ ▲
                     waiting│ │node_completed (of the node that waited)
                            ▼ │
                          Waiting ─cancelled─▶ Ended

A legal history never fails; an event that does not follow raises `IllegalEvent` and means that the history is broken.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, assert_never

from msgspec import Struct

from contracts.ids import FlowId, RunId, TeamId, VisitorId
from contracts.run import (
    Json,
    NodeCompleted,
    NodeId,
    RunCancelled,
    RunCompleted,
    RunEvent,
    RunFailed,
    RunStarted,
    RunWaiting,
)


class IllegalEvent(ValueError):  # noqa: N818 (said of an event)
    """An event that cannot follow what the run is."""

    def __init__(self, run: "Run | None", event: RunEvent) -> None:
        state = f"{type(run).__name__} at seq {run.seq}" if run else "not started"
        super().__init__(
            f"run {event.run} is {state}: event {event.seq} {type(event).__name__} cannot follow"
        )


class _Begun(Struct, frozen=True, kw_only=True):
    run: RunId
    flow: FlowId
    version: int
    hash: str
    team: TeamId
    visitor: VisitorId
    started_at: datetime
    seq: int
    """That of the last event."""
    node: NodeId
    """The node whose turn it is, or was last; empty before the first."""
    steps: int
    """Nodes completed so far."""
    variables: Mapping[str, Json]
    """The trigger's, and those that nodes have set."""


class Running(_Begun, frozen=True, kw_only=True):
    """Between two events of one decision; at rest a run is never this."""


class Waiting(_Begun, frozen=True, kw_only=True):
    """At `node`, until one of the outcomes `waits_for` comes. `seq` is that of the `RunWaiting`."""

    since: datetime
    until: datetime
    waits_for: tuple[str, ...]


class Ended(_Begun, frozen=True, kw_only=True):
    """Over, for ever."""

    status: Literal["completed", "failed", "cancelled"]


Run = Running | Waiting | Ended


def evolve(run: Run | None, event: RunEvent) -> Run:
    """The run after the event; `run` is None before the first."""
    match event:
        case RunStarted():
            if run is not None or event.seq != 1:
                raise IllegalEvent(run, event)
            return _started(event)
        case NodeCompleted() | RunWaiting() | RunCompleted() | RunFailed() | RunCancelled():
            if run is None or isinstance(run, Ended) or (event.run, event.seq) != (run.run, run.seq + 1):
                raise IllegalEvent(run, event)
            return _continued(run, event)
        case _:
            assert_never(event)


def fold(events: Iterable[RunEvent]) -> Run:
    """The run that these events are, from the first on. Raises `IllegalEvent`, and `ValueError` for none."""
    run: Run | None = None
    for event in events:
        run = evolve(run, event)
    if run is None:
        raise ValueError("a run has at least one event")
    return run


def _started(event: RunStarted) -> Running:
    return Running(
        run=event.run,
        flow=event.flow,
        version=event.version,
        hash=event.hash,
        team=event.team,
        visitor=event.visitor,
        started_at=event.at,
        seq=1,
        node="",
        steps=0,
        variables=event.variables,
    )


def _continued(
    run: Running | Waiting, event: NodeCompleted | RunWaiting | RunCompleted | RunFailed | RunCancelled
) -> Run:
    begun = {field: getattr(run, field) for field in _FIELDS}
    begun["seq"] = event.seq
    begun["node"] = event.node
    match event:
        case NodeCompleted():
            if isinstance(run, Waiting) and event.node != run.node:
                raise IllegalEvent(run, event)
            begun["steps"] = run.steps + 1
            begun["variables"] = {**run.variables, **event.sets} if event.sets else run.variables
            return Running(**begun)
        case RunCancelled():
            return Ended(**begun, status="cancelled")
        case _ if isinstance(run, Waiting):
            raise IllegalEvent(run, event)
        case RunWaiting():
            return Waiting(**begun, since=event.since, until=event.until, waits_for=event.waits_for)
        case RunCompleted():
            return Ended(**begun, status="completed")
        case RunFailed():
            return Ended(**begun, status="failed")


_FIELDS = _Begun.__struct_fields__
