"""One product for all: its team is on holiday, and one of its visitors waits from the start."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec import structs

from contracts.frames import Accepted
from contracts.ids import DEFAULT_TEAM
from contracts.presence import Session
from contracts.requests import FlowValidated, PushFlow
from contracts.streams import SESSIONS, TEAM
from contracts.subjects import session_key
from contracts.team import CustomerType, initial
from services.chassis.bus import Bus
from tests.e2e.runs import path_of
from tests.flow_executor.shapes import flow
from tests.product import Product
from tests.waiting import eventually
from tests.widget_gateway.visitor import Visitor, opened

ALWAYS = "2000-01-01/2199-12-31"


@dataclass(frozen=True)
class Shop:
    """The product, and a visitor to whom nobody has answered."""

    product: Product
    patient: str
    """Token of one who wrote while an agent was online, and was left alone since."""

    @asynccontextmanager
    async def visitor(self, token: str | None = None, locale: str = "zh-CN") -> AsyncGenerator[Visitor]:
        """Somebody who was welcomed."""
        async with opened(_sockets(self.product)) as visitor:
            await visitor.hello(token=token, locale=locale)
            yield visitor

    def activate(self, name: str) -> None:
        """Let a flow that lies ready answer its trigger."""
        done = self.product.run("flows", "activate", name)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The product as it is after its first start, except that the team is always on holiday."""
    product = Product(tmp_path_factory.mktemp("e2e") / "data")
    product.start()
    yield Shop(product, asyncio.run(_prepare(product)))
    product.stop()
    assert product.process.stdout is not None
    product.process.stdout.close()


@pytest.fixture
async def bus(shop: Shop) -> AsyncIterator[Bus]:
    """The test's own connection to the product's bus."""
    async with Bus(shop.product.addresses.nats, "e2e") as bus:
        yield bus


def _sockets(product: Product) -> str:
    return f"ws{product.addresses.gateway.removeprefix('http')}/ws"


async def _prepare(product: Product) -> str:
    """Send the team on holiday, and have a visitor write to an agent who is online and does not answer."""
    async with Bus(product.addresses.nats, "e2e") as bus:
        await _go_on_holiday(bus)
        key = session_key(DEFAULT_TEAM, "agent", "agent-1", "e2e")
        session = msgspec.json.encode(Session(since=datetime.now(UTC), edge="e2e"))
        await bus.keys.put_for(SESSIONS.name, key, session, timedelta(seconds=60))
        async with opened(_sockets(product)) as visitor:
            await visitor.hello()
            await eventually(lambda: _waits(bus, visitor))
        await bus.keys.purge(SESSIONS.name, key, timedelta(seconds=60))
        return visitor.token


async def _waits(bus: Bus, visitor: Visitor) -> bool:
    """Write again until the executor has seen the agent."""
    await visitor.say("message_sent", text="在吗？")
    await visitor.next(Accepted)
    return (await path_of(bus, visitor.id, "busy-agents", "waiting"))[-1] == "check FALSE"


async def _go_on_holiday(bus: Bus) -> None:
    """Return when the executor knows, which is when it knows what else was set with it."""
    settings = structs.replace(
        initial(DEFAULT_TEAM),
        holidays=(ALWAYS,),
        customer_types=(CustomerType(id="lead"), CustomerType(id="on-holiday")),
    )
    await bus.keys.put(TEAM.name, DEFAULT_TEAM, msgspec.json.encode(settings))
    nodes: dict[str, object] = {
        "do": {"type": "convert", "customer_type": "on-holiday", "next": {"SUCCESS": "end"}}
    }
    draft = msgspec.Raw(msgspec.json.encode(flow("widget_opened", nodes, "draft")))

    async def is_known() -> bool:
        found = await bus.request("contracts.flows.validate", PushFlow(definition=draft), FlowValidated)
        return found.problems == []

    await eventually(is_known)
