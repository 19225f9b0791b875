"""Taking messages in: batches, order per key, a held line, and DEAD for the culprit only."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from contracts import dead, subjects
from contracts.ids import DEFAULT_TEAM, VisitorId
from contracts.streams import Consumer
from services.chassis import logs
from services.chassis.bus import Bus, Delivery, StoredMessage
from services.chassis.errors import Conflict, Permanent, Unreachable
from services.chassis.intake import Intake, Poison
from services.chassis.provision import ensure_consumer
from tests.servers import Nats
from tests.waiting import eventually

CONSUMER = Consumer(durable="intake", stream="VISITOR", filter="visitor.>", ack_wait=timedelta(seconds=1))


@pytest.fixture(autouse=True)
def _plain_logs() -> None:  # pyright: ignore[reportUnusedFunction]
    """As a service has them: tracebacks for a terminal take seconds, and messages come again."""
    logs.configure("tests", "json", "error")


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client of a provisioned bus with the durable `intake`."""
    async with Bus(nats_url, "test") as bus:
        await ensure_consumer(bus, CONSUMER)
        yield bus


class Handler:
    """Remembers its batches; `before` may raise."""

    def __init__(self, before: Callable[[list[Delivery]], Awaitable[None] | None] | None = None) -> None:
        self.calls: list[list[str]] = []
        self.handled: list[str] = []
        self._before = before

    async def __call__(self, batch: list[Delivery]) -> None:
        """One batch."""
        words = [delivery.data.decode() for delivery in batch]
        self.calls.append(words)
        if self._before is not None and (waiting := self._before(batch)) is not None:
            await waiting
        self.handled += words


