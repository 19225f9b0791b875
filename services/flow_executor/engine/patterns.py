"""Regular expressions that people write: RE2's, which take linear time whatever they are and whatever they meet."""

import re
from typing import TYPE_CHECKING, cast

import re2

from contracts.forms import Unfit

if TYPE_CHECKING:
    Compiled = re.Pattern[str]

MAX_PATTERN = 500
"""Characters."""
_MEMORY = 1 << 20
"""Bytes of a compiled pattern."""


class Pattern:
    """A checked pattern. Raises `Unfit`."""

    __slots__ = ("_compiled", "groups", "source")

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
        self.groups = tuple(self._compiled.groupindex)

    def search(self, text: str) -> dict[str, str] | None:
        """The named groups of the first match, "" for those that took no part; None without a match."""
        found = self._compiled.search(text)
        return None if found is None else {name: value or "" for name, value in found.groupdict().items()}


def _unfit(source: str, exc: Exception) -> Unfit:
    """RE2 says what is wrong and quotes it, without its place; the quote is looked for."""
    said = exc.args[0] if exc.args else ""
    message = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    what, _, quoted = message.partition(": ")
    column = source.find(quoted) + 1 if quoted else 0
    where = f"column {column}: " if column > 0 else ""
    hint = "write RE2 syntax: no look-ahead, no back-references; https://github.com/google/re2/wiki/Syntax"
    return Unfit("bad_pattern", f"{where}{message if column else what}", hint)
