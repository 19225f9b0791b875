"""Natural batches from durables: prompt, in order, pinned to one reader, and nothing lost when somebody dies."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contracts import subjects
from contracts.ids import DEFAULT_TEAM, VisitorId
from contracts.streams import CONVERSATIONS_VISITORS, EXECUTOR_VISITORS, Consumer
from services.chassis.bus import Bus, Delivery, Pull, lingering
from services.chassis.bus.pulling import EXPIRES_S
from services.chassis.errors import Unreachable
from services.chassis.provision import ensure_consumer
from tests.servers import Nats
from tests.waiting import eventually


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client of a provisioned bus."""
    async with Bus(nats_url, "test") as bus:
        yield bus


class Reader:
    """Takes and acks everything that comes, and remembers it."""

    def __init__(self, pull: Pull) -> None:
        self.taken: list[Delivery] = []
        self._pull = pull

    async def run(self) -> None:
        """Read for ever."""
        async with self._pull as pull:
            while True:
                batch = await pull.batch(256)
                self.taken += batch
                await pull.ack(batch)

    def seqs(self) -> list[int]:
        """What was taken, in that order."""
        return [delivery.seq for delivery in self.taken]


def subject(number: int) -> str:
    """A subject of one of 64 visitors."""
    return subjects.visitor_event(DEFAULT_TEAM, VisitorId(f"v{number % 64}"), "widget_opened")


async def publish(bus: Bus, count: int) -> None:
    """Store that many messages, numbered."""
    futures = [await bus.begin_store(subject(number), str(number).encode()) for number in range(count)]
    await asyncio.gather(*futures)


async def publish_all(bus: Bus, count: int) -> bool:
    """Store them and say so; False when the connection broke meanwhile."""
    try:
        await publish(bus, count)
    except Unreachable:
        return False
    return True


async def test_a_lone_message_comes_at_once(bus: Bus) -> None:
    """An idle reader has a message within milliseconds of its being stored."""
    took: list[float] = []
    async with bus.pull(EXECUTOR_VISITORS) as pull:
        for number in range(100):
            began = time.perf_counter()
            await bus.begin_store(subject(number), b"x")
            await pull.ack(await pull.batch(256))
            took.append(time.perf_counter() - began)
    assert statistics.median(took) < 0.01


async def test_a_busy_reader_fills_its_batches(bus: Bus) -> None:
    """What has piled up comes in full batches, all of it, each partition in order."""
    await publish(bus, 2000)
    batches: list[list[Delivery]] = []
    async with asyncio.timeout(10), bus.pull(EXECUTOR_VISITORS) as pull:
        while sum(map(len, batches)) < 2000:
            batches.append(await pull.batch(256))
            await pull.ack(batches[-1])
    assert len(batches) < 40
    taken = [delivery for batch in batches for delivery in batch]
    assert sorted(delivery.seq for delivery in taken) == list(range(1, 2001))
    assert_in_order(taken)


async def test_a_lingering_reader_takes_all_in_few_batches(bus: Bus) -> None:
    """What has piled up comes in full batches without a pause; a lone message comes too, and so does one after it."""
    await publish(bus, 2000)
    batches: list[list[Delivery]] = []
    async with asyncio.timeout(10), bus.lingering_pull([CONVERSATIONS_VISITORS], 0.2) as pull:
        for _ in range(8):
            batches.append(await pull.batch(256))
            await pull.ack(batches[-1])
        for number in (2000, 2001):
            await bus.begin_store(subject(number), b"x")
            batches.append(await pull.batch(256))
            await pull.ack(batches[-1])
    assert [len(batch) for batch in batches] == [256] * 7 + [208, 1, 1]
    assert [delivery.seq for batch in batches for delivery in batch] == list(range(1, 2003))


