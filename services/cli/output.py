"""What commands print: JSON for scripts, text for people; plain and unwrapped when it goes into a pipe."""

import re
import sys
from datetime import datetime
from typing import Protocol, TextIO, cast, runtime_checkable
from unicodedata import category

import msgspec
from rich.console import Console
from rich.table import Table

_UNWRAPPED = 10_000
"""Columns of a pipe: a line there is never broken, whatever reads it wants the whole of it."""
_PADDING = re.compile(r" +$", re.MULTILINE)


@runtime_checkable
class _Encoded(Protocol):
    def reconfigure(self, *, encoding: str | None = None, errors: str | None = None) -> None: ...


class _Unpadded:
    """A stream whose lines do not end with the spaces that fill a table's last column."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.encoding = stream.encoding

    def write(self, text: str) -> int:
        return self._stream.write(_PADDING.sub("", text))

    def flush(self) -> None:
        self._stream.flush()


def console(stream: TextIO | None = None) -> Console:
    """Where text for people goes; stdout unless said. Markup is off: what visitors write is not ours to interpret."""
    file = sys.stdout if stream is None else stream
    # Where the terminal's encoding lacks a character, a question mark is better than nothing at all.
    _encode(file, errors="replace")
    if file.isatty():
        return Console(file=file, markup=False, highlight=False, emoji=False)
    unpadded = cast("TextIO", _Unpadded(file))
    return Console(
        file=unpadded, width=_UNWRAPPED, color_system=None, markup=False, highlight=False, emoji=False
    )


def print_json(document: object) -> None:
    """One JSON document, indented, on stdout."""
    print_document(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")


def print_json_line(document: object) -> None:
    """One JSON document on one line of stdout, at once: for what never ends."""
    print_document(msgspec.json.encode(document).decode() + "\n")


def print_document(text: str) -> None:
    """A document for scripts on stdout, at once: UTF-8, whatever the terminal speaks."""
    _encode(sys.stdout, encoding="utf-8")
    sys.stdout.write(text)
    sys.stdout.flush()


def table(*columns: str) -> Table:
    """An airy table without lines; the first column is never broken, so that it can be copied."""
    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, column in enumerate(columns):
        found.add_column(column, no_wrap=number == 0, overflow="fold")
    return found


def local(at: datetime) -> str:
    """A time as the clock on the wall shows it."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def local_time(at: datetime) -> str:
    """The time of day as the clock on the wall shows it, to the millisecond."""
    return at.astimezone().strftime("%H:%M:%S.%f")[:-3]


def safe(text: str) -> str:
    """Text from outside as it may reach a terminal: control characters are shown, never obeyed."""
    return "".join(f"\\x{ord(c):02x}" if category(c) == "Cc" and c not in "\n\t" else c for c in text)


def _encode(stream: object, *, encoding: str | None = None, errors: str | None = None) -> None:
    """Change how the stream turns text into bytes; one that tests put in its place does not."""
    if isinstance(stream, _Encoded):
        stream.reconfigure(encoding=encoding, errors=errors)
