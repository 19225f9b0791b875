"""`frontdesk bench runs`: completed runs per second of the tutorial's flow, next to a floor and a sketch.

Each round stores `runs` openings of as many visitors while nobody listens, then starts one process, the executor, the
floor or the sketch, or two executors that share the work, and reads from CHAT's own clock how fast the messages came,
the first tenth left out (a process has to start).
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count

import msgspec

from contracts.frames import Page
from contracts.ids import FrameId, VisitorId, event_id
from contracts.requests import FlowPushed, PushFlow
from contracts.streams import CHAT
from contracts.subjects import visitor_event
from contracts.visitor import WidgetOpened
from services.chassis.bus import Bus, StoredAt
from services.chassis.errors import Unreachable
from tests.bench.ground import Figure, Machine, Servers, machine, servers, state_of
from tests.bench.recorded import PAGE, TEAM, definition
from tests.waiting import eventually

EXECUTOR = [sys.executable, "-m", "services.cli", "serve", "flow-executor"]
FLOOR = [sys.executable, "-m", "tests.bench.floor"]
SKETCH = [sys.executable, "-m", "tests.bench.sketch"]
_ROUND_S = 60.0
_AT_ONCE = 500


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Runs per second, and the executor's to the others', round by round."""

    machine: Machine
    runs: int
    executor: Figure
    floor: Figure
    sketch: Figure
    two_executors: Figure
    of_floor: Figure
    of_sketch: Figure
    two_of_one: Figure
    """Two executors to one."""


async def measure(rounds: int = 5, runs: int = 10_000) -> Result:
    """All in turns, after a round of each that does not count."""
    async with servers() as where, Bus(where.nats_url, "bench") as bus:
        load = Load(bus, where, runs)
        await load.prepare()
        turns = [
            [
                await load.round(*commands)
                for commands in ([EXECUTOR], [FLOOR], [SKETCH], [EXECUTOR, EXECUTOR])
            ]
            for _ in range(rounds + 1)
        ]
    executor, floor, sketch, two = zip(*turns[1:], strict=True)
    return Result(
        machine=machine(),
        runs=runs,
        executor=Figure.of(executor),
        floor=Figure.of(floor),
        sketch=Figure.of(sketch),
        two_executors=Figure.of(two),
        of_floor=Figure.of([a / b for a, b in zip(executor, floor, strict=True)]),
        of_sketch=Figure.of([a / b for a, b in zip(executor, sketch, strict=True)]),
        two_of_one=Figure.of([a / b for a, b in zip(two, executor, strict=True)]),
    )


class Load:
    """Visitors who open the window, and the clock that says how fast they were answered."""

    def __init__(self, bus: Bus, where: Servers, runs: int) -> None:
        self._bus = bus
        self._environ = {
            **os.environ,
            "FRONTDESK_NATS_URL": where.nats_url,
            "FRONTDESK_POSTGRES_DSN": where.postgres_dsn,
            "FRONTDESK_LOG_LEVEL": "warning",
        }
        self._runs = runs
        self._visitors = count()

    async def prepare(self) -> None:
        """Activate the flow."""
        async with self.executing():
            pass

    @asynccontextmanager
    async def executing(self) -> AsyncGenerator[None]:
        """An executor that answers requests, with the flow active."""
        executor = self._start(EXECUTOR)
        request = PushFlow(definition=msgspec.Raw(msgspec.json.encode(definition())), activate=True)

        async def pushed() -> bool:
            try:
                return (await self._bus.request("contracts.flows.push", request, FlowPushed)).active
            except Unreachable:
                return False

        await eventually(pushed, within_s=15)
        yield
        _end(executor)

    async def round(self, *commands: list[str]) -> float:
        """Runs per second of these processes together."""
        before = await self._stored()
        await self._open()
        # The disk is done with what the openings, and the round before, left in memory: commits would wait for it.
        await asyncio.to_thread(os.sync)
        processes = [self._start(command) for command in commands]
        try:
            await eventually(lambda: self._has(before + self._runs), within_s=_ROUND_S)
        finally:
            for process in processes:
                _end(process)
        first, last = before + self._runs // 10, before + self._runs
        begin, end = await self._time_of(first), await self._time_of(last)
        return (last - first) / (end - begin).total_seconds()

    async def _open(self) -> None:
        for start in range(0, self._runs, _AT_ONCE):
            size = min(_AT_ONCE, self._runs - start)
            await asyncio.gather(*[await self._opened() for _ in range(size)])

    async def _opened(self) -> asyncio.Future[StoredAt]:
        who = VisitorId(f"v-{next(self._visitors):08}")
        event = event_id(TEAM, who, FrameId("f1"))
        opened = WidgetOpened(id=event, team=TEAM, visitor=who, at=datetime.now(UTC), page=Page(url=PAGE))
        return await self._bus.begin_store(
            visitor_event(TEAM, who, "widget_opened"), msgspec.json.encode(opened), {"Nats-Msg-Id": event}
        )

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=self._environ)

    async def _stored(self) -> int:
        return (await state_of(self._bus, CHAT)).last_seq

    async def _has(self, seq: int) -> bool:
        return await self._stored() >= seq

    async def _time_of(self, seq: int) -> datetime:
        return (await self._bus.read.some_since(CHAT.name, "chat.>", seq, 1))[0].at


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)
