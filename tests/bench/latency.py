"""`frontdesk bench latency`: from a visitor's `widget_opened` frame to the robot's `message` frame, on a WebSocket.

The whole of `frontdesk up` runs: gateway, NATS, executor, Postgres, NATS, gateway. Beside it the floor: the same hops
by hand, on servers of its own (`floor_gateway.py`, `floor.py`). Sockets are open beforehand; then visitors open the
widget one after the other, and at a pace, whether or not the earlier ones are answered. Product and floor take turns.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from contracts.frames import SUBPROTOCOL
from tests.bench.ground import Figure, Machine, machine, servers
from tests.bench.runs import FLOOR
from tests.product import Product

EDGE = [sys.executable, "-m", "tests.bench.floor_gateway"]
TIMEOUT_S = 15.0
RATES = (100, 1000)
"""Openings per second, beside one after the other."""
_SECONDS = 3
_CONNECTING = 100
_frames = count()


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds over rounds, and the product's to the floor's, round by round."""

    product_p50: Figure
    product_p99: Figure
    floor_p50: Figure
    floor_p99: Figure
    p50_of_floor: Figure
    p99_of_floor: Figure

    def __str__(self) -> str:
        return (
            f"p50 {self.product_p50} ms, {self.p50_of_floor} of the floor; "
            f"p99 {self.product_p99} ms, {self.p99_of_floor} of the floor"
        )


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """From the frame that opens to the frame that answers."""

    machine: Machine
    one_after_the_other: Compared
    at_100_per_second: Compared
    at_1000_per_second: Compared


async def measure(rounds: int = 5) -> Result:
    """Both in turns at each pace, after openings that do not count."""
    async with AsyncExitStack() as stack:
        sides = [
            await stack.enter_async_context(_product()),
            await stack.enter_async_context(_floor()),
        ]
        for url in sides:
            await _alone(url, 50)
        alone = await _compared(rounds, [lambda url=url: _alone(url, 100) for url in sides])
        paced = [
            await _compared(rounds, [lambda url=url, rate=rate: _paced(url, rate) for url in sides])
            for rate in RATES
        ]
    return Result(
        machine=machine(),
        one_after_the_other=alone,
        at_100_per_second=paced[0],
        at_1000_per_second=paced[1],
    )


@asynccontextmanager
async def _product() -> AsyncGenerator[str]:
    with tempfile.TemporaryDirectory(prefix="fd-bench-") as folder:
        product = Product(Path(folder) / "data")
        try:
            yield product.start().gateway.replace("http", "ws", 1) + "/ws"
        finally:
            product.stop()


@asynccontextmanager
async def _floor() -> AsyncGenerator[str]:
    async with servers() as where:
        environ = {
            **os.environ,
            "FRONTDESK_NATS_URL": where.nats_url,
            "FRONTDESK_POSTGRES_DSN": where.postgres_dsn,
        }
        edge = subprocess.Popen(EDGE, env=environ, stdout=subprocess.PIPE)
        executor = subprocess.Popen(FLOOR, env=environ)
        assert edge.stdout is not None
        with edge.stdout as stdout:
            port = int(stdout.readline())
        try:
            yield f"ws://127.0.0.1:{port}"
        finally:
            for process in (edge, executor):
                process.terminate()
                process.wait(TIMEOUT_S)


async def _compared(rounds: int, sides: Sequence[Callable[[], Awaitable[list[float]]]]) -> Compared:
    product: list[tuple[float, float]] = []
    floor: list[tuple[float, float]] = []
    for _ in range(rounds):
        product.append(_percentiles(await sides[0]()))
        floor.append(_percentiles(await sides[1]()))
    turns = list(zip(product, floor, strict=True))
    return Compared(
        product_p50=Figure.of([p50 for p50, _ in product]),
        product_p99=Figure.of([p99 for _, p99 in product]),
        floor_p50=Figure.of([p50 for p50, _ in floor]),
        floor_p99=Figure.of([p99 for _, p99 in floor]),
        p50_of_floor=Figure.of([a[0] / b[0] for a, b in turns]),
        p99_of_floor=Figure.of([a[1] / b[1] for a, b in turns]),
    )


async def _alone(url: str, samples: int) -> list[float]:
    """Milliseconds of openings of which each waits for the one before."""
    async with _visitors(url, samples) as sockets:
        return [await _open(socket) for socket in sockets]


async def _paced(url: str, rate: int) -> list[float]:
    """Milliseconds of openings that begin at a steady pace."""
    async with _visitors(url, rate * _SECONDS) as sockets, asyncio.TaskGroup() as tasks:
        opening: list[asyncio.Task[float]] = []
        begin = time.perf_counter()
        for number, socket in enumerate(sockets, 1):
            opening.append(tasks.create_task(_open(socket)))
            await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        return [await task for task in opening]


@asynccontextmanager
async def _visitors(url: str, number: int) -> AsyncGenerator[list[ClientConnection]]:
    """That many new visitors who have said hello."""
    async with AsyncExitStack() as stack:
        sockets: list[ClientConnection] = []
        for begin in range(0, number, _CONNECTING):
            some = range(min(_CONNECTING, number - begin))
            sockets += await asyncio.gather(*(_hello(url) for _ in some))
            for socket in sockets[begin:]:
                stack.push_async_callback(socket.close)
        yield sockets


async def _hello(url: str) -> ClientConnection:
    socket = await connect(
        url,
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        compression=None,
        ping_interval=None,
        open_timeout=TIMEOUT_S,
    )
    await socket.send('{"type":"hello","team":"default","token":null,"after":0}')
    await _until(socket, b'"welcome"')
    return socket


async def _open(socket: ClientConnection) -> float:
    """Milliseconds from a visitor's opening to the answer."""
    begin = time.perf_counter()
    await socket.send(f'{{"type":"widget_opened","id":"b-{next(_frames)}"}}')
    await _until(socket, b'"message"')
    return (time.perf_counter() - begin) * 1000


async def _until(socket: ClientConnection, kind: bytes) -> None:
    """The beginning tells a frame's type; to read it all would be measured too."""
    async with asyncio.timeout(TIMEOUT_S):
        while kind not in (await socket.recv(decode=False))[:24]:
            pass


def _percentiles(samples: list[float]) -> tuple[float, float]:
    percentiles = statistics.quantiles(samples, n=100)
    return percentiles[49], percentiles[98]
