"""How much text an expression may come to, seen before it is evaluated: minijinja's fuel counts steps, not sizes.

Three things make texts grow. Naming a variable again and again; joining texts, which copies them at each step; and
making a list of a text and a text of the list, which multiplies: `x|list|trim|list|trim` is 25 times x and more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from contracts.run import Json
from services.flow_executor.engine.vocabulary import ends_value

MAX_SIZE = 4 * 1024 * 1024
"""Characters that an evaluation may come to."""
MAX_COPIED = 64 * 1024 * 1024
"""Characters that it may copy on the way."""
MAX_LISTS = 3
"""Lists that one expression may make of something, and how deeply those that it writes may nest."""
_PER_LIST, _PER_LEVEL = 12, 4
"""How much longer a text may be once it was a list of its characters, or stood in a list that became a text."""
_MAKERS = frozenset(("list", "sort", "split", "unique", "items", "keys"))
_OPEN, _CLOSE = frozenset("[{"), frozenset("]}")


class Growth:
    """What the expressions of one source may make of the values that they name."""

    __slots__ = ("_depth", "_joins", "_lists", "_named")

    def __init__(self) -> None:
        self._named: Counter[str] = Counter()
        self._joins = self._lists = self._depth = 0

    def add(self, words: Sequence[str]) -> str | None:
        """Count one expression in, by its words without what stands in quotes; why it is refused, or None."""
        self._named.update(words)
        self._joins += sum(word in {"~", "+"} for word in words)
        lists = sum(word in _MAKERS and before in {"|", "."} for before, word in pairwise(words))
        depth = _depth(words)
        if lists > MAX_LISTS:
            return f"it makes {lists} lists one of another"
        if depth > MAX_LISTS:
            return f"its lists are {depth} deep"
        self._lists, self._depth = max(self._lists, lists), max(self._depth, depth)
        return None

    def is_too_much(self, source: str, values: Mapping[str, Json]) -> bool:
        """Whether these values may become more than an evaluation should hold."""
        size = len(source) + sum(_size(value) * self._named[name] for name, value in values.items())
        size *= _PER_LIST**self._lists * _PER_LEVEL**self._depth
        return size > MAX_SIZE or size * self._joins > MAX_COPIED


def _depth(words: Sequence[str]) -> int:
    """How deeply written lists and tables nest; `x[0]` is neither."""
    deepest, before, levels = 0, "", list[bool]()
    for word in words:
        if word in _OPEN:
            is_subscript = word == "[" and ends_value(before)
            levels.append(not is_subscript)
            deepest = max(deepest, sum(levels))
        elif word in _CLOSE and levels:
            levels.pop()
        before = word
    return deepest


def _size(value: Json) -> int:
    match value:
        case str():
            return len(value)
        case None | bool() | int() | float():
            return 0
        case _:
            return len(msgspec.json.encode(value))
