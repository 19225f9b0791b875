"""The model of JetStream is as JetStream, in all that the executor relies on: one suite for both."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from contracts.ids import RunId, VisitorId
from contracts.streams import (
    CHAT,
    CONSUMERS,
    EXECUTOR_TASKS_DONE,
    EXECUTOR_TIMERS,
    EXECUTOR_VISITORS,
    TASK,
    TIMER,
)
from contracts.subjects import partition, task_done, timer_due, timer_set
from services.chassis.bus import Bus, Delivery, Pull
from services.chassis.bus.headers import EXPECTED_LAST_BY_SUBJECT, MESSAGE_ID, scheduled
from services.chassis.errors import Conflict
from tests.simulation.fate import Fate
from tests.simulation.model_bus import ModelBus
from tests.simulation.model_streams import Server
from tests.simulation.scheduler import Process, Scheduler, SimulatedLoop

Scenario = Callable[[Bus, Bus], Awaitable[None]]
"""What happens on two connections."""
RUN = RunId("0f5f9ee8-6c1c-8f3e-9b1a-2b3c4d5e6f70")
VISITOR = VisitorId("v1")
READER = EXECUTOR_VISITORS[partition(VISITOR)]
EVENT = f"visitor.{partition(VISITOR)}.default.{VISITOR}.widget_opened"
ONCE = {EXPECTED_LAST_BY_SUBJECT: "0"}


async def on_nats(scenario: Scenario, url: str) -> None:
    """Play it there."""
    async with Bus(url, "one") as one, Bus(url, "other") as other:
        await scenario(one, other)


def on_model(scenario: Scenario) -> None:
    """Play it here."""
    scheduler = Scheduler(Fate(1))
    server = Server(scheduler, CONSUMERS, timedelta(minutes=2))
    one, other = (Process(name) for name in ("one", "other"))
    scheduler.processes += (one, other)
    loop = SimulatedLoop(scheduler)
    try:
        loop.run_until_complete(
            scenario(ModelBus(scheduler, server, one), ModelBus(scheduler, server, other))
        )
    finally:
        loop.close()


@pytest.fixture(params=["nats", "model"])
def play(request: pytest.FixtureRequest) -> Callable[[Scenario], None]:
    """Plays a scenario on one of them."""
    if request.param == "model":
        return on_model
    url: str = request.getfixturevalue("nats_url")
    return lambda scenario: asyncio.run(on_nats(scenario, url))


async def taken(pull: Pull, count: int) -> list[Delivery]:
    """The next messages."""
    found: list[Delivery] = []
    while len(found) < count:
        found += await pull.batch(count - len(found))
    return found


async def is_silent(pull: Pull) -> bool:
    """Whether nothing comes for a while."""
    try:
        async with asyncio.timeout(0.3):
            await pull.batch(1)
    except TimeoutError:
        return True
    return False


def numbers(deliveries: Sequence[Delivery]) -> list[tuple[int, int]]:
    """Sequence and attempt of each."""
    return [(delivery.seq, delivery.attempts) for delivery in deliveries]


def test_an_id_is_stored_once(play: Callable[[Scenario], None]) -> None:
    """Within the window, whoever sends it; and the ack says where it was."""

    async def scenario(one: Bus, other: Bus) -> None:
        first = await one.store("chat.t.v.robot", b"1", {MESSAGE_ID: "a"})
        again = await other.store("chat.t.v.robot", b"2", {MESSAGE_ID: "a"})
        third = await one.store("chat.t.v.robot", b"3", {MESSAGE_ID: "b"})
        assert (first.seq, first.duplicate) == (1, False)
        assert (again.seq, again.duplicate) == (1, True)
        assert third.seq == 2

    play(scenario)


def test_a_task_refuses_its_twin(play: Callable[[Scenario], None]) -> None:
    """As long as it waits; once it is done there may be another."""

    async def scenario(one: Bus, other: Bus) -> None:
        subject = task_done(RUN, 3)
        await one.store(subject, b"{}", ONCE)
        with pytest.raises(Conflict):
            await other.store(subject, b"{}", ONCE)
        async with one.pull([EXECUTOR_TASKS_DONE]) as pull:
            await pull.ack(await taken(pull, 1))
            while await other.read.last(TASK.name, [subject]):
                pass
        await other.store(subject, b"{}", ONCE)

    play(scenario)


def test_reads_find_what_is_there(play: Callable[[Scenario], None]) -> None:
    """From a place, from an instant, the last of each subject, the last of all."""

    async def scenario(one: Bus, other: Bus) -> None:
        for number, kind in enumerate(("visitor", "robot", "visitor", "agent"), 1):
            await one.store(f"chat.t.v.{kind}", str(number).encode())
        await one.store("chat.t.w.robot", b"5")
        read = other.read
        every = await read.since(CHAT.name, "chat.t.v.*", 1)
        assert [(m.seq, m.data) for m in every] == [(1, b"1"), (2, b"2"), (3, b"3"), (4, b"4")]
        assert [m.seq for m in await read.since(CHAT.name, "chat.t.v.*", 3)] == [3, 4]
        assert [m.seq for m in await read.since(CHAT.name, "chat.t.*.robot", every[2].at)] == [5]
        assert [m.seq for m in await read.some_since(CHAT.name, "chat.>", 2, 2)] == [2, 3]
        asked = ["chat.t.v.visitor", "chat.t.w.robot", "chat.t.x.robot"]
        assert [m.seq for m in await read.last(CHAT.name, asked)] == [3, 5]
        assert [m.seq for m in await read.last(CHAT.name, ["chat.t.v.*"], up_to=3)] == [2, 3]
        last = await read.last_of(CHAT.name, "chat.t.v.>")
        assert last is not None
        assert last.seq == 4
        assert await read.last_of(CHAT.name, "chat.t.x.>") is None
        assert await read.since(CHAT.name, "chat.t.x.*", 1) == []

    play(scenario)


def test_a_timer_is_delivered_once(play: Callable[[Scenario], None]) -> None:
    """When it is due, never early; set again it replaces itself; delivered it is no longer set."""

    async def scenario(one: Bus, other: Bus) -> None:
        now = await one.store("chat.t.v.robot", b"")
        stored = (await other.read.since(CHAT.name, "chat.>", now.seq))[0].at
        due = stored + timedelta(seconds=1)
        for at in (stored + timedelta(hours=1), due):
            await one.store(timer_set(RUN, 3), b"{}", scheduled(at, timer_due(RUN, 3)))
        assert len(await one.read.since(TIMER.name, "timer.>", 1)) == 1
        async with other.pull([EXECUTOR_TIMERS]) as pull:
            (delivery,) = await taken(pull, 1)
            assert delivery.subject == timer_due(RUN, 3)
            assert delivery.at >= due
            assert await is_silent(pull)
            await pull.ack([delivery])
            while await other.read.since(TIMER.name, "timer.>", 1):
                pass

    play(scenario)


def test_what_is_not_acknowledged_comes_again(play: Callable[[Scenario], None]) -> None:
    """At once when given back, after `ack_wait` when nothing is said; what is acknowledged never."""

    async def scenario(one: Bus, other: Bus) -> None:
        for _ in range(3):
            await one.store(EVENT, b"{}")
        async with other.pull([READER]) as pull:
            first, second, third = await taken(pull, 3)
            assert numbers([first, second, third]) == [(1, 1), (2, 1), (3, 1)]
            await pull.ack([first])
            await pull.give_back([second])
            assert numbers(await taken(pull, 1)) == [(2, 2)]
            info = await one.api.consumer(READER.stream, READER.durable)
            assert info.ack_floor.stream_seq == 1
            assert sorted(numbers(await taken(pull, 2))) == [(2, 3), (3, 2)]

    play(scenario)


def test_a_partition_has_one_reader(play: Callable[[Scenario], None]) -> None:
    """The second one gets nothing while the first is there, then all that is left, in order."""

    async def scenario(one: Bus, other: Bus) -> None:
        async with AsyncExitStack() as leaving, AsyncExitStack() as stack:
            first = await leaving.enter_async_context(one.pull([READER]))
            for _ in range(3):
                await one.store(EVENT, b"{}")
            mine = await taken(first, 3)
            second = await stack.enter_async_context(other.pull([READER]))
            assert await is_silent(second)
            await first.ack(mine[:1])
            await first.give_back(mine[1:])
            await leaving.aclose()
            await other.store(EVENT, b"{}")
            assert [delivery.seq for delivery in await taken(second, 3)] == [2, 3, 4]

    play(scenario)