async def test_a_lingering_reader_finds_together_what_came_while_it_was_at_work(bus: Bus) -> None:
    """Nothing is asked for while a batch is handled, however long that takes."""
    async with asyncio.timeout(10), bus.lingering_pull([CONVERSATIONS_VISITORS], 0.05) as pull:
        await publish(bus, 1)
        assert len(await pull.batch(256)) == 1
        await publish(bus, 3)
        # More than the keeper of requests needs to look after them.
        await asyncio.sleep(0.7)
        assert len(await pull.batch(256)) == 3


async def test_a_lingering_reader_has_its_share_beside_a_rival(bus: Bus) -> None:
    """Somebody refuses whatever he gets, at once; still no message goes round so often that it would be buried."""

    async def refuse() -> None:
        async with bus.pull([CONVERSATIONS_VISITORS]) as pull:
            while True:
                await pull.give_back(await pull.batch(256))

    attempts: list[int] = []
    async with asyncio.TaskGroup() as tasks, bus.lingering_pull([CONVERSATIONS_VISITORS], 0.1) as pull:
        refusing = tasks.create_task(refuse())
        for number in range(20):
            await publish(bus, 10)
            async with asyncio.timeout(5):
                while len(attempts) < 10 * (number + 1):
                    batch = await pull.batch(256)
                    attempts += [delivery.attempts for delivery in batch]
                    await pull.ack(batch)
        refusing.cancel()
    # How it is with the first ones, before it is known, is luck.
    assert max(attempts[50:]) <= 20


async def test_a_lingering_reader_outlives_its_haste(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a message that came again nothing comes for longer than its requests lie at the server; then one does."""
    monkeypatch.setattr(lingering, "_HASTE_S", 0.3)
    async with asyncio.timeout(10), bus.lingering_pull([CONVERSATIONS_VISITORS], 0.05) as pull:
        await publish(bus, 1)
        await pull.give_back(await pull.batch(256))
        again = await pull.batch(256)
        assert again[0].attempts == 2
        await pull.ack(again)
        reading = asyncio.create_task(pull.batch(256))
        await asyncio.sleep(EXPIRES_S + 1)
        await publish(bus, 1)
        assert len(await reading) == 1


async def test_a_lingering_reader_goes_on_after_a_restart(nats_server: Nats, bus: Bus) -> None:
    """The server forgets what was asked of it; what comes afterwards is taken, and nothing is lost."""
    taken: set[int] = set()

    async def read() -> None:
        async with bus.lingering_pull([CONVERSATIONS_VISITORS], 0.05) as pull:
            while True:
                batch = await pull.batch(16)
                taken.update(delivery.seq for delivery in batch)
                await pull.ack(batch)

    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read())
        for stored in (100, 200, 300):
            await publish(bus, 100)
            await eventually(lambda stored=stored: len(taken) == stored)
            nats_server.kill()
            await eventually(lambda: not bus.is_connected)
            nats_server.start()
            await eventually(lambda: bus.is_connected)
        reading.cancel()


def assert_in_order(taken: list[Delivery]) -> None:
    """Messages of one partition came in the order of the stream."""
    for consumer in EXECUTOR_VISITORS:
        seqs = [delivery.seq for delivery in taken if delivery.consumer is consumer]
        assert seqs == sorted(seqs)


@asynccontextmanager
async def process(url: str, *, acks: bool) -> AsyncGenerator[tuple[asyncio.subprocess.Process, list[int]]]:
    """Another process that reads, and the sequences that it took."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.chassis.reading", url, "acks" if acks else "holds"),
        stdout=asyncio.subprocess.PIPE,
    )
    output = child.stdout
    assert output is not None
    assert await output.readline() == b"ready\n"
    taken: list[int] = []

    async def collect() -> None:
        async for line in output:
            taken.append(int(line))  # noqa: PERF401 - one by one, as they come

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(collect())
        yield child, taken
        if child.returncode is None:
            child.kill()
        await child.wait()


