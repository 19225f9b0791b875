"""An executor without loops: a test hands it what it handles, and lets it die wherever it likes.

A death between commit and publish is `shell.commit` alone; one between publish and ack is `shell.handle` without the
ack. Then the whole is thrown away, and another executor gets the messages.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import msgspec
import pytest

from contracts.requests import PushFlow
from contracts.streams import EXECUTOR_TIMERS, Consumer
from services.chassis.bus import Bus, Delivery
from services.chassis.clock import system_clock
from services.chassis.database import Database
from services.chassis.errors import Unreachable
from services.chassis.provision import ensure_consumer
from services.flow_executor.flows import Flows
from services.flow_executor.occasions import Read
from services.flow_executor.registry import Registry
from services.flow_executor.shell import Shell
from services.flow_executor.submissions import Submissions
from services.flow_executor.verdicts import Verdicts
from services.flow_executor.world import World

Until = Literal["commit", "publish"]


class ByHand:
    """All parts of an executor but its loops."""

    def __init__(self, nats_url: str, bus: Bus, database: Database) -> None:
        self._nats_url = nats_url
        self.bus = bus
        self.database = database
        self.world = World(bus)
        self.shell = Shell(bus, database, self.world, Registry())
        self.flows = Flows(database, self.world, Verdicts(bus, database), system_clock)
        self.submissions = Submissions(self.flows)

    async def activate(self, definition: dict[str, object]) -> None:
        """Let this flow answer its trigger."""
        body = msgspec.Raw(msgspec.json.encode(definition))
        await self.flows.push(PushFlow(definition=body, activate=True))

    async def look(self, stream: str, subject: str, count: int) -> list[Delivery]:
        """The first messages of the subject, as they come to any consumer; the executor's own do not notice."""
        consumer = Consumer(durable="by-hand", stream=stream, filter=subject)
        await ensure_consumer(self.bus, consumer)
        found = await self._taken(consumer, count)
        await self.bus.api.request(f"CONSUMER.DELETE.{stream}.by-hand", None, dict[str, object])
        return found

    async def due_timers(self, count: int) -> list[Delivery]:
        """Timers that are due, from the executor's own durable (a work queue has no other); give them back."""
        return await self.take(EXECUTOR_TIMERS, count)

    async def take(self, consumer: Consumer, count: int) -> list[Delivery]:
        """What comes on one of the executor's own durables; give it back."""
        return await self._taken(consumer, count)

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """What the server does with a dead reader's messages some seconds later, now."""
        async with self.bus.pull([deliveries[0].consumer]) as pull:
            await pull.give_back(deliveries)

    async def die_at(self, until: Until, read: Read, deliveries: Sequence[Delivery]) -> None:
        """Handle these up to there."""
        batch = await self.shell.commit([read(delivery) for delivery in deliveries])
        if until == "publish":
            await self.shell.publish(batch)

    async def die_over_push(self, request: PushFlow) -> None:
        """Commit what the request asks for, and lose the bus before anybody is told."""
        async with Bus(self._nats_url, "cut-off") as cut_off:
            flows = Flows(self.database, self.world, Verdicts(cut_off, self.database), system_clock)
        with pytest.raises(Unreachable):
            await flows.push(request)

    async def _taken(self, consumer: Consumer, count: int) -> list[Delivery]:
        found: list[Delivery] = []
        async with asyncio.timeout(10), self.bus.pull([consumer]) as pull:
            while len(found) < count:
                found += await pull.batch(count - len(found))
        return found


@asynccontextmanager
async def by_hand(nats_url: str, postgres_dsn: str) -> AsyncGenerator[ByHand]:
    """Such an executor for the time of the block."""
    async with (
        Database(postgres_dsn) as database,
        Bus(nats_url, "by-hand") as bus,
        following(ByHand(nats_url, bus, database)) as executor,
    ):
        yield executor


@asynccontextmanager
async def following(executor: ByHand) -> AsyncGenerator[ByHand]:
    """The executor, seeing the world for the time of the block."""
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(executor.world.follow())
        await executor.world.wait_until_complete()
        yield executor
        following.cancel()
