"""`docs/team-fields.md`, from the Structs of a team's settings: every table with all its fields."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from msgspec import Struct
from msgspec.structs import fields

from contracts.team import TeamSettings
from services.cli.field_tables import HEAD, cell, inner_struct, joined, rows
from services.cli.settings import docstrings

FILE = Path(__file__).parents[2] / "docs" / "team-fields.md"

_HEAD = """\
# Every field of a team's settings

Written by `make format` from the contracts. What each part is for is in [A team's settings](team.md). A field that is
not required may be left out. "Text or a table" is one text for everybody, or a table of one per locale.
"""


def document() -> str:
    """The text of the file."""
    tables = {field.encode_name: found for field in fields(TeamSettings) if (found := _entry(field.type))}
    lines = ["", *HEAD, *_top(tables)]
    for name, table in tables.items():
        lines += ["", f"## {name}", "", f"`[[{name}]]`: {joined(table.__doc__)}", "", *HEAD, *rows(table)]
    return _HEAD + "\n".join(lines) + "\n"


def _top(tables: dict[str, type[Struct]]) -> Iterator[str]:
    """What stands at the top of the file; lists of tables are told below."""
    sentences = docstrings(TeamSettings)
    told = {row.split("`", 2)[1]: row for row in rows(TeamSettings)}
    for field in fields(TeamSettings):
        name = field.encode_name
        if name in tables:
            yield f"| `{name}` | tables: see [{name}](#{name}) | {cell(sentences.get(name, ''))} |"
        else:
            yield told[name]
            yield from (row for key, row in told.items() if key.startswith(f"{name}."))


def _entry(kind: object) -> type[Struct] | None:
    """The Struct of a list of tables."""
    arguments = get_args(kind)
    return inner_struct(arguments[0]) if arguments[1:] == (...,) else None
