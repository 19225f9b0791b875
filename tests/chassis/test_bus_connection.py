"""The connection: it goes on hearing, whatever happens to those who use it."""

import asyncio

import pytest
from nats.protocol.parser import Parser
from structlog.testing import capture_logs

from services.chassis.bus import Bus
from services.chassis.bus.connection import Received
from tests.servers import Nats
from tests.waiting import eventually


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


async def test_a_message_that_was_not_taken_is_told_of(nats_server: Nats) -> None:
    """What hears raises over one message: it says so in the log, and the next message is heard."""
    heard: list[bytes] = []

    def take(received: Received) -> None:
        if received.data == b"bad":
            raise ValueError("a bug")
        heard.append(received.data)

    async with Bus(nats_server.url, "test") as bus:
        await bus.hear("some.words", take)
        with capture_logs() as logs:
            await bus.tell("some.words", b"bad")
            await bus.tell("some.words", b"good")
            await eventually(lambda: heard == [b"good"])
    assert [(entry["event"], entry["subject"]) for entry in logs] == [("bus.message_not_taken", "some.words")]


async def test_giving_up_on_hearing_leaves_nothing_behind(nats_server: Nats) -> None:
    """Whoever is cancelled while it begins to listen, as by a tab that closes, is told nothing later."""
    heard: list[Received] = []
    async with Bus(nats_server.url, "test") as bus:
        hearing = asyncio.create_task(bus.hear("some.words", heard.append))
        await asyncio.sleep(0)
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        assert hearing.cancelled()
        await bus.tell("some.words", b"late")
        await bus.settle()
    assert heard == []
