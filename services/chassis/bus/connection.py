"""The connection: core messages, requests to other services, and the doors to everything that JetStream keeps."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypedDict, TypeVar
from urllib.parse import urlsplit

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoServersError, SlowConsumerError

from contracts.errors import ERROR_HEADER, Error, ErrorReply
from contracts.streams import TIMER, Consumer
from services.chassis.bus.api import JetStreamApi
from services.chassis.bus.client import PatchedClient, Received
from services.chassis.bus.inbox import Inbox
from services.chassis.bus.keys import Keys
from services.chassis.bus.lingering import LingeringPull
from services.chassis.bus.ordered import Ordered
from services.chassis.bus.publishing import Publisher, StoredAt
from services.chassis.bus.pulling import Pull
from services.chassis.bus.reading import Reader, StoredMessage
from services.chassis.bus.subscribing import receive, subscribe, unsubscribe
from services.chassis.bus.watching import Watch
from services.chassis.clock import Clock, from_nanoseconds, system_clock
from services.chassis.config import nats_address
from services.chassis.errors import Rejected, Unreachable

if TYPE_CHECKING:
    from faststream.nats import NatsBroker

T = TypeVar("T")

STORE_TIMEOUT_S = 5.0
_CONNECT_TIMEOUT_S = 3.0


class _Lasting(TypedDict):
    allow_reconnect: bool
    max_reconnect_attempts: int
    reconnect_time_wait: int
    ping_interval: int
    max_outstanding_pings: int
    connect_timeout: int
    pending_size: int
    drain_timeout: int


_LASTING = _Lasting(
    allow_reconnect=True,
    max_reconnect_attempts=-1,
    reconnect_time_wait=0.1,  # pyright: ignore[reportArgumentType] - seconds; a fraction is fine
    ping_interval=10,
    max_outstanding_pings=2,
    connect_timeout=int(_CONNECT_TIMEOUT_S),
    # Whoever publishes waits for a reply; what cannot be sent now fails there, and is tried again by its owner.
    pending_size=8 * 1024 * 1024,
    drain_timeout=5,
)
"""A connection that comes back by itself, however long it takes."""


class RequestRejected(Rejected):
    """Another service refused a request; `error` is all that it said."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.code, error.detail)
        self.error = error


