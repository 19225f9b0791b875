"""What a replay knows beforehand of the decision that it makes again."""

from collections.abc import Mapping

from contracts.run import NodeCompleted, RunWaiting, TimerSet
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.graph import Node
from services.flow_executor.engine.node import Done, Failure, Parked, Result


class Hindsight:
    """What a replay knows of the record; a live run has none.

    `unknown` are the recorded names of variables that did not exist, each with the nearest; `standing` the nodes whose
    variables were deleted, by `seq`: their outcome, or their wait, stands. `taken` collects those that were taken so.
    """

    def __init__(
        self, unknown: Mapping[str, str | None], standing: Mapping[int, NodeCompleted | RunWaiting]
    ) -> None:
        self.unknown = unknown
        self.standing = standing
        self.taken: list[int] = []

    def result(self, seq: int, node: Node, look: Look) -> Result | None:
        """What is recorded, if it stands; None: decide."""
        recorded = self.standing.get(seq)
        if recorded is None or recorded.node != node.id:
            return None
        self.taken.append(seq)
        look.facts.update(recorded.facts)
        if isinstance(recorded, RunWaiting):
            effects = tuple(effect for effect in recorded.effects if not isinstance(effect, TimerSet))
            return Parked(recorded.until - recorded.since, recorded.waits_for, effects)
        if recorded.code:
            return Failure(recorded.code, recorded.detail, recorded.sets)
        return Done(recorded.outcome, recorded.effects, recorded.sets)
