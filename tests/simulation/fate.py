"""The one source of chance: what it decides follows from its seed alone, and is written down as it is decided."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")


class Rates(Struct, frozen=True, kw_only=True):
    """How likely each misfortune is at each call to the outside, from 0 to 1."""

    kill: float = 0.0
    """The caller dies, before or behind the call."""
    away: float = 0.0
    """The call never arrives, and its caller learns that."""
    lost: float = 0.0
    """The call arrives, its answer does not."""
    stall: float = 0.0
    """The caller stands still for seconds, and goes on with what it has in hand."""
    wait: float = 0.0
    """Time passes, up to the next thing that waits for it."""


CALM = Rates()


class Fate:
    """Chance, and the trace of what it did."""

    def __init__(self, seed: int, *, keep: bool = False) -> None:
        """`keep`: have the trace as lines, for people to read."""
        self.random = Random(seed)
        self.counts: Counter[str] = Counter()
        self.lines: list[str] | None = [] if keep else None
        self._digest = blake2b(digest_size=16)

    @property
    def digest(self) -> str:
        """What the whole history comes down to."""
        return self._digest.hexdigest()

    def happens(self, rate: float) -> bool:
        """Whether something as likely as that happens now."""
        return self.random.random() < rate

    def one_of(self, choices: Sequence[T]) -> T:
        """One of these."""
        return choices[int(self.random.random() * len(choices))]

    def number(self, least: int, most: int) -> int:
        """A number from `least` to `most`."""
        return least + int(self.random.random() * (most - least + 1))

    def note(self, line: str) -> None:
        """Add to the trace."""
        self._digest.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    def count(self, what: str) -> None:
        """Count a misfortune."""
        self.counts[what] += 1
