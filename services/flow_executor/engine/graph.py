"""A definition made ready to run: nodes typed, expressions and texts checked, the facts that it reads known.

All work that does not depend on a visitor is done here, once.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from msgspec import Struct, structs

from contracts.flow import FlowDefinition, RejectedFlow, content_hash
from contracts.forms import Problem, examined, nearest, shown
from contracts.ids import FlowId
from contracts.run import NodeId
from services.flow_executor.engine.expressions import Expression
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, NodeConfig, NodeType, Result
from services.flow_executor.engine.nodes import CATALOGUE
from services.flow_executor.engine.nodes.bounds import END, START
from services.flow_executor.engine.patterns import Pattern
from services.flow_executor.engine.stimuli import Stimulus
from services.flow_executor.engine.templates import Body, Template, UrlTemplate
from services.flow_executor.engine.texts import Text
from services.flow_executor.engine.variables import DERIVED, Variable

_READERS = (Expression, Template, Text, Body, Variable)
"""Fields that name variables."""
_COMPILED = frozenset({*_READERS, UrlTemplate, Pattern})
"""Fields that are made of what was written, once; each raises `Unfit` for what it cannot take."""

ALL_VARIABLES = "profile"
"""The fact that stands for every variable that the visitor has, where names come with the facts only."""


class Node(Struct, frozen=True, kw_only=True):
    """A node with everything at hand that its turn needs."""

    id: NodeId
    type: str
    config: NodeConfig
    next: dict[str, NodeId]
    names: frozenset[str]
    """The variables that it may read, but for those computed from facts."""
    reads_profile: bool
    """Whether it may read others too, whose names come with the facts."""
    is_end: bool
    decide: Callable[[NodeConfig, Look], Result]
    wake: Callable[[NodeConfig, Stimulus], Done | Failure | None] | None
    waits: bool
    """Whether its turn holds up the run."""


class CompiledFlow(Struct, frozen=True, kw_only=True):
    """A version of a flow, ready to run."""

    definition: FlowDefinition
    flow: FlowId
    version: int
    hash: str
    start: NodeId
    nodes: dict[NodeId, Node]
    reads: frozenset[str]
    """What its nodes may read: fields of `Facts`, and `profile` for all variables that the visitor has."""
    variables: frozenset[str]
    """The variables that its nodes may read."""
    can_wait: bool
    """Whether a run of it can park: then `last_agent_post` and `last_visitor_message` matter."""


def compile_flow(definition: FlowDefinition, version: int = 0) -> CompiledFlow:
    """The definition ready to run. Edges are the matter of `checks.examine`, which comes first.

    Raises `RejectedFlow` for a node that its type refuses.
    """
    nodes: dict[NodeId, Node] = {}
    problems: list[Problem] = []
    for key, raw in definition.nodes.items():
        config, found = typed_node(key, raw)
        problems.extend(found)
        if config is not None:
            nodes[key] = _node(key, config)
    starts = [node.id for node in nodes.values() if node.type == START]
    if problems or not starts:
        raise RejectedFlow(tuple(problems))
    reads = {fact for node in nodes.values() for fact in _facts(node)}
    return CompiledFlow(
        definition=definition,
        flow=definition.flow,
        version=version,
        hash=content_hash(definition),
        start=starts[0],
        nodes=nodes,
        reads=frozenset(reads),
        variables=frozenset(name for node in nodes.values() for name in node.names),
        can_wait=any(node.waits for node in nodes.values()),
    )


def typed_node(key: NodeId, raw: Mapping[str, object]) -> tuple[NodeConfig | None, tuple[Problem, ...]]:
    """The node as its type takes it, and every problem with it; None when a field is not what it should be."""
    node_type, problem = type_of(key, raw)
    if node_type is None:
        return None, (problem,) if problem else ()
    at = f"nodes.{key}"

    def faults(config: NodeConfig) -> Iterator[Problem]:
        for fault in node_type.faults(config):
            yield Problem(code="bad_value", at=f"{at}.{fault.field}", detail=fault.detail, hint=fault.hint)

    return examined(node_type.config, raw, faults, at, _decode)


def type_of(key: NodeId, raw: Mapping[str, object]) -> tuple[NodeType[NodeConfig] | None, Problem | None]:
    """The catalogue's entry for the node's type, or the problem with it."""
    name = raw.get("type")
    if isinstance(name, str) and name in CATALOGUE:
        return CATALOGUE[name], None
    near = nearest(name, CATALOGUE) if isinstance(name, str) else None
    return None, Problem(
        code="unknown_type",
        at=f"nodes.{key}.type",
        detail=f"there is no node type {shown(name)}" if "type" in raw else "the node has no type",
        hint=f"did you mean {near}?" if near else f"the types are {', '.join(sorted(CATALOGUE))}",
    )


def _decode(kind: type, raw: object) -> object:
    """The fields that compile what they take."""
    if kind in _COMPILED:
        return kind(raw)
    raise TypeError


def _node(key: NodeId, config: NodeConfig) -> Node:
    node_type = CATALOGUE[config.type]
    return Node(
        id=key,
        type=config.type,
        config=config,
        next=config.next,
        names=frozenset(_names(config)) - DERIVED,
        reads_profile=ALL_VARIABLES in node_type.facts(config),
        is_end=config.type == END,
        decide=node_type.decide,
        wake=node_type.wake,
        waits=node_type.waits(config),
    )


def _names(config: NodeConfig) -> set[str]:
    values = (getattr(config, field.name) for field in structs.fields(config))
    return {name for value in values for name in _named(value)}


def _named(value: object) -> Iterator[str]:
    """The variables that are named in a field, or in what a table holds."""
    if isinstance(value, _READERS):
        yield from value.names
    elif isinstance(value, dict):
        for item in cast("dict[str, object]", value).values():
            yield from _named(item)


def _facts(node: Node) -> set[str]:
    facts = set(CATALOGUE[node.type].facts(node.config))
    if node.names:
        facts.add("variables")
    named = _names(node.config)
    if "agents_online_count" in named:
        facts.add("agents_online")
    if "now" in named or ALL_VARIABLES in facts:
        facts.add("team")
    return facts
