"""Regular expressions that people write: RE2's, which take linear time whatever they are and whatever they meet."""

import re
from typing import TYPE_CHECKING, cast

import re2

from contracts.flow import MAX_TEXT
from contracts.forms import Unfit

if TYPE_CHECKING:
    Compiled = re.Pattern[str]

MAX_PATTERN = 500
"""Characters."""
MAX_PROGRAM = 10_000
"""Steps of the compiled pattern; an ordinary one has about twenty, `.{1000}` has 8,000."""
MAX_SEARCHED = 65_536
"""Characters that any pattern searches at most; one of a long program fewer, but always a message's."""
_MAX_WORK = 40_000_000
"""Steps times characters: what takes 100 ms at the very worst."""
_BARRED = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL)
"""What stands for itself, so that no group begins in it: quotes, escapes, classes."""
_GROUP = re.compile(r"\(\?P?<([^>]*)>")
_NAME = re.compile(r"[A-Za-z_]\w{0,59}\Z", re.ASCII)
_MEMORY = 1 << 20
"""Bytes of a compiled pattern."""


class Pattern:
    """A checked pattern. Raises `Unfit`."""

    __slots__ = ("_compiled", "groups", "reach", "source")

    def __init__(self, raw: object) -> None:
        """Check and keep."""
        if not isinstance(raw, str):
            raise TypeError
        if not 0 < len(raw) <= MAX_PATTERN:
            raise Unfit("bad_value", f"the pattern has {len(raw)} characters", f"write 1 to {MAX_PATTERN}")
        self.source = raw
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        try:
            # The wheel brings no types; what it gives behaves as the standard library's.
            self._compiled = cast("Compiled", re2.compile(raw, options))  # pyright: ignore[reportUnknownMemberType]
        except re2.error as exc:  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            raise _unfit(raw, cast("Exception", exc)) from cast("Exception", exc)
        _check_names(raw)
        size = cast("int", getattr(self._compiled, "programsize", 0))
        if size > MAX_PROGRAM:
            raise _too_heavy()
        self.groups = tuple(self._compiled.groupindex)
        self.reach = max(MAX_TEXT, min(MAX_SEARCHED, _MAX_WORK // max(size, 1)))
        """Characters of the longest text that it may search."""

    def search(self, text: str) -> dict[str, str] | None:
        """The named groups of the first match, "" for those that took no part; None without a match."""
        found = self._compiled.search(text)
        return None if found is None else {name: value or "" for name, value in found.groupdict().items()}


def _check_names(source: str) -> None:
    """RE2 lets two groups have one name, and names be what no variable can be. Raises `Unfit`."""
    names: set[str] = set()
    for group in _GROUP.finditer(_BARRED.sub(lambda barred: " " * len(barred[0]), source)):
        name, where = group[1], f"column {group.start() + 1}"
        if name in names:
            raise Unfit(
                "bad_pattern",
                f"{where}: there is a group {name} already",
                "give it another name: each is a variable",
            )
        if _NAME.match(name) is None:
            hint = "write letters, digits and _, not a digit first: var_<name> becomes a variable"
            raise Unfit("bad_pattern", f"{where}: {name} is no name of a group", hint)
        names.add(name)


def _too_heavy() -> Unfit:
    hint = "repeat less: {n} multiplies what it follows, and classes such as \\pL are long"
    return Unfit("bad_pattern", "the pattern is too heavy", hint)


def _unfit(source: str, exc: Exception) -> Unfit:
    """RE2 says what is wrong and quotes it, without its place; the quote is looked for."""
    said = exc.args[0] if exc.args else ""
    message = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    what, _, quoted = message.partition(": ")
    if what.startswith("pattern too large"):
        return _too_heavy()
    # A bracket is missing at the end, where nothing is left to quote; RE2 quotes all that comes before.
    is_short = not quoted or what == "missing )"
    column = len(source) + 1 if is_short else source.find(quoted) + 1
    hint = "write RE2 syntax: no look-ahead, no back-references; https://github.com/google/re2/wiki/Syntax"
    return Unfit("bad_pattern", f"column {column}: {what if is_short else message}", hint)
