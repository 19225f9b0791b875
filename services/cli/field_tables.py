"""The fields of what people write by hand, as rows of a page's table: name, what it takes, its sentence."""

from collections.abc import Collection, Iterator
from typing import cast, get_args

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import FieldInfo, fields

from contracts.forms import described, shown
from services.cli.settings import docstrings

HEAD = ("| field | takes | |", "|---|---|---|")


def rows(config: type[Struct], prefix: str = "", without: Collection[str] = ()) -> Iterator[str]:
    """One row for each field but those `without`, and below it one for each field of the table that it takes."""
    sentences = docstrings(config)
    for field in fields(config):
        if field.name in without:
            continue
        inner = inner_struct(field.type)
        notes = [sentences.get(field.name, ""), _default(field)]
        name = f"`{prefix}{field.encode_name}`"
        takes = "a table" if inner else described(field.type)
        about = cell(" ".join(note for note in notes if note))
        yield f"| {name} | {cell(takes)} | {about}{' |' if about else '|'}"
        if inner:
            yield from _alike(inner, f"{prefix}{field.encode_name}.")


def inner_struct(kind: object) -> type[Struct] | None:
    """The Struct whose fields a table has, if there is one."""
    choices = (kind, *get_args(kind))
    return next((k for k in choices if isinstance(k, type) and issubclass(k, Struct)), None)


def joined(text: str | None) -> str:
    """The text in one line."""
    return " ".join((text or "").split())


def cell(text: str) -> str:
    """The text as a cell of a table."""
    return joined(text).replace("|", "\\|")


def _alike(config: type[Struct], prefix: str) -> Iterator[str]:
    """One row for the fields of a table that are all alike, the days of a week for example."""
    all_fields = fields(config)
    if len({repr(field.type) for field in all_fields}) > 1:
        yield from rows(config, prefix)
        return
    names = f"`{prefix}{all_fields[0].encode_name}` … `{prefix}{all_fields[-1].encode_name}`"
    yield f"| {names} | {cell(described(all_fields[0].type))} | |"


def _default(field: FieldInfo) -> str:
    if field.required:
        return "Required."
    default = field.default
    if default is UNSET or default in ((), "", None) or default is msgspec.NODEFAULT:
        return ""
    if isinstance(default, Struct):
        return ""
    return f"Default: `{shown(cast('object', default))}`."
