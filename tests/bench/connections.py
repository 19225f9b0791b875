"""`frontdesk bench connections`: many visitors connected to one gateway process, who only listen.

Memory is the gateway's own (USS), before and after. While they idle, a message is posted to some of them, and timed
from its publish until it is on the socket.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from contracts.chat import Author, Posted, Text
from contracts.frames import SUBPROTOCOL
from contracts.ids import DEFAULT_TEAM, MessageId, VisitorId
from contracts.subjects import chat
from services.chassis.bus import Bus
from services.chassis.http import allow_many_sockets
from tests.bench.ground import Figure, Machine, machine
from tests.product import Product

TIMEOUT_S = 30.0
_AT_ONCE = 100
_TOLD = 500


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """`fan_out` are milliseconds from CHAT to the socket, p50 and p99 of each round."""

    machine: Machine
    visitors: int
    kib_each: float
    connects_per_second: float
    fan_out_p50: Figure
    fan_out_p99: Figure


async def measure(rounds: int = 5, visitors: int = 10_000) -> Result:
    """Connect them all, then talk to some."""
    allow_many_sockets()
    with tempfile.TemporaryDirectory(prefix="fd-bench-") as folder:
        product = Product(Path(folder) / "data")
        ready = product.start()
        try:
            async with AsyncExitStack() as stack, Bus(ready.nats, "bench") as bus:
                url = ready.gateway.replace("http", "ws", 1) + "/ws"
                gateway = psutil.Process(product.pid("widget-gateway"))
                for socket in (await _connect(url, _AT_ONCE))[1]:
                    stack.push_async_callback(socket.close)
                before = gateway.memory_full_info().uss
                begin = time.perf_counter()
                sockets: dict[VisitorId, ClientConnection] = {}
                for _ in range(0, visitors, _AT_ONCE):
                    names, opened = await _connect(url, _AT_ONCE)
                    sockets |= dict(zip(names, opened, strict=True))
                took_s = time.perf_counter() - begin
                kib = (gateway.memory_full_info().uss - before) / 1024 / len(sockets)
                told = [await _fan_out(bus, sockets, turn) for turn in range(rounds + 1)][1:]
                await asyncio.gather(*(socket.close() for socket in sockets.values()))
        finally:
            product.stop()
    return Result(
        machine=machine(),
        visitors=len(sockets),
        kib_each=round(kib, 1),
        connects_per_second=round(len(sockets) / took_s),
        fan_out_p50=Figure.of([p50 for p50, _ in told]),
        fan_out_p99=Figure.of([p99 for _, p99 in told]),
    )


async def _connect(url: str, number: int) -> tuple[list[VisitorId], list[ClientConnection]]:
    pairs = await asyncio.gather(*(_hello(url) for _ in range(number)))
    return [name for name, _ in pairs], [socket for _, socket in pairs]


async def _hello(url: str) -> tuple[VisitorId, ClientConnection]:
    socket = await connect(
        url,
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        compression=None,
        ping_interval=None,
        open_timeout=TIMEOUT_S,
    )
    await socket.send('{"type":"hello","team":"default","token":null,"after":0}')
    while True:
        frame = msgspec.json.decode(await socket.recv(decode=False), type=dict[str, object])
        if frame["type"] == "welcome":
            return VisitorId(str(frame["visitor"])), socket


async def _fan_out(bus: Bus, sockets: dict[VisitorId, ClientConnection], turn: int) -> tuple[float, float]:
    """Milliseconds of messages to some visitors, one after the other."""
    some = list(sockets)[:: max(1, len(sockets) // _TOLD)]
    samples: list[float] = []
    for who in some:
        posted = Posted(
            id=MessageId(f"bench-{turn}-{who}"),
            team=DEFAULT_TEAM,
            visitor=who,
            at=datetime.now(UTC),
            author=Author(kind="agent", id="agent-1"),
            body=Text(text="Hello"),
        )
        begin = time.perf_counter()
        await bus.store(chat(DEFAULT_TEAM, who, "agent"), msgspec.json.encode(posted))
        async with asyncio.timeout(TIMEOUT_S):
            while b'"message"' not in (await sockets[who].recv(decode=False))[:24]:
                pass
        samples.append((time.perf_counter() - begin) * 1000)
    return _percentiles(samples)


def _percentiles(samples: Sequence[float]) -> tuple[float, float]:
    percentiles = statistics.quantiles(samples, n=100)
    return percentiles[49], percentiles[98]
