"""Two executors: a visitor's event is handled by one of them, and when that one dies the other takes over."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from contracts.streams import CHAT
from services.chassis.bus import Bus
from services.chassis.database import Database
from tests.flow_executor.harness import World, executing, opened
from tests.flow_executor.shapes import flow, reply
from tests.waiting import eventually

pytestmark = pytest.mark.chaos

TAKEN_OVER_S = 10.0
"""3 s until the dead one's pin is free, 3 s until the server gives out again what it had in hand, and the work."""


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
