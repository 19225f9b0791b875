"""A host on loopback that is not ours: it notes what it is asked, and answers as a test says."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[["Request"], Awaitable[bytes]]


@dataclass(frozen=True)
class Request:
    """One request; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Host:
    """What it was asked, and how it answers: the next of `answers`, the last one for ever."""

    answers: list[Answer]
    port: int = 0
    asked: list[Request] = field(default_factory=list[Request])
    most_at_once: int = 0
    _now: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    @property
    def where(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """The address of something there."""
        return f"http://{self.where}{path}"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        conversation = asyncio.current_task()
        assert conversation is not None
        self._now.add(conversation)
        self.most_at_once = max(self.most_at_once, len(self._now))
        try:
            request = await _read(reader)
            self.asked.append(request)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            writer.write(await answer(request))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._now.discard(conversation)
            writer.close()

    async def hang_up(self) -> None:
        """Break off what hangs."""
        conversations = list(self._now)
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


@asynccontextmanager
async def host(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Host]:
    """Such a host for the time of the block; without answers it says 200 and `{}`."""
    there = Host(list(answers) or [says(200, b"{}")])
    server = await asyncio.start_server(there.take, "127.0.0.1", 0, ssl=tls)
    there.port = server.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        server.close()
        await there.hang_up()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer that is always the same; `retry_after="1"` is the header `retry-after`."""
    lines = [f"HTTP/1.1 {status} x", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join([*lines, "", ""]).encode() + body

    async def answer(_: Request) -> bytes:
        return whole

    return answer


async def breaks_off(_: Request) -> bytes:
    """Half an answer."""
    return b"HTTP/1.1 200 x\r\ncontent-length: 100\r\n\r\nhalf"


async def _read(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
    method, path, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)
