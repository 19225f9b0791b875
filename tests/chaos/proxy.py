"""A TCP port that leads somewhere else, and may be cut or stalled on the way."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from services.chassis.embedded.nats_server import HOST, free_port

_PIECE = 64 * 1024


class Proxy:
    """Leads to a port of this machine, or to a Unix socket. Use as an async context manager; the port stays."""

    def __init__(self, target: int | Path) -> None:
        self.port = free_port()
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._join, HOST, self.port)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self._flows.set()
        self._abort()

    @contextmanager
    def cut(self) -> Generator[None]:
        """Break every connection, without a farewell, and refuse new ones for the time of the block."""
        self._is_cut = True
        self._abort()
        try:
            yield
        finally:
            self._is_cut = False

    @contextmanager
    def stalled(self) -> Generator[None]:
        """Let nothing through for the time of the block; nothing is lost, and nobody is told."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            there_reader, there_writer = await self._opened()
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(there_writer)
        try:
            await asyncio.gather(self._carry(reader, there_writer), self._carry(there_reader, writer))
        finally:
            self._writers -= {writer, there_writer}

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(HOST, self._target)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction, until it ends; then the other one has no reason to go on."""
        try:
            while piece := await reader.read(_PIECE):
                await self._flows.wait()
                writer.write(piece)
                await writer.drain()
        except OSError:
            writer.transport.abort()
        finally:
            writer.close()