@asynccontextmanager
async def taking(
    bus: Bus,
    handler: Handler,
    *,
    by_subject: bool = False,
    limit: int = 256,
    hands: int = 1,
    linger_s: float = 0.0,
) -> AsyncGenerator[asyncio.Task[None]]:
    """An intake that runs for the time of the block."""
    key: Callable[[Delivery], str] | None = (lambda delivery: delivery.subject) if by_subject else None
    async with bus.lingering_pull([CONSUMER], linger_s) if linger_s else bus.pull([CONSUMER]) as pull:
        intake = Intake(bus, pull, handler, key=key, limit=limit, hands=hands)
        task = asyncio.create_task(intake.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def publish(bus: Bus, *words: str, visitor: str = "v") -> None:
    """Store these, in this order."""
    subject = subjects.visitor_event(DEFAULT_TEAM, VisitorId(visitor), "widget_opened")
    for word in words:
        await bus.store(subject, word.encode(), {"Page": "https://shop.example"})


async def unacknowledged(bus: Bus) -> int:
    """How many messages the durable waits for or still has to deliver."""
    info = await bus.api.consumer(CONSUMER.stream, CONSUMER.durable)
    return info.num_ack_pending + info.num_pending


async def all_done(bus: Bus) -> None:
    """Return when every message is acknowledged."""

    async def is_done() -> bool:
        return await unacknowledged(bus) == 0

    await eventually(is_done)


async def letters(bus: Bus) -> list[StoredMessage]:
    """Everything in DEAD."""
    return await bus.read.since("DEAD", "dead.>", 1)


async def test_what_is_handled_is_acknowledged(bus: Bus) -> None:
    """Everything that came is handled once, together, and acknowledged."""
    await publish(bus, *"abc")
    handler = Handler()
    async with taking(bus, handler):
        await all_done(bus)
    assert handler.calls == [["a", "b", "c"]]


async def test_a_lingering_intake_waits_for_company(bus: Bus) -> None:
    """What comes a moment after the first message is handled together with it."""
    handler = Handler()
    async with taking(bus, handler, linger_s=0.5):
        for word in "abc":
            await publish(bus, word)
        await all_done(bus)
    assert handler.calls == [["a", "b", "c"]]


async def test_a_batch_holds_one_message_of_a_key(bus: Bus) -> None:
    """Of each key only the first is in a batch; the order of each key is kept."""
    await publish(bus, "v1", "v2", "v3", visitor="v")
    await publish(bus, "w1", "w2", visitor="w")
    handler = Handler()
    async with taking(bus, handler, by_subject=True):
        await all_done(bus)
    assert handler.calls == [["v1", "w1"], ["v2", "w2"], ["v3"]]


async def test_the_line_holds_while_the_outside_is_away(bus: Bus) -> None:
    """An outage longer than `ack_wait` brings no redelivery and no dead letter; then everything is handled once."""
    outage = asyncio.get_running_loop().time() + 2.2

    def away(_: list[Delivery]) -> None:
        if asyncio.get_running_loop().time() < outage:
            raise ExceptionGroup("all of them", [Unreachable("Postgres is away"), TimeoutError()])

    await publish(bus, *"abc")
    handler = Handler(away)
    async with taking(bus, handler):
        await eventually(lambda: handler.calls)
        await publish(bus, *"def")
        await all_done(bus)
    assert "".join(handler.handled) == "abcdef"
    assert await letters(bus) == []


async def test_only_the_culprit_is_buried(bus: Bus) -> None:
    """A message that fails alone goes to DEAD with its reason and its way back; the others of its batch go on."""

    def fail(batch: list[Delivery]) -> None:
        if any(delivery.data == b"b" for delivery in batch):
            raise Permanent("no such\ncolumn")

    await publish(bus, *"abc")
    handler = Handler(fail)
    async with taking(bus, handler):
        await all_done(bus)
    assert sorted(handler.handled) == ["a", "c"]
    (letter,) = await letters(bus)
    assert (letter.subject, letter.data) == ("dead.VISITOR", b"b")
    assert letter.headers[dead.REASON] == "failed"
    assert letter.headers[dead.DETAIL] == "Permanent: no such column"
    assert letter.headers[dead.CONSUMER] == "intake"
    assert letter.headers[dead.ATTEMPTS] == "1"
    (original,) = await bus.read.some_since("VISITOR", ">", int(letter.headers[dead.ORIGINAL_SEQUENCE]), 1)
    assert (original.data, original.subject) == (b"b", letter.headers[dead.ORIGINAL_SUBJECT])
    assert letter.headers[f"{dead.ORIGINAL_HEADER_PREFIX}Page"] == "https://shop.example"


async def test_poison_is_buried_at_once(bus: Bus) -> None:
    """What can never be handled is not tried twice; the handler has the rest in one batch."""

    def refuse(batch: list[Delivery]) -> None:
        for delivery in batch:
            if delivery.data in (b"b", b"d"):
                raise Poison(delivery, "undecodable", "not JSON")

    await publish(bus, *"abcde")
    handler = Handler(refuse)
    async with taking(bus, handler):
        await all_done(bus)
    assert handler.calls[-1] == ["a", "c", "e"]
    assert [letter.data for letter in await letters(bus)] == [b"b", b"d"]
    assert {letter.headers[dead.REASON] for letter in await letters(bus)} == {"undecodable"}


async def test_a_lost_race_is_tried_again(bus: Bus) -> None:
    """A conflict is no failure: the same batch is tried again."""
    handler = Handler()

    def lose(_: list[Delivery]) -> None:
        if len(handler.calls) < 3:
            raise Conflict("somebody else was first")

    handler = Handler(lose)
    await publish(bus, *"ab")
    async with taking(bus, handler):
        await all_done(bus)
    assert handler.calls == [["a", "b"]] * 3
    assert await letters(bus) == []


async def deliver_again(bus: Bus, word: bytes, times: int) -> None:
    """Have that message delivered so often without being finished; the others are finished."""
    async with bus.pull([CONSUMER]) as pull:
        while True:
            for delivery in await pull.batch(256):
                if delivery.data != word:
                    await pull.ack([delivery])
                    continue
                await pull.give_back([delivery])
                if delivery.attempts == times:
                    return


async def test_what_came_too_often_is_buried(bus: Bus) -> None:
    """A message whose handlers die again and again goes to DEAD in the end."""
    await publish(bus, "a")
    await deliver_again(bus, b"a", 20)
    handler = Handler()
    async with taking(bus, handler):
        await all_done(bus)
    assert handler.calls == []
    (letter,) = await letters(bus)
    assert letter.headers[dead.REASON] == "delivered_too_often"
    assert int(letter.headers[dead.ATTEMPTS]) > 20


async def test_what_came_often_runs_alone(bus: Bus) -> None:
    """A message that may have killed its handlers does not take others along."""
    await publish(bus, "a")
    await deliver_again(bus, b"a", 3)
    await publish(bus, *"bc")
    handler = Handler()
    async with taking(bus, handler):
        await all_done(bus)
    assert handler.calls == [["b", "c"], ["a"]]


async def test_a_second_hand_helps_under_a_crowd(bus: Bus) -> None:
    """It takes what lies there in number beside the first, and nothing of those whom the first has in hand."""
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def wait(batch: list[Delivery]) -> None:
        if batch[0].data == b"a1":
            entered.set()
            await go_on.wait()

    handler = Handler(wait)
    async with taking(bus, handler, by_subject=True, limit=8, hands=2):
        await publish(bus, "a1", visitor="a")
        await entered.wait()
        await publish(bus, "a2", visitor="a")
        # One is no crowd: the first hand has it when it is free.
        await asyncio.sleep(0.2)
        assert handler.calls == [["a1"]]
        await publish(bus, "b1", visitor="b")
        await eventually(lambda: handler.handled == ["b1"])
        go_on.set()
        await all_done(bus)
    assert handler.calls == [["a1"], ["b1"], ["a2"]]


async def test_both_hands_finish_at_a_stop(bus: Bus) -> None:
    """Cancelled with two batches in hand, the intake sees both through."""
    go_on = asyncio.Event()

    async def wait(_: list[Delivery]) -> None:
        await go_on.wait()

    handler = Handler(wait)
    async with taking(bus, handler, by_subject=True, limit=4, hands=2) as task:
        await publish(bus, "a", visitor="a")
        await eventually(lambda: len(handler.calls) == 1)
        await publish(bus, "b", visitor="b")
        await eventually(lambda: len(handler.calls) == 2)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.wait([task])
    assert sorted(handler.handled) == ["a", "b"]
    assert task.cancelled()
    # The acks are sent by now; the server takes them in its own time.
    await all_done(bus)


async def test_a_stop_finishes_what_is_in_hand(bus: Bus) -> None:
    """Cancelled in the middle of a batch, the intake handles and acknowledges it, and takes no more."""
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: list[Delivery]) -> None:
        entered.set()
        await go_on.wait()

    await publish(bus, "a")
    handler = Handler(wait)
    async with taking(bus, handler) as task:
        await entered.wait()
        task.cancel()
        await publish(bus, "b")
        go_on.set()
        await asyncio.wait([task])
    assert handler.handled == ["a"]
    assert task.cancelled()
    after = Handler()
    async with taking(bus, after):
        await all_done(bus)
    assert after.handled == ["b"]