class Bus:
    """A connection to NATS that comes back by itself. Use as an async context manager.

    `broker` is FastStream's, for `answering`; it starts with `start()`, after every handler is registered. It has a
    connection of its own, made when it is first asked for: who only asks is spared loading it.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._reconnected: list[Callable[[], None]] = []
        self._disconnected: list[Callable[[], None]] = []
        self._client = PatchedClient()
        self._broker: NatsBroker | None = None

    async def __aenter__(self) -> Self:
        await _probe(self._url)
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                await self._client.connect(
                    self._url,
                    name=self._name,
                    reconnected_cb=self._on_reconnect,
                    disconnected_cb=self._on_disconnect,
                    error_cb=self._on_error,
                    **_LASTING,
                )
        except (NatsError, TimeoutError, OSError) as exc:
            raise Unreachable(
                f"NATS went away at {without_password(self._url)}: {str(exc) or 'no answer'}"
            ) from exc
        self._inbox = Inbox(self._client)
        await self._inbox.open()
        self.on_disconnect(self._inbox.lose)
        self.api = JetStreamApi(self._client, self._inbox, STORE_TIMEOUT_S)
        self._publisher = Publisher(self._client, self._inbox, STORE_TIMEOUT_S)
        self.read = Reader(self._client, self._inbox, STORE_TIMEOUT_S)
        self.keys = Keys(self._publisher, self.read)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with asyncio.timeout(STORE_TIMEOUT_S):
                if self._broker is not None:
                    await self._broker.stop(exc_type, exc, trace)
                await self._client.drain()
        except (NatsError, TimeoutError):
            # Not connected now, so there is nothing to drain. nats-py (2.16) may still write to what was lost.
            with suppress(OSError):
                await self._client.close()

    @property
    def broker(self) -> "NatsBroker":
        """FastStream's broker, to register request handlers on."""
        if self._broker is None:
            # Loading it takes longer than all the rest of a command that asks one question.
            from fast_depends.msgspec import MsgSpecSerializer  # noqa: PLC0415
            from faststream.nats import NatsBroker  # noqa: PLC0415

            self._broker = NatsBroker(
                self._url, name=self._name, serializer=MsgSpecSerializer(), logger=None, **_LASTING
            )
        return self._broker

    @property
    def is_connected(self) -> bool:
        """Whether NATS is there at this moment."""
        return self._client.is_connected

    @property
    def server_id(self) -> str:
        """The server's process: another one after each of its starts."""
        # nats-py (2.16) keeps what the server said of itself to itself.
        info: dict[str, object] = self._client._server_info  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return str(info["server_id"])

    def on_reconnect(self, call: Callable[[], None]) -> None:
        """Have `call` made after each reconnect, and when a slow consumer lost messages: something may be missed."""
        self._reconnected.append(call)

    def on_disconnect(self, call: Callable[[], None]) -> None:
        """Have `call` made when the connection is lost, before anything else is heard on the next one."""
        self._disconnected.append(call)

    async def start(self) -> None:
        """Answer requests from now on."""
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                await self.broker.start()
                # Whoever is told that we answer may ask at once, on another connection. nats-py (2.16) sends the ping
                # of a flush ahead of what it has buffered: only behind the second one have our subscriptions arrived.
                connection = await self.broker.connect()
                await connection.flush()
                await connection.flush()
        except (NatsError, TimeoutError, OSError) as exc:
            raise Unreachable(
                f"NATS went away at {without_password(self._url)}: {str(exc) or 'no answer'}"
            ) from exc

    # Core messages

    async def tell(self, subject: str, payload: bytes) -> None:
        """Publish to whoever listens now; nothing is stored."""
        try:
            await self._client.publish(subject, payload)
        except NatsError as exc:
            raise Unreachable(f"cannot publish to {subject}: {exc}") from exc

    async def listen(
        self,
        subject: str,
        take: Callable[[Received], Awaitable[None]],
        *,
        queue: str = "",
    ) -> Callable[[], Awaitable[None]]:
        """Have `take` called for each message, one after the other; the result ends it.

        When too many messages wait, the next ones are lost, and `on_reconnect` tells.
        """

        async def pass_on(message: Msg) -> None:
            await take(Received(message.subject, message.data, message.headers or {}, message.reply))

        subscription = await subscribe(self._client, subject, pass_on, queue=queue)
        return lambda: unsubscribe(subscription)

    async def hear(self, subject: str, take: Callable[[Received], None]) -> Callable[[], Awaitable[None]]:
        """Have `take`, which is quick, called for each message as soon as it is read; the result ends it."""
        subscription = await receive(self._client, subject, take)
        return lambda: unsubscribe(subscription)

    async def settle(self) -> None:
        """Return when the server knows all that was listened to before this call."""
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                # See `start` for why twice.
                await self._client.flush()
                await self._client.flush()
        except (NatsError, TimeoutError) as exc:
            raise Unreachable(f"the bus does not answer: {str(exc) or 'no answer'}") from exc

    async def request(
        self, subject: str, payload: msgspec.Struct | bytes, reply_type: type[T], *, timeout_s: float = 2.0
    ) -> T:
        """Ask another service. It raises `RequestRejected` when refused and `Unreachable` when nobody answers."""
        body = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
        try:
            reply = await self._client.request(subject, body, timeout=timeout_s)
        except (NatsError, TimeoutError) as exc:
            raise Unreachable(
                f"nobody answers {subject} on the bus; start the services with `frontdesk up`,"
                " or see `frontdesk doctor`"
            ) from exc
        if reply.headers and ERROR_HEADER in reply.headers:
            raise RequestRejected(msgspec.json.decode(reply.data, type=ErrorReply).error)
        return msgspec.json.decode(reply.data, type=reply_type)

    # JetStream

    async def begin_store(
        self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None
    ) -> asyncio.Future[StoredAt]:
        """Store without waiting for the ack, which the future brings; see `Publisher.begin`."""
        return await self._publisher.begin(subject, payload, headers)

    async def store(self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None) -> StoredAt:
        """Store one message and wait for its ack; `Unreachable` means that it may or may not be stored."""
        return await self._publisher.store(subject, payload, headers)

    async def cancel_timer(self, subject: str) -> None:
        """Take back what `scheduled` set; nothing happens when it was delivered already."""
        await self.api.purge(TIMER.name, subject)

    async def last_subjects(self, stream: str, subject: str) -> dict[str, int]:
        """Every subject that matches and has a message, with the sequence of its last one, in that order."""
        config: dict[str, object] = {
            "deliver_policy": "last_per_subject",
            "filter_subject": subject,
            "headers_only": True,
        }
        found: dict[str, int] = {}
        async with Ordered(self._client, self.api, stream, config) as reading:
            pending = reading.count
            while pending:
                message, ack = await reading.next()
                found.pop(message.subject, None)
                found[message.subject] = ack.seq
                pending = ack.pending
        return found

    async def newest(
        self, stream: str, subject: str, limit: int, since: datetime | None = None
    ) -> tuple[list[StoredMessage], int]:
        """The newest messages that match, without their bodies and the oldest first, and how many match in all."""
        config: dict[str, object] = {
            "deliver_policy": "all" if since is None else "by_start_time",
            "filter_subject": subject,
            "headers_only": True,
        }
        if since is not None:
            config["opt_start_time"] = since.isoformat()
        found: deque[StoredMessage] = deque(maxlen=limit)
        async with Ordered(self._client, self.api, stream, config) as reading:
            count = pending = reading.count
            while pending:
                message, ack = await reading.next()
                found.append(
                    StoredMessage(
                        message.subject, ack.seq, from_nanoseconds(ack.ns), b"", message.headers or {}
                    )
                )
                pending = ack.pending
        return list(found), count

    def pull(self, consumers: Sequence[Consumer]) -> Pull:
        """What arrives on these durables, as natural batches; enter it to begin."""
        pull = Pull(self._client, self.api, consumers)
        self.on_reconnect(pull.restart)
        return pull

    def lingering_pull(self, consumers: Sequence[Consumer], linger_s: float) -> Pull:
        """The same where nobody waits for the result: the first message of a batch waits for company."""
        pull = LingeringPull(self._client, self.api, consumers, linger_s)
        self.on_reconnect(pull.restart)
        return pull

    def watch(self, bucket: str, keys: str = ">", *, clock: Clock = system_clock) -> Watch:
        """The keys of a bucket that match, now and from now on; `clock` says when their time is up."""
        watch = Watch(self._client, self.api, bucket, keys, clock)
        self.on_reconnect(watch.restart)
        return watch

    async def _on_disconnect(self) -> None:
        for call in self._disconnected:
            call()

    async def _on_reconnect(self) -> None:
        for call in self._reconnected:
            call()

    async def _on_error(self, error: Exception) -> None:
        if isinstance(error, SlowConsumerError):
            await self._on_reconnect()


def without_password(url: str) -> str:
    """The address as it may be shown."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or 4222}"


async def _probe(url: str) -> None:
    """Fail at once when nobody is there or nobody lets us in: the client of the broker goes on trying for ever."""
    host, port = nats_address(url)
    client = Client()
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            # The client itself would try for a while, also where nobody listens.
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            try:
                await client.connect(url, allow_reconnect=False, error_cb=_ignore)
            finally:
                await client.close()
    except (OSError, TimeoutError, NoServersError) as exc:
        raise Unreachable(
            f"NATS does not answer at {host}:{port}; start it (`frontdesk up` brings its own) or set FRONTDESK_NATS_URL"
        ) from exc
    except NatsError as exc:
        raise Unreachable(
            f"NATS at {host}:{port} does not let us in: {exc};"
            " check FRONTDESK_NATS_URL (nats://user:password@host:port)"
        ) from exc


async def _ignore(_: Exception) -> None:
    """The client raises it as well."""
