"""An agent's answer and the wait for it come on two streams: whichever is handled first, the answer is heard."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from contracts.chat import Author, Posted, Text
from contracts.ids import MessageId, VisitorId
from contracts.streams import TIMER
from contracts.subjects import CHAT_AGENT_POSTS, TIMERS_DUE, chat, visitor_event
from services.chassis.bus import Bus
from services.chassis.database import Database
from services.flow_executor import occasions
from tests.flow_executor.by_hand import by_hand
from tests.flow_executor.harness import AGENT, TEAM, World, in_action, said
from tests.flow_executor.shapes import patient
from tests.waiting import eventually

VISITORS = [VisitorId(f"v{number}") for number in range(500)]
BATCH = 250


@pytest.mark.parametrize("first", ["wait", "answer"])
async def test_an_answer_to_a_wait(nats_url: str, postgres_dsn: str, first: str) -> None:
    """Five hundred answers, written after their questions; all the waits are handled first, or all the answers."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        await executor.activate(patient(seconds=60))
        await _ask_and_answer(executor.bus)
        sources = [
            (occasions.visitor_event, await executor.look("VISITOR", "visitor.>", len(VISITORS))),
            (occasions.agent_post, await executor.look("CHAT", CHAT_AGENT_POSTS, len(VISITORS))),
        ]
        for read, deliveries in sources if first == "wait" else reversed(sources):
            for start in range(0, len(VISITORS), BATCH):
                await executor.shell.handle(read, deliveries[start : start + BATCH])
        assert await _outcomes(executor.database) == {"AGENT_ANSWER": len(VISITORS)}


async def test_answers_that_race_their_waits(nats_url: str, postgres_dsn: str) -> None:
    """Each answer is stored right behind its question, and the two loops race: none is lost."""
    async with in_action(nats_url, postgres_dsn) as world, Database(postgres_dsn) as database:
        await world.push(patient(seconds=60))
        await _ask_and_answer(world.bus)

        async def all_heard() -> bool:
            return await _outcomes(database) == {"AGENT_ANSWER": len(VISITORS)}

        await eventually(all_heard, within_s=10)


async def test_answers_that_came_before_their_timers(nats_url: str, postgres_dsn: str) -> None:
    """An executor that was away finds both, the answers in time and the timers due: the answers count."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        await executor.activate(patient(seconds=1))
        # The answers stand at the end of a long line.
        await asyncio.gather(*(_answer(executor.bus, VisitorId(f"w{number}")) for number in range(1500)))
        await _ask_and_answer(executor.bus)
        asked = await executor.look("VISITOR", "visitor.>", len(VISITORS))
        for start in range(0, len(VISITORS), BATCH):
            await executor.shell.handle(occasions.visitor_event, asked[start : start + BATCH])
        await eventually(lambda: _all_due(executor.bus), within_s=10)
    async with in_action(nats_url, postgres_dsn) as world, Database(postgres_dsn) as database:
        await eventually(lambda: _is_idle(world), within_s=10)
        assert await _outcomes(database) == {"AGENT_ANSWER": len(VISITORS)}


async def _all_due(bus: Bus) -> bool:
    return len(await bus.read.since(TIMER.name, TIMERS_DUE, 1)) == len(VISITORS)


async def _is_idle(world: World) -> bool:
    return await world.unfinished() == 0


async def _ask_and_answer(bus: Bus) -> None:
    """Fifty at a time; each answer is stored as soon as its question is."""
    for start in range(0, len(VISITORS), 50):
        await asyncio.gather(*(_one(bus, visitor) for visitor in VISITORS[start : start + 50]))


async def _one(bus: Bus, visitor: VisitorId) -> None:
    question = said(visitor, "anybody?")
    await bus.store(visitor_event(TEAM, visitor, "message_sent"), msgspec.json.encode(question))
    await _answer(bus, visitor)


async def _answer(bus: Bus, visitor: VisitorId) -> None:
    answer = Posted(
        id=MessageId(f"to-{visitor}"),
        team=TEAM,
        visitor=visitor,
        at=datetime.now(UTC),
        author=Author(kind="agent", id=AGENT),
        body=Text(text="您好"),
    )
    await bus.store(chat(TEAM, visitor, "agent"), msgspec.json.encode(answer))


async def _outcomes(database: Database) -> dict[str, int]:
    """How the waits ended."""
    async with database.statement() as tx:
        rows = await tx.rows(
            """select data ->> 'outcome' as outcome, count(*) as many from flow_executor.run_events
                where data ->> 'node' = 'wait' and type = 'run.node_completed.v1' group by 1"""
        )
    return {row["outcome"]: row["many"] for row in rows}


@pytest.mark.parametrize("first", ["wait", "answer"])
async def test_an_answer_between_the_question_and_its_event(
    nats_url: str, postgres_dsn: str, first: str
) -> None:
    """The gateway stores the question in CHAT, then its event: an answer stored between the two is heard."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        await executor.activate(patient(seconds=60))
        question = said("v1", "hello")
        who = question.visitor
        posted = await executor.bus.store(chat(TEAM, who, "visitor"), b"{}")
        await _answer(executor.bus, who)
        event = msgspec.structs.replace(question, posted_seq=posted.seq)
        await executor.bus.store(visitor_event(TEAM, who, "message_sent"), msgspec.json.encode(event))
        sources = [
            (occasions.visitor_event, await executor.look("VISITOR", "visitor.>", 1)),
            (occasions.agent_post, await executor.look("CHAT", CHAT_AGENT_POSTS, 1)),
        ]
        for read, deliveries in sources if first == "wait" else reversed(sources):
            await executor.shell.handle(read, deliveries)
        assert await _outcomes(executor.database) == {"AGENT_ANSWER": 1}


@pytest.mark.parametrize("first", ["wait", "answer"])
async def test_an_agents_earlier_post_answers_nothing(nats_url: str, postgres_dsn: str, first: str) -> None:
    """What the agent wrote before the question does not answer it."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        await executor.activate(patient(seconds=60))
        question = said("v1", "hello")
        who = question.visitor
        await _answer(executor.bus, who)
        posted = await executor.bus.store(chat(TEAM, who, "visitor"), b"{}")
        event = msgspec.structs.replace(question, posted_seq=posted.seq)
        await executor.bus.store(visitor_event(TEAM, who, "message_sent"), msgspec.json.encode(event))
        sources = [
            (occasions.visitor_event, await executor.look("VISITOR", "visitor.>", 1)),
            (occasions.agent_post, await executor.look("CHAT", CHAT_AGENT_POSTS, 1)),
        ]
        for read, deliveries in sources if first == "wait" else reversed(sources):
            await executor.shell.handle(read, deliveries)
        assert await _outcomes(executor.database) == {}
