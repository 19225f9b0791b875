"""A visitor's browser: a real WebSocket client that speaks `frontdesk.v1`."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from contracts.frames import SUBPROTOCOL, Accepted, Error, GatewayFrame, Message, Messages, Welcome

F = TypeVar("F")

_frames = msgspec.json.Decoder(GatewayFrame)


class Visitor:
    """One socket, with what came on it and was not asked for yet."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.id = ""
        self.token = ""
        self.aside: list[GatewayFrame] = []

    async def send(self, value: object) -> None:
        """Send any JSON."""
        await self.connection.send(msgspec.json.encode(value).decode())

    async def say(self, kind: str, **fields: object) -> str:
        """Send a frame, with an id of its own unless one is given; the result is its id."""
        frame = {"type": kind, "id": uuid4().hex, **fields}
        await self.send(frame)
        return str(frame["id"])

    async def hello(self, **fields: object) -> Welcome:
        """Say hello, to the team `default` unless another is given, and be welcomed."""
        await self.send({"type": "hello", "team": "default", **fields})
        welcome = await self.next(Welcome)
        self.id, self.token = welcome.visitor, welcome.token
        return welcome

    async def next(self, kind: type[F] | tuple[type[F], ...]) -> F:
        """The next frame of that kind; others that come before it are put aside."""
        for index, frame in enumerate(self.aside):
            if isinstance(frame, kind):
                del self.aside[index]
                return frame
        while True:
            frame = _frames.decode(await self.connection.recv())
            if isinstance(frame, kind):
                return frame
            self.aside.append(frame)

    async def write(self, text: str, frame: str | None = None) -> Message:
        """Send a message; it is accepted, and shown to us as our own."""
        frame = await self.say("message_sent", text=text, id=frame or uuid4().hex)
        assert (await self.next(Accepted)).id == frame
        message = await self.next(Message)
        assert message.frame == frame
        return message

    async def refusal(self, value: object) -> Error:
        """Send what will be refused."""
        await self.send(value)
        return await self.next(Error)

    async def texts(self, count: int) -> list[str]:
        """The texts of the next messages, one by one."""
        return [(await self.next(Message)).body.text for _ in range(count)]

    async def pages(self) -> list[Messages]:
        """The further pages of what was missed, to the last one."""
        pages = [await self.next(Messages)]
        while pages[-1].more:
            pages.append(await self.next(Messages))
        return pages

    async def closed(self) -> int | None:
        """The code with which the gateway closes the socket; None when it breaks without."""
        try:
            while True:
                self.aside.append(_frames.decode(await self.connection.recv()))
        except ConnectionClosed as exc:
            return None if exc.rcvd is None else exc.rcvd.code

    async def is_alive(self) -> bool:
        """Whether the socket still stores what it is told."""
        frame = await self.say("widget_opened")
        return (await self.next(Accepted)).id == frame


@asynccontextmanager
async def opened(
    url: str, origin: str | None = None, headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Visitor]:
    """A socket that has not said hello."""
    async with connect(
        url,
        additional_headers=headers,
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        origin=None if origin is None else Origin(origin),
        compression=None,
        ping_interval=None,
        proxy=None,
        max_size=2**22,
        # Tests that look at nothing of what came must not wait for the close frame behind it.
        max_queue=None,
    ) as connection:
        yield Visitor(connection)
