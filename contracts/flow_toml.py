"""A flow definition as TOML for people: a table per node, edges as `next.TRUE = "node"`, long texts line by line.

What comes out has the same content: pushed again it is the same version. Comments of TOML are no part of a definition,
so those of the file that was pushed are gone; those of the editor are in `comments`.
"""

from collections.abc import Iterator, Mapping
from typing import cast

import msgspec
from msgspec import UNSET

from contracts.flow import Comment, FlowDefinition
from contracts.toml import Key, bare, pairs

_HEAD = ("nodes", "layout", "comments", "scenarios")


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
    for key, comment in definition.comments.items():
        yield from ("", f"[comments.{bare(key)}]")
        yield from pairs(_comment(comment), ("comments", key))
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


def _comment(comment: Comment) -> Iterator[tuple[Key, object]]:
    yield "text", comment.text
    yield "at", _place(comment.at)
    if comment.size is not UNSET:
        yield "size", _place(comment.size)


def _place(place: tuple[float, float]) -> list[object]:
    """Two numbers, the whole ones as such: a place has no type to keep."""
    return [int(number) if number == int(number) else number for number in place]
