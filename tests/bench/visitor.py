"""A visitor's WebSocket, as light as one can be: it shares the cores with what is measured."""

import asyncio
from typing import Self, cast
from urllib.parse import urlsplit

from contracts.frames import SUBPROTOCOL

_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A
_BEGINNING = 24
"""The bytes of a frame that tell its type; to read it all would be measured too."""


class Visitor(asyncio.Protocol):
    """One socket. It says what it is told to, and looks at nothing but the beginning of what it hears."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._read = bytearray()
        self._is_open = False
        self._kind = b"101 "
        self._heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def connect(cls, url: str, timeout_s: float) -> Self:
        """A new socket of a page that may be anywhere; `url` as in `ws://127.0.0.1:8080/ws`."""
        where = urlsplit(url)
        assert where.hostname is not None
        assert where.port is not None
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout_s):
            _, visitor = await loop.create_connection(cls, where.hostname, where.port)
            visitor._transport.write(
                f"GET {where.path or '/'} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n".encode()
            )
            await visitor._heard
        return visitor

    async def ask(self, frame: str, kind: bytes, timeout_s: float) -> None:
        """Send a frame of less than 126 bytes, and return when one of that kind has come."""
        self._kind = kind
        self._heard = asyncio.get_running_loop().create_future()
        self._say(_TEXT, frame.encode())
        async with asyncio.timeout(timeout_s):
            await self._heard

    def close(self) -> None:
        """Say that it closes, and do so."""
        self._say(_CLOSE, (1000).to_bytes(2))
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Of `asyncio.Protocol`."""
        # uvloop's is none by name.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Of `asyncio.Protocol`."""
        if not self._heard.done():
            self._heard.set_exception(exc or ConnectionError("the socket was closed"))

    def data_received(self, data: bytes) -> None:
        """Of `asyncio.Protocol`."""
        self._read += data
        if not self._is_open:
            head, end, rest = self._read.partition(b"\r\n\r\n")
            if not end:
                return
            self._is_open, self._read = True, rest
            self._take(bytes(head))
        while (frame := self._next()) is not None:
            kind, body = frame
            if kind == _PING:
                self._say(_PONG, body)
            else:
                self._take(body)

    def _take(self, body: bytes) -> None:
        if self._kind in body[:_BEGINNING] and not self._heard.done():
            self._heard.set_result(None)

    def _next(self) -> tuple[int, bytes] | None:
        """The first byte and the body of a frame that is there whole, which a server does not mask."""
        read = self._read
        if len(read) < 4:
            return None
        begin, size = 2, read[1]
        if size > 125:
            begin = 4 if size == 126 else 10
            size = int.from_bytes(read[2:begin])
        end = begin + size
        if len(read) < end:
            return None
        frame = read[0], bytes(read[begin:end])
        del read[:end]
        return frame

    def _say(self, kind: int, body: bytes) -> None:
        # A mask of zeros is a mask.
        self._transport.write(bytes((kind, 0x80 | len(body), 0, 0, 0, 0)) + body)
