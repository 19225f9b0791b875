"""A flow definition as TOML for people: a table per node, edges as `next.TRUE = "node"`, long texts line by line.

What comes out has the same content: pushed again it is the same version. Comments are no part of a definition, so
those of the file that was pushed are gone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import msgspec

from contracts.flow import FlowDefinition
from services.chassis.errors import Permanent

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
_INLINE_CHARACTERS = 100
_HEAD = ("nodes", "layout", "scenarios")


def to_toml(definition: FlowDefinition) -> str:
    """The TOML; raises `Permanent` when the flow holds a null, for which TOML has no word."""
    return "\n".join(_lines(definition)) + "\n"


def _lines(definition: FlowDefinition) -> Iterator[str]:
    document = cast("dict[str, object]", msgspec.to_builtins(definition))
    yield from _pairs(((key, value) for key, value in document.items() if key not in _HEAD), ())
    for node, config in definition.nodes.items():
        yield from ("", f"[nodes.{_key(node)}]")
        yield from _pairs(_with_edges(config), ("nodes", node))
    if definition.layout:
        yield from ("", "[layout]")
        yield from _pairs(((node, _place(place)) for node, place in definition.layout.items()), ("layout",))
    for number, scenario in enumerate(cast("list[dict[str, object]]", document.get("scenarios", []))):
        yield from ("", "[[scenarios]]")
        yield from _pairs(scenario.items(), ("scenarios", str(number)))


def _with_edges(config: Mapping[str, object]) -> Iterator[tuple[str | tuple[str, str], object]]:
    """The node's fields, its edges last and each on a line."""
    edges = config.get("next")
    yield from ((key, value) for key, value in config.items() if key != "next")
    if isinstance(edges, dict) and edges:
        yield from ((("next", outcome), node) for outcome, node in cast("dict[str, object]", edges).items())
    elif "next" in config:
        yield "next", edges


def _pairs(items: Iterable[tuple[str | tuple[str, str], object]], place: tuple[str, ...]) -> Iterator[str]:
    for key, value in items:
        keys = (key,) if isinstance(key, str) else key
        yield f"{'.'.join(map(_key, keys))} = {_value(value, (*place, *keys), is_inline=False)}"


def _value(value: object, place: tuple[str, ...], *, is_inline: bool = True) -> str:
    match value:
        case None:
            raise Permanent(f"{'.'.join(place)} is null, which TOML cannot say; export with `--format json`")
        case str():
            return _text(value) if is_inline or "\n" not in value else _lines_of_text(value)
        case dict():
            pairs = (
                f"{_key(key)} = {_value(item, (*place, key))}"
                for key, item in cast("dict[str, object]", value).items()
            )
            return f"{{ {', '.join(pairs)} }}" if value else "{}"
        case list() | tuple():
            items = [_value(item, (*place, str(n))) for n, item in enumerate(cast("list[object]", value))]
            inline = f"[{', '.join(items)}]"
            if is_inline or len(inline) <= _INLINE_CHARACTERS:
                return inline
            return "".join(("[\n", *(f"    {item},\n" for item in items), "]"))
        case _:
            # Booleans, integers and floats look in TOML as they do in JSON, but for a float without a fraction.
            text = msgspec.json.encode(value).decode()
            return _float(text) if isinstance(value, float) else text


def _place(place: tuple[float, float]) -> list[object]:
    """Two numbers, the whole ones as such: a place has no type to keep."""
    return [int(number) if number == int(number) else number for number in place]


def _float(text: str) -> str:
    return text if "." in text or "e" in text else f"{text}.0"


def _key(key: str) -> str:
    return key if _BARE_KEY.match(key) else _text(key)


def _text(text: str) -> str:
    """A basic string. Its escapes are JSON's, and it must escape one character more."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def _lines_of_text(text: str) -> str:
    """A text of several lines; TOML drops the newline after the opening quotes."""
    return '"""\n' + "\n".join(_text(line)[1:-1] for line in text.split("\n")) + '"""'
