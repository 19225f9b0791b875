"""The bus as a model: what a process sees of the `Server`, call by call."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from contracts.streams import Consumer
from services.chassis.bus import Bus, Delivery, Pull, StoredAt, StoredMessage
from services.chassis.bus.api import ConsumerInfo, JetStreamApi
from services.chassis.bus.connection import STORE_TIMEOUT_S
from services.chassis.bus.reading import Reader
from services.chassis.errors import Unreachable
from tests.simulation.model_streams import Durable, Server
from tests.simulation.scheduler import Process, Scheduler

_ROUNDING = timedelta(microseconds=1)


class ModelBus(Bus):
    """One process's connection."""

    def __init__(self, scheduler: Scheduler, server: Server, process: Process) -> None:
        self._scheduler = scheduler
        self._server = server
        self._process = process
        self.read = ModelReader(scheduler, server, process)
        self.api = ModelApi(scheduler, server, process)

    @property
    def server_id(self) -> str:
        """Another one after each power cut."""
        return f"server-{self._server.starts}"

    async def tell(self, subject: str, payload: bytes) -> None:
        """Nobody listens."""
        await self._scheduler.call(self._process, "tell", lambda: None)

    async def begin_store(
        self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None
    ) -> asyncio.Future[StoredAt]:
        """Send it; the future brings the ack."""

        def apply() -> StoredAt:
            return self._server.store(subject, payload, headers or {})

        return self._scheduler.send(self._process, f"store {subject}", apply)

    async def store(self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None) -> StoredAt:
        """Store one message and wait for its ack."""
        future = await self.begin_store(subject, payload, headers)
        try:
            async with asyncio.timeout(STORE_TIMEOUT_S):
                return await future
        except TimeoutError as exc:
            raise Unreachable(f"no ack for a message to {subject}") from exc

    def pull(self, consumers: Sequence[Consumer]) -> Pull:
        """What arrives on these durables."""
        return ModelPull(self._scheduler, self._server, self._process, consumers)


class ModelReader(Reader):
    """Direct gets."""

    def __init__(self, scheduler: Scheduler, server: Server, process: Process) -> None:
        self._scheduler = scheduler
        self._server = server
        self._process = process

    async def since(self, stream: str, subject: str, start: int | datetime) -> list[StoredMessage]:
        """Every message of the subject from there on."""
        return await self._look(
            stream, lambda m: _is_from(m, start), [subject], lambda found: sorted(found, key=_seq)
        )

    async def some_since(self, stream: str, subject: str, start: int, limit: int) -> list[StoredMessage]:
        """At most `limit` of them."""
        return (await self.since(stream, subject, start))[:limit]

    async def last(
        self, stream: str, subjects: Sequence[str], *, up_to: int | None = None
    ) -> list[StoredMessage]:
        """The last message of each subject."""
        if not subjects:
            return []
        return await self._look(
            stream,
            lambda m: up_to is None or m.seq <= up_to,
            subjects,
            lambda found: sorted({m.subject: m for m in sorted(found, key=_seq)}.values(), key=_seq),
        )

    async def last_of(self, stream: str, subject: str) -> StoredMessage | None:
        """The last message of all that match."""
        found = await self._look(
            stream, lambda _: True, [subject], lambda found: sorted(found, key=_seq)[-1:]
        )
        return found[0] if found else None

    async def _look(
        self,
        stream: str,
        is_wanted: Callable[[StoredMessage], bool],
        subjects: Sequence[str],
        pick: Callable[[list[StoredMessage]], list[StoredMessage]],
    ) -> list[StoredMessage]:
        def apply() -> list[StoredMessage]:
            log = self._server.logs[stream]
            return pick([m for subject in subjects for m in log.of(subject) if is_wanted(m)])

        return await self._scheduler.call(self._process, f"read {subjects[0]}", apply)


def _seq(message: StoredMessage) -> int:
    return message.seq


def _is_from(message: StoredMessage, start: int | datetime) -> bool:
    return message.at >= start - _ROUNDING if isinstance(start, datetime) else message.seq >= start


