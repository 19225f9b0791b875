"""A definition in the order in which people read it; the order of storage means nothing."""

from collections.abc import Iterator, Mapping
from typing import cast

from msgspec import structs

from contracts.flow import FlowDefinition

_FIRST = ("type", "name")
_LAST = ("next",)


def in_reading_order(definition: FlowDefinition) -> FlowDefinition:
    """The same definition: nodes as they follow each other from the start, each with its type first and edges last."""
    order = dict.fromkeys(_followed(definition.nodes))
    nodes = {key: _node(definition.nodes[key]) for key in dict.fromkeys((*order, *definition.nodes))}
    layout = {key: definition.layout[key] for key in (*nodes, *definition.layout) if key in definition.layout}
    return structs.replace(definition, nodes=nodes, layout=layout)


def edges(node: Mapping[str, object]) -> dict[str, object]:
    """Where a node goes on, by outcome."""
    found = node.get("next")
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _followed(nodes: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """Node by node from the start, the nearest first."""
    row = [key for key, node in nodes.items() if node.get("type") == "start"]
    seen = set(row)
    while row:
        yield from row
        targets = [target for key in row for target in edges(nodes[key]).values()]
        row = [target for target in dict.fromkeys(targets) if isinstance(target, str) and target in nodes]
        row = [target for target in row if target not in seen]
        seen.update(row)


def _node(node: Mapping[str, object]) -> dict[str, object]:
    middle = (key for key in node if key not in {*_FIRST, *_LAST})
    return {key: node[key] for key in (*_FIRST, *middle, *_LAST) if key in node}
