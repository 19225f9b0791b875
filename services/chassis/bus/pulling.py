"""Natural batches from durable consumers: take what has arrived, never wait for more.

A standing pull request lies at the server for each durable and is topped up before it runs dry (NATS ADR-37), so that
an idle system hands over one message at once and a busy one fills its batches by itself. `fetch(n, timeout)` would hold
a lone message back for its whole timeout. What is in memory here is bounded by each durable's `max_ack_pending`.

Durables with a pin (priority policy `pinned_client`) have one reader at a time: each pull names the group and, once a
message brought `Nats-Pin-Id`, that id; 423 means that the pin is lost. Requests expire sooner than the pin, so that an
idle reader keeps it. The pin may pass on while its old owner still has messages in hand, and the server gives out later
ones before those. So a new owner holds back what comes until all that is unacknowledged is in its own hands, then
releases it in the stream's order.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

import msgspec
from nats.errors import Error as NatsError

from contracts.streams import PIN_GROUP, PIN_TTL, Consumer
from services.chassis.bus.acks import AckSubject, parse_ack_subject
from services.chassis.bus.api import JetStreamApi
from services.chassis.bus.client import PatchedClient, Received
from services.chassis.bus.subscribing import receive, unsubscribe
from services.chassis.clock import from_nanoseconds
from services.chassis.errors import FrontdeskError

REQUEST = 256
"""Messages that one pull request asks for; another follows when half of them have come."""
EXPIRES_S = PIN_TTL.total_seconds() * 2 / 3
_SILENCE_S = EXPIRES_S * 2
"""Past this without a word on a request it is taken for lost (a restarted server forgets it)."""
_ROUND_S = 0.5
"""How often the keeper looks after its requests."""
_SETTLE_S = 0.05
"""How often it asks whether what is held back may be released."""
_PIN = "Nats-Pin-Id"


class Delivery:
    """One delivered message. `at` is the stream's time; `attempts` counts from 1."""

    __slots__ = ("_ns", "attempts", "consumer", "data", "headers", "reply", "seq", "subject")

    def __init__(self, message: Received, consumer: Consumer, ack: AckSubject) -> None:
        self.consumer = consumer
        self.subject = message.subject
        self.data = message.data
        self.headers = message.headers
        self.reply = message.reply
        self.attempts = ack.attempts
        self.seq = ack.seq
        self._ns = ack.ns

    @property
    def at(self) -> datetime:
        """When the stream stored it."""
        return from_nanoseconds(self._ns)


class Standing:
    """The pull requests of one durable that lie at the server, and what came of them and is not acknowledged."""

    __slots__ = ("consumer", "heard_at", "held", "number", "pin", "unacked", "wanted")

    def __init__(self, number: int, consumer: Consumer) -> None:
        self.number = number
        self.consumer = consumer
        self.pin: str | None = None
        self.wanted = 0
        self.heard_at = 0.0
        self.unacked: set[int] = set()
        self.held: dict[int, Delivery] | None = None
        """While the pin is new: what came, by sequence. None: nothing is held back."""