async def test_one_reader_at_a_time_and_another_takes_over(nats_server: Nats, bus: Bus) -> None:
    """A pinned durable feeds one client; when that is killed the other goes on within seconds, from where it was."""
    reader = Reader(bus.pull(EXECUTOR_VISITORS))
    async with process(nats_server.url, acks=True) as (child, first), asyncio.TaskGroup() as tasks:
        await publish(bus, 100)
        await eventually(lambda: len(first) == 100)
        running = tasks.create_task(reader.run())
        await publish(bus, 400)
        await eventually(lambda: len(first) == 500)
        assert reader.taken == []
        child.kill()
        gone = time.monotonic()
        await publish(bus, 500)
        await eventually(lambda: set(reader.seqs()) >= set(range(501, 1001)))
        assert time.monotonic() - gone < 4.5
        running.cancel()
    assert_in_order(reader.taken)


async def test_what_a_dead_reader_held_comes_first(nats_server: Nats, bus: Bus) -> None:
    """A reader is killed with messages in its hands: the next has them again, before the later ones."""
    reader = Reader(bus.pull(EXECUTOR_VISITORS))
    async with process(nats_server.url, acks=False) as (child, held), asyncio.TaskGroup() as tasks:
        await publish(bus, 64)
        await eventually(lambda: len(held) == 64)
        child.kill()
        await publish(bus, 64)
        running = tasks.create_task(reader.run())
        await eventually(lambda: len(reader.taken) == 128, within_s=8)
        running.cancel()
    assert_in_order(reader.taken)
    assert sorted(reader.seqs()) == list(range(1, 129))


async def test_a_killed_server_loses_nothing(nats_server: Nats, bus: Bus) -> None:
    """After kill -9 of the server the same reader goes on; everything that was stored comes."""
    reader = Reader(bus.pull(EXECUTOR_VISITORS))
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(reader.run())
        await publish(bus, 300)
        await eventually(lambda: len(reader.taken) == 300)
        nats_server.kill()
        nats_server.start()
        back = time.monotonic()
        await eventually(lambda: publish_all(bus, 300))
        await eventually(lambda: len(set(reader.seqs())) >= 600, within_s=8)
        assert time.monotonic() - back < 4.5
        running.cancel()
    assert sorted(set(reader.seqs())) == list(range(1, max(reader.seqs()) + 1))


async def test_held_messages_come_again_unless_in_progress(bus: Bus) -> None:
    """Without a word a message comes again after `ack_wait`; one that is in progress does not."""
    short = Consumer(
        durable="short", stream="VISITOR", filter="visitor.>", ack_wait=CONVERSATIONS_VISITORS.ack_wait / 10
    )
    await ensure_consumer(bus, short)
    await publish(bus, 2)
    async with bus.pull([short]) as pull, asyncio.TaskGroup() as tasks:
        await eventually(lambda: len(pull.waiting()) == 2)
        forgotten, held = await pull.batch(2)
        working = tasks.create_task(stay_in_progress(pull, held))
        again: list[Delivery] = []
        while len(again) < 3:
            again += await pull.batch(256)
        working.cancel()
    assert {delivery.seq for delivery in again} == {forgotten.seq}
    assert [delivery.attempts for delivery in again] == [2, 3, 4]


async def stay_in_progress(pull: Pull, delivery: Delivery) -> None:
    """Say so all the time."""
    while True:
        await pull.in_progress([delivery])
        await asyncio.sleep(0.1)


async def test_what_is_put_back_comes_first(bus: Bus) -> None:
    """Messages returned to the source come in the next batch, before all others and in their order."""
    await publish(bus, 10)
    async with bus.pull([CONVERSATIONS_VISITORS]) as pull:
        taken: list[Delivery] = []
        while len(taken) < 10:
            taken += await pull.batch(10 - len(taken))
        await publish(bus, 1)
        await eventually(lambda: len(pull.waiting()) == 1)
        pull.put_back(taken[3:])
        assert [delivery.seq for delivery in await pull.batch(256)] == [4, 5, 6, 7, 8, 9, 10, 11]
