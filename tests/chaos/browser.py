"""A visitor's browser that does what the widget does when the connection is lost: come back, and say again what was
not accepted.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
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
        self.id = ""
        self.sockets = 0
        """How often it was welcomed."""
        self.messages: list[Message] = []
        """In order of arrival, also what came twice."""
        self.presence: list[bool] = []
        """Everything it was told of whether agents are online."""
        self.errors: list[Error] = []

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

    async def say(self, kind: str, **fields: object) -> None:
        """Say this, now or when the connection is back, until it is accepted."""
        frame = {"type": kind, "id": uuid4().hex, **fields}
        self._waiting[str(frame["id"])] = frame
        if self._visitor is not None:
            with suppress(WebSocketException):
                await self._visitor.send(frame)

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
        assert not welcome.reset
        self.id, self._token = welcome.visitor, welcome.token
        self.sockets += 1
        self.messages += welcome.messages
        self.presence.append(welcome.agents_online)
        self._visitor = visitor
        for frame in tuple(self._waiting.values()):
            await visitor.send(frame)
        async for data in visitor.connection:
            self._take(_frames.decode(data))

    def _take(self, frame: GatewayFrame) -> None:
        match frame:
            case Accepted(id=key):
                self._waiting.pop(key, None)
            case Message():
                self.messages.append(frame)
            case Messages(messages=messages):
                self.messages += messages
            case Presence(agents_online=agents_online):
                self.presence.append(agents_online)
            case Error():
                self.errors.append(frame)
            case _:
                return


@asynccontextmanager
async def browsing(url: str, count: int) -> AsyncGenerator[Sequence[Browser]]:
    """So many visitors, who come as fast as they can."""
    browsers = [Browser(url) for _ in range(count)]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(browser.run()) for browser in browsers]
        yield browsers
        for task in running:
            task.cancel()
