"""One HTTP exchange with a host that is not ours: guarded, bounded in time and size, without memory.

No redirect is followed, no cookie kept, no connection used twice (another team's host may share the address), and no
proxy of the environment asked.
"""

import asyncio
import codecs
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from types import TracebackType
from typing import Self, cast

import httpx
from msgspec import Struct

from services.chassis.errors import FrontdeskError, Rejected
from services.flow_executor.tasks.hosts import Hosts, Target

LONGEST_BODY = 64 * 1024
"""Bytes that are read of a response."""

_RESERVED = frozenset(
    {"host", "idempotency-key", "accept-encoding", "content-length", "transfer-encoding", "connection"}
)
"""Headers that no flow may set."""
_CHARSETS = frozenset(
    codecs.lookup(name).name
    for name in (
        "utf-8 gbk gb2312 gb18030 big5 iso-8859-1 cp1252 ascii shift_jis euc-jp euc-kr".split()  # noqa: SIM905
    )
)
"""Those that are decoded; others (Python knows strange ones) count as UTF-8."""


class NoAnswer(FrontdeskError):  # noqa: N818 - named for what happened
    """The host did not answer, or not to the end; another attempt may do better."""


class Asked(Struct, frozen=True, kw_only=True):
    """What is sent. `key` goes along as `Idempotency-Key`."""

    method: str
    url: str
    key: str
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Answer(Struct, frozen=True, kw_only=True):
    """What came back. `rule`: the entry of `allowed_hosts` that let it through."""

    rule: str
    status: int
    headers: httpx.Headers
    body: bytes
    is_cut: bool

    @property
    def text(self) -> str:
        """The body as text, without U+0000, which Postgres cannot store."""
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            return ""  # packed, although we asked for it plain
        text = self.body.decode(self._charset, errors="replace").removeprefix("\ufeff")
        return (text.rstrip("\ufffd") if self.is_cut else text).replace("\0", "")

    @property
    def _charset(self) -> str:
        _, _, name = self.headers.get("content-type", "").lower().partition("charset=")
        try:
            found = codecs.lookup(name.partition(";")[0].strip(" \"'")).name
        except (LookupError, ValueError):
            return "utf-8"
        return found if found in _CHARSETS else "utf-8"


class Outside:
    """The way out. Use as an async context manager."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        await self._stack.enter_async_context(self._hosts)
        # The transport alone, without the client that would keep cookies.
        self._transport = await self._stack.enter_async_context(
            httpx.AsyncHTTPTransport(
                # Reading all certificates takes longer than visitors should wait.
                verify=await asyncio.to_thread(ssl.create_default_context),
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        )
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(exc_type, exc, trace)

    async def ask(self, asked: Asked, allowed: Sequence[str], timeout_s: float) -> Answer:
        """The answer to one request. Raises `Rejected` when it may or can not be sent, else `NoAnswer`."""
        try:
            async with asyncio.timeout(timeout_s):
                target = await self._hosts.find(asked.url, allowed)
                return await self._reached(asked, target, timeout_s)
        except TimeoutError as exc:
            raise NoAnswer(f"a host did not answer within {timeout_s:g} s") from exc
        except socket.gaierror as exc:
            raise NoAnswer("the name of the host has no address now") from exc
        except OSError as exc:
            raise NoAnswer("the connection to the host broke") from exc

    async def _reached(self, asked: Asked, target: Target, timeout_s: float) -> Answer:
        try:
            return await self._first(asked, target, timeout_s / len(target.addresses))
        except (httpx.LocalProtocolError, UnicodeError) as exc:
            raise Rejected("bad_header", "a header came out with a character that none may have") from exc
        except httpx.TransportError as exc:
            raise NoAnswer(f"{target.rule} {_failing(exc)}") from exc

    async def _first(self, asked: Asked, target: Target, connect_s: float) -> Answer:
        """The answer of the first address that lets us connect."""
        *others, last = target.addresses
        for address in others:
            try:
                return await self._exchanged(asked, target, address, connect_s)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._exchanged(asked, target, last, connect_s)

    async def _exchanged(self, asked: Asked, target: Target, address: str, connect_s: float) -> Answer:
        request = httpx.Request(
            asked.method,
            target.at(address),
            headers=_headers(asked, target),
            content=asked.body,
            extensions={"sni_hostname": target.name, "timeout": {"connect": connect_s}},
        )
        response = await self._transport.handle_async_request(request)
        try:
            body, is_cut = await _read(response)
        finally:
            await response.aclose()
        return Answer(
            rule=target.rule, status=response.status_code, headers=response.headers, body=body, is_cut=is_cut
        )


def _headers(asked: Asked, target: Target) -> list[tuple[bytes, bytes]]:
    reserved = next((name for name in asked.headers if name.lower() in _RESERVED), None)
    if reserved is not None:
        raise Rejected("bad_header", f"the header {reserved} is not a flow's to set; remove it from the node")
    ours = {"Host": target.host, "Idempotency-Key": asked.key, "Accept-Encoding": "identity"}
    theirs = {"User-Agent": "Frontdesk", "Accept": "*/*"} | dict(asked.headers)
    return [(name.encode("ascii"), value.encode()) for name, value in (ours | theirs).items()]


async def _read(response: httpx.Response) -> tuple[bytes, bool]:
    """The body up to the bound, and whether that cut it."""
    body = bytearray()
    async with aclosing(cast("AsyncGenerator[bytes]", response.aiter_raw())) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > LONGEST_BODY:
                return bytes(body[:LONGEST_BODY]), True
    return bytes(body), False


def _failing(exc: httpx.TransportError) -> str:
    """What went wrong, without what the other side said: that may quote anything."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "has no certificate that we can trust, or speaks no TLS"
        cause = cause.__cause__ or cause.__context__
    match exc:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return "let nobody connect"
        case _:
            return "broke off before its answer was complete"
