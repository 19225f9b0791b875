"""The promise: whoever dies wherever, each message has its effects once.

The bus forgets at once which messages it has seen, so that nothing but the executor's own look can save it.
"""

from collections import Counter

import msgspec
import pytest

from contracts.chat import Assigned, ChatEvent, Posted
from contracts.ids import VisitorId
from contracts.streams import TIMER
from contracts.subjects import CHAT_AGENT_POSTS, chat_of_visitor, visitor_event
from services.chassis.bus import Bus
from services.flow_executor import occasions
from tests.flow_executor.by_hand import ByHand, Until, by_hand
from tests.flow_executor.harness import AGENT, TEAM, World, in_action, path, said
from tests.flow_executor.shapes import thorough
from tests.waiting import eventually

POINTS: tuple[Until, ...] = ("commit", "publish")
VISITORS = [f"died-at-{until}" for until in POINTS]


@pytest.fixture
async def forgetful_url(nats_url: str) -> str:
    """A bus without a dedupe window worth the name."""
    async with Bus(nats_url, "tests") as bus:
        info = await bus.api.request("STREAM.INFO.CHAT", None, dict[str, object])
        config = msgspec.convert(info["config"], dict[str, object])
        await bus.api.request(
            "STREAM.UPDATE.CHAT", {**config, "duplicate_window": 100_000_000}, dict[str, object]
        )
    return nats_url


async def test_died_over_a_visitors_event(forgetful_url: str, postgres_dsn: str) -> None:
    """A run that was committed and not published, or published and not acked: each effect is there once."""
    async with by_hand(forgetful_url, postgres_dsn) as executor:
        world = await _asked(executor, seconds=1)
        for until, delivery in zip(POINTS, await executor.look("VISITOR", "visitor.>", 2), strict=True):
            await executor.die_at(until, occasions.visitor_event, [delivery])
        assert [len(await world.chat(visitor)) for visitor in VISITORS] == [0, 3]
    async with in_action(forgetful_url, postgres_dsn) as world:
        for visitor in VISITORS:
            await _all_once(world, visitor, ["hello", "again", "late"])


async def test_died_over_a_timer(forgetful_url: str, postgres_dsn: str) -> None:
    """The same for a timer that was due."""
    async with by_hand(forgetful_url, postgres_dsn) as executor:
        await _asked(executor, seconds=1)
        asked = await executor.look("VISITOR", "visitor.>", 2)
        await executor.die_at("publish", occasions.visitor_event, asked)
        due = await executor.due_timers(2)
        for until, delivery in zip(POINTS, due, strict=True):
            await executor.die_at(until, occasions.timer_due, [delivery])
        await executor.give_back(due)
    async with in_action(forgetful_url, postgres_dsn) as world:
        for visitor in VISITORS:
            await _all_once(world, visitor, ["hello", "again", "late"])


async def test_died_over_an_agents_post(forgetful_url: str, postgres_dsn: str) -> None:
    """The same for an answer; and its timer, due later, comes to nothing."""
    async with by_hand(forgetful_url, postgres_dsn) as executor:
        world = await _asked(executor, seconds=2)
        asked = await executor.look("VISITOR", "visitor.>", 2)
        await executor.die_at("publish", occasions.visitor_event, asked)
        for visitor in VISITORS:
            await world.answer(visitor)
        posts = await executor.look("CHAT", CHAT_AGENT_POSTS, 2)
        for until, delivery in zip(POINTS, posts, strict=True):
            await executor.die_at(until, occasions.agent_post, [delivery])
    async with in_action(forgetful_url, postgres_dsn) as world:
        for visitor in VISITORS:
            await _all_once(world, visitor, ["hello", "again", "thanks"])


async def test_a_run_goes_on_before_it_was_told(forgetful_url: str, postgres_dsn: str) -> None:
    """An agent's answer wakes a run whose committer died: what the run said before is told first, and then once."""
    async with by_hand(forgetful_url, postgres_dsn) as executor:
        world = await _asked(executor, seconds=60)
        asked = await executor.look("VISITOR", "visitor.>", 2)
        await executor.die_at("commit", occasions.visitor_event, asked)
        for visitor in VISITORS:
            await world.answer(visitor)
        posts = await executor.look("CHAT", CHAT_AGENT_POSTS, 2)
        await executor.die_at("commit", occasions.agent_post, posts[:1])
        await executor.die_at("publish", occasions.agent_post, posts)
        for visitor in VISITORS:
            assert await world.texts(visitor) == ["hello", "again", "thanks"]
        await executor.die_at("publish", occasions.visitor_event, asked)
        for visitor in VISITORS:
            assert await world.texts(visitor) == ["hello", "again", "thanks"]


async def test_the_same_post_id_for_two_visitors(nats_url: str, postgres_dsn: str) -> None:
    """A post's id is its visitor's own: one that was handled hides no other."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        world = await _asked(executor, seconds=60)
        asked = await executor.look("VISITOR", "visitor.>", 2)
        await executor.die_at("publish", occasions.visitor_event, asked)
        await world.answer(VISITORS[0], "post-1")
        post = (await executor.look("CHAT", chat_of_visitor(TEAM, VisitorId(VISITORS[0])), 4))[-1]
        await executor.die_at("publish", occasions.agent_post, [post])
        theirs = _of_other(occasions.agent_post(post), VISITORS[1])
        batch = await executor.shell.commit([occasions.agent_post(post), theirs])
        assert [(item.visitor, path(item.events)[0]) for item in batch.appends] == [
            (VISITORS[1], "wait AGENT_ANSWER")
        ]
        assert len(batch.repeats) == 1


def _of_other(occasion: occasions.Occasion, visitor: str) -> occasions.Occasion:
    return msgspec.structs.replace(occasion, visitor=VisitorId(visitor))


async def _asked(executor: ByHand, *, seconds: int) -> World:
    """The flow is active, and each visitor has sent a message."""
    await executor.activate(thorough(seconds))
    world = World(executor.bus)
    await world.happen(*(said(visitor, "anybody?") for visitor in VISITORS))
    return world


async def _all_once(world: World, visitor: str, texts: list[str]) -> None:
    """The run is over, and the world was told of each effect once; also when the source message comes again."""
    run = (await world.sole_run(visitor)).run.run
    again = said(visitor, "anybody?")
    await world.bus.store(visitor_event(TEAM, again.visitor, "message_sent"), msgspec.json.encode(again))
    await _idle(world)
    chat = await world.chat(visitor)
    assert await world.texts(visitor) == texts
    assert [event.agents for event in chat if isinstance(event, Assigned)] == [[AGENT]]
    assert max(Counter(event.id for event in chat).values()) == 1
    assert all(event.run == run for event in chat if _is_flows(event))
    assert len(await world.runs(visitor)) == 1
    assert await world.dead() == []


def _is_flows(event: ChatEvent) -> bool:
    return isinstance(event, Assigned) or (isinstance(event, Posted) and event.author.kind == "robot")


async def _idle(world: World) -> None:
    """Return when the executor has nothing in hand, and no timer is set any more."""

    async def is_idle() -> bool:
        assert await world.unfinished() == 0
        assert await world.bus.read.since(TIMER.name, "timer.>", 1) == []
        return True

    await eventually(is_idle, within_s=10)
