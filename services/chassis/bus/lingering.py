"""Batches for those whose result nobody waits for: fewer and larger, and each of them brought at once.

To be sent one message as soon as it is stored, and to wake up for it, costs more than most of what is done with it. So
what lies at the server is a request for a single message. When that has come, and some time has passed, one more asks
for all that there is by then (`no_wait`); while such requests are filled the next follows without a pause.

What comes again went to somebody else before, who died or refuses it. Then this is a `Pull` like any other for a while,
so that messages come here as often as there: one that goes round elsewhere would soon have been delivered too often.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from contracts.streams import Consumer
from services.chassis.bus.api import JetStreamApi
from services.chassis.bus.client import PatchedClient
from services.chassis.bus.pulling import REQUEST, Delivery, Pull, Standing

_HASTE_S = 5.0
"""From the last message that came again."""
_ANSWER_S = 2.0
"""Past this a request counts as lost; what it brings later is taken all the same."""


class LingeringPull(Pull):
    """A `Pull` for one batch after the other, of durables without a pin."""

    def __init__(
        self, client: PatchedClient, api: JetStreamApi, consumers: Sequence[Consumer], linger_s: float
    ) -> None:
        super().__init__(client, api, consumers)
        # The one message that wakes us.
        self._request = 1
        self._hasty_until = 0.0
        self._linger_s = linger_s
        self._is_waiting = False
        self._was_full = False

    async def batch(self, limit: int, least: int = 1) -> list[Delivery]:  # noqa: ARG002 - lingering is its least
        """What arrives until `linger_s` after the first message, at most `limit`."""
        is_hasty = time.monotonic() < self._hasty_until
        self._request = REQUEST if is_hasty else 1
        if is_hasty:
            self._poke.set()
        else:
            await self._linger(limit)
        batch = await super().batch(limit)
        if any(delivery.attempts > 1 for delivery in batch):
            self._hasty_until = time.monotonic() + _HASTE_S
        return batch

    async def _linger(self, limit: int) -> None:
        if self._was_full:
            await self._fetch(limit)
        if not self._arrived:
            await self._first()
            await asyncio.sleep(self._linger_s)
            await self._fetch(limit - len(self._arrived))
        self._was_full = len(self._arrived) >= limit

    async def _first(self) -> None:
        """Return when there is a message."""
        self._is_waiting = True
        try:
            for standing in self._standing:
                await self._top_up(standing)
            await self._wait(1)
        finally:
            self._is_waiting = False

    def _runs_dry(self, standing: Standing) -> bool:
        """Whether the first message must be asked for: not while there is one, nor while a batch is handled."""
        is_hasty = self._request == REQUEST
        return (is_hasty or (self._is_waiting and not self._arrived)) and super()._runs_dry(standing)

    async def _fetch(self, number: int) -> None:
        """Get up to so many of what lies at the server; where the first message is still waited for, nothing does."""
        asked = [standing for standing in self._standing if standing.wanted <= 0 and number > 0]
        for standing in asked:
            await self._ask(standing, number, {"no_wait": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                while any(standing.wanted > 0 for standing in asked):
                    self._wake.clear()
                    await self._wake.wait()
        for standing in asked:
            standing.wanted = 0
