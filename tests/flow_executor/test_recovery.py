"""After a power cut the bus may have forgotten what the journal knows: it is told again."""

from datetime import datetime

import msgspec

from contracts.chat import Assigned, Posted
from contracts.ids import VisitorId
from contracts.streams import CHAT
from contracts.subjects import chat_of_visitor, timer_set
from services.chassis.bus import Bus, Received
from services.chassis.clock import system_clock
from services.chassis.database import Database
from services.flow_executor import occasions, recovery
from tests.flow_executor.by_hand import ByHand, by_hand
from tests.flow_executor.harness import AGENT, TEAM, World, in_action, opened, path, said
from tests.flow_executor.shapes import flow, reply, thorough
from tests.servers import Nats
from tests.waiting import eventually


async def test_lost_messages_are_told_again(nats_server: Nats, nats_url: str, postgres_dsn: str) -> None:
    """Messages, assignments and timers that the bus lost are there again after the start, each once."""
    async with in_action(nats_url, postgres_dsn) as world:
        await world.push(thorough(3))
        await world.happen(*(said(f"v{n}", "anybody?") for n in range(20)))
        for n in range(20):
            await world.sole_run(f"v{n}", "waiting")
        runs = {run.visitor: run.run for run in await world.runs()}
    async with Bus(nats_url, "tests") as bus:
        for visitor, run in runs.items():
            await bus.api.purge(CHAT.name, chat_of_visitor(TEAM, visitor))
            await bus.cancel_timer(timer_set(run, _waits_at(4)))
        await _forget_ids(bus)
    _restart(nats_server)
    async with in_action(nats_url, postgres_dsn) as world:
        for visitor in runs:
            await world.sole_run(visitor)
            assert await world.texts(visitor) == ["hello", "again", "late"]
            agents = [event.agents for event in await world.chat(visitor) if isinstance(event, Assigned)]
            assert agents == [[AGENT]]
        assert await world.dead() == []


async def test_nothing_is_told_twice(nats_server: Nats, nats_url: str, postgres_dsn: str) -> None:
    """After an ordinary stop the look finds everything in its place."""
    async with in_action(nats_url, postgres_dsn) as world:
        await world.push(flow("widget_opened", {"hi": reply("hi")}, "greet"))
        await world.happen(*(opened(f"v{n}") for n in range(50)))
        await eventually(lambda: _told(world, 50))
        last = await world.bus.read.last_of(CHAT.name, "chat.>")
    async with Bus(nats_url, "tests") as bus:
        await _forget_ids(bus)
    _restart(nats_server)
    async with in_action(nats_url, postgres_dsn) as world:
        await world.happen(opened("one"))
        assert path((await world.sole_run("one")).events)[-1] == "completed"
        new = await world.bus.read.since(CHAT.name, "chat.>", 0 if last is None else last.seq + 1)
        posted = [msgspec.json.decode(message.data, type=Posted).visitor for message in new]
        assert posted == [VisitorId("one")]


async def test_the_look_walks_through_no_conversations(
    nats_server: Nats, nats_url: str, postgres_dsn: str
) -> None:
    """What was told is read subject by subject: the bus would look for a conversation among everybody's messages."""
    async with in_action(nats_url, postgres_dsn) as world:
        await world.push(flow("widget_opened", {"hi": reply("hi")}, "greet"))
        await world.happen(*(opened(f"v{n}") for n in range(50)))
        await eventually(lambda: _told(world, 50))
    _restart(nats_server)
    async with Bus(nats_url, "listener") as listener:
        reads = await _reads(listener, b"chat.default.v")
        async with in_action(nats_url, postgres_dsn), Database(postgres_dsn) as database:
            await eventually(lambda: reads != [], within_s=10)
            await eventually(lambda: _is_over(database), within_s=10)
        await listener.settle()
        assert len(reads) == 50
        assert [read for read in reads if b"*" in read] == []


async def test_a_talkative_visitor_is_read_once(nats_server: Nats, nats_url: str, postgres_dsn: str) -> None:
    """However much one visitor said in the last seconds, the look takes a few reads, and the start is not held up."""
    async with in_action(nats_url, postgres_dsn) as world:
        await world.push(flow("message_sent", {"hi": reply("hi")}, "greet"))
        await world.happen(*(said("one", str(n), f"f{n}") for n in range(200)))
        await eventually(lambda: _told(world, 200), within_s=10)
    _restart(nats_server)
    async with Bus(nats_url, "listener") as listener:
        reads = await _reads(listener, b"chat.default.one")
        async with in_action(nats_url, postgres_dsn) as world:
            await world.happen(said("two", "hello"))
            await eventually(lambda: _told(world, 201), within_s=10)
            await eventually(lambda: reads != [])
        assert len(reads) <= 3


