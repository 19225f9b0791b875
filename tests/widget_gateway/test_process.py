"""The gateway as a process: how it starts, is told to stop, and dies."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from contracts.frames import Accepted
from services.chassis.bus import Bus
from services.chassis.embedded.nats_server import free_port
from tests.servers import Nats
from tests.waiting import eventually
from tests.widget_gateway.running import SECRET, events_of
from tests.widget_gateway.visitor import Visitor, opened

pytestmark = pytest.mark.chaos


@asynccontextmanager
async def process(nats_url: str, port: int) -> AsyncGenerator[Process]:
    """`frontdesk serve widget-gateway`, ended with the block."""
    environ = {
        **os.environ,
        "FRONTDESK_NATS_URL": nats_url,
        "FRONTDESK_SECRET": SECRET.encode().decode(),
        "FRONTDESK_GATEWAY_PORT": str(port),
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.widget_gateway", env=environ, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def listens(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def welcomed(port: int, token: str | None = None) -> AsyncGenerator[Visitor]:
    """A visitor of the process."""
    async with opened(f"ws://127.0.0.1:{port}/ws") as visitor:
        await visitor.hello(token=token)
        yield visitor


async def test_a_taken_port_is_told(shared_nats: Nats) -> None:
    """A port on which somebody listens ends it with one sentence and exit code 2."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        async with process(shared_nats.url, port) as gateway:
            _, said = await gateway.communicate()
    assert gateway.returncode == 2
    (sentence,) = said.decode().splitlines()
    assert str(port) in sentence
    assert "FRONTDESK_GATEWAY_PORT" in sentence


async def test_no_bus_is_told() -> None:
    """Without a bus it ends with one sentence and exit code 3."""
    async with process(f"nats://127.0.0.1:{free_port()}", free_port()) as gateway:
        _, said = await gateway.communicate()
    assert gateway.returncode == 3
    assert len(said.decode().splitlines()) == 1


async def test_stopping_finishes_what_is_in_hand(shared_nats: Nats, bus: Bus) -> None:
    """SIGTERM: what was accepted is stored, every socket closes with 1012, the process ends with 0 within 5 s."""
    port = free_port()
    async with process(shared_nats.url, port) as gateway:
        await eventually(lambda: listens(port), within_s=10)
        async with welcomed(port) as visitor, welcomed(port) as idle:
            frames = [await visitor.say("message_sent", text=str(number)) for number in range(30)]
            await visitor.next(Accepted)
            gateway.send_signal(signal.SIGTERM)
            assert await visitor.closed() in (1012, 1013)
            assert await idle.closed() == 1012
            async with asyncio.timeout(5):
                assert await gateway.wait() == 0
        accepted = 1 + sum(isinstance(frame, Accepted) for frame in visitor.aside)
        assert 1 <= accepted <= len(frames)
        assert len(await events_of(bus, visitor.id)) == accepted


async def test_a_crash_loses_nothing(shared_nats: Nats, bus: Bus) -> None:
    """After kill -9 the client's token and its place in the conversation are good on the next process."""
    port = free_port()
    async with process(shared_nats.url, port) as gateway:
        await eventually(lambda: listens(port), within_s=10)
        async with welcomed(port) as visitor:
            last = await visitor.write("Hello")
            gateway.kill()
            assert await visitor.closed() is None
    async with process(shared_nats.url, port):
        await eventually(lambda: listens(port), within_s=10)
        async with opened(f"ws://127.0.0.1:{port}/ws") as again:
            welcome = await again.hello(token=visitor.token, after=last.seq, after_id=last.id)
            assert (welcome.visitor, welcome.messages, welcome.reset) == (visitor.id, [], False)
            await again.say("message_sent", id=last.frame, text="Hello")
            await again.next(Accepted)
        assert len(await events_of(bus, visitor.id)) == 1
