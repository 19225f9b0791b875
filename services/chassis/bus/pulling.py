"""Natural batches from durable consumers: take what has arrived, never wait for more.

A standing pull request lies at the server for each durable and is topped up before it runs dry (NATS ADR-37), so that an idle
system hands over one message at once and a busy one fills its batches by itself. `fetch(n, timeout)` would hold a lone message
back for its whole timeout.

Durables with a pin (priority policy `pinned_client`) have one reader at a time: each pull names the group and, once a message
brought `Nats-Pin-Id`, that id; 423 means that the pin is lost. Requests expire sooner than the pin, so that an idle reader keeps it.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime

import msgspec
from contracts.streams import PIN_GROUP, PIN_TTL, Consumer
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from services.chassis.clock import from_nanoseconds

REQUEST = 256
"""Messages that one pull request asks for; another follows when half of them have come."""
EXPIRES_S = PIN_TTL.total_seconds() * 2 / 3
_SILENCE_S = EXPIRES_S * 2
"""Past this without a word on a request it is taken for lost (a restarted server forgets it)."""
_PIN = "Nats-Pin-Id"


class Delivery:
    """One delivered message. `at` is the stream's time; `attempts` counts from 1."""

    __slots__ = ("_ns", "attempts", "consumer", "data", "headers", "reply", "seq", "subject")

    def __init__(self, message: Msg, consumer: Consumer) -> None:
        tokens = message.reply.split(".")
        self.consumer = consumer
        self.subject = message.subject
        self.data = message.data
        self.headers: dict[str, str] = message.headers or {}
        self.reply = message.reply
        # "$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>", with
        # a domain and an account before the stream, and a token after it all, in the long form.
        long = len(tokens) > 9
        self.attempts = int(tokens[6 if long else 4])
        self.seq = int(tokens[7 if long else 5])
        self._ns = int(tokens[9 if long else 7])

    @property
    def at(self) -> datetime:
        """When the stream stored it."""
        return from_nanoseconds(self._ns)


def _durable_place(reply: str) -> int:
    """Which token of an ack subject names the consumer: its long form has a domain and an account before it."""
    return 5 if reply.count(".") > 8 else 3


class _Standing:
    """The pull requests of one durable that lie at the server."""

    __slots__ = ("consumer", "heard_at", "number", "pin", "wanted")

    def __init__(self, number: int, consumer: Consumer) -> None:
        self.number = number
        self.consumer = consumer
        self.pin: str | None = None
        self.wanted = 0
        self.heard_at = 0.0


class Pull:
    """What arrives on several durables of one kind, as one source. Use as an async context manager."""

    def __init__(self, client: Client, consumers: Sequence[Consumer], *, bound: int = 8192) -> None:
        self._client = client
        self._prefix = client.new_inbox()
        self._standing = [_Standing(number, consumer) for number, consumer in enumerate(consumers)]
        self._by_durable = {standing.consumer.durable: standing for standing in self._standing}
        self._arrived: deque[Delivery] = deque()
        self._bound = bound
        self._wake = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Pull":
        self._subscription = await self._client.subscribe(
            f"{self._prefix}.*", cb=self._take, pending_msgs_limit=0, pending_bytes_limit=0
        )
        self._keeper = asyncio.create_task(self._keep(), name="pull-keeper")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._client.is_connected:
            await self._subscription.unsubscribe()

    async def batch(self, limit: int) -> list[Delivery]:
        """What has arrived, at least one and at most `limit`, in order of arrival."""
        while not self._arrived:
            self._wake.clear()
            await self._wake.wait()
        return [self._arrived.popleft() for _ in range(min(limit, len(self._arrived)))]

    def put_back(self, deliveries: Sequence[Delivery]) -> None:
        """Return messages that belong into a later batch; they come first, in their order."""
        self._arrived.extendleft(reversed(deliveries))
        self._wake.set()

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Done with these. A lost ack means another delivery, which the handler must know again."""
        for delivery in deliveries:
            await self._client.publish(delivery.reply, b"+ACK")

    async def in_progress(self, deliveries: Sequence[Delivery]) -> None:
        """Still at work on these: do not deliver them again yet."""
        for delivery in deliveries:
            await self._client.publish(delivery.reply, b"+WPI")

    def waiting(self) -> list[Delivery]:
        """What has arrived and is in no batch yet."""
        return list(self._arrived)

    def restart(self) -> None:
        """Ask again at once; called after a reconnect, when the server has forgotten what was asked."""
        for standing in self._standing:
            standing.wanted = 0
            standing.pin = None

    async def _keep(self) -> None:
        """Renew what expired, was lost, or could not be asked for."""
        while True:
            now = time.monotonic()
            for standing in self._standing:
                if standing.wanted and now - standing.heard_at > _SILENCE_S:
                    standing.wanted = 0
                await self._top_up(standing)
            await asyncio.sleep(EXPIRES_S / 8)

    async def _top_up(self, standing: _Standing) -> None:
        if standing.wanted > REQUEST // 2 or len(self._arrived) > self._bound or not self._client.is_connected:
            return
        ask: dict[str, object] = {"batch": REQUEST, "expires": int(EXPIRES_S * 1e9)}
        if standing.consumer.is_pinned:
            ask["group"] = PIN_GROUP
            if standing.pin is not None:
                ask["id"] = standing.pin
        consumer = standing.consumer
        standing.wanted += REQUEST
        standing.heard_at = time.monotonic()
        try:
            await self._client.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}",
                msgspec.json.encode(ask),
                reply=f"{self._prefix}.{standing.number}",
            )
        except NatsError:
            standing.wanted = 0

    async def _take(self, message: Msg) -> None:
        headers = message.headers
        status = None if headers is None else headers.get("Status")
        if status is not None:
            standing = self._standing[int(message.subject.rsplit(".", 1)[1])]
            await self._told(standing, status, headers or {})
            return
        standing = self._by_durable[message.reply.split(".", 6)[_durable_place(message.reply)]]
        standing.heard_at = time.monotonic()
        if headers is not None and (pin := headers.pop(_PIN, None)) is not None:
            standing.pin = pin
        standing.wanted -= 1
        self._arrived.append(Delivery(message, standing.consumer))
        self._wake.set()
        if standing.wanted <= REQUEST // 2:
            await self._top_up(standing)

    async def _told(self, standing: _Standing, status: str, headers: dict[str, str]) -> None:
        """A request ended without all of its messages: 408 expired, 409 the consumer changed, 423 the pin is lost."""
        standing.heard_at = time.monotonic()
        if status == "100":
            return
        if status == "423":
            standing.pin = None
        left = headers.get("Nats-Pending-Messages")
        standing.wanted = 0 if left is None else max(0, standing.wanted - int(left))
        if status == "408":
            await self._top_up(standing)
