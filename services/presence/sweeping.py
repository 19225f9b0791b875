"""Taking sessions out of the bucket that are over, and that a killed server has forgotten to expire.

Watchers count for themselves and miss nothing by these; but they would stay for ever, and each start would read them.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from structlog.stdlib import get_logger

from contracts.streams import SESSIONS
from services.chassis.bus import Bus
from services.chassis.errors import Conflict, Retryable

MARKER_TTL = timedelta(minutes=5)
_RETRY_S = 0.2

_log = get_logger()


class Sweeper:
    """Removes what it was told of, for as long as `run` runs."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._stale: dict[str, int] = {}
        self._has_stale = asyncio.Event()

    def note(self, stale: Mapping[str, int]) -> None:
        """These keys are to go, unless there is a later revision than this of them."""
        self._stale.update(stale)
        if self._stale:
            self._has_stale.set()

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            await self._has_stale.wait()
            self._has_stale.clear()
            while self._stale:
                await self._expire(*self._stale.popitem())

    async def _expire(self, key: str, revision: int) -> None:
        try:
            await self._bus.keys.expire(SESSIONS.name, key, revision, MARKER_TTL)
        except Conflict:
            # Set anew, or a copy of this service was first.
            return
        except Retryable as exc:
            _log.warning("presence.not_swept", key=key, reason=str(exc))
            self._stale.setdefault(key, revision)
            await asyncio.sleep(_RETRY_S)
        else:
            _log.debug("presence.swept", key=key, revision=revision)
