"""Storing and reading back: pipelined acks, refusals by kind, reads without a consumer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.chassis.bus import Bus
from services.chassis.bus.headers import EXPECTED_LAST_BY_SUBJECT, EXPECTED_LAST_SUBJECT, MESSAGE_ID
from services.chassis.clock import system_clock
from services.chassis.errors import Conflict, Permanent, Unreachable
from tests.servers import Nats


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client of a provisioned bus."""
    async with Bus(nats_url, "test") as bus:
        yield bus


async def fill(bus: Bus, subject: str, count: int) -> list[int]:
    """Store numbered messages; their sequences."""
    futures = [await bus.begin_store(subject, str(number).encode()) for number in range(count)]
    return [stored.seq for stored in await asyncio.gather(*futures)]


async def test_many_are_under_way_in_order(bus: Bus) -> None:
    """Messages sent without waiting are stored in the order of sending, each with its own ack."""
    assert await fill(bus, "chat.default.v.robot", 1000) == list(range(1, 1001))


async def test_the_same_id_is_stored_once(bus: Bus) -> None:
    """A repeat within the window says where the first one lies."""
    first = await bus.store("chat.default.v.robot", b"a", {MESSAGE_ID: "r.1.1"})
    again = await bus.store("chat.default.v.robot", b"a", {MESSAGE_ID: "r.1.1"})
    assert (first.seq, first.duplicate) == (1, False)
    assert (again.seq, again.duplicate) == (1, True)


async def test_an_old_expectation_is_a_conflict(bus: Bus) -> None:
    """Who expects another last message than there is was too late, also by a wildcard over a person's subjects."""
    person = "presence.default.agent.a1.*"
    headers = {EXPECTED_LAST_SUBJECT: person, EXPECTED_LAST_BY_SUBJECT: "0"}
    await bus.store("presence.default.agent.a1.online", b"{}", headers)
    with pytest.raises(Conflict):
        await bus.store("presence.default.agent.a1.offline", b"{}", headers)
    await bus.store("presence.default.agent.a1.offline", b"{}", headers | {EXPECTED_LAST_BY_SUBJECT: "1"})


async def test_nobody_to_store_it(bus: Bus) -> None:
    """A subject of no stream is told at once, not by a timeout."""
    async with asyncio.timeout(1):
        with pytest.raises(Unreachable, match="no stream takes nowhere"):
            await bus.store("nowhere", b"")


async def test_too_large_is_permanent(bus: Bus) -> None:
    """A message that the server will never take is no reason to try again."""
    with pytest.raises(Permanent, match="maximum payload"):
        await bus.store("chat.default.v.robot", b"x" * 2_000_000)


async def test_headers_count_as_well(bus: Bus) -> None:
    """What is too large with its headers only is refused here; the server would break the connection over it."""
    body = b"x" * (1024 * 1024 - 100)
    assert (await bus.store("chat.default.v.robot", body, {MESSAGE_ID: "small"})).seq == 1
    with pytest.raises(Permanent, match="too large"):
        await bus.store("chat.default.v.robot", body, {MESSAGE_ID: "l" * 200})
    assert (await bus.store("chat.default.v.robot", b"after")).seq == 2


async def test_headers_come_back_as_they_went(bus: Bus) -> None:
    """A value may hold colons, spaces and other letters; beside it stand the stream's own headers."""
    stored = await bus.store(
        "chat.default.v.robot", b"", {MESSAGE_ID: "a: b c", "Reason": "größer", "Empty": ""}
    )
    message = await bus.read.at("CHAT", stored.seq)
    assert message is not None
    assert (message.headers[MESSAGE_ID], message.headers["Reason"], message.headers["Empty"]) == (
        "a: b c",
        "größer",
        "",
    )
    assert message.headers["Nats-Sequence"] == str(stored.seq)


@pytest.mark.parametrize(
    "subject", ["", "chat.default.v w.robot", "chat.default.v\r\nPING\r\n", "chat.default.v\t"]
)
async def test_no_subject_is_read_as_a_command(bus: Bus, subject: str) -> None:
    """A subject that the server would take for something else never reaches it."""
    with pytest.raises(Unreachable):
        await bus.tell(subject, b"a")
    with pytest.raises(Unreachable):
        await bus.store("chat.default.v.robot", b"a", {"A name": "b"})
    assert (await bus.store("chat.default.v.robot", b"a")).seq == 1


