"""What goes out on one socket: written at once, or queued and written by a task while its reader is slow."""

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping

import msgspec

Send = Callable[[Mapping[str, object]], Awaitable[None]]

BOUND = 256
"""Frames that may wait for a slow reader."""


class Outgoing:
    """The frames that wait for one socket."""

    __slots__ = ("_is_gone", "_is_writing", "_room", "_send", "_tasks", "_waiting")

    def __init__(self, send: Send, tasks: asyncio.TaskGroup) -> None:
        self._send = send
        self._tasks = tasks
        self._waiting: deque[str] = deque()
        self._is_writing = False
        self._room: asyncio.Future[None] | None = None
        self._is_gone = False

    @property
    def is_full(self) -> bool:
        """Whether its reader is too slow for more."""
        return len(self._waiting) >= BOUND

    def put(self, frame: msgspec.Struct | str) -> None:
        """Write a frame, already encoded or not; queue it while an earlier one waits."""
        if self._is_gone:
            return
        self._waiting.append(frame if isinstance(frame, str) else encoded(frame))
        if self._is_writing:
            return
        # Few readers are slow, so that a task would mostly be made for a single step.
        writing = self._write()
        try:
            awaited = writing.send(None)
        except StopIteration:
            return
        self._tasks.create_task(_go_on(writing, awaited))

    async def room(self) -> None:
        """Return when what waits has been written, or there is nobody to read it."""
        if not self._is_writing:
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
        self._is_writing = True
        while self._waiting and not self._is_gone:
            await self._write_one({"type": "websocket.send", "text": self._waiting.popleft()})
        self._waiting.clear()
        self._is_writing = False
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


async def _go_on(begun: Coroutine[object, None, None], awaited: object) -> None:
    """The rest of a coroutine that was begun outside of a task, and waits for something."""
    await _rest(begun, awaited)


@types.coroutine
def _rest(begun: Coroutine[object, None, None], awaited: object) -> Generator[object, None, None]:
    yield awaited
    yield from begun  # pyright: ignore[reportReturnType] - only such a function may do this


def encoded(frame: msgspec.Struct) -> str:
    """A frame as it goes over the wire."""
    return msgspec.json.encode(frame).decode()
