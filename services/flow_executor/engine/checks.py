"""Everything that is wrong with a definition, at once: its form, its nodes, its graph.

`examine` takes a decoded document of whatever shape, so that a misspelt field does not hide a missing node. Errors
refuse the flow, warnings do not.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice
from typing import cast

from msgspec import Struct

from contracts.flow import MAX_NODES, FlowDefinition, RejectedFlow, decode_json, decode_toml, parse
from contracts.forms import Problem, nearest
from contracts.run import NodeId
from services.flow_executor.engine.graph import type_of, typed_node
from services.flow_executor.engine.node import NodeConfig, NodeType
from services.flow_executor.engine.nodes.bounds import END, START
from services.flow_executor.engine.nodes.messages import ROBOT
from services.flow_executor.engine.team import Known

Nodes = Mapping[NodeId, Mapping[str, object]]


class _Seen(Struct, frozen=True, kw_only=True):
    """A node as far as it can be made out, so that what is wrong with it hides nothing else."""

    kind: object
    """What it says that its type is."""
    type: NodeType[NodeConfig] | None
    config: NodeConfig | None
    """Without the fields that are wrong; None when it cannot do without them."""
    problems: tuple[Problem, ...]
    edges: Mapping[str, NodeId]

    @property
    def outcomes(self) -> tuple[str, ...] | None:
        """What it can yield; None when nobody knows."""
        if self.type is None:
            return None
        if self.config is None:
            return self.type.outcomes if self.type.options is None else None
        return self.type.yields(self.config)

    @property
    def waits(self) -> bool:
        """Whether it holds up the run; when nobody knows, whether it may."""
        if self.type is None or self.config is None:
            return self.type is not None and self.type.wake is not None
        return self.type.waits(self.config)


Flow = Mapping[NodeId, _Seen]

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
    flow = {key: _seen(key, node) for key, node in nodes.items()} if len(nodes) <= MAX_NODES else {}
    found = _problems(flow, nodes, known) if len(nodes) <= MAX_NODES else ()
    errors = tuple(dict.fromkeys(islice(chain(form, found), MOST_PROBLEMS)))
    warnings = islice(_open_outcomes(flow), MOST_PROBLEMS - len(errors))
    problems = tuple(dict.fromkeys((*errors, *warnings)))
    return (parsed if isinstance(parsed, FlowDefinition) and not errors else None), problems


def dangling(definition: FlowDefinition, known: Known) -> tuple[Problem, ...]:
    """What a flow refers to and the team does not have, or no longer."""
    return tuple(_of_references(cast("Nodes", definition.nodes), known))


def _nodes(raw: object) -> Nodes:
    """The nodes that are tables, so that the rest can be looked at beside broken ones."""
    nodes = cast("dict[str, object]", raw).get("nodes") if isinstance(raw, dict) else None
    if not isinstance(nodes, dict):
        return {}
    items = cast("dict[str, object]", nodes).items()
    return {key: cast("dict[str, object]", node) for key, node in items if isinstance(node, dict)}


def _seen(key: NodeId, raw: Mapping[str, object]) -> _Seen:
    config, problems = typed_node(key, raw)
    if config is None:
        wrong = {problem.at.removeprefix(f"nodes.{key}.").partition(".")[0] for problem in problems}
        config = typed_node(key, {field: value for field, value in raw.items() if field not in wrong})[0]
    following = raw.get("next")
    pairs = cast("dict[str, object]", following).items() if isinstance(following, dict) else ()
    return _Seen(
        kind=raw.get("type"),
        type=type_of(key, raw)[0],
        config=config,
        problems=problems,
        edges={outcome: target for outcome, target in pairs if isinstance(target, str)},
    )


def _problems(flow: Flow, nodes: Nodes, known: Known | None) -> Iterator[Problem]:
    for seen in flow.values():
        yield from seen.problems
    yield from _bounds(flow)
    for key, seen in flow.items():
        for outcome, target in seen.edges.items():
            yield from _edge(flow, key, outcome, target)
    yield from _unreachable(flow)
    yield from _endless(flow)
    if known is not None:
        yield from _of_references(nodes, known)


def _bounds(flow: Flow) -> Iterator[Problem]:
    starts = [key for key, seen in flow.items() if seen.kind == START]
    if not starts:
        yield _problem("no_start", "nodes", "no node starts the flow", 'add one with type = "start"')
    for key in starts[1:]:
        detail = f"{starts[0]} starts the flow already"
        yield _problem("many_starts", f"nodes.{key}", detail, "remove one of them")
    if not any(seen.kind == END for seen in flow.values()):
        yield _problem("no_end", "nodes", "no node ends the flow", 'add one with type = "end"')


def _edge(flow: Flow, key: NodeId, outcome: str, target: NodeId) -> Iterator[Problem]:
    at = f"nodes.{key}.next.{outcome}"
    seen = flow[key]
    if seen.kind == END:
        yield _problem("end_has_output", at, f"{key} ends the flow, and nothing follows", "remove this edge")
        return
    if seen.outcomes is not None and outcome not in seen.outcomes:
        near = nearest(outcome, seen.outcomes)
        hint = f"did you mean {near}? " if near else ""
        detail = f"{seen.kind} never yields {outcome}"
        yield _problem("unknown_outcome", at, detail, f"{hint}it yields {', '.join(seen.outcomes)}")
    if target not in flow:
        near = nearest(target, flow)
        hint = f"did you mean {near}?" if near else "add that node, or remove this edge"
        yield _problem("missing_node", at, f"there is no node {target}", hint)
    elif flow[target].kind == START:
        detail = f"{target} starts the flow, and nothing leads to it"
        yield _problem("start_has_input", at, detail, "lead to another node, or remove this edge")


def _unreachable(flow: Flow) -> Iterator[Problem]:
    """Nodes off every path; a misspelt edge counts as leading to the nearest node, so that one slip is one problem."""
    reached: set[NodeId] = set()
    ahead = [key for key, seen in flow.items() if seen.kind == START]
    if not ahead:
        return
    while ahead:
        target = ahead.pop()
        key = target if target in flow else nearest(target, flow)
        if key is not None and key not in reached:
            reached.add(key)
            ahead.extend(flow[key].edges.values())
    for key in flow:
        if key not in reached:
            detail = f"no path leads from the start to {key}"
            yield _problem("unreachable_node", f"nodes.{key}", detail, "lead an outcome to it, or remove it")


def _endless(flow: Flow) -> Iterator[Problem]:
    """One problem for each cycle in which nobody waits, at the first of its nodes."""
    ahead = _circling(flow)
    told: set[NodeId] = set()
    for key in ahead:
        cycle = () if key in told else _cycle(ahead, key)
        if cycle:
            told.update(cycle)
            detail = f"{' → '.join((*cycle, key))} goes round without a wait"
            hint = "put a wait into it, or lead one outcome out to an end"
            yield _problem("endless_loop", f"nodes.{key}", detail, hint)


def _circling(flow: Flow) -> dict[NodeId, set[NodeId]]:
    """Where each node that does not wait leads, without those that sooner or later lead out.

    Edges out of an end and into a start are wrong by themselves, and no loop once they are gone.
    """
    starts = {key for key, seen in flow.items() if seen.kind == START}
    ahead = {
        key: set(seen.edges.values()) - starts
        for key, seen in flow.items()
        if seen.kind != END and not seen.waits
    }
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


def _open_outcomes(flow: Flow) -> Iterator[Problem]:
    for key, seen in flow.items():
        for outcome in seen.outcomes or ():
            if outcome != "FAILED" and outcome not in seen.edges:
                yield Problem(
                    code="open_outcome",
                    at=f"nodes.{key}.next.{outcome}",
                    detail=f"{outcome} leads nowhere: the run is over there",
                    hint="lead it to an end to say that you mean it",
                    level="warning",
                )


def _problem(code: str, at: str, detail: str, hint: str) -> Problem:
    return Problem(code=code, at=at, detail=detail, hint=hint)
