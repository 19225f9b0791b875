"""The floor of `latency` at the visitor's edge: by hand, only the hops between a frame and its answer. A process.

hello → welcome; `widget_opened` → stored in VISITOR, `accepted`; what CHAT republishes → `message`. The executor's
side is `floor.py`. It prints its port.
"""

import asyncio
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count

import msgspec
import nats
import uvloop
from nats.aio.client import Client
from nats.aio.msg import Msg
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from contracts.frames import SUBPROTOCOL
from contracts.ids import DEFAULT_TEAM, FrameId, VisitorId, event_id
from contracts.subjects import live_chat_of_visitor, visitor_event
from contracts.visitor import WidgetOpened


class Edge:
    """One visitor's socket after the other, all on one connection to the bus."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._numbers = count()

    async def talk(self, socket: ServerConnection) -> None:
        """From hello to the end of the socket."""
        await socket.recv()
        who = VisitorId(f"f-{os.getpid()}-{next(self._numbers)}")

        async def deliver(message: Msg) -> None:
            await socket.send(b'{"type":"message","message":' + message.data + b"}", text=True)

        subscription = await self._client.subscribe(  # pyright: ignore[reportUnknownMemberType] - partly untyped
            live_chat_of_visitor(DEFAULT_TEAM, who), cb=deliver
        )
        await socket.send(b'{"type":"welcome","messages":[]}', text=True)
        async for frame in socket:
            name = FrameId(msgspec.json.decode(frame, type=dict[str, str])["id"])
            await self._store(who, name)
            await socket.send(msgspec.json.encode({"type": "accepted", "id": name}), text=True)
        await subscription.unsubscribe()

    async def _store(self, who: VisitorId, frame: FrameId) -> None:
        event = event_id(DEFAULT_TEAM, who, frame)
        opened = WidgetOpened(id=event, team=DEFAULT_TEAM, visitor=who, at=datetime.now(UTC))
        subject = visitor_event(DEFAULT_TEAM, who, "widget_opened")
        await self._client.request(
            subject, msgspec.json.encode(opened), timeout=5, headers={"Nats-Msg-Id": event}
        )


async def _main() -> None:
    client = await nats.connect(os.environ["FRONTDESK_NATS_URL"])  # pyright: ignore[reportUnknownMemberType]
    edge = Edge(client)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with suppress(asyncio.CancelledError):
        async with serve(
            edge.talk, "127.0.0.1", 0, subprotocols=[Subprotocol(SUBPROTOCOL)], compression=None, backlog=2048
        ) as server:
            print(next(iter(server.sockets)).getsockname()[1], flush=True)  # noqa: T201 - it is asked for
            await stop.wait()


if __name__ == "__main__":
    uvloop.run(_main())
