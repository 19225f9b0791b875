"""A flow definition as TOML for people: a table per node, edges as `next.TRUE = "node"`, long texts line by line.

What comes out has the same content: pushed again it is the same version. Comments are no part of a definition, so
those of the file that was pushed are gone.
"""

from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from contracts.flow import FlowDefinition
from contracts.toml import Key, bare, pairs

_HEAD = ("nodes", "layout", "scenarios")


def to_toml(definition: FlowDefinition) -> str:
    """The TOML; raises `contracts.toml.NoWord` when the flow holds a null."""
    return "\n".join(_lines(definition)) + "\n"


def _lines(definition: FlowDefinition) -> Iterator[str]:
    document = cast("dict[str, object]", msgspec.to_builtins(definition))
    yield from pairs(((key, value) for key, value in document.items() if key not in _HEAD), ())
    for node, config in definition.nodes.items():
        yield from ("", f"[nodes.{bare(node)}]")
        yield from pairs(_with_edges(config), ("nodes", node))
    if definition.layout:
        yield from ("", "[layout]")
        yield from pairs(((node, _place(place)) for node, place in definition.layout.items()), ("layout",))
    for number, scenario in enumerate(cast("list[dict[str, object]]", document.get("scenarios", []))):
        yield from ("", "[[scenarios]]")
        yield from pairs(scenario.items(), ("scenarios", str(number)))


def _with_edges(config: Mapping[str, object]) -> Iterator[tuple[Key, object]]:
    """The node's fields, its edges last and each on a line."""
    edges = config.get("next")
    yield from ((key, value) for key, value in config.items() if key != "next")
    if isinstance(edges, dict) and edges:
        yield from ((("next", outcome), node) for outcome, node in cast("dict[str, object]", edges).items())
    elif "next" in config:
        yield "next", edges


def _place(place: tuple[float, float]) -> list[object]:
    """Two numbers, the whole ones as such: a place has no type to keep."""
    return [int(number) if number == int(number) else number for number in place]
