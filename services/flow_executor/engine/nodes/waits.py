"""Waiting for an answer, for some time.

A wait ends by whichever of its outcomes comes first, connected or not: an agent who answers ends a `wait` of which
only TIMEOUT leads on, and the run with it, because there is nothing left to wait for. The checks warn of it.
Only posts by people count as AGENT_ANSWER, and only what came after the wait began counts at all.
"""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, NodeConfig, NodeType, Parked, Result
from services.flow_executor.engine.stimuli import AgentAnswered, Stimulus, TimerDue, VisitorAnswered

_ENDS = ("TIMEOUT", "AGENT_ANSWER", "VISITOR_ANSWER")


class Wait(NodeConfig, frozen=True, kw_only=True):
    """For an answer of the visitor or of a person, or until time is up."""

    seconds: Annotated[
        int, Meta(ge=1, le=604_800, description="a whole number from 1 to 604800 (seven days)")
    ]


def _wait(config: Wait, _look: Look) -> Result:
    return Parked(timedelta(seconds=config.seconds), _ENDS)


def _wake(_config: Wait, stimulus: Stimulus) -> Done | None:
    match stimulus:
        case TimerDue():
            return Done("TIMEOUT")
        case AgentAnswered():
            return Done("AGENT_ANSWER")
        case VisitorAnswered(variables=variables):
            return Done("VISITOR_ANSWER", sets=variables)
        case _:
            return None


TYPES = (
    NodeType(
        name="wait",
        zh="超时",
        en="Wait",
        icon="clock",
        config=Wait,
        outcomes=(*_ENDS, "FAILED"),
        decide=_wait,
        wake=_wake,
    ),
)