class ModelApi(JetStreamApi):
    """The one question that the executor asks."""

    def __init__(self, scheduler: Scheduler, server: Server, process: Process) -> None:
        self._scheduler = scheduler
        self._server = server
        self._process = process

    async def consumer(self, stream: str, durable: str) -> ConsumerInfo:
        """How far a consumer is."""

        def apply() -> ConsumerInfo:
            known = self._server.durables[durable]
            floor = type(ConsumerInfo(durable).ack_floor)(stream_seq=known.ack_floor)
            return ConsumerInfo(
                durable, num_pending=known.to_come, num_ack_pending=known.given_out, ack_floor=floor
            )

        return await self._scheduler.call(self._process, "consumer", apply)


class ModelDelivery(Delivery):
    """A message as a durable gave it out."""

    def __init__(self, consumer: Consumer, message: StoredMessage, attempts: int) -> None:
        self.consumer = consumer
        self.subject = message.subject
        self.data = message.data
        self.headers = dict(message.headers)
        self.reply = ""
        self.attempts = attempts
        self.seq = message.seq
        self._at = message.at

    @property
    def at(self) -> datetime:
        """When the stream stored it."""
        return self._at


class ModelPull(Pull):
    """What arrives on several durables of one kind."""

    def __init__(
        self, scheduler: Scheduler, server: Server, process: Process, consumers: Sequence[Consumer]
    ) -> None:
        self._scheduler = scheduler
        self._process = process
        self._durables = {consumer.durable: server.durables[consumer.durable] for consumer in consumers}
        self._arrived: deque[Delivery] = deque()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.is_alive:
            await self.give_back(self.waiting())
        for durable in self._durables.values():
            durable.leave(self)

    @property
    def ack_wait(self) -> timedelta:
        """The time after which the first of these durables delivers again."""
        return min(durable.consumer.ack_wait for durable in self._durables.values())

    async def batch(self, limit: int, least: int = 1) -> list[Delivery]:
        """What has arrived, at least `least` and at most `limit`."""
        while len(self._arrived) < least:
            await self._scheduler.call(
                self._process, "batch", self._arrive, is_ready=partial(self._is_ready, least), can_fail=False
            )
        return [self._arrived.popleft() for _ in range(min(limit, len(self._arrived)))]

    def put_back(self, deliveries: Sequence[Delivery]) -> None:
        """Return messages that belong into a later batch."""
        self._arrived.extendleft(reversed(deliveries))

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Done with these."""
        await self._tell("ack", deliveries, lambda durable, seq: durable.ack(seq, self._scheduler.at))

    async def in_progress(self, deliveries: Sequence[Delivery]) -> None:
        """Still at work on these."""
        await self._tell(
            "in progress", deliveries, lambda durable, seq: durable.extend(seq, self._scheduler.now)
        )

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Not taken."""
        await self._tell("nak", deliveries, lambda durable, seq: durable.nak(seq))

    def waiting(self) -> list[Delivery]:
        """What has come and is in no batch yet."""
        return list(self._arrived)

    async def _tell(
        self, word: str, deliveries: Sequence[Delivery], do: Callable[[Durable, int], None]
    ) -> None:
        """Words on messages get lost without a word, each for itself."""
        for delivery in deliveries:
            durable, seq = self._durables[delivery.consumer.durable], delivery.seq

            def apply(durable: Durable = durable, seq: int = seq) -> None:
                if not self._scheduler.fate.happens(self._scheduler.rates.lost * 2):
                    do(durable, seq)

            await self._scheduler.call(self._process, f"{word} {seq}", apply, can_fail=False)

    def _is_ready(self, least: int) -> bool:
        # Asked of every idle reader at every step.
        if len(self._arrived) >= least:
            return True
        for durable in self._durables.values():
            if durable.has_some and durable.available(self, self._process, self._scheduler.now):
                return True
        return False

    def _arrive(self) -> None:
        for durable in self._durables.values():
            if durable.available(self, self._process, self._scheduler.now):
                for message, attempts in durable.take(self, self._process, self._scheduler.now):
                    self._arrived.append(ModelDelivery(durable.consumer, message, attempts))
