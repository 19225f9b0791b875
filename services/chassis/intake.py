"""Taking messages in, so that nothing is lost and nothing blocks for ever.

Batches are natural: what has arrived, up to a limit, at most one message of a key; later ones of that key come in a
batch after that one. With two hands a second batch is begun beside the first, but only under a crowd: few messages are
handled sooner together. The handler returns when everything that follows from a batch is committed and published; then
the batch is acknowledged. Until then it is the outbox: a crash anywhere before means that it is delivered again.

What happens when the handler raises:

- `Retryable`, a timeout or a lost connection: the line holds. The same batch is tried again, with back-off, for ever.
- `Poison`: that one message goes to DEAD, the handler is called again with the others.
- anything else: the batch is tried again one message at a time, and what fails alone goes to DEAD as `failed`.

A message that was delivered more than 3 times runs alone, since it may be what killed the process; after 20 it goes to
DEAD as `delivered_too_often`. Whoever holds messages says so at half of `ack_wait`, so that a held line brings no
redelivery.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from structlog.stdlib import get_logger

from services.chassis import dead_letters
from services.chassis.bus import Bus, Delivery, Pull
from services.chassis.errors import Conflict, Permanent, Retryable, is_away

Handle = Callable[[list[Delivery]], Awaitable[None]]

ALONE_AFTER = 3
DEAD_AFTER = 20
"""Deliveries."""
_TRIES_ALONE = 3
"""Once may be bad luck."""
_TRIES_IN_CONFLICT = 5
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0

_log = get_logger()


class Poison(Permanent):
    """This message can never be handled, whatever happens; the others of its batch can."""

    def __init__(self, delivery: Delivery, reason: str, detail: str) -> None:
        super().__init__(f"{delivery.subject} {delivery.seq}: {detail}")
        self.delivery = delivery
        self.reason = reason
        """A stable code, for example `undecodable`."""
        self.detail = detail


class _Stopped(BaseException):
    """The line is held and the process ends: what is in hand stays unacknowledged. Not an `Exception`, to pass by."""


class Intake:
    """One source, open already, and one handler. `key` tells which messages must not be in one batch: one visitor's."""

    def __init__(
        self,
        bus: Bus,
        pull: Pull,
        handle: Handle,
        *,
        key: Callable[[Delivery], str] | None = None,
        limit: int = 256,
        hands: int = 1,
    ) -> None:
        """`hands`: the most batches at a time."""
        self._bus = bus
        self._pull = pull
        self._handle = handle
        self._key = _itself if key is None else key
        self._limit = limit
        self._hands = hands
        self._in_hand: dict[tuple[str, int], Delivery] = {}
        self._freed = asyncio.Event()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Take messages in for ever. Cancelled, it finishes the batch in hand, unless its line is held."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._remind(), name="intake-remind")
            for hand in range(self._hands):
                tasks.create_task(
                    self._work(least=self._limit // 4 if hand else 1), name=f"intake-hand-{hand}"
                )

    async def _work(self, least: int) -> None:
        """Handle one batch after the other, each once so many messages lie there."""
        while True:
            arrived = await self._pull.batch(self._limit, least)
            if batch := self._one_of_each(arrived):
                await self._finish(batch)
            else:
                # All of it is of those whose messages the other hand is at.
                self._freed.clear()
                await self._freed.wait()

    def _one_of_each(self, arrived: Sequence[Delivery]) -> list[Delivery]:
        """The first message of each key that is in no hand; the others wait for a later batch."""
        first: dict[str, Delivery] = {self._key(delivery): delivery for delivery in self._in_hand.values()}
        now: list[Delivery] = []
        later: list[Delivery] = []
        for delivery in arrived:
            is_first = first.setdefault(self._key(delivery), delivery) is delivery
            (now if is_first else later).append(delivery)
        self._pull.put_back(later)
        return now

    async def _finish(self, batch: list[Delivery]) -> None:
        """See the batch through, also when cancelled meanwhile."""
        self._in_hand |= {_place(delivery): delivery for delivery in batch}
        work = asyncio.create_task(self._see_through(batch), name="intake-work")
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            self._stop.set()
            with suppress(_Stopped):
                await work
            raise
        finally:
            work.cancel()
            self._freed.set()

    async def _see_through(self, batch: list[Delivery]) -> None:
        together = [delivery for delivery in batch if delivery.attempts <= ALONE_AFTER]
        if together:
            await self._together(together)
        for delivery in batch:
            if delivery.attempts > DEAD_AFTER:
                detail = f"delivered {delivery.attempts} times and never finished"
                await self._bury(delivery, "delivered_too_often", detail)
            elif delivery.attempts > ALONE_AFTER:
                await self._alone(delivery)

    async def _together(self, batch: list[Delivery]) -> None:
        rest = batch
        while rest:
            try:
                await self._held(rest)
            except Poison as poison:
                rest = [delivery for delivery in rest if delivery is not poison.delivery]
                await self._bury(poison.delivery, poison.reason, poison.detail)
            except Exception as exc:  # noqa: BLE001 - whatever a message does to its handler must not stop the line
                _log.warning("intake.batch_failed", messages=len(rest), error=_described(exc))
                for delivery in rest:
                    await self._alone(delivery)
                return
            else:
                await self._done(rest)
                return

    async def _alone(self, delivery: Delivery) -> None:
        failure = ""
        for attempt in range(_TRIES_ALONE):
            if attempt:
                await self._pause(attempt)
            try:
                await self._held([delivery])
            except Poison as poison:
                return await self._bury(delivery, poison.reason, poison.detail)
            except Exception as exc:  # noqa: BLE001 - see above
                failure = _described(exc)
                _log.warning(
                    "intake.message_failed", exc_info=attempt == 0, error=failure, **_named(delivery)
                )
            else:
                return await self._done([delivery])
        return await self._bury(delivery, "failed", failure)

    async def _held(self, batch: list[Delivery]) -> None:
        """Call the handler until the outside is there: the line holds."""
        attempt = conflicts = 0
        while True:
            try:
                return await self._handle(list(batch))
            except Conflict:
                conflicts += 1
                if conflicts == _TRIES_IN_CONFLICT:
                    raise
            except Exception as exc:
                if not is_away(exc):
                    raise
                _log.warning("intake.line_held", messages=len(batch), error=_described(exc))
            attempt += 1
            await self._pause(attempt)

    async def _bury(self, delivery: Delivery, reason: str, detail: str) -> None:
        _log.error("intake.buried", reason=reason, detail=detail, **_named(delivery))
        attempt = 0
        while True:
            try:
                await dead_letters.bury(self._bus, delivery, reason, detail)
            except Retryable as exc:
                _log.warning("intake.line_held", messages=1, error=_described(exc))
                attempt += 1
                await self._pause(attempt)
            else:
                return await self._done([delivery])

    async def _done(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            self._in_hand.pop(_place(delivery), None)
        await self._pull.ack(deliveries)

    async def _pause(self, attempt: int) -> None:
        """Wait before another attempt; at a stop leave what is held to the next process."""
        pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(attempt - 1, 10))
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._stop.wait()
        if self._stop.is_set():
            raise _Stopped

    async def _remind(self) -> None:
        """Say of everything that is held that it is being worked on."""
        every_s = self._pull.ack_wait.total_seconds() / 2
        while True:
            await asyncio.sleep(every_s)
            await self._pull.in_progress([*self._in_hand.values(), *self._pull.waiting()])


def _itself(delivery: Delivery) -> str:
    """A key by which the same message, delivered twice, is not twice in a batch."""
    return f"{delivery.consumer.durable} {delivery.seq}"


def _place(delivery: Delivery) -> tuple[str, int]:
    return delivery.consumer.durable, delivery.seq


def _named(delivery: Delivery) -> dict[str, object]:
    return {
        "consumer": delivery.consumer.durable,
        "subject": delivery.subject,
        "seq": delivery.seq,
        "attempts": delivery.attempts,
    }


def _described(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__
