"""What goes out on one socket: queued without waiting, written by a task that lives only while there is something."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

import msgspec

Send = Callable[[Mapping[str, object]], Awaitable[None]]

BOUND = 256
"""Frames that may wait for a slow reader."""


class Outgoing:
    """The frames that wait for one socket."""

    __slots__ = ("_is_gone", "_room", "_send", "_tasks", "_waiting", "_writer")

    def __init__(self, send: Send, tasks: asyncio.TaskGroup) -> None:
        self._send = send
        self._tasks = tasks
        self._waiting: deque[str] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._is_gone = False

    @property
    def is_full(self) -> bool:
        """Whether its reader is too slow for more."""
        return len(self._waiting) >= BOUND

    def put(self, frame: msgspec.Struct | str) -> None:
        """Queue a frame, already encoded or not."""
        if self._is_gone:
            return
        self._waiting.append(frame if isinstance(frame, str) else encoded(frame))
        if self._writer is None:
            self._writer = self._tasks.create_task(self._write())

    async def room(self) -> None:
        """Return when what waits has been written, or there is nobody to read it."""
        if self._writer is None:
            return
        if self._room is None:
            self._room = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._room)

    async def close(self, code: int, reason: str) -> None:
        """Write what waits, then close."""
        await self.room()
        if not self._is_gone:
            self._is_gone = True
            await self._write_one({"type": "websocket.close", "code": code, "reason": reason})

    async def _write(self) -> None:
        while self._waiting and not self._is_gone:
            await self._write_one({"type": "websocket.send", "text": self._waiting.popleft()})
        self._waiting.clear()
        self._writer = None
        if self._room is not None:
            self._room.set_result(None)
            self._room = None

    async def _write_one(self, message: Mapping[str, object]) -> None:
        try:
            await self._send(message)
        except (OSError, RuntimeError):
            # The other side is gone, or broke the protocol, whereupon uvicorn (0.54) closed the socket by itself and
            # raises RuntimeError. The socket's reader hears of either, and ends.
            self._is_gone = True


def encoded(frame: msgspec.Struct) -> str:
    """A frame as it goes over the wire."""
    return msgspec.json.encode(frame).decode()