class Pull:
    """What arrives on several durables of one kind, as one source. Use as an async context manager."""

    def __init__(self, client: PatchedClient, api: JetStreamApi, consumers: Sequence[Consumer]) -> None:
        self._client = client
        self._api = api
        self._prefix = client.new_inbox()
        self._request = REQUEST
        self._standing = [Standing(number, consumer) for number, consumer in enumerate(consumers)]
        self._by_durable = {standing.consumer.durable: standing for standing in self._standing}
        self._arrived: deque[Delivery] = deque()
        self._wake = asyncio.Event()
        self._poke = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._subscription = await receive(self._client, f"{self._prefix}.*", self._take)
        self._keeper = asyncio.create_task(self._keep(), name="pull-keeper")
        # Whoever waits for a batch must learn of its end.
        self._keeper.add_done_callback(lambda _: self._wake.set())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self.give_back(self.waiting())
        await unsubscribe(self._subscription)

    @property
    def ack_wait(self) -> timedelta:
        """The time after which the first of these durables delivers again what was not acknowledged."""
        return min(standing.consumer.ack_wait for standing in self._standing)

    async def batch(self, limit: int, least: int = 1) -> list[Delivery]:
        """What has arrived, at least `least` and at most `limit`, in order of arrival."""
        await self._wait(least)
        return self._take_out(limit)

    def put_back(self, deliveries: Sequence[Delivery]) -> None:
        """Return messages that belong into a later batch; they come first, in their order."""
        self._arrived.extendleft(reversed(deliveries))
        self._wake.set()

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Done with these. A lost ack means another delivery, which the handler must know again."""
        for delivery in deliveries:
            self._by_durable[delivery.consumer.durable].unacked.discard(delivery.seq)
        await self._say(b"+ACK", deliveries)

    async def in_progress(self, deliveries: Sequence[Delivery]) -> None:
        """Still at work on these: do not deliver them again yet."""
        await self._say(b"+WPI", deliveries)

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Not taken: deliver these again at once, to whoever reads now."""
        await self._say(b"-NAK", deliveries)

    def waiting(self) -> list[Delivery]:
        """What has come and is in no batch yet."""
        held = [delivery for standing in self._standing for delivery in (standing.held or {}).values()]
        return [*self._arrived, *held]

    def restart(self) -> None:
        """Ask again at once; called after a reconnect, when the server has forgotten what was asked."""
        for standing in self._standing:
            standing.wanted = 0
        self._poke.set()
        self._wake.set()

    async def _wait(self, least: int) -> None:
        while len(self._arrived) < least:
            if self._keeper is not None and self._keeper.done():
                self._keeper.result()
            self._wake.clear()
            await self._wake.wait()

    def _take_out(self, limit: int) -> list[Delivery]:
        return [self._arrived.popleft() for _ in range(min(limit, len(self._arrived)))]

    async def _say(self, word: bytes, deliveries: Sequence[Delivery]) -> None:
        try:
            await self._client.publish_to_each([delivery.reply for delivery in deliveries], word)
        except NatsError:
            return  # not connected, and the buffer is full: they are delivered again

    async def _keep(self) -> None:
        """Renew what expired, was lost, or could not be asked for; release what was held back."""
        while True:
            self._poke.clear()
            now = time.monotonic()
            for standing in self._standing:
                if standing.wanted and now - standing.heard_at > _SILENCE_S:
                    standing.wanted = 0
                await self._top_up(standing)
                if standing.held is not None:
                    # Other requests must be renewed in time, or their pins are lost.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_ROUND_S):
                            await self._settle(standing)
            is_settling = any(standing.held is not None for standing in self._standing)
            with suppress(TimeoutError):
                async with asyncio.timeout(_SETTLE_S if is_settling else _ROUND_S):
                    await self._poke.wait()

    async def _top_up(self, standing: Standing) -> None:
        if self._runs_dry(standing):
            await self._ask(standing, self._request, {"expires": int(EXPIRES_S * 1e9)})

    def _runs_dry(self, standing: Standing) -> bool:
        """Whether it is time for another request."""
        return standing.wanted <= self._request // 2

    async def _ask(self, standing: Standing, number: int, how: dict[str, object]) -> None:
        """Request so many messages more."""
        if not self._client.is_connected:
            return
        ask: dict[str, object] = {"batch": number, **how}
        if standing.consumer.is_pinned:
            ask["group"] = PIN_GROUP
            if standing.pin is not None:
                ask["id"] = standing.pin
        consumer = standing.consumer
        standing.wanted += number
        standing.heard_at = time.monotonic()
        try:
            await self._client.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}",
                msgspec.json.encode(ask),
                reply=f"{self._prefix}.{standing.number}",
            )
        except NatsError:
            standing.wanted = 0

    def _take(self, message: Received) -> None:
        headers = message.headers
        status = headers.get("Status")
        if status is not None:
            standing = self._standing[int(message.subject.rsplit(".", 1)[1])]
            self._told(standing, status, headers)
            return
        ack = parse_ack_subject(message.reply)
        standing = self._by_durable[ack.durable]
        standing.heard_at = time.monotonic()
        if (pin := headers.pop(_PIN, None)) not in (None, standing.pin):
            standing.pin = pin
            standing.held = {} if standing.held is None else standing.held
            self._poke.set()
        standing.wanted -= 1
        standing.unacked.add(ack.seq)
        delivery = Delivery(message, standing.consumer, ack)
        if standing.held is None:
            self._arrived.append(delivery)
            self._wake.set()
        else:
            standing.held[ack.seq] = delivery
        if self._runs_dry(standing):
            self._poke.set()

    async def _settle(self, standing: Standing) -> None:
        """Release what is held back, if nobody else has unacknowledged messages of this durable in hand."""
        try:
            info = await self._api.consumer(standing.consumer.stream, standing.consumer.durable)
        except FrontdeskError:
            return
        # Of a message that came twice one copy may be acknowledged already, in vain if the server died meanwhile; the
        # other one is held, and kept from coming a third time.
        if standing.held is not None and info.num_ack_pending <= len(standing.unacked | standing.held.keys()):
            self._arrived.extend(standing.held[seq] for seq in sorted(standing.held))
            standing.held = None
            self._wake.set()

    def _told(self, standing: Standing, status: str, headers: dict[str, str]) -> None:
        """A request ended without all of its messages: 404 there are none, 408 expired, 409 the consumer changed, 423
        the pin is lost.
        """
        standing.heard_at = time.monotonic()
        if status == "100":
            return
        if status == "423":
            standing.pin = None
        left = headers.get("Nats-Pending-Messages")
        standing.wanted = 0 if left is None else max(0, standing.wanted - int(left))
        self._wake.set()
        if status in ("404", "408", "423"):
            self._poke.set()
