"""Everything that is wrong with a definition, at once: its form, its nodes, its graph.

`examine` takes a decoded document of whatever shape, so that a misspelt field does not hide a missing node. Errors
refuse the flow, warnings do not.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice
from typing import cast

from contracts.flow import MAX_NODES, FlowDefinition, RejectedFlow, decode_json, decode_toml, parse
from contracts.forms import Problem, nearest
from contracts.run import NodeId
from services.flow_executor.engine.graph import type_of, typed_node
from services.flow_executor.engine.nodes.bounds import END, START
from services.flow_executor.engine.nodes.messages import ROBOT
from services.flow_executor.engine.team import Known

Nodes = Mapping[NodeId, Mapping[str, object]]
Edges = Mapping[NodeId, Mapping[str, NodeId]]

MOST_PROBLEMS = 100
"""What one answer lists: enough to see what is wrong, and always small enough to be sent."""

Examined = tuple[FlowDefinition | None, tuple[Problem, ...]]


def examine_toml(data: bytes, known: Known | None = None) -> Examined:
    """As `examine`, for the bytes of a TOML file."""
    try:
        return examine(decode_toml(data), known)
    except RejectedFlow as exc:
        return None, exc.problems


def examine_json(data: bytes, known: Known | None = None) -> Examined:
    """As `examine`, for the bytes of a JSON document."""
    try:
        return examine(decode_json(data), known)
    except RejectedFlow as exc:
        return None, exc.problems


def examine(raw: object, known: Known | None = None) -> Examined:
    """The definition (None when there is an error) and all its problems, warnings last.

    `known`: what the flow may refer to; None: the team is not known here, anything goes.
    """
    parsed = parse(raw)
    form = () if isinstance(parsed, FlowDefinition) else parsed
    if not isinstance(raw, dict):
        return None, form
    nodes = _nodes(cast("object", raw))
    # A flow of too many nodes is said to be that; what else is wrong with thousands of them helps nobody.
    found = _problems(nodes, known) if len(nodes) <= MAX_NODES else ()
    errors = tuple(dict.fromkeys(islice(chain(form, found), MOST_PROBLEMS)))
    warnings = islice(_open_outcomes(nodes), MOST_PROBLEMS - len(errors))
    problems = tuple(dict.fromkeys((*errors, *warnings)))
    return (parsed if isinstance(parsed, FlowDefinition) and not errors else None), problems


def dangling(definition: FlowDefinition, known: Known) -> tuple[Problem, ...]:
    """What a flow refers to and the team does not have, or no longer."""
    return tuple(_of_references(cast("Nodes", definition.nodes), known))


def _problems(nodes: Nodes, known: Known | None) -> Iterator[Problem]:
    yield from _of_nodes(nodes)
    yield from _of_graph(nodes)
    if known is not None:
        yield from _of_references(nodes, known)


def _nodes(raw: object) -> Nodes:
    """The nodes that are tables, so that the rest can be looked at beside broken ones."""
    nodes = cast("dict[str, object]", raw).get("nodes") if isinstance(raw, dict) else None
    if not isinstance(nodes, dict):
        return {}
    items = cast("dict[str, object]", nodes).items()
    return {key: cast("dict[str, object]", node) for key, node in items if isinstance(node, dict)}


def _edges(nodes: Nodes) -> Edges:
    edges: dict[NodeId, dict[str, NodeId]] = {}
    for key, node in nodes.items():
        following = node.get("next")
        pairs = cast("dict[str, object]", following).items() if isinstance(following, dict) else ()
        edges[key] = {outcome: target for outcome, target in pairs if isinstance(target, str)}
    return edges


def _of_nodes(nodes: Nodes) -> Iterator[Problem]:
    for key, node in nodes.items():
        yield from typed_node(key, node)[1]


def _of_graph(nodes: Nodes) -> Iterator[Problem]:
    edges = _edges(nodes)
    yield from _bounds(nodes)
    for key, following in edges.items():
        outcomes = _outcomes(key, nodes[key])
        for outcome, target in following.items():
            yield from _edge(nodes, outcomes, key, outcome, target)
    yield from _unreachable(nodes, edges)
    yield from _endless(nodes, edges)


def _bounds(nodes: Nodes) -> Iterator[Problem]:
    starts = [key for key, node in nodes.items() if node.get("type") == START]
    if not starts:
        yield _problem("no_start", "nodes", "no node starts the flow", 'add one with type = "start"')
    for key in starts[1:]:
        detail = f"{starts[0]} starts the flow already"
        yield _problem("many_starts", f"nodes.{key}", detail, "remove one of them")
    if not any(node.get("type") == END for node in nodes.values()):
        yield _problem("no_end", "nodes", "no node ends the flow", 'add one with type = "end"')


def _outcomes(key: NodeId, node: Mapping[str, object]) -> tuple[str, ...] | None:
    """What the node can yield; None when its type or config is broken, which is said elsewhere."""
    node_type = type_of(key, node)[0]
    if node_type is None:
        return None
    config = typed_node(key, node)[0]
    return node_type.outcomes if config is None else node_type.yields(config)


def _edge(
    nodes: Nodes, outcomes: tuple[str, ...] | None, key: NodeId, outcome: str, target: NodeId
) -> Iterator[Problem]:
    at = f"nodes.{key}.next.{outcome}"
    kind = nodes[key].get("type")
    if kind == END:
        yield _problem("end_has_output", at, f"{key} ends the flow, and nothing follows", "remove this edge")
    elif outcomes is not None and outcome not in outcomes:
        near = nearest(outcome, outcomes)
        hint = f"did you mean {near}? " if near else ""
        detail = f"{kind} never yields {outcome}"
        yield _problem("unknown_outcome", at, detail, f"{hint}it yields {', '.join(outcomes)}")
    if target not in nodes:
        near = nearest(target, nodes)
        hint = f"did you mean {near}?" if near else "add that node, or remove this edge"
        yield _problem("missing_node", at, f"there is no node {target}", hint)
    elif nodes[target].get("type") == START:
        yield _problem(
            "start_has_input",
            at,
            f"{target} starts the flow, and nothing leads to it",
            "lead to another node, or remove this edge",
        )


def _unreachable(nodes: Nodes, edges: Edges) -> Iterator[Problem]:
    """Nodes off every path; a misspelt edge counts as leading to the nearest node, so that one slip is one problem."""
    reached: set[NodeId] = set()
    ahead = [key for key, node in nodes.items() if node.get("type") == START]
    if not ahead:
        return
    while ahead:
        target = ahead.pop()
        key = target if target in nodes else nearest(target, nodes)
        if key is not None and key not in reached:
            reached.add(key)
            ahead.extend(edges[key].values())
    for key in nodes:
        if key not in reached:
            detail = f"no path leads from the start to {key}"
            yield _problem("unreachable_node", f"nodes.{key}", detail, "lead an outcome to it, or remove it")


def _endless(nodes: Nodes, edges: Edges) -> Iterator[Problem]:
    """One problem for each cycle in which nobody waits, at the first of its nodes."""
    ahead = _circling(nodes, edges)
    told: set[NodeId] = set()
    for key in ahead:
        cycle = () if key in told else _cycle(ahead, key)
        if cycle:
            told.update(cycle)
            detail = f"{' → '.join((*cycle, key))} goes round without a wait"
            hint = "put a wait into it, or lead one outcome out to an end"
            yield _problem("endless_loop", f"nodes.{key}", detail, hint)


def _circling(nodes: Nodes, edges: Edges) -> dict[NodeId, set[NodeId]]:
    """Where each node that does not wait leads, without those that sooner or later lead out."""
    ahead = {key: set(edges[key].values()) for key, node in nodes.items() if not _waits(key, node)}
    left = -1
    while left != len(ahead):
        left = len(ahead)
        ahead = {key: targets & ahead.keys() for key, targets in ahead.items() if targets & ahead.keys()}
    return ahead


def _cycle(ahead: Mapping[NodeId, Collection[NodeId]], key: NodeId) -> tuple[NodeId, ...]:
    """A shortest way from the node round to itself, or ()."""
    ways: dict[NodeId, tuple[NodeId, ...]] = {key: (key,)}
    for at in (queue := [key]):
        for target in sorted(ahead.get(at, ())):
            if target == key:
                return ways[at]
            if target not in ways:
                ways[target] = (*ways[at], target)
                queue.append(target)
    return ()


def _waits(key: NodeId, node: Mapping[str, object]) -> bool:
    node_type = type_of(key, node)[0]
    config = typed_node(key, node)[0]
    if node_type is None or config is None:
        return node_type is not None and node_type.wake is not None
    return node_type.waits(config)


def _of_references(nodes: Nodes, known: Known) -> Iterator[Problem]:
    """Of what is written, whether or not the rest of the node is right."""
    for key, node in nodes.items():
        node_type = type_of(key, node)[0]
        for field, kind in node_type.refers.items() if node_type else ():
            name, there = node.get(field), known.get(kind, ())
            if isinstance(name, str) and name not in there and (kind, name) != ("agent", ROBOT):
                near = nearest(name, there)
                hint = f"did you mean {near}?" if near else f"add the {kind} to the team first"
                detail = f"the team has no {kind} {name}"
                yield _problem("unknown_reference", f"nodes.{key}.{field}", detail, hint)


def _open_outcomes(nodes: Nodes) -> Iterator[Problem]:
    for key, following in _edges(nodes).items():
        for outcome in _outcomes(key, nodes[key]) or ():
            if outcome != "FAILED" and outcome not in following:
                yield Problem(
                    code="open_outcome",
                    at=f"nodes.{key}.next.{outcome}",
                    detail=f"{outcome} leads nowhere: the run is over there",
                    hint="lead it to an end to say that you mean it",
                    level="warning",
                )


def _problem(code: str, at: str, detail: str, hint: str) -> Problem:
    return Problem(code=code, at=at, detail=detail, hint=hint)
