"""A visitor's browser that does what the widget does when the connection is lost: come back, and say again what was
not accepted.
"""

import asyncio
from asyncio import ReadTransport
from collections import Counter
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from uuid import uuid4

import msgspec
from websockets.exceptions import InvalidHandshake, WebSocketException

from contracts.frames import (
    Accepted,
    Error,
    GatewayFrame,
    Message,
    Messages,
    Presence,
    Welcome,
)
from tests.widget_gateway.visitor import Visitor, opened

_PAUSE_S = 0.2

_frames = msgspec.json.Decoder(GatewayFrame)


class Browser:
    """One visitor, with everything that reached the screen."""

    def __init__(self, url: str) -> None:
        self._url = f"ws{url.removeprefix('http')}/ws"
        self._visitor: Visitor | None = None
        self._token: str | None = None
        self._waiting: dict[str, dict[str, object]] = {}
        self._speaking = asyncio.Lock()
        self.id = ""
        self.sockets = 0
        """How often it was welcomed."""
        self.messages: list[Message] = []
        """In order of arrival, also what came twice."""
        self.presence: list[bool] = []
        """Everything it was told of whether agents are online."""
        self.errors: list[Error] = []
        self.accepted: dict[str, dict[str, object]] = {}
        """What it said and was told to be stored, by id, in that order."""
        self.resets = 0
        """How often it was told that its place in the history is not there: never, if nothing is lost."""

    @property
    def unaccepted(self) -> int:
        """How many frames wait for their `accepted`."""
        return len(self._waiting)

    @property
    def is_content(self) -> bool:
        """Whether it is welcome, and everything it said was accepted."""
        return self._visitor is not None and not self._waiting

    @property
    def told_twice(self) -> list[str]:
        """Ids of messages that came more than once."""
        return [key for key, count in Counter(message.id for message in self.messages).items() if count > 1]

    def texts(self, kind: str) -> list[str]:
        """What this kind of author wrote, as it came."""
        return [message.body.text for message in self.messages if message.author.kind == kind]

    def texts_since(self, text: str) -> list[str]:
        """Everything that came after the visitor's own message of that text; nothing if that has not come."""
        found: list[str] = []
        for message in reversed(self.messages):
            if message.author.kind == "visitor" and message.body.text == text:
                return found
            found.append(message.body.text)
        return []

    async def say(self, kind: str, **fields: object) -> None:
        """Say this, now or when the connection is back, until it is accepted."""
        frame = {"type": kind, "id": uuid4().hex, **fields}
        self._waiting[str(frame["id"])] = frame
        # What waits from before goes first, in its order.
        async with self._speaking:
            if self._visitor is not None:
                with suppress(WebSocketException):
                    await self._visitor.send(frame)

    def leave(self) -> None:
        """Lose the connection, and come back at once."""
        if self._visitor is not None:
            self._visitor.connection.transport.abort()

    @contextmanager
    def not_reading(self) -> Generator[None]:
        """Take nothing from the socket for the time of the block, so that the other side cannot send."""
        transport = None if self._visitor is None else self._visitor.connection.transport
        assert transport is None or isinstance(transport, ReadTransport)
        if transport is not None:
            transport.pause_reading()
        try:
            yield
        finally:
            if transport is not None and not transport.is_closing():
                transport.resume_reading()

    async def run(self) -> None:
        """Be there for ever."""
        while True:
            try:
                async with opened(self._url) as visitor:
                    await self._be_there(visitor)
            except (OSError, TimeoutError, InvalidHandshake, WebSocketException):
                await asyncio.sleep(_PAUSE_S)
            finally:
                self._visitor = None

    async def _be_there(self, visitor: Visitor) -> None:
        last = self.messages[-1] if self.messages else None
        after = {} if last is None else {"after": last.seq, "after_id": last.id}
        welcome: Welcome = await visitor.hello(token=self._token, **after)
        self.resets += welcome.reset
        self.id, self._token = welcome.visitor, welcome.token
        self.sockets += 1
        self.messages += welcome.messages
        self.presence.append(welcome.agents_online)
        async with self._speaking:
            for frame in tuple(self._waiting.values()):
                await visitor.send(frame)
            self._visitor = visitor
        async for data in visitor.connection:
            self._take(_frames.decode(data))

    def _take(self, frame: GatewayFrame) -> None:
        match frame:
            case Accepted(id=key):
                if (said := self._waiting.pop(key, None)) is not None:
                    self.accepted[key] = said
            case Message():
                self.messages.append(frame)
            case Messages(messages=messages):
                self.messages += messages
            case Presence(agents_online=agents_online):
                self.presence.append(agents_online)
            case Error():
                self.errors.append(frame)
                if frame.code == "too_fast":
                    self.leave()
            case _:
                return


@asynccontextmanager
async def browsing(url: str, count: int) -> AsyncGenerator[Sequence[Browser]]:
    """So many visitors, who come as fast as they can."""
    browsers = [Browser(url) for _ in range(count)]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(browser.run()) for browser in browsers]
        yield browsers
        assert not any(browser.resets for browser in browsers)
        for task in running:
            task.cancel()
