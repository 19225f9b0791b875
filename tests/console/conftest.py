"""A console over a real bus and a real database, where the test answers in place of the flow executor."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from argon2 import PasswordHasher

from contracts.errors import ErrorReply
from contracts.ids import AgentId, EventId, FlowId, RunId, TeamId, VisitorId
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
from contracts.streams import TEAM as TEAMS
from contracts.team import Agent, TeamSettings
from services.chassis.bus import Bus, answer
from services.chassis.clock import system_clock
from services.chassis.config import Secret
from services.chassis.database import Database
from services.chassis.errors import Rejected
from services.chassis.http import Server, listen
from services.chassis.sign_in_link import console_link
from services.console.app import Parts, build
from services.console.config import Config
from services.console.cookies import CSRF_COOKIE, CSRF_HEADER
from services.console.guard import Guard
from services.console.passwords import Passwords
from services.console.people import People

SECRET = "a secret of the tests, thirty-two bytes or more"
BASE = "http://127.0.0.1:8081"
INDEX = "<!doctype html><title>Frontdesk</title>"
CONFIG = Config(secret=Secret(SECRET), postgres_dsn="", console_hosts=("desk.example",))
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Hashes that cost nothing: how much is for argon2's authors to say."""
TEAM = TeamId("default")
ADMIN, AGENT, SRE = AgentId("agent-1"), AgentId("mei"), AgentId("otto")
SETTINGS = TeamSettings(
    team=TEAM,
    agents=(
        Agent(id=ADMIN, name="Ada", email="Ada@shop.example", role="admin"),
        Agent(id=AGENT, name="Mei", email="mei@shop.example"),
        Agent(id=SRE, name="Otto", email="otto@shop.example", role="sre"),
    ),
)
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
    """Links are made by the real clock where a test does not say otherwise, so it begins there."""
    return Clock(datetime.now(UTC))


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """The console's connection to a bus on which the team has its settings."""
    async with Bus(nats_url, "console") as bus:
        await put_settings(bus, SETTINGS)
        yield bus


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    """The console's connections to a migrated database."""
    async with Database(postgres_dsn) as database:
        yield database


@pytest.fixture
async def people(bus: Bus) -> AsyncIterator[People]:
    """Who may use the console, as the bus says."""
    people = People(bus)
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(people.follow())
        await people.wait_until_known()
        yield people
        following.cancel()


@pytest.fixture
async def executor(nats_url: str) -> AsyncIterator[Executor]:
    """Somebody who answers for flows and runs."""
    async with Bus(nats_url, "executor") as bus:
        executor = Executor([])
        executor.serve(bus)
        await bus.start()
        yield executor


@pytest.fixture
def app(bus: Bus, database: Database, people: People, clock: Clock, tmp_path: Path) -> Guard:
    """The console, with a front-end of two files."""
    (tmp_path / "static" / "assets").mkdir(parents=True)
    (tmp_path / "static" / "index.html").write_text(INDEX)
    (tmp_path / "static" / "assets" / "main-abc123.js").write_text("export {};")
    return build(Parts(CONFIG, bus, database, people, clock, tmp_path / "static", QUICK))


@pytest.fixture
async def browser(app: Guard) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with, on the console's page."""
    async with opened(app) as browser:
        yield browser


@pytest.fixture
async def signed_in(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which the admin is signed in."""
    await browser.get(link_path())
    return browser


@pytest.fixture
async def address(app: Guard) -> AsyncIterator[str]:
    """The console on a port of this machine: `host:port`."""
    with listen("127.0.0.1", 0, "TESTS") as listener:
        server = Server(app, 2)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve([listener]))
            yield f"127.0.0.1:{listener.getsockname()[1]}"
            server.should_exit = True


@asynccontextmanager
async def opened(app: Guard) -> AsyncGenerator[httpx.AsyncClient]:
    """A browser on the console's page, which repeats the CSRF token as the page does."""

    async def repeat_token(request: httpx.Request) -> None:
        if request.method not in ("GET", "HEAD") and CSRF_HEADER not in request.headers:
            request.headers[CSRF_HEADER] = browser.cookies.get(CSRF_COOKIE) or ""

    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType] - ASGI, spelt in two ways
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as browser:
        browser.event_hooks = {"request": [repeat_token]}
        await browser.get("/")
        yield browser


def link_path(
    secret: str = SECRET, agent: AgentId = ADMIN, clock: Callable[[], datetime] = system_clock
) -> str:
    """The path and query of a fresh sign-in link."""
    parts = urlsplit(console_link(secret, BASE, agent=agent, clock=clock))
    return f"{parts.path}?{parts.query}"


async def put_settings(bus: Bus, settings: TeamSettings) -> None:
    """Set what the team has."""
    await bus.keys.put(TEAMS.name, settings.team, msgspec.json.encode(settings))


def code_of(answer: httpx.Response) -> str:
    """The code of a refusal."""
    return msgspec.json.decode(answer.content, type=ErrorReply).error.code
