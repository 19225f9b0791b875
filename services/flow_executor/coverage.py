"""What a flow's scenarios have shown of it: the nodes that they reached, and the outcomes that they took."""

from collections.abc import Iterable

from msgspec import Struct

from contracts.flow import FlowDefinition
from contracts.requests import ScenarioResult
from services.flow_executor.engine.graph import compile_flow
from services.flow_executor.engine.nodes import CATALOGUE


class Share(Struct, frozen=True, kw_only=True):
    """How many of how many; `missing` are the others, in the order of the flow."""

    covered: int
    all: int
    missing: tuple[str, ...] = ()


class Coverage(Struct, frozen=True, kw_only=True):
    """Nodes by id, outcomes as `node OUTCOME`.

    A FAILED that leads nowhere does not count: it is no path that the author has drawn.
    """

    nodes: Share
    outcomes: Share


def coverage(definition: FlowDefinition, results: Iterable[ScenarioResult]) -> Coverage:
    """What the results of the flow's scenarios cover. Raises `RejectedFlow` for a flow that does not compile."""
    steps = {step for result in results for step in result.path}
    reached = {step.partition(" ")[0] for step in steps}
    flow = compile_flow(definition)
    outcomes = [
        f"{node.id} {outcome}"
        for node in flow.nodes.values()
        for outcome in CATALOGUE[node.type].yields(node.config)
        if outcome != "FAILED" or outcome in node.next
    ]
    return Coverage(nodes=_share(list(flow.nodes), reached), outcomes=_share(outcomes, steps))


def _share(everything: list[str], covered: set[str]) -> Share:
    missing = tuple(one for one in everything if one not in covered)
    return Share(covered=len(everything) - len(missing), all=len(everything), missing=missing)
