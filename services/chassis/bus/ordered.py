"""The messages of a stream by an ephemeral push consumer, in order and without gaps, or an end that says so."""

import asyncio
import time
from types import TracebackType
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from services.chassis.bus.acks import AckSubject, parse_ack_subject
from services.chassis.bus.api import JetStreamApi
from services.chassis.bus.subscribing import subscribe, unsubscribe
from services.chassis.errors import Retryable

HEARTBEAT_S = 1.0
SILENCE_S = 3.0
"""Without a word for this long nobody knows what is missed."""


class Interrupted(Retryable):
    """Something may have been missed: begin again."""


class Ordered:
    """One consumer, from its making to the first interruption. Use as an async context manager."""

    def __init__(self, client: Client, api: JetStreamApi, stream: str, config: dict[str, object]) -> None:
        self._client = client
        self._api = api
        self._stream = stream
        self._config = config
        self._queue: asyncio.Queue[Msg | None] = asyncio.Queue()
        self._expected = 1
        self._heard_at = 0.0
        self.count = 0
        """How many messages there were when it was made."""

    async def __aenter__(self) -> Self:
        inbox = self._client.new_inbox()
        self._subscription = await subscribe(self._client, inbox, self._take)
        try:
            created = await self._api.create_ephemeral(
                self._stream,
                {
                    **self._config,
                    "deliver_subject": inbox,
                    "ack_policy": "none",
                    "max_deliver": 1,
                    "idle_heartbeat": int(HEARTBEAT_S * 1e9),
                    "inactive_threshold": 10_000_000_000,
                    "mem_storage": True,
                    "num_replicas": 1,
                },
            )
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        self._heard_at = time.monotonic()
        self.count = created.num_pending + created.delivered.consumer_seq
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await unsubscribe(self._subscription)

    @property
    def is_heard(self) -> bool:
        """Whether there was a message or a heartbeat within `SILENCE_S`."""
        return time.monotonic() - self._heard_at < SILENCE_S

    def interrupt(self) -> None:
        """Have `next` raise `Interrupted`."""
        self._queue.put_nowait(None)

    async def next(self) -> tuple[Msg, AckSubject]:
        """The next message; while there is none, it listens for heartbeats. It raises `Interrupted`."""
        while True:
            try:
                async with asyncio.timeout(SILENCE_S):
                    message = await self._queue.get()
            except TimeoutError as exc:
                if not self.is_heard:
                    raise Interrupted(f"no word from stream {self._stream} for {SILENCE_S:g} s") from exc
                continue
            if message is None:
                raise Interrupted(f"reading stream {self._stream} was interrupted")
            ack = parse_ack_subject(message.reply)
            if ack.consumer_seq != self._expected:
                raise Interrupted(f"a message of stream {self._stream} is missing")
            self._expected += 1
            return message, ack

    async def next_within(self, seconds: float | None) -> tuple[Msg, AckSubject] | None:
        """Like `next`, but None when there was none in that time; `seconds` None: however long it takes."""
        if not self._queue.empty():
            return await self.next()
        try:
            async with asyncio.timeout(seconds):
                return await self.next()
        except TimeoutError:
            return None

    async def under_way(self) -> list[tuple[Msg, AckSubject]]:
        """Everything that the server sent before this call, be it unread for long: this process may have slept."""
        try:
            await self._client.flush(int(SILENCE_S))
        except (NatsError, TimeoutError) as exc:
            raise Interrupted(f"stream {self._stream} is away: {exc}") from exc
        return [await self.next() for _ in range(self._queue.qsize())]

    async def _take(self, message: Msg) -> None:
        self._heard_at = time.monotonic()
        if (message.headers or {}).get("Status") != "100":
            self._queue.put_nowait(message)
