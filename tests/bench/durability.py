"""`frontdesk bench durability`: the price of surviving more than the end of a process.

The same load on three kinds of bus, in turns: synced once a second (the embedded default), synced at every message
(`sync_interval: always`), and three servers with three replicas of each stream, all on this machine's one disk. Told
are acknowledged publishes per second of one publisher with 256 under way, and completed runs per second as in `runs`.
"""

import asyncio
import secrets
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

import msgspec

from contracts.ids import VisitorId
from contracts.subjects import chat
from services.chassis import migrations
from services.chassis.bus import Bus
from services.chassis.embedded import DataFolder, PostgresServer
from services.chassis.embedded.nats_server import free_port, program
from services.chassis.errors import FrontdeskError
from services.chassis.provision import provision
from tests.bench.ground import Figure, Machine, Servers, machine
from tests.bench.recorded import MESSAGE, TEAM
from tests.bench.runs import EXECUTOR, Load
from tests.servers import Server, running
from tests.waiting import eventually

_RUNS = 3000
_PUBLISHES = 5000
_UNDER_WAY = 256
_numbers = count()

_CONFIG = """
server_name: n{number}
listen: "127.0.0.1:{port}"
jetstream {{ store_dir: "{store}", sync_interval: {sync} }}
authorization {{ user: bench, password: "{password}" }}
"""
_CLUSTER = """
cluster {{
  name: bench
  listen: "127.0.0.1:{port}"
  routes: [{routes}]
}}
"""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Per second, and the share of the default's, round by round."""

    publishes: Figure
    runs: Figure
    publishes_of_default: Figure
    runs_of_default: Figure

    def __str__(self) -> str:
        return (
            f"publishes {self.publishes}, {self.publishes_of_default} of the default; "
            f"runs {self.runs}, {self.runs_of_default} of the default"
        )


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What each setting gives."""

    machine: Machine
    synced_each_second: Setting
    synced_always: Setting
    three_replicas: Setting


async def measure(rounds: int = 5) -> Result:
    """All in turns, after a round that does not count."""
    async with AsyncExitStack() as stack:
        grounds = [
            await stack.enter_async_context(_ground("1s", 1)),
            await stack.enter_async_context(_ground("always", 1)),
            await stack.enter_async_context(_ground("1s", 3)),
        ]
        turns = [[await ground.round() for ground in grounds] for _ in range(rounds + 1)][1:]
    default = [turn[0] for turn in turns]
    settings = [_setting([turn[place] for turn in turns], default) for place in range(len(grounds))]
    return Result(
        machine=machine(),
        synced_each_second=settings[0],
        synced_always=settings[1],
        three_replicas=settings[2],
    )


class Ground:
    """A bus, and a journal that is on the disk with each commit."""

    def __init__(self, bus: Bus, load: Load) -> None:
        self._bus = bus
        self._load = load

    async def round(self) -> tuple[float, float]:
        """Publishes and runs per second."""
        return await self._publishes(), await self._load.round(EXECUTOR)

    async def _publishes(self) -> float:
        begin = time.perf_counter()
        for _ in range(0, _PUBLISHES, _UNDER_WAY):
            some = [
                await self._bus.begin_store(chat(TEAM, VisitorId(f"d-{next(_numbers)}"), "visitor"), MESSAGE)
                for _ in range(_UNDER_WAY)
            ]
            await asyncio.gather(*some)
        return _PUBLISHES / (time.perf_counter() - begin)


@asynccontextmanager
async def _ground(sync: str, replicas: int) -> AsyncGenerator[Ground]:
    with tempfile.TemporaryDirectory(prefix="fd-bench-") as folder, ExitStack() as processes:
        url = _start(Path(folder), sync, replicas, processes)
        data = DataFolder(Path(folder) / "postgres")
        postgres = PostgresServer(data)
        processes.enter_context(running(Server(data, postgres)))
        await migrations.apply(postgres.dsn)
        async with await _bus(url) as bus:
            await eventually(lambda: _provisioned(bus, replicas), within_s=30)
            load = Load(bus, Servers(url, postgres.dsn), _RUNS)
            await load.prepare()
            yield Ground(bus, load)


def _start(folder: Path, sync: str, replicas: int, processes: ExitStack) -> str:
    """Start the servers; the address of one."""
    password = secrets.token_urlsafe(16)
    ports = [free_port() for _ in range(replicas)]
    routes = [free_port() for _ in range(replicas)]
    for number, port in enumerate(ports):
        text = _CONFIG.format(
            number=number, port=port, store=folder / f"n{number}", sync=sync, password=password
        )
        if replicas > 1:
            others = ", ".join(f'"nats://127.0.0.1:{route}"' for route in routes)
            text += _CLUSTER.format(port=routes[number], routes=others)
        config = folder / f"n{number}.conf"
        config.write_text(text)
        server = subprocess.Popen([str(program()), "--config", str(config)], stderr=subprocess.DEVNULL)
        processes.callback(server.wait, 20)
        processes.callback(server.terminate)
    return f"nats://bench:{password}@127.0.0.1:{ports[0]}"


async def _bus(url: str) -> Bus:
    bus = Bus(url, "bench")

    async def answers() -> bool:
        try:
            async with Bus(url, "bench"):
                return True
        except FrontdeskError:
            return False

    await eventually(answers, within_s=20)
    return bus


async def _provisioned(bus: Bus, replicas: int) -> bool:
    """A cluster takes a moment to elect its leaders."""
    try:
        await provision(bus, replicas=replicas)
    except FrontdeskError:
        return False
    return True


def _setting(turns: Sequence[tuple[float, float]], default: Sequence[tuple[float, float]]) -> Setting:
    pairs = list(zip(turns, default, strict=True))
    return Setting(
        publishes=Figure.of([publishes for publishes, _ in turns]),
        runs=Figure.of([runs for _, runs in turns]),
        publishes_of_default=Figure.of([ours[0] / theirs[0] for ours, theirs in pairs]),
        runs_of_default=Figure.of([ours[1] / theirs[1] for ours, theirs in pairs]),
    )
