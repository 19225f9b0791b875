"""Two executors: a visitor's event is handled by one of them, and when that one dies the other takes over."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import psutil
import pytest

from contracts.streams import CHAT
from services.chassis.bus import Bus
from services.chassis.database import Database
from tests.flow_executor.harness import World, executing, opened, said
from tests.flow_executor.shapes import flow, reply
from tests.waiting import eventually

pytestmark = pytest.mark.chaos

TAKEN_OVER_S = 10.0
"""3 s until the dead one's pin is free, 3 s until the server gives out again what it had in hand, and the work."""

VISITORS = 20
BURST = 20
"""Messages of each visitor around each death."""


async def test_one_dies_and_the_other_takes_over(nats_url: str, postgres_dsn: str) -> None:
    """Killed with -9 among three hundred visitors: each has one run and one message, within seconds."""
    with _process(nats_url, postgres_dsn) as first:
        async with Bus(nats_url, "tests") as bus, Database(postgres_dsn) as database:
            world = World(bus)
            await world.wait_for_executor()
            async with executing(nats_url, postgres_dsn):
                await world.push(flow("widget_opened", {"hello": reply("hello")}, "greet"))
                await _open(world, range(100))
                await eventually(lambda: _answered(world, 100), within_s=10)
                opening = asyncio.create_task(_open(world, range(100, 300)))
                await eventually(lambda: _answered(world, 130), within_s=10)
                first.kill()
                died = time.monotonic()
                await opening
                await eventually(lambda: _answered(world, 300), within_s=TAKEN_OVER_S)
                await _open(world, range(300, 310))
                await eventually(lambda: _answered(world, 310), within_s=2)
                assert time.monotonic() - died < TAKEN_OVER_S
                assert await _runs(database) == [310, 310]


async def test_order_is_kept_while_they_die_in_turn(nats_url: str, postgres_dsn: str) -> None:
    """Whoever works is killed with -9, three times, and a new one started: answers come once, in order."""
    async with Bus(nats_url, "tests") as bus:
        with ExitStack() as processes:
            alive = [processes.enter_context(_process(nats_url, postgres_dsn))]
            world = World(bus)
            await world.wait_for_executor()
            await world.push(flow("message_sent", {"echo": reply("{{message_body}}")}, "echo"))
            alive.append(processes.enter_context(_process(nats_url, postgres_dsn)))
            for turn in range(3):
                before = turn * BURST * VISITORS
                writing = asyncio.create_task(_write(world, range(turn * BURST, (turn + 1) * BURST)))
                await eventually(lambda: _echoed(world, before + 50), within_s=10)  # noqa: B023
                busiest = max(alive, key=_cpu_s)
                alive.remove(busiest)
                busiest.kill()
                alive.append(processes.enter_context(_process(nats_url, postgres_dsn)))
                await writing
                await eventually(lambda: _echoed(world, before + BURST * VISITORS), within_s=TAKEN_OVER_S)  # noqa: B023
            expected = [str(number) for number in range(3 * BURST)]
            assert [await world.texts(f"v{visitor}") for visitor in range(VISITORS)] == [expected] * VISITORS


@contextmanager
def _process(nats_url: str, postgres_dsn: str) -> Generator[subprocess.Popen[bytes]]:
    """An executor in a process of its own, which may be dead at the end."""
    told = {"FRONTDESK_NATS_URL": nats_url, "FRONTDESK_POSTGRES_DSN": postgres_dsn}
    with subprocess.Popen(
        [sys.executable, "-m", "services.flow_executor"],
        env=os.environ | told,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def _open(world: World, numbers: range) -> None:
    for number in numbers:
        await world.happen(opened(f"v{number}"))


def _cpu_s(process: subprocess.Popen[bytes]) -> float:
    """What it has worked since it was there; the one that reads leaves the other far behind."""
    return psutil.Process(process.pid).cpu_times().user


async def _write(world: World, numbers: range) -> None:
    """Each visitor writes these numbers, all visitors at the same time."""
    for number in numbers:
        events = [said(f"v{visitor}", str(number), f"f{number}") for visitor in range(VISITORS)]
        await asyncio.gather(*(world.happen(event) for event in events))


async def _echoed(world: World, least: int) -> bool:
    """Whether so many answers are there."""
    return len(await world.bus.read.since(CHAT.name, "chat.*.*.robot", 1)) >= least


async def _answered(world: World, least: int) -> bool:
    """Whether so many messages are there; never one too many for a visitor."""
    stored = await world.bus.read.since(CHAT.name, "chat.*.*.robot", 1)
    assert len({message.subject for message in stored}) == len(stored)
    return len(stored) >= least


async def _runs(database: Database) -> list[int]:
    """How many runs there are, and of how many visitors, all completed."""
    async with database.statement() as tx:
        row = await tx.row(
            """select count(*) as runs, count(distinct visitor) as visitors from flow_executor.runs
                where status = 'completed'"""
        )
    assert row is not None
    return [row["runs"], row["visitors"]]
