"""`frontdesk bench latency`: from a visitor's `widget_opened` frame to the robot's `message` frame, over a
real WebSocket.

The whole of `frontdesk up` runs: gateway, NATS, executor, Postgres, NATS, gateway. Visitors open one after
the other, then at a rate.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from contracts.frames import SUBPROTOCOL
from tests.bench.ground import Machine, machine
from tests.product import Product

TIMEOUT_S = 10.0


class Spread(msgspec.Struct, frozen=True):
    """Milliseconds."""

    p50: float
    p99: float
    samples: int

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f} ms, p99 {self.p99:.1f} ms ({self.samples} samples)"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """From the frame that opens to the frame that answers."""

    machine: Machine
    one_after_the_other: Spread
    at_100_per_second: Spread


async def measure(rounds: int = 5) -> Result:
    """`rounds` hundred openings of each kind, after twenty that do not count."""
    with tempfile.TemporaryDirectory(prefix="fd-bench-") as folder:
        product = Product(Path(folder) / "data")
        url = product.start().gateway.replace("http", "ws", 1) + "/ws"
        try:
            for number in range(20):
                await _open(url, f"warm-{number}")
            alone = [await _open(url, f"a-{number}") for number in range(rounds * 100)]
            paced = await _paced(url, rounds * 100, 0.01)
        finally:
            product.stop()
    return Result(machine=machine(), one_after_the_other=_spread(alone), at_100_per_second=_spread(paced))


async def _paced(url: str, samples: int, every_s: float) -> list[float]:
    """Openings that begin at a steady pace, whether or not the earlier ones are answered."""
    async with asyncio.TaskGroup() as tasks:
        opening: list[asyncio.Task[float]] = []
        begin = time.perf_counter()
        for number in range(samples):
            opening.append(tasks.create_task(_open(url, f"p-{number}")))
            await asyncio.sleep(max(0.0, begin + (number + 1) * every_s - time.perf_counter()))
    return [task.result() for task in opening]


async def _open(url: str, frame: str) -> float:
    """Milliseconds from one new visitor's opening to the answer."""
    async with connect(url, subprotocols=[Subprotocol(SUBPROTOCOL)], compression=None) as socket:
        await socket.send(b'{"type":"hello","team":"default","token":null,"after":0}'.decode())
        await _until(socket, "welcome")
        begin = time.perf_counter()
        await socket.send(msgspec.json.encode({"type": "widget_opened", "id": frame}).decode())
        await _until(socket, "message")
        return (time.perf_counter() - begin) * 1000


async def _until(socket: ClientConnection, kind: str) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        while msgspec.json.decode(await socket.recv(), type=dict[str, object])["type"] != kind:
            pass


def _spread(samples: list[float]) -> Spread:
    percentiles = statistics.quantiles(samples, n=100)
    return Spread(percentiles[49], percentiles[98], len(samples))
