"""A flow is published while a batch is decided: the batch goes by what was active when it looked."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from contracts.ids import EventId, FrameId, VisitorId, event_id, run_id
from contracts.run import TriggerRef
from contracts.visitor import WidgetLoaded
from services.chassis.bus import Bus
from services.chassis.database import Database, Transaction
from services.flow_executor import noting
from services.flow_executor.engine.stimuli import Triggered
from services.flow_executor.occasions import Occasion
from tests.flow_executor.by_hand import ByHand, following
from tests.flow_executor.harness import TEAM
from tests.flow_executor.shapes import flow, reply

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

Meanwhile = Callable[[], Awaitable[None]]


class Slow(Transaction):
    """A transaction in which something happens when it notes that a page has loaded."""

    def __init__(self, inner: Transaction, meanwhile: Meanwhile) -> None:
        self.rows, self.row, self.hold = inner.rows, inner.row, inner.hold
        self._inner = inner
        self._meanwhile = meanwhile

    async def execute(self, sql: str, *args: object) -> None:
        """Run it."""
        if sql == noting.LOADED:
            await self._meanwhile()
        await self._inner.execute(sql, *args)


class SlowDatabase(Database):
    """The next transaction is a slow one."""

    meanwhile: Meanwhile | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """One transaction."""
        meanwhile, self.meanwhile = self.meanwhile, None
        async with super().transaction() as tx:
            yield tx if meanwhile is None else Slow(tx, meanwhile)


@pytest.fixture
async def executor(nats_url: str, postgres_dsn: str) -> AsyncIterator[ByHand]:
    """An executor without loops, on a `SlowDatabase`."""
    async with (
        Bus(nats_url, "tests") as bus,
        SlowDatabase(postgres_dsn) as database,
        following(ByHand(nats_url, bus, database)) as executor,
    ):
        yield executor


async def test_a_cooldown_holds_when_its_flow_comes_up_meanwhile(executor: ByHand) -> None:
    """A visitor's run of the flow began a minute ago; another flow was active when the next page loaded."""
    cooling = flow("widget_loaded", {"hi": reply("hi")}, "cooling", cooldown_s=600)
    other = flow("widget_loaded", {"hi": reply("hi")}, "other")
    await executor.activate(cooling)
    assert await started_by(executor, loaded("v1", minute=0)) == ["cooling"]
    await executor.activate(other)
    assert await started_by(executor, loaded("v2", minute=0)) == ["other"]

    async def publish() -> None:
        await executor.activate(cooling)
        # Another loop of the executor takes it over.
        assert await started_by(executor, loaded("v3", minute=0)) == ["cooling"]

    assert isinstance(executor.database, SlowDatabase)
    executor.database.meanwhile = publish
    assert await started_by(executor, loaded("v1", minute=1)) == ["other"]
    assert await started_by(executor, loaded("v1", minute=2)) == []


def loaded(visitor: str, *, minute: int) -> Occasion:
    """A page has loaded, so many minutes past noon."""
    who, at = VisitorId(visitor), NOON + timedelta(minutes=minute)
    event: EventId = event_id(TEAM, who, FrameId(f"f{minute}"))
    trigger = TriggerRef(name="widget_loaded", event_id=event, stream_seq=1, at=at)
    return Occasion(
        cause=event,
        at=at,
        team=TEAM,
        visitor=who,
        event=WidgetLoaded(id=event, team=TEAM, visitor=who, at=at),
        triggered=Triggered(run=run_id(event), team=TEAM, visitor=who, trigger=trigger, variables={}),
        stimulus=None,
    )


async def started_by(executor: ByHand, occasion: Occasion) -> list[str]:
    """The flows of the runs that this begins."""
    batch = await executor.shell.commit([occasion])
    return [append.flow for append in batch.appends]
