"""`frontdesk dead`: what could not be handled is seen, and tried again, with the bus alone at the other end."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from contracts.streams import VISITOR, Consumer
from contracts.subjects import visitor_event
from services.chassis import dead_letters
from services.chassis.bus import Bus
from services.chassis.lifecycle import DONE, FAILED, UNREACHABLE, WRONG_USAGE
from services.chassis.provision import ensure_consumer
from services.cli.dead.listing import LetterList, WholeLetter
from services.cli.dead.retrying import Retried
from tests.cli.commands import Frontdesk
from tests.flow_executor.harness import TEAM, World, in_action, opened
from tests.flow_executor.shapes import shipped
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(60)

LOOKING = Consumer(durable="looking", stream=VISITOR.name, filter="visitor.>")


@pytest.fixture
def frontdesk(nats_url: str, tmp_path: Path) -> Frontdesk:
    """The command line of somebody who knows the bus."""
    return Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": nats_url})


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client of a bus without services."""
    async with Bus(nats_url, "tests") as bus:
        await ensure_consumer(bus, LOOKING)
        yield bus


async def bury(bus: Bus, visitor: str, body: bytes | None = None, reason: str = "failed") -> str:
    """A visitor's event that could not be handled; the result is its subject."""
    event = opened(visitor)
    subject = visitor_event(TEAM, event.visitor, "widget_opened")
    headers = {"Nats-Msg-Id": event.id, "Nats-Expected-Last-Subject-Sequence": "0", "Own": "x"}
    await bus.store(subject, msgspec.json.encode(event) if body is None else body, headers)
    async with bus.pull([LOOKING]) as pull:
        (delivery,) = await pull.batch(1)
        await dead_letters.bury(bus, delivery, reason, "it\nraised \x1b[31mValueError")
        await pull.ack([delivery])
    return subject


async def test_letters_are_listed_and_shown(bus: Bus, frontdesk: Frontdesk) -> None:
    """The newest first, with reason, place and attempts; for people, and as JSON."""
    assert "no dead letters" in (await frontdesk("dead", "list")).out
    subjects = [await bury(bus, visitor) for visitor in ("v1", "v2")]
    subjects.append(await bury(bus, "v3", b"not json \xff", "undecodable"))
    listed = await frontdesk("dead", "list", "--json")
    letters = msgspec.json.decode(listed.out, type=LetterList)
    assert (listed.code, letters.count) == (DONE, 3)
    assert [(item.id, item.reason, item.subject) for item in letters.dead] == [
        (3, "undecodable", subjects[2]),
        (2, "failed", subjects[1]),
        (1, "failed", subjects[0]),
    ]
    first = letters.dead[2]
    assert (first.stream, first.sequence, first.consumer, first.attempts) == ("VISITOR", 1, "looking", 1)
    told = await frontdesk("dead", "list", "--limit", "1", "--stream", "VISITOR", "--since", "1h")
    assert subjects[2] in told.out
    assert "1 of 3" in told.out
    assert "\x1b" not in told.out
    assert msgspec.json.decode((await frontdesk("dead", "list", "--stream", "TASK", "--json")).out) == {
        "dead": [],
        "count": 0,
    }

    shown = await frontdesk("dead", "show", "1")
    assert '"visitor": "v1"' in shown.out
    assert "Own: x" in shown.out
    whole = msgspec.json.decode((await frontdesk("dead", "show", "3", "--json")).out, type=WholeLetter)
    assert whole.body == "not json \\xff"
    assert whole.headers["Own"] == "x"


async def test_a_retried_message_starts_its_run_once(
    bus: Bus, frontdesk: Frontdesk, nats_url: str, postgres_dsn: str
) -> None:
    """It comes back under its subject, past the dedupe window, and its letter is gone; the run is there once."""
    subject = await bury(bus, "v1")
    retried = await frontdesk("dead", "retry", "1", "--json")
    assert retried.code == DONE
    assert msgspec.json.decode(retried.out, type=Retried) == Retried(
        id=1, subject=subject, stream="VISITOR", sequence=2
    )
    again = await bus.read.at("VISITOR", 2)
    assert again is not None
    own = {
        name: value
        for name, value in again.headers.items()
        if name in {"Own", "Nats-Msg-Id"} or "Expected" in name
    }
    assert own == {"Own": "x", "Nats-Msg-Id": "dead.1"}
    assert (await frontdesk("dead", "retry", "1")).code == FAILED
    assert msgspec.json.decode((await frontdesk("dead", "list", "--json")).out, type=LetterList).count == 0
    async with in_action(nats_url, postgres_dsn) as world:
        await world.push(shipped("agents-offline-message"))
        # Both copies lie before the flow was there: they are read, and start nothing. Another visitor's will.
        await eventually(lambda: _is_idle(world))
        await bury(bus, "v2")
        await world.sole_run("v2")
        assert (await frontdesk("dead", "retry", "2")).code == DONE
        await eventually(lambda: _is_idle(world))
        await world.sole_run("v2")
        assert len(await world.texts("v2")) == 1
        assert await world.dead() == []


async def test_a_body_that_was_too_large_is_fetched_from_its_stream(bus: Bus, frontdesk: Frontdesk) -> None:
    """What was buried without its body is retried with it, as long as the original is there."""
    large = b'"' + b"x" * (1024 * 1024 - 200) + b'"'
    await bury(bus, "v1", large)
    letter = await bus.read.at("DEAD", 1)
    assert letter is not None
    assert letter.data == b""
    assert (await frontdesk("dead", "retry", "1")).code == DONE
    again = await bus.read.at("VISITOR", 2)
    assert again is not None
    assert again.data == large
    await bury(bus, "v2", large)
    await bus.api.purge("VISITOR", "visitor.>")
    gone = await frontdesk("dead", "retry", "2")
    assert gone.code == FAILED
    assert "its original is gone" in gone.err
    assert msgspec.json.decode((await frontdesk("dead", "list", "--json")).out, type=LetterList).count == 1


async def test_wrong_usage(bus: Bus, frontdesk: Frontdesk, tmp_path: Path) -> None:
    """One sentence, and the exit code that scripts expect."""
    await bus.store("dead.VISITOR", b"{}")
    await bus.store("dead.VISITOR", b"{}", {"Frontdesk-Subject": "$JS.API.STREAM.PURGE.CHAT"})
    cases = [
        (("show", "99"), FAILED, "`frontdesk dead list`"),
        (("show", "0"), FAILED, "no dead letter 0"),
        (("retry", "1"), FAILED, "does not say where it came from"),
        (("retry", "2"), FAILED, "does not say where it came from"),
        (("retry", "one"), WRONG_USAGE, "one"),
        (("list", "--limit", "0"), WRONG_USAGE, "--limit 0"),
        (("list", "--stream", "visitors"), WRONG_USAGE, "did you mean VISITOR?"),
        (("list", "--since", "soon"), WRONG_USAGE, "--since"),
    ]
    for arguments, code, says in cases:
        done = await frontdesk("dead", *arguments)
        assert (done.code, done.out) == (code, ""), arguments
        assert says in done.err
    nowhere = Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": "nats://127.0.0.1:1"})
    assert (await nowhere("dead", "list")).code == UNREACHABLE


async def _is_idle(world: World) -> bool:
    return await world.unfinished() == 0
