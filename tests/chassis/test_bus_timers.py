"""Timers: messages of stream TIMER that the bus delivers later."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from contracts import subjects
from contracts.ids import RunId
from contracts.streams import EXECUTOR_TIMERS
from services.chassis.bus import Bus, Delivery
from services.chassis.bus.headers import scheduled
from services.chassis.clock import system_clock
from tests.servers import Nats
from tests.waiting import eventually


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client of a provisioned bus."""
    async with Bus(nats_url, "test") as bus:
        yield bus


async def set_timer(bus: Bus, run: str, at: datetime) -> None:
    """Set the timer of event 3 of this run."""
    due = subjects.timer_due(RunId(run), 3)
    await bus.store(subjects.timer_set(RunId(run), 3), run.encode(), scheduled(at, due))


def soon(seconds: float) -> datetime:
    """An instant that is that far away."""
    return system_clock() + timedelta(seconds=seconds)


async def due(bus: Bus, count: int) -> list[Delivery]:
    """The next timers that are due, acknowledged."""
    taken: list[Delivery] = []
    async with bus.pull([EXECUTOR_TIMERS]) as pull:
        while len(taken) < count:
            batch = await pull.batch(256)
            await pull.ack(batch)
            taken += batch
    return taken


async def test_a_timer_is_due_once_and_leaves_nothing(bus: Bus) -> None:
    """It comes at its time, not before, with what was set; after its ack the stream is empty."""
    at = soon(0.7)
    await set_timer(bus, "r1", at)
    (delivery,) = await due(bus, 1)
    assert (delivery.subject, delivery.data) == ("timer.due.r1.3", b"r1")
    assert timedelta(0) <= delivery.at - at < timedelta(seconds=1)

    async def is_empty() -> bool:
        return await bus.read.since("TIMER", ">", 1) == []

    await eventually(is_empty)


async def test_a_timer_of_the_past_is_due_at_once(bus: Bus) -> None:
    """A wait that should be over already is over now."""
    await set_timer(bus, "r1", soon(-3600))
    async with asyncio.timeout(1):
        (delivery,) = await due(bus, 1)
    assert delivery.subject == "timer.due.r1.3"


async def test_a_timer_set_again_replaces(bus: Bus) -> None:
    """The same timer set twice is due once, at the later setting's time."""
    await set_timer(bus, "r1", soon(0.3))
    await set_timer(bus, "r1", soon(0.9))
    await set_timer(bus, "r2", soon(1.2))
    first, second = await due(bus, 2)
    assert (first.subject, second.subject) == ("timer.due.r1.3", "timer.due.r2.3")


async def test_a_cancelled_timer_is_never_due(bus: Bus) -> None:
    """What was taken back does not come; taking back what never was is nothing."""
    await set_timer(bus, "r1", soon(0.3))
    await set_timer(bus, "r2", soon(0.8))
    await bus.cancel_timer(subjects.timer_set(RunId("r1"), 3))
    await bus.cancel_timer(subjects.timer_set(RunId("r0"), 3))
    (delivery,) = await due(bus, 1)
    assert delivery.subject == "timer.due.r2.3"


async def test_timers_survive_a_killed_server(nats_server: Nats, bus: Bus) -> None:
    """What was due while the server was down comes once after its restart, what was not at its time."""
    await set_timer(bus, "r1", soon(0.3))
    await set_timer(bus, "r2", soon(2))
    is_back = asyncio.Event()
    bus.on_reconnect(is_back.set)
    nats_server.kill()
    await asyncio.wait([asyncio.create_task(is_back.wait())], timeout=0.4)
    nats_server.start()
    await is_back.wait()
    first, second = await due(bus, 2)
    assert (first.subject, second.subject) == ("timer.due.r1.3", "timer.due.r2.3")