async def test_no_header_is_read_as_two(bus: Bus) -> None:
    """Lines within a value are put into one."""
    stored = await bus.store("chat.default.v.robot", b"body", {"Reason": "one\r\nTwo: three\r\n\r\nfour"})
    message = await bus.read.at("CHAT", stored.seq)
    assert message is not None
    assert message.data == b"body"
    assert "Two" not in message.headers
    assert message.headers["Reason"].startswith("one")
    assert message.headers["Reason"].endswith("four")


async def test_a_lost_connection_ends_the_wait(nats_server: Nats, bus: Bus) -> None:
    """A frozen and killed server: the store fails when the connection does, before its own timeout."""
    nats_server.freeze()
    storing = asyncio.create_task(bus.store("chat.default.v.robot", b"a"))
    asking = asyncio.create_task(bus.api.consumer("CHAT", "conversations-chat"))
    reading = asyncio.create_task(bus.read.last_of("CHAT", "chat.>"))
    await asyncio.wait([storing, asking, reading], timeout=0.1)
    nats_server.kill()
    async with asyncio.timeout(1):
        results = await asyncio.gather(storing, asking, reading, return_exceptions=True)
    assert [type(result) for result in results] == [Unreachable] * 3


async def test_reading_since(bus: Bus) -> None:
    """Everything of a subject from a sequence or an instant on, over several parts; nothing is an empty list."""
    assert await bus.read.since("CHAT", "chat.default.v.*", 1) == []
    await fill(bus, "chat.default.v.robot", 300)
    await fill(bus, "chat.default.w.robot", 5)
    middle = (await bus.read.some_since("CHAT", "chat.default.v.*", 300, 1))[0].at
    await fill(bus, "chat.default.v.agent", 300)
    every = await bus.read.since("CHAT", "chat.default.v.*", 1)
    assert [message.seq for message in every] == [*range(1, 301), *range(306, 606)]
    assert [message.seq for message in await bus.read.since("CHAT", "chat.default.v.*", 301)] == [
        *range(306, 606)
    ]
    since = await bus.read.since("CHAT", "chat.default.v.*", middle)
    assert since[0].seq <= 300
    assert since[-1].seq == 605
    assert await bus.read.since("CHAT", "chat.default.v.*", 1000) == []
    assert await bus.read.since("CHAT", "chat.default.v.*", system_clock() + timedelta(hours=1)) == []


async def test_a_limited_read(bus: Bus) -> None:
    """At most so many, the oldest first."""
    await fill(bus, "chat.default.v.robot", 10)
    some = await bus.read.some_since("CHAT", "chat.default.v.*", 4, 3)
    assert [(message.seq, message.data) for message in some] == [(4, b"3"), (5, b"4"), (6, b"5")]


async def test_the_last_of_each(bus: Bus) -> None:
    """The last message of many subjects, in the order of the stream; subjects without one are left out."""
    await fill(bus, "chat.default.v.robot", 2)
    await fill(bus, "chat.default.v.agent", 1)
    await fill(bus, "chat.default.w.robot", 2)
    last = await bus.read.last("CHAT", ["chat.default.w.*", "chat.default.v.*", "chat.default.x.*"])
    assert [(message.subject, message.seq) for message in last] == [
        ("chat.default.v.robot", 2),
        ("chat.default.v.agent", 3),
        ("chat.default.w.robot", 5),
    ]
    newest = await bus.read.last_of("CHAT", "chat.default.v.*")
    assert newest is not None
    assert newest.seq == 3
    assert await bus.read.last_of("CHAT", "chat.default.x.*") is None


async def test_the_last_of_very_many(bus: Bus) -> None:
    """More subjects than one direct get can answer."""
    futures = [
        await bus.begin_store(f"presence.default.visitor.v{number}.online", b"") for number in range(3000)
    ]
    await asyncio.gather(*futures)
    await bus.store("presence.default.visitor.v7.online", b"")
    last = await bus.last_subjects("PRESENCE", "presence.>")
    assert len(last) == 3000
    assert last["presence.default.visitor.v7.online"] == 3001
    assert list(last)[-1] == "presence.default.visitor.v7.online"
    assert await bus.last_subjects("PRESENCE", "presence.other.>") == {}
