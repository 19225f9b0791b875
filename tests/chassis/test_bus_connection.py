"""The connection: it goes on hearing, whatever happens to those who use it."""

import asyncio

import pytest
from nats.protocol.parser import Parser

from services.chassis.bus import Bus
from tests.servers import Nats


async def test_giving_up_on_the_server_harms_nobody(nats_server: Nats) -> None:
    """Whoever waits until the server knows all may be cancelled, as by a tab that closes; the others hear on."""
    async with Bus(nats_server.url, "test") as bus:
        settling = asyncio.create_task(bus.settle())
        await asyncio.sleep(0)
        settling.cancel()
        await bus.settle()


async def test_failing_to_read_means_to_connect_anew(
    nats_server: Nats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that ends over a bug is no connection any more: the next one is made at once."""
    parse, failed, is_back = Parser.parse, asyncio.Event(), asyncio.Event()

    async def fail_once(parser: Parser, data: bytes = b"") -> None:
        if failed.is_set():
            await parse(parser, data)
        else:
            failed.set()
            raise ValueError("a bug")

    async with Bus(nats_server.url, "test") as bus:
        bus.on_reconnect(is_back.set)
        monkeypatch.setattr(Parser, "parse", fail_once)
        settling = asyncio.create_task(bus.settle())
        await is_back.wait()
        settling.cancel()
        await bus.settle()