async def test_a_stop_leaves_a_held_line_to_the_next(bus: Bus) -> None:
    """A stop during an outage ends soon; what was held is delivered to the next process."""

    def away(_: list[Delivery]) -> None:
        raise Unreachable("Postgres is away")

    await publish(bus, *"ab")
    handler = Handler(away)
    async with taking(bus, handler) as task:
        await eventually(lambda: len(handler.calls) > 2)
        task.cancel()
        async with asyncio.timeout(1):
            await asyncio.wait([task])
    after = Handler()
    async with taking(bus, after):
        await all_done(bus)
    assert after.handled == ["a", "b"]


async def test_a_killed_bus_loses_nothing(nats_server: Nats, bus: Bus) -> None:
    """With kill -9 of NATS in the middle of a batch everything is handled, at least once, and the intake goes on."""
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: list[Delivery]) -> None:
        entered.set()
        await go_on.wait()

    await publish(bus, *"abc")
    handler = Handler(wait)
    async with taking(bus, handler):
        await entered.wait()
        is_back = asyncio.Event()
        bus.on_reconnect(is_back.set)
        nats_server.kill()
        go_on.set()
        nats_server.start()
        await is_back.wait()
        await publish(bus, *"de")
        await eventually(lambda: {*handler.handled} == {*"abcde"}, within_s=8)
        await all_done(bus)
    assert await letters(bus) == []
