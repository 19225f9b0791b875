"""A browser's live socket to a console that listens on a port."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from contracts.console import LiveBus, LiveFrame, LiveTick
from contracts.ids import AgentId
from tests.console.conftest import AGENT, link_path

_decoder = msgspec.json.Decoder(LiveFrame)


async def cookie(address: str, agent: AgentId = AGENT) -> dict[str, str]:
    """The headers of a browser in which this agent is signed in."""
    async with httpx.AsyncClient(base_url=f"http://{address}") as browser:
        await browser.get(link_path(agent=agent))
        return {"Cookie": f"frontdesk_console={browser.cookies['frontdesk_console']}"}


async def next_frame(socket: ClientConnection) -> LiveFrame:
    """The next frame."""
    return _decoder.decode(await socket.recv())


async def opening(socket: ClientConnection) -> None:
    """Take the frames that come before anything happens."""
    assert await next_frame(socket) == LiveBus(is_up=True)
    assert await next_frame(socket) == LiveTick()


@asynccontextmanager
async def looking(address: str, agent: AgentId = AGENT) -> AsyncGenerator[ClientConnection]:
    """A live socket of this agent, opened."""
    headers = await cookie(address, agent)
    async with connect(f"ws://{address}/api/live", additional_headers=headers) as socket:
        await opening(socket)
        yield socket


async def say(socket: ClientConnection, kind: str, **more: str) -> None:
    """The page says something."""
    await socket.send(msgspec.json.encode({"type": kind, **more}).decode())


async def closed_with(socket: ClientConnection) -> int:
    """The code with which the service closes the socket."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    assert socket.close_code is not None
    return socket.close_code
