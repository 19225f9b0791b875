"""When keys with a time to live are over, by the clock.

The server's word is not enough: killed with -9 it may forget what it was to expire, and keep it for ever (measured,
2.15.1: "TTL state is outdated"). So whoever reads such keys counts for themselves, a bit longer than the server does.
The clocks of the server and of its readers must agree to within what a holder leaves between refresh and expiry.
"""

import heapq
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from services.chassis.bus.headers import TTL

SLACK = timedelta(seconds=2)
"""What the server is given to expire a key itself; it does within one second."""

_TTL = re.compile("([0-9]{1,9})s?")


def over_at(stored_at: datetime, headers: Mapping[str, str]) -> datetime | None:
    """When a message that was stored then must be gone; None: it has no time to live that we wrote."""
    ttl = _TTL.fullmatch(headers.get(TTL, ""))
    return None if ttl is None else stored_at + timedelta(seconds=int(ttl[1])) + SLACK


class Deadlines:
    """When each key is over. Setting costs a push on one heap, whose outlived entries go as their time comes."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[datetime, int]] = {}
        self._heap: list[tuple[datetime, int, str]] = []

    def set(self, key: str, at: datetime | None, revision: int) -> None:
        """The key is there in this revision, until then; None: for ever."""
        self._last.pop(key, None)
        if at is not None:
            self._last[key] = at, revision
            heapq.heappush(self._heap, (at, revision, key))

    def drop(self, key: str) -> None:
        """The key is gone already."""
        self._last.pop(key, None)

    def left_s(self, now: datetime) -> float | None:
        """Seconds to the next deadline, 0 when it is past; None: there is none."""
        self._forget_outlived()
        return max(0.0, (self._heap[0][0] - now).total_seconds()) if self._heap else None

    def take_past(self, now: datetime) -> dict[str, int]:
        """Take out the keys that are over, with their revisions, in the order of their deadlines."""
        past: dict[str, int] = {}
        self._forget_outlived()
        while self._heap and self._heap[0][0] <= now:
            _, revision, key = heapq.heappop(self._heap)
            del self._last[key]
            past[key] = revision
            self._forget_outlived()
        return past

    def _forget_outlived(self) -> None:
        while self._heap:
            at, revision, key = self._heap[0]
            if self._last.get(key) == (at, revision):
                return
            heapq.heappop(self._heap)
