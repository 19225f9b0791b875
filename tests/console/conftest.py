"""A console over a real bus, where this test answers in place of the flow executor."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from contracts.ids import EventId, FlowId, RunId, VisitorId
from contracts.requests import (
    FlowList,
    FlowSummary,
    Request,
    RunHistory,
    RunRequest,
    RunsList,
    RunsPage,
    RunSummary,
)
from contracts.run import NodeCompleted, RunCompleted, RunStarted, TriggerRef
from services.chassis.bus import Bus, answer
from services.chassis.config import Secret
from services.chassis.errors import Rejected
from services.chassis.sign_in_link import console_link
from services.console.app import build
from services.console.config import Config
from tests.servers import Nats

SECRET = "a secret of the tests, thirty-two bytes or more"
BASE = "http://127.0.0.1:8081"
START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)

FLOW = FlowSummary(
    flow=FlowId("offline"), name="发送座席离线消息", trigger="widget_opened", versions=2, active=2
)
RUN = RunSummary(
    run=RunId("run-1"),
    flow=FLOW.flow,
    version=2,
    hash="abc",
    team=Request().team,
    visitor=VisitorId("v_1"),
    trigger="widget_opened",
    status="completed",
    node="end",
    started_at=START,
    ended_at=START + timedelta(milliseconds=12),
    error=None,
)


@dataclass
class Clock:
    """A clock that stands until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        """What it shows."""
        return self.now


@dataclass
class Executor:
    """Answers what the flow executor answers, and remembers what it was asked."""

    asked: list[Request]

    def serve(self, bus: Bus) -> None:
        """Register the handlers; the bus has yet to start."""
        answer(bus.broker, "contracts.flows.list", Request, self._flows, queue="executor")
        answer(bus.broker, "query.runs.list", RunsList, self._runs, queue="executor")
        answer(bus.broker, "query.runs.events", RunRequest, self._events, queue="executor")

    async def _flows(self, request: Request) -> FlowList:
        self.asked.append(request)
        return FlowList(flows=[FLOW])

    async def _runs(self, request: RunsList) -> RunsPage:
        self.asked.append(request)
        return RunsPage(runs=[RUN], cursor=None)

    async def _events(self, request: RunRequest) -> RunHistory:
        if request.run != RUN.run:
            raise Rejected("unknown_run", f"there is no run {request.run}")
        trigger = TriggerRef(name="widget_opened", event_id=EventId("e"), stream_seq=1, at=START)
        return RunHistory(
            run=RUN,
            events=[
                RunStarted(
                    run=RUN.run,
                    seq=1,
                    at=START,
                    cause="e",
                    flow=RUN.flow,
                    version=2,
                    hash="abc",
                    team=RUN.team,
                    visitor=RUN.visitor,
                    trigger=trigger,
                ),
                NodeCompleted(
                    run=RUN.run,
                    seq=2,
                    at=START,
                    cause="e",
                    node="check",
                    node_type="agents_offline",
                    outcome="TRUE",
                    facts={"agents_online": []},
                ),
                RunCompleted(run=RUN.run, seq=3, at=START, cause="e", node="end"),
            ],
        )


@pytest.fixture
def clock() -> Clock:
    """Links are made by the real clock, so the test begins there."""
    return Clock(datetime.now(UTC))


@pytest.fixture
async def bus(nats_server: Nats) -> AsyncIterator[Bus]:
    """The console's connection."""
    async with Bus(nats_server.url, "console") as bus:
        yield bus


@pytest.fixture
async def executor(nats_server: Nats) -> AsyncIterator[Executor]:
    """Somebody who answers for flows and runs."""
    async with Bus(nats_server.url, "executor") as bus:
        executor = Executor([])
        executor.serve(bus)
        await bus.start()
        # Once it hears itself, the server knows its subscriptions.
        await bus.request("contracts.flows.list", Request(), FlowList)
        executor.asked.clear()
        yield executor


@pytest.fixture
async def browser(bus: Bus, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with."""
    app = build(Config(secret=Secret(SECRET), console_hosts=("desk.example",)), bus, clock)
    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType] - ASGI, spelt in two ways
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


@pytest.fixture
async def signed_in(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser with a session."""
    await browser.get(link_path())
    return browser


def link_path(secret: str = SECRET) -> str:
    """The path and query of a fresh sign-in link."""
    parts = urlsplit(console_link(secret, BASE))
    return f"{parts.path}?{parts.query}"
