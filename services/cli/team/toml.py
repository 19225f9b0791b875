"""A team's settings as TOML for people: what is one word first, then a table for each thing that has several.

What comes out are the same settings: pushed, they change nothing. Secrets are among them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import msgspec

from contracts.team import TeamSettings
from contracts.toml import Key, bare, pairs


def to_toml(settings: TeamSettings) -> str:
    """The TOML."""
    return "\n".join(_lines(settings)) + "\n"


def _lines(settings: TeamSettings) -> Iterator[str]:
    document = cast("dict[str, object]", msgspec.to_builtins(settings))
    tables = {key: value for key, value in document.items() if _tables_in(value) is not None}
    yield from pairs(((key, value) for key, value in document.items() if key not in tables), ())
    for key, value in tables.items():
        for table in _tables_in(value) or ():
            yield from ("", f"[{bare(key)}]" if isinstance(value, dict) else f"[[{bare(key)}]]")
            yield from pairs(_flat(table), (key,))


def _tables_in(value: object) -> list[Mapping[str, object]] | None:
    """The tables that a value is, or is a list of; None: it is none, and stands on a line of its own."""
    if isinstance(value, dict):
        return [cast("dict[str, object]", value)]
    items = cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else ()
    return [cast("dict[str, object]", item) for item in items if isinstance(item, dict)] or None


def _flat(table: Mapping[str, object]) -> Iterator[tuple[Key, object]]:
    """The pairs of a table; a text per locale is a line per locale."""
    for key, value in table.items():
        if isinstance(value, dict) and value:
            inner = cast("dict[str, object]", value).items()
            yield from (((key, locale), text) for locale, text in inner)
        else:
            yield key, value
