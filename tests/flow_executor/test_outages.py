"""Servers that go away: nothing is lost, nothing comes twice, and what was due is done once they are back."""

import asyncio
import time
from collections.abc import Iterator
from uuid import uuid4

import msgspec
import pytest

from contracts.chat import Posted
from contracts.streams import CHAT, EXECUTOR_VISITORS
from contracts.visitor import VisitorEvent
from services.chassis import migrations
from services.chassis.errors import Unreachable
from tests.flow_executor.harness import World, in_action, opened, path, said
from tests.flow_executor.shapes import flow, patient, reply
from tests.servers import Nats, Postgres, running
from tests.waiting import eventually

pytestmark = pytest.mark.chaos

LONG_S = 4 * EXECUTOR_VISITORS[0].ack_wait.total_seconds()
"""Past several times after which a message comes again unless somebody says that it is being worked on."""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A Postgres to kill, with a migrated template."""
    server = Postgres(tmp_path_factory.mktemp("mortal"), is_durable=True)
    with running(server):
        server.create("template")
        asyncio.run(migrations.apply(server.dsn("template")))
        yield server


@pytest.fixture
def dsn(postgres: Postgres) -> str:
    """A migrated database of the test's own on that server."""
    name = f"test_{uuid4().hex}"
    postgres.create(name, template="template")
    return postgres.dsn(name)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("how", "away_s"), [("killed", 3), ("frozen", LONG_S)])
async def test_postgres_is_away(nats_url: str, dsn: str, postgres: Postgres, how: str, away_s: float) -> None:
    """The line holds, nothing goes to DEAD, and everything is handled once it is back: events, posts and timers."""
    async with in_action(nats_url, dsn) as world:
        await world.push(flow("widget_opened", {"hello": reply("hello")}, "greet"))
        await world.push(patient(seconds=2))
        await world.happen(said("late", "hello"), said("answered", "hello"))
        await world.sole_run("late", "waiting")
        await world.sole_run("answered", "waiting")
        postgres.kill() if how == "killed" else postgres.freeze()
        away = time.monotonic()
        await world.happen(*(opened(f"v{number}") for number in range(50)))
        await world.answer("answered")
        await eventually(lambda: time.monotonic() - away > away_s, within_s=away_s + 1)
        postgres.start() if how == "killed" else postgres.thaw()
        await _settled(world)
        assert await _texts(world) == {"late": ["late"], "answered": ["thanks"]} | {
            f"v{number}": ["hello"] for number in range(50)
        }
        assert len(await world.runs(status="completed")) == 52
        assert await world.dead() == []


async def test_nats_dies_while_events_flow(nats_url: str, nats_server: Nats, postgres_dsn: str) -> None:
    """Killed twice in the middle of two hundred visitors: each has one run and one message."""
    async with in_action(nats_url, postgres_dsn) as world:
        await world.push(
            flow("widget_opened", {"hello": reply("hello", "bye"), "bye": reply("bye")}, "greet")
        )
        visitors = [f"v{number}" for number in range(200)]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_come(world, visitors))
            for answered in (30, 110):
                await eventually(lambda least=answered: _has_messages(world, least), within_s=10)
                nats_server.kill()
                await eventually(lambda: not world.bus.is_connected)
                nats_server.start()
        await _settled(world)
        assert await _texts(world) == {visitor: ["hello", "bye"] for visitor in visitors}
        assert len(await world.runs(status="completed")) == 200
        assert await world.dead() == []


async def test_a_timer_due_while_everything_was_down(
    nats_url: str, nats_server: Nats, dsn: str, postgres: Postgres
) -> None:
    """It fires after the restart, once."""
    async with in_action(nats_url, dsn) as world:
        await world.push(patient(seconds=1))
        await world.happen(said("v1", "hello"))
        await world.sole_run("v1", "waiting")
        due = time.monotonic() + 1
    nats_server.kill()
    postgres.kill()
    await eventually(lambda: time.monotonic() > due, within_s=3)
    postgres.start()
    nats_server.start()
    async with in_action(nats_url, dsn) as world:
        assert path((await world.sole_run("v1")).events)[3:] == ["wait TIMEOUT", "late SUCCESS", "completed"]
        await _settled(world)
        assert await _texts(world) == {"v1": ["late"]}


async def _come(world: World, visitors: list[str]) -> None:
    """Visitors open the window one after the other; as the gateway does, each is stored until it is accepted."""
    for visitor in visitors:
        await _until_stored(world, opened(visitor))


async def _until_stored(world: World, event: VisitorEvent) -> None:
    async def is_stored() -> bool:
        try:
            await world.happen(event)
        except Unreachable:
            return False
        return True

    await eventually(is_stored, within_s=15)


async def _has_messages(world: World, least: int) -> bool:
    try:
        return len(await world.bus.read.since(CHAT.name, "chat.>", 1)) >= least
    except Unreachable:
        return False


async def _settled(world: World) -> None:
    """Return when the executor has nothing left to do."""

    async def is_settled() -> bool:
        assert await world.unfinished() == 0
        return True

    await eventually(is_settled, within_s=15)


async def _texts(world: World) -> dict[str, list[str]]:
    """What the robot wrote to whom."""
    found: dict[str, list[str]] = {}
    for message in await world.bus.read.since(CHAT.name, "chat.*.*.robot", 1):
        posted = msgspec.json.decode(message.data, type=Posted)
        found.setdefault(posted.visitor, []).append(posted.body.text)
    return found
