"""A visitor's WebSocket, as light as one can be: it shares the cores with what is measured."""

import asyncio
import time
from typing import Self, cast
from urllib.parse import urlsplit

from contracts.frames import SUBPROTOCOL

_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A
_BEGINNING = 28
"""The bytes of a frame that tell its type, behind those that tell its size; to read it all would be measured too."""


class Visitor(asyncio.Protocol):
    """One socket. It says what it is told to, and looks at nothing but the beginning of what it hears."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._rest = b""
        self._is_open = False
        self._kind = b"101 "
        self._heard: asyncio.Future[float] = self._loop.create_future()

    @classmethod
    async def connect(cls, url: str, timeout_s: float) -> Self:
        """A new socket of a page that may be anywhere; `url` as in `ws://127.0.0.1:8080/ws`."""
        where = urlsplit(url)
        assert where.hostname is not None
        assert where.port is not None
        async with asyncio.timeout(timeout_s):
            _, visitor = await asyncio.get_running_loop().create_connection(cls, where.hostname, where.port)
            visitor._transport.write(
                f"GET {where.path or '/'} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n".encode()
            )
            await visitor._heard
        return visitor

    def ask(self, frame: str, kind: bytes, *, after_s: float = 0.0) -> "asyncio.Future[float]":
        """Send a frame of less than 126 bytes in so many seconds; brings when one of that kind came, in seconds from
        the frame.
        """
        self._kind = kind
        self._heard = self._loop.create_future()
        data = _frame(_TEXT, frame.encode())
        if after_s > 0:
            self._loop.call_later(after_s, self._say, data)
        else:
            self._say(data)
        return self._heard

    def close(self) -> None:
        """Say that it closes, and do so."""
        self._transport.write(_frame(_CLOSE, (1000).to_bytes(2)))
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Of `asyncio.Protocol`."""
        # uvloop's is none by name.
        self._transport = cast("asyncio.Transport", transport)
        self._said_at = time.perf_counter()

    def connection_lost(self, exc: Exception | None) -> None:
        """Of `asyncio.Protocol`."""
        if not self._heard.done():
            self._heard.set_exception(exc or ConnectionError("the socket was closed"))

    def data_received(self, data: bytes) -> None:
        """Of `asyncio.Protocol`."""
        read = self._rest + data
        place = 0
        if not self._is_open:
            place = read.find(b"\r\n\r\n") + 4
            if place < 4:
                self._rest = read
                return
            self._is_open = True
            self._take(read, 0)
        while (size := _size(read, place)) and place + size <= len(read):
            if read[place] == _PING:
                self._transport.write(_frame(_PONG, read[place + 2 : place + size]))
            else:
                self._take(read, place)
            place += size
        self._rest = read[place:]

    def _take(self, read: bytes, place: int) -> None:
        if not self._heard.done() and read.find(self._kind, place, place + _BEGINNING) >= 0:
            self._heard.set_result(time.perf_counter() - self._said_at)

    def _say(self, data: bytes) -> None:
        self._said_at = time.perf_counter()
        self._transport.write(data)


def _size(read: bytes, place: int) -> int:
    """The bytes of the frame that begins there, which a server does not mask; 0 when they cannot be told yet."""
    if len(read) < place + 2:
        return 0
    size = read[place + 1]
    if size < 126:
        return 2 + size
    head = 4 if size == 126 else 10
    return head + int.from_bytes(read[place + 2 : place + head]) if len(read) >= place + head else 0


def _frame(kind: int, body: bytes) -> bytes:
    # A mask of zeros is a mask.
    return bytes((kind, 0x80 | len(body), 0, 0, 0, 0)) + body
