"""nats-py's client (2.16), mended where it fails us; a connection that is open always hears.

What is done for each message, it does in few steps: see decision 0025.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import lru_cache

import msgspec
from nats.aio.client import Client
from nats.aio.subscription import Subscription
from nats.aio.transport import TcpTransport
from nats.errors import UnexpectedEOF
from structlog.stdlib import get_logger

from services.chassis.bus.parsing import QuickParser

_HEAD = "NATS/1.0\r\n"
_BARE_HEAD = _HEAD.encode()
"""Begins headers without a status."""
_WRITTEN_AHEAD = 64 * 1024
"""Bytes that may wait for a slow server; from then on nats-py's flusher waits for it."""

_log = get_logger()


class Received(msgspec.Struct, frozen=True):
    """One message as it was read; without headers they are empty."""

    subject: str
    data: bytes
    headers: dict[str, str]
    reply: str = ""


class PatchedClient(Client):
    """A client that goes on reading whatever happens, and does little for each message."""

    def __init__(self) -> None:
        super().__init__()
        self._ps = QuickParser(self, self._hand_over)
        self._receivers: dict[int, Callable[[Received], None]] = {}
        """By subscription."""
        self._is_flush_due = False

    async def receive(self, subject: str, take: Callable[[Received], None]) -> Subscription:
        """Have `take` called as soon as a message is read. It must be quick: nothing else is read meanwhile.

        When it returns the server has been told, so that what others publish from then on is heard.

        nats-py has a queue and a task for each subscription. To pass through them takes longer than `take` does.
        """
        subscription = await self.subscribe(subject)  # pyright: ignore[reportUnknownMemberType] - partly untyped
        self._receivers[subscription._id] = take  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - nats-py's own
        while subscription.pending_msgs:
            # It came before this.
            message = await subscription.next_msg()
            take(Received(message.subject, message.data, message.headers or {}, message.reply))
        try:
            # The client's flusher has its turn before us.
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            # Nobody else knows of it.
            await subscription.unsubscribe()
            raise
        return subscription

    async def publish(
        self, subject: str, payload: bytes = b"", reply: str = "", headers: dict[str, str] | None = None
    ) -> None:
        """Publish, as nats-py does; what is out of the ordinary it does itself, and raises."""
        head = "" if headers is None else _head(headers)
        is_ordinary = (
            head is not None
            and self._status == Client.CONNECTED
            and len(payload) <= self._max_payload
            and self._pending_data_size + len(payload) < self._max_pending_size
            and _is_subject(subject)
            and (not reply or _is_subject(reply))
        )
        if not is_ordinary:
            await super().publish(subject, payload, reply, headers)
        elif head:
            size = len(head)
            line = f"HPUB {subject} {reply} {size} {size + len(payload)}\r\n{head}"
            self._send_soon(b"%b%b\r\n" % (line.encode(), payload))
        else:
            self._send_soon(b"%b%b\r\n" % (f"PUB {subject} {reply} {len(payload)}\r\n".encode(), payload))

    async def publish_to_each(self, subjects: Iterable[str], payload: bytes) -> None:
        """Publish the same to each of these subjects, which the server named itself; raises what `publish` does."""
        if not self.is_connected:
            for subject in subjects:
                await self.publish(subject, payload)
            return
        tail = b"  %d\r\n%b\r\n" % (len(payload), payload)
        self._send_soon(b"".join([b"PUB %b%b" % (subject.encode(), tail) for subject in subjects]))

    def _send_soon(self, command: bytes) -> None:
        """Write it behind all that waits, with what else is sent in this turn of the loop.

        nats-py would wake up a task for it, by a queue.
        """
        self._pending.append(command)
        self._pending_data_size += len(command)
        if not self._is_flush_due:
            self._is_flush_due = True
            asyncio.get_running_loop().call_soon(self._flush_now)

    def _flush_now(self) -> None:
        self._is_flush_due = False
        transport = self._transport
        if not self._pending or self._status != Client.CONNECTED:
            # Once it is there again it is sent what waits.
            return
        # Only such a transport says how much it has not written.
        writer = transport._io_writer if isinstance(transport, TcpTransport) else None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if writer is None or writer.transport.get_write_buffer_size() > _WRITTEN_AHEAD or writer.is_closing():
            if self._flush_queue is not None and self._flush_queue.empty():
                self._flush_queue.put_nowait(asyncio.get_running_loop().create_future())
            return
        writer.writelines(self._pending)
        self._pending = []
        self._pending_data_size = 0

    def _hand_over(
        self, sid: int, subject: bytes, reply: bytes, headers: bytes, data: bytes
    ) -> Awaitable[None] | None:
        """A message to whoever receives directly; to all others as nats-py does, which is to be awaited."""
        take = self._receivers.get(sid)
        if take is None:
            return self._process_msg(sid, subject, reply, data, headers)
        if headers and not headers.startswith(_BARE_HEAD):
            return self._take_with_status(take, subject, reply, headers, data)
        read = self._parse_header_lines(headers[len(_BARE_HEAD) :]) if headers else {}
        self._give(take, Received(subject.decode(), data, read, reply.decode()))
        return None

    async def _take_with_status(
        self, take: Callable[[Received], None], subject: bytes, reply: bytes, headers: bytes, data: bytes
    ) -> None:
        read: dict[str, str] | None = await self._process_headers(headers)  # pyright: ignore[reportUnknownMemberType] - partly untyped
        self._give(take, Received(subject.decode(), data, read or {}, reply.decode()))

    def _give(self, take: Callable[[Received], None], message: Received) -> None:
        try:
            take(message)
        except Exception:  # noqa: BLE001 - whatever it is, the next message is another one
            _log.exception("bus.message_not_taken", subject=message.subject)

    def _remove_sub(self, sid: int, max_msgs: int = 0) -> None:
        self._receivers.pop(sid, None)
        super()._remove_sub(sid, max_msgs)

    async def _process_pong(self) -> None:
        """Take the answer to a flush, also when whoever flushed was cancelled meanwhile.

        nats-py fails over a future that is done, and with that stops reading, while it says that it is connected.
        """
        pongs: list[asyncio.Future[bool]] = self._pongs  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - nats-py's own
        if pongs and pongs[0].done():
            pongs[0] = asyncio.Future()
        await super()._process_pong()

    async def _read_loop(self) -> None:
        """Read until the connection ends, and connect anew when reading failed for a reason that nobody foresaw.

        nats-py would be deaf until its pings have gone unanswered, half a minute later.
        """
        await super()._read_loop()
        if self.is_connected:
            await self._process_op_err(UnexpectedEOF())

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        """The headers in a block of `Name: Value` lines; a line that is none is left out, as nats-py does.

        nats-py asks of every letter of a name whether it is a space: a fifth of what a message takes.
        """
        headers: dict[str, str] = {}
        for line in raw.split(b"\r\n"):
            name, colon, value = line.partition(b":")
            if colon and (known := _header_name(name)) is not None:
                headers[known] = value.strip().decode("utf-8", "replace")
        return headers


@lru_cache(maxsize=256)
def _header_name(raw: bytes) -> str | None:
    """The name as it is used; None when it is none."""
    return raw.strip().decode() if raw.isascii() and len(raw.split()) == 1 else None


def _is_subject(subject: str) -> bool:
    """Whether it can be sent as it is, without looking closer."""
    return subject.isprintable() and " " not in subject and subject != ""


def _head(headers: Mapping[str, str]) -> str | None:
    """The headers as they are sent; None when that takes a closer look."""
    lines = ""
    for name, value in headers.items():
        if not (_is_plain(name) and value.isascii() and value.isprintable()):
            return None
        lines += f"{name}: {value}\r\n"
    return f"{_HEAD}{lines}\r\n"


@lru_cache(maxsize=256)
def _is_plain(name: str) -> bool:
    return name.isascii() and name.replace("-", "").isalnum()
