"""What happens next: `start`, `resume` and `cancel` give the events that follow, or none.

All events of one call have the same cause. How a run goes from node to node is in `walk`.
"""

from collections.abc import Callable
from datetime import datetime

from contracts.ids import effect_id
from contracts.run import RunCancelled, RunEvent
from services.flow_executor.engine.facts import Facts, MissingFact
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.run import Run, Waiting
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    FormFilled,
    ReplyChosen,
    Stimulus,
    TaskEnded,
    TimerDue,
    Triggered,
    VisitorAnswered,
)
from services.flow_executor.engine.walk import Walk


def start(flow: CompiledFlow, trigger: Triggered, facts: Facts) -> tuple[RunEvent, ...]:
    """All events of a new run, up to where it ends or waits.

    Raises `MissingFact`, with the events before it, when it needs a fact that is UNSET; `flow.reads` says which may
    be needed.
    """
    walk = Walk.from_start(flow, trigger, facts)
    return _events(walk, lambda: walk.go(flow.start))


def resume(flow: CompiledFlow, run: Run, stimulus: Stimulus, facts: Facts) -> tuple[RunEvent, ...]:
    """The events that follow, from where the run waits; () when the stimulus is not what it waits for.

    `flow` is the version that the run began with. Raises `ValueError` for another, `MissingFact` as `start`.
    """
    if not isinstance(run, Waiting) or not _fits(run, stimulus):
        return ()
    if run.hash != flow.hash:
        raise ValueError(
            f"run {run.run} began with {run.flow} {run.hash}, not {flow.hash}; load that version"
        )
    walk = Walk.from_wait(flow, run, stimulus.cause, facts)
    return _events(walk, lambda: walk.wake(flow.nodes[run.node], stimulus))


def cancel(run: Run, *, at: datetime, cause: str, by: str, reason: str = "") -> tuple[RunEvent, ...]:
    """The event that ends a waiting run; () when it does not wait. `at` is never before the wait began."""
    if not isinstance(run, Waiting):
        return ()
    at = max(at, run.since)
    return (
        RunCancelled(run=run.run, seq=run.seq + 1, at=at, cause=cause, node=run.node, by=by, reason=reason),
    )


def _events(walk: Walk, go: Callable[[], object]) -> tuple[RunEvent, ...]:
    try:
        go()
    except MissingFact as exc:
        exc.events = tuple(walk.events)
        raise
    return tuple(walk.events)


def _fits(run: Waiting, stimulus: Stimulus) -> bool:
    match stimulus:
        case TimerDue() | TaskEnded():
            return (stimulus.run, stimulus.seq) == (run.run, run.seq)
        case ReplyChosen() | FormFilled():
            # A message that asks is the first effect of its wait.
            return stimulus.message == effect_id(run.run, run.seq, 1)
        case AgentAnswered() | VisitorAnswered():
            return stimulus.at > run.since
