"""nats-py's client (2.16), mended where it fails us; a connection that is open always hears."""

import asyncio
from collections.abc import Callable, Iterable
from functools import lru_cache

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import UnexpectedEOF
from structlog.stdlib import get_logger

_HEAD = b"NATS/1.0\r\n"
"""Begins headers without a status."""

_log = get_logger()


class PatchedClient(Client):
    """A client that goes on reading whatever happens, reads headers quickly, and hands messages over directly."""

    def __init__(self) -> None:
        super().__init__()
        self._receivers: dict[int, Callable[[Msg], None]] = {}
        """By subscription."""

    async def receive(self, subject: str, take: Callable[[Msg], None]) -> Subscription:
        """Have `take` called as soon as a message is read. It must be quick: nothing else is read meanwhile.

        When it returns the server has been told, so that what others publish from then on is heard.

        nats-py has a queue and a task for each subscription. To pass through them takes longer than `take` does.
        """
        subscription = await self.subscribe(subject)  # pyright: ignore[reportUnknownMemberType] - partly untyped
        self._receivers[subscription._id] = take  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - nats-py's own
        while subscription.pending_msgs:
            # It came before this.
            take(await subscription.next_msg())
        try:
            # The client's flusher has its turn before us.
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            # Nobody else knows of it.
            await subscription.unsubscribe()
            raise
        return subscription

    async def publish_to_each(self, subjects: Iterable[str], payload: bytes) -> None:
        """Publish the same to each of these subjects, which the server named itself; raises what `publish` does.

        nats-py would look at each subject's letters, and make up its mind each time whether to flush.
        """
        if not self.is_connected:
            for subject in subjects:
                await self.publish(subject, payload)
            return
        tail = b"  %d\r\n%b\r\n" % (len(payload), payload)
        await self._send_command(b"".join([b"PUB %b%b" % (subject.encode(), tail) for subject in subjects]))
        await self._flush_pending()

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        take = self._receivers.get(sid)
        if take is None:
            await super()._process_msg(sid, subject, reply, data, headers)
            return
        if headers and headers.startswith(_HEAD):
            read = self._parse_header_lines(headers[len(_HEAD) :])
        else:
            read = await self._process_headers(headers)  # pyright: ignore[reportUnknownMemberType] - partly untyped
        try:
            take(self._build_message(sid, subject, reply, data, read))
        except Exception:  # noqa: BLE001 - whatever it is, the next message is another one
            _log.exception("bus.message_not_taken", subject=subject.decode())

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
