"""`frontdesk bench inbox`: how long an agent waits for a page of the inbox, with 100,000 messages in it.

They are of 2,000 conversations, half of them in Chinese, taken in by the service itself from CHAT.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec

from contracts.chat import Author, Posted, Text
from contracts.ids import DEFAULT_TEAM, AgentId, MessageId, VisitorId
from contracts.requests import (
    ConversationsList,
    ConversationsPage,
    MessagesFound,
    MessagesList,
    MessagesPage,
    MessagesSearch,
    Request,
    UnreadCounted,
    UnreadQuery,
)
from contracts.streams import CONVERSATIONS_CHAT
from contracts.subjects import chat
from services.chassis.bus import Bus
from services.conversations.app import serve
from services.conversations.config import Config
from tests.bench.ground import Figure, Machine, machine, servers
from tests.waiting import eventually

MESSAGES = 100_000
CONVERSATIONS = 2_000
AT_ONCE = 500
_ASKED = 20
"""Questions of each kind in a round."""
AGENT = AgentId("agent-1")
RARE = "青花瓷"

_CHINESE = "我想问一下这个订单什么时候能够到货如果不合适可以退货吗谢谢你们的客服非常耐心"
_ENGLISH = "hello where is my order when will the parcel arrive can this be returned please"
_WORDS = _ENGLISH.split(" ")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Messages per second into the read model; milliseconds of one question, asked over the bus."""

    machine: Machine
    taken_per_s: float
    list_ms: Figure
    mine_ms: Figure
    unassigned_ms: Figure
    unread_ms: Figure
    history_ms: Figure
    rare_word_ms: Figure
    common_word_ms: Figure
    one_character_ms: Figure


async def measure(rounds: int = 5) -> Result:
    """Rounds of twenty questions of each kind, after one that does not count; each reading is a round's median."""
    async with servers() as (nats_url, dsn), Bus(nats_url, "bench") as bus:
        await _tell(bus)
        began = time.perf_counter()
        async with _serving(bus, nats_url, dsn):
            await eventually(lambda: _is_taken(bus), within_s=300)
            taken_per_s = MESSAGES / (time.perf_counter() - began)
            figures = {name: await _figure(bus, *asked, rounds) for name, asked in _questions().items()}
    return Result(machine=machine(), taken_per_s=taken_per_s, **figures)


Question = tuple[str, Request, type[msgspec.Struct]]


def _questions() -> dict[str, Question]:
    def listed(**more: object) -> Question:
        request = msgspec.convert({"agent": AGENT, **more}, ConversationsList)
        return "query.conversations.list", request, ConversationsPage

    def found(text: str) -> Question:
        return "query.conversations.search", MessagesSearch(text=text), MessagesFound

    history = MessagesList(visitor=VisitorId("v1"), with_notes=True)
    return {
        "list_ms": listed(),
        "mine_ms": listed(assigned="mine"),
        "unassigned_ms": listed(assigned="unassigned"),
        "unread_ms": ("query.conversations.unread", UnreadQuery(agent=AGENT), UnreadCounted),
        "history_ms": ("query.conversations.messages", history, MessagesPage),
        "rare_word_ms": found(RARE),
        "common_word_ms": found("订单"),
        "one_character_ms": found("货"),
    }


async def _figure(
    bus: Bus, subject: str, request: Request, reply: type[msgspec.Struct], rounds: int
) -> Figure:
    async def ask() -> float:
        began = time.perf_counter()
        await bus.request(subject, request, reply, timeout_s=10.0)
        return (time.perf_counter() - began) * 1000

    readings = [sorted([await ask() for _ in range(_ASKED)])[_ASKED // 2] for _ in range(rounds + 1)]
    return Figure.of(readings[1:])


async def _tell(bus: Bus) -> None:
    """Everything that was said, the conversations in turns."""
    chance = random.Random(1)
    for first in range(0, MESSAGES, AT_ONCE):
        stored = [
            await bus.begin_store(chat(DEFAULT_TEAM, posted.visitor, "visitor"), msgspec.json.encode(posted))
            for posted in (_posted(chance, number) for number in range(first, first + AT_ONCE))
        ]
        await asyncio.gather(*stored)


def _posted(chance: random.Random, number: int) -> Posted:
    said = _sentence(chance) if number % 2 else " ".join(chance.choices(_WORDS, k=chance.randint(4, 14)))
    return Posted(
        id=MessageId(f"m{number}"),
        team=DEFAULT_TEAM,
        visitor=VisitorId(f"v{chance.randrange(CONVERSATIONS)}"),
        at=datetime.now(UTC),
        author=Author(kind="visitor"),
        body=Text(text=said if number % 10_001 else f"{said} {RARE}"),
    )


def _sentence(chance: random.Random) -> str:
    begin = chance.randrange(len(_CHINESE) - 12)
    return _CHINESE[begin : begin + chance.randint(6, 12)] + "。" + "".join(chance.choices(_CHINESE, k=8))


async def _is_taken(bus: Bus) -> bool:
    info = await bus.api.consumer(CONVERSATIONS_CHAT.stream, CONVERSATIONS_CHAT.durable)
    return not info.num_pending and not info.num_ack_pending


@asynccontextmanager
async def _serving(bus: Bus, nats_url: str, dsn: str) -> AsyncGenerator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(Config(nats_url=nats_url, postgres_dsn=dsn), stop))
        try:
            yield
        finally:
            stop.set()