async def test_a_look_that_died_is_due_still(nats_url: str, postgres_dsn: str) -> None:
    """What is told and handled meanwhile does not hide from where to look; once it came to its end, none is due."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        world = World(executor.bus)
        await executor.activate(flow("widget_opened", {"hi": reply("hi")}, "greet"))
        await _greeted(executor, world, 1)
        due = await recovery.begin(executor.bus, executor.database, system_clock)
        assert due is not None
        await _greeted(executor, world, 2)
        assert await recovery.begin(executor.bus, executor.database, system_clock) == due
        await recovery.recover(executor.bus, executor.database, executor.world, system_clock, due)
        assert await recovery.begin(executor.bus, executor.database, system_clock) is None


async def test_what_is_told_again_is_handled_again(nats_url: str, postgres_dsn: str) -> None:
    """A message that came again may be told long after it was handled first: the look must begin before that."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        await executor.activate(flow("widget_opened", {"hi": reply("hi")}, "greet"))
        await World(executor.bus).happen(opened("v1"), opened("v2"))
        events = await executor.look("VISITOR", "visitor.>", 2)
        await executor.die_at("commit", occasions.visitor_event, events)
        first = await _handled(executor)
        await executor.die_at("publish", occasions.visitor_event, events[:1])
        again = await _handled(executor)
        told, other = (occasions.visitor_event(event).cause for event in events)
        assert again[told] > first[told]
        assert again[other] == first[other]


async def test_visitors_who_come_first_hide_nothing(nats_url: str, postgres_dsn: str) -> None:
    """Where to look is reckoned from what executors stored last, not from what others stored since."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        world = World(executor.bus)
        await executor.activate(flow("widget_opened", {"hi": reply("hi")}, "greet"))
        await _greeted(executor, world, 1)
        last = await executor.bus.read.last_of(CHAT.name, "chat.>")
        await world.happen(opened("v2"))
        assert last is not None
        due = await recovery.begin(executor.bus, executor.database, system_clock)
        assert due is not None
        assert due.since == last.at - recovery.WINDOW


async def _handled(executor: ByHand) -> dict[str, datetime]:
    """When each message was handled, by cause."""
    async with executor.database.statement() as tx:
        rows = await tx.rows("select cause, handled_at from flow_executor.run_causes")
    return {row["cause"]: row["handled_at"] for row in rows}


async def _greeted(executor: ByHand, world: World, count: int) -> None:
    """The visitor of that number opens the window, and the flow has answered."""
    await world.happen(opened(f"v{count}"))
    events = await executor.look("VISITOR", "visitor.>", count)
    await executor.die_at("publish", occasions.visitor_event, events[-1:])


def _restart(nats_server: Nats) -> None:
    """Another process of the bus, which may have forgotten something."""
    nats_server.kill()
    nats_server.start()


async def _told(world: World, count: int) -> bool:
    return len(await world.bus.read.since(CHAT.name, "chat.>", 1)) == count


async def _reads(bus: Bus, mark: bytes) -> list[bytes]:
    """What CHAT is asked for from now on, as far as it names this; it grows."""
    asked: list[bytes] = []

    def note(message: Received) -> None:
        if mark in message.data:
            asked.append(message.data)

    await bus.hear(f"$JS.API.DIRECT.GET.{CHAT.name}", note)
    await bus.settle()
    return asked


async def _is_over(database: Database) -> bool:
    """Whether the look that was due has come to its end."""
    async with database.statement() as tx:
        row = await tx.row("select since from flow_executor.recovery")
    return row is not None and row["since"] is None


async def _forget_ids(bus: Bus) -> None:
    """A bus that has lost messages has lost what it knew of their ids as well."""
    info = await bus.api.request(f"STREAM.INFO.{CHAT.name}", None, dict[str, object])
    config = {**msgspec.convert(info["config"], dict[str, object]), "duplicate_window": 100_000_000}
    await bus.api.request(f"STREAM.UPDATE.{CHAT.name}", config, dict[str, object])


def _waits_at(nodes: int) -> int:
    """The number of the event of a wait behind so many nodes."""
    return nodes + 2
