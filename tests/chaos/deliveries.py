"""Deliveries as a bus may make them at its worst: twice, late, out of order, to the wrong reader."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from random import Random

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from contracts.streams import CHAT, PIN_GROUP, VISITOR, Consumer
from contracts.subjects import timer_due
from services.chassis.bus import Bus
from services.chassis.bus.acks import parse_ack_subject
from services.chassis.bus.subscribing import UNBOUNDED, subscribe
from services.chassis.database import Database

_HANDS_FULL = 64
_WORDS = (b"-NAK", b"-NAK", b'-NAK {"delay": 500000000}', None)
"""What a thief answers; None: nothing, so that the time of the ack runs out."""
_OFTEN = 12
_LATER = b'-NAK {"delay": 2000000000}'
"""What it answers from so many deliveries on: after 20 a message is buried, as it should be."""


async def again(bus: Bus, database: Database, rng: Random, count: int) -> None:
    """Store so many old messages of VISITOR and CHAT once more, without their ids, and old timers, all shuffled."""
    messages: list[tuple[str, bytes]] = []
    for stream, subject in ((VISITOR, "visitor.>"), (CHAT, "chat.>")):
        last = await bus.read.last_of(stream.name, subject)
        if last is not None:
            first = max(1, last.seq - rng.choice((count, 10 * count, last.seq)))
            found = await bus.read.some_since(stream.name, subject, first, count)
            messages += [(message.subject, message.data) for message in found]
    async with database.statement() as tx:
        rows = await tx.rows(
            """select r.run_id, e.seq from flow_executor.run_events e join flow_executor.runs r on r.no = e.no
                where e.type = 'run.waiting.v1' order by e.no desc limit $1""",
            count,
        )
    messages += [(timer_due(row["run_id"], row["seq"]), b"") for row in rows]
    rng.shuffle(messages)
    await asyncio.gather(*[await bus.begin_store(subject, data) for subject, data in messages])


async def stolen(url: str, consumers: Sequence[Consumer], rng: Random, for_s: float) -> int:
    """Take messages of these durables as another reader does, and give back or keep them; how many that were."""
    thief = Client()
    await thief.connect(url)
    taken = 0

    async def refuse(message: Msg) -> None:
        nonlocal taken
        if not message.reply.startswith("$JS.ACK"):
            return
        taken += 1
        is_often = parse_ack_subject(message.reply).attempts >= _OFTEN
        word = _LATER if is_often else rng.choice(_WORDS)
        if word is not None:
            await thief.publish(message.reply, word)

    with suppress(NatsError):
        await subscribe(thief, "chaos.thief", refuse, bound=UNBOUNDED)
        end = time.monotonic() + for_s
        while time.monotonic() < end:
            for consumer in consumers:
                await _ask(thief, consumer)
            await asyncio.sleep(0.25)
    await thief.close()
    return taken


async def _ask(thief: Client, consumer: Consumer) -> None:
    wanted: dict[str, object] = {"batch": _HANDS_FULL, "expires": 250_000_000}
    if consumer.is_pinned:
        wanted["group"] = PIN_GROUP
    subject = f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}"
    await thief.publish(subject, msgspec.json.encode(wanted), reply="chaos.thief")
