"""How often a visitor may say something."""

from collections.abc import Callable

CLOSED_S = 1.0
"""How long everything is refused once something was: frames that were under way meanwhile must not overtake the first
refused one, with which its sender begins again."""


class Allowance:
    """A token bucket: `burst` frames at once, `per_s` in the long run."""

    __slots__ = ("_at", "_clock", "_closed_until", "_left", "burst", "per_s")

    def __init__(self, burst: int, per_s: float, clock: Callable[[], float]) -> None:
        self.burst = burst
        self.per_s = per_s
        self._clock = clock
        self._left = float(burst)
        self._at = clock()
        self._closed_until = 0.0

    def take(self) -> float:
        """0 when one more frame may pass, else the seconds after which to send it again."""
        now = self._clock()
        if now < self._closed_until:
            return self._closed_until - now
        self._left = min(self.burst, self._left + (now - self._at) * self.per_s)
        self._at = now
        if self._left < 1:
            self._closed_until = now + CLOSED_S
            return CLOSED_S
        self._left -= 1
        return 0.0
