"""`frontdesk bench latency`: from a visitor's `widget_opened` frame to the robot's `message` frame, on a WebSocket.

The whole of `frontdesk up` runs: gateway, NATS, executor, Postgres, NATS, gateway. Beside it the floor: the same hops
by hand, on servers of its own (`floor_gateway.py`, `floor.py`). Sockets are open beforehand; then visitors open the
widget at a steady pace, whether or not the earlier ones are answered. Product and floor take turns; at one a second
they do so within the second, and all rounds count as one for the 99th percentile. There the product comes a moment
behind the floor: a disk pauses now and then for some tenths of a second, which then falls on both.
"""

import asyncio
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil

from contracts.presence import LOST_TTL_S
from tests.bench.ground import Figure, Machine, machine, servers
from tests.bench.runs import FLOOR
from tests.bench.visitor import Visitor
from tests.product import Product

EDGE = [sys.executable, "-m", "tests.bench.floor_gateway"]
TIMEOUT_S = 15.0
_SECONDS = 3
_ALONE = 20
"""Openings of a round at one a second."""
_BEHIND_S = 0.05
"""By then the floor has long answered, and the product's own work is over when the floor's turn comes."""
_CONNECTING = 100
_REST_S = 2.0
"""From the last hello to the first opening: what follows from a visitor's arrival is not measured."""
_GONE_S = LOST_TTL_S + 3.0
"""Those who left are found gone a while later, which must not fall into the turn of the other."""
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


class Busy(msgspec.Struct, frozen=True, kw_only=True):
    """How many cores were at work from the first opening to the last answer, clients included.

    Near the end of what the machine has, all that is compared is who waits for a core.
    """

    product: Figure
    floor: Figure

    def __str__(self) -> str:
        return f"{self.product}, the floor {self.floor}"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """From the frame that opens to the frame that answers."""

    machine: Machine
    at_1_per_second: Compared
    at_100_per_second: Compared
    at_1000_per_second: Compared
    cores_at_1000_per_second: Busy


class Turn(NamedTuple):
    """What one side did at one pace."""

    ms: list[float]
    cores: float


async def measure(rounds: int = 5) -> Result:
    """Both in turns at each pace, after openings that do not count."""
    async with AsyncExitStack() as stack:
        product = await stack.enter_async_context(_product())
        floor = await stack.enter_async_context(_floor())
        for url in (product, floor):
            await _paced(url, 50)
        both = asyncio.Barrier(2)
        alone = await asyncio.gather(
            _paced(product, 1, rounds * _ALONE, together=both, begin_after_s=_BEHIND_S),
            _paced(floor, 1, rounds * _ALONE, together=both),
        )
        hundred = [(await _paced(product, 100), await _paced(floor, 100)) for _ in range(rounds)]
        thousand = [(await _paced(product, 1000), await _paced(floor, 1000)) for _ in range(rounds)]
    return Result(
        machine=machine(),
        at_1_per_second=_compared([alone]),
        at_100_per_second=_compared(hundred),
        at_1000_per_second=_compared(thousand),
        cores_at_1000_per_second=Busy(
            product=Figure.of([product.cores for product, _ in thousand]),
            floor=Figure.of([floor.cores for _, floor in thousand]),
        ),
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


def _compared(turns: Sequence[tuple[Turn, Turn]]) -> Compared:
    """Of each round the product's turn and the floor's."""
    product = [_percentiles(ours.ms) for ours, _ in turns]
    floor = [_percentiles(theirs.ms) for _, theirs in turns]
    pairs = list(zip(product, floor, strict=True))
    return Compared(
        product_p50=Figure.of([p50 for p50, _ in product]),
        product_p99=Figure.of([p99 for _, p99 in product]),
        floor_p50=Figure.of([p50 for p50, _ in floor]),
        floor_p99=Figure.of([p99 for _, p99 in floor]),
        p50_of_floor=Figure.of([ours[0] / theirs[0] for ours, theirs in pairs]),
        p99_of_floor=Figure.of([ours[1] / theirs[1] for ours, theirs in pairs]),
    )


async def _paced(
    url: str,
    rate: int,
    samples: int | None = None,
    *,
    together: asyncio.Barrier | None = None,
    begin_after_s: float = 0.0,
) -> Turn:
    """Openings that begin at a steady pace, `rate` a second, and their milliseconds; `together` with another turn."""
    number = rate * _SECONDS if samples is None else samples
    async with _visitors(url, number) as visitors:
        # All of these sockets are looked through otherwise, for longer than most answers take.
        gc.freeze()
        if together is not None:
            await together.wait()
        answers = [
            visitor.ask(
                f'{{"type":"widget_opened","id":"b-{next(_frames)}"}}',
                b'"message"',
                after_s=begin_after_s + place / rate,
            )
            for place, visitor in enumerate(visitors)
        ]
        began, busy = time.perf_counter(), _busy_s()
        async with asyncio.timeout(begin_after_s + number / rate + TIMEOUT_S):
            ms = [await answer * 1000 for answer in answers]
        return Turn(ms, (_busy_s() - busy) / (time.perf_counter() - began))


def _busy_s() -> float:
    """Seconds that the machine's cores have worked so far."""
    times = psutil.cpu_times()._asdict()
    return sum(times.values()) - sum(
        times.get(kind, 0.0) for kind in ("idle", "iowait", "guest", "guest_nice")
    )


@asynccontextmanager
async def _visitors(url: str, number: int) -> AsyncGenerator[list[Visitor]]:
    """That many new visitors who have said hello."""
    async with AsyncExitStack() as stack:
        sockets: list[Visitor] = []
        stack.push_async_callback(asyncio.sleep, _GONE_S)
        for begin in range(0, number, _CONNECTING):
            some = range(min(_CONNECTING, number - begin))
            sockets += await asyncio.gather(*(_hello(url) for _ in some))
            for socket in sockets[begin:]:
                stack.callback(socket.close)
        # The disk writes later what the turn before left in memory, and whoever commits meanwhile waits for it.
        await asyncio.to_thread(os.sync)
        await asyncio.sleep(_REST_S)
        yield sockets


async def _hello(url: str) -> Visitor:
    visitor = await Visitor.connect(url, TIMEOUT_S)
    async with asyncio.timeout(TIMEOUT_S):
        await visitor.ask('{"type":"hello","team":"default","token":null,"after":0}', b'"welcome"')
    return visitor


def _percentiles(samples: list[float]) -> tuple[float, float]:
    percentiles = statistics.quantiles(samples, n=100)
    return percentiles[49], percentiles[98]
