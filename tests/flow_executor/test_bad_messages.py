"""What comes twice, and what can never be handled: the rest of its batch goes on."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import msgspec

from contracts import dead, subjects
from contracts.ids import EventId, VisitorId
from contracts.visitor import EventTracked, WidgetOpened
from services.chassis.bus import StoredAt, StoredMessage
from tests.flow_executor.harness import TEAM, World, opened, said
from tests.flow_executor.shapes import flow, patient, reply, shipped
from tests.waiting import eventually

PAGE = {"Page": "https://tea.example"}


async def test_a_frame_sent_again_is_one_run(world: World) -> None:
    """After the dedupe window the same event is stored anew: one run, one message, though the flow would answer."""
    await world.push(flow("widget_opened", {"hello": reply("hello")}, "greet"))
    await _stored(world, opened("v1"))
    await world.sole_run("v1")
    await _stored(world, opened("v1"), opened("v1"), opened("v2"))
    await world.sole_run("v2")
    await _done(world)
    assert len(await world.runs("v1")) == 1
    assert await world.texts("v1") == ["hello"]


async def test_a_skipped_trigger_stays_skipped(world: World) -> None:
    """What was within the cool-down when it came starts nothing when it comes again after that."""
    await world.push(shipped("agents-offline-message"))
    await _stored(world, opened("v1"))
    await world.sole_run("v1")
    await _stored(world, opened("v1", "f2"))
    await _done(world)
    await world.push(shipped("agents-offline-message") | {"cooldown_s": 0})
    await _stored(world, opened("v1", "f2"), opened("v2"))
    await world.sole_run("v2")
    await _done(world)
    assert len(await world.runs("v1")) == 1


async def test_poison_among_visitors_events(world: World) -> None:
    """Garbage, an unknown type and bodies that belong to another subject go to DEAD, each with its reason; the
    visitors beside them are answered.
    """
    await world.push(shipped("agents-offline-message"))
    good = [f"v{number}" for number in range(6)]
    poison = {
        "p0": b"\xff{",
        "p1": b'{"type": "widget_exploded"}',
        "p2": msgspec.json.encode(opened("somebody-else")),
        "p3": msgspec.json.encode(said("p3", "another kind")),
    }
    acks: list[asyncio.Future[StoredAt]] = []
    for visitor, body in zip(good[:4], poison.items(), strict=True):
        acks.append(await _begin(world, visitor, msgspec.json.encode(opened(visitor))))
        acks.append(await _begin(world, *body))
    for ack in acks:
        await ack
    await world.happen(*(opened(visitor) for visitor in good[4:]))
    for visitor in good:
        await world.sole_run(visitor)
    letters = await eventually(lambda: _letters(world, 4))
    for letter in letters:
        visitor = letter.headers[dead.ORIGINAL_SUBJECT].split(".")[3]
        subject = subjects.visitor_event(TEAM, VisitorId(visitor), "widget_opened")
        assert letter.headers[dead.ORIGINAL_SUBJECT] == subject
        assert letter.subject == "dead.VISITOR"
        assert letter.data == poison.pop(visitor)
        assert letter.headers[dead.REASON] == "undecodable"
        assert letter.headers[dead.DETAIL]
        assert letter.headers[f"{dead.ORIGINAL_HEADER_PREFIX}Page"] == PAGE["Page"]
    assert len(await world.runs()) == len(good)


async def test_data_that_nobody_can_read(world: World) -> None:
    """A page may track what is nested a thousand times: one dead letter, at once."""
    nested = msgspec.Raw(b"[" * 2000 + b"]" * 2000)
    event = EventTracked(
        id=EventId(str(uuid4())),
        team=TEAM,
        visitor=VisitorId("v1"),
        at=datetime.now(UTC),
        event="deep",
        data=nested,
    )
    await world.happen(event)
    (letter,) = await eventually(lambda: _letters(world, 1))
    assert letter.headers[dead.REASON] == "undecodable"


async def test_poison_among_posts_and_timers(world: World) -> None:
    """The same on the other sources: an answer is heard and a timer fires beside it."""
    await world.push(patient())
    await world.happen(said("v1", "hello"), said("v2", "hello"))
    await world.sole_run("v1", "waiting")
    await world.bus.store(subjects.chat(TEAM, VisitorId("v3"), "agent"), b"[]")
    await world.bus.store(subjects.chat(TEAM, VisitorId("v3"), "state"), b'{"type": 7}')
    await world.bus.store("timer.due.nobody.1", b"")
    await world.bus.store("timer.due.7a36ee64-7c8e-8f3c-a2d8-9fcbd2b6e8a5.x", b"")
    await world.bus.store("timer.due.7a36ee64-7c8e-8f3c-a2d8-9fcbd2b6e8a5.3", b"")
    await world.answer("v1")
    await world.sole_run("v1")
    await world.sole_run("v2")
    await _done(world)
    assert [await world.texts(visitor) for visitor in ("v1", "v2")] == [["thanks"], ["late"]]
    letters = await _letters(world, 4)
    assert {letter.headers[dead.REASON] for letter in letters} == {"undecodable"}
    assert sorted(letter.subject for letter in letters) == ["dead.CHAT"] * 2 + ["dead.TIMER"] * 2


async def _begin(world: World, visitor: str, body: bytes) -> asyncio.Future[StoredAt]:
    subject = subjects.visitor_event(TEAM, VisitorId(visitor), "widget_opened")
    return await world.bus.begin_store(subject, body, PAGE)


async def _stored(world: World, *events: WidgetOpened) -> None:
    """Stored as after the dedupe window: nobody at the bus knows them any more."""
    for event in events:
        await (await _begin(world, event.visitor, msgspec.json.encode(event)))


async def _letters(world: World, count: int) -> Sequence[StoredMessage]:
    letters = await world.dead()
    assert len(letters) == count
    return letters


async def _done(world: World) -> None:
    async def is_done() -> bool:
        return await world.unfinished() == 0

    await eventually(is_done, within_s=10)


async def test_a_message_that_nothing_answered_stays_so(world: World) -> None:
    """Sent again when a flow is active by then, and its dedupe window long over, it changes nothing."""
    message = said("v1", "hello")
    durable = f"flow-executor-visitor-{subjects.partition(message.visitor)}"
    await world.happen(message)

    async def is_handled() -> bool:
        return (await world.bus.api.consumer("VISITOR", durable)).ack_floor.stream_seq > 0

    await eventually(is_handled)
    await world.push(patient(seconds=60))
    subject = subjects.visitor_event(message.team, message.visitor, "message_sent")
    await world.bus.store(subject, msgspec.json.encode(message))
    await world.happen(said("v2", "later"))
    await world.sole_run("v2", "waiting")
    await world.happen(said("v1", "now", "f2"))
    assert len((await world.sole_run("v1", "waiting")).events) == 3
