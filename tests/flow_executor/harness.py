"""An executor in this process, and the other sides of its conversations: visitors, agents, admins."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import msgspec

from contracts.chat import Author, ChatEvent, FieldValue, Posted, Text
from contracts.ids import AgentId, FrameId, MessageId, TeamId, VisitorId, event_id
from contracts.presence import Session
from contracts.requests import (
    FlowList,
    FlowPushed,
    PushFlow,
    Request,
    RunHistory,
    RunRequest,
    RunsList,
    RunsPage,
    RunSummary,
)
from contracts.run import RunEvent
from contracts.streams import CHAT, CONSUMERS, DEAD, SESSIONS
from contracts.streams import TEAM as TEAMS
from contracts.subjects import chat, chat_of_visitor, session_key, visitor_event
from contracts.team import TeamSettings, parse
from contracts.visitor import (
    EventTracked,
    FormSubmitted,
    MessageSent,
    ReplyChosen,
    VisitorEvent,
    WidgetOpened,
)
from services.chassis.bus import Bus, StoredMessage
from services.chassis.errors import Unreachable
from services.flow_executor.app import serve
from services.flow_executor.config import Config
from tests.waiting import eventually

T = TypeVar("T")
TEAM = TeamId("default")
AGENT = AgentId("agent-1")
EXECUTORS = [consumer for consumer in CONSUMERS if consumer.durable.startswith("flow-executor-")]


@asynccontextmanager
async def in_action(nats_url: str, postgres_dsn: str, **settings: object) -> AsyncGenerator["World"]:
    """Everybody around an executor that runs for the time of the block."""
    async with executing(nats_url, postgres_dsn, **settings), Bus(nats_url, "tests") as bus:
        world = World(bus)
        await world.wait_for_executor()
        yield world


@asynccontextmanager
async def executing(nats_url: str, postgres_dsn: str, **settings: object) -> AsyncGenerator[None]:
    """An executor for the time of the block; `settings` are fields of its configuration."""
    config = msgspec.convert({"nats_url": nats_url, "postgres_dsn": postgres_dsn, **settings}, Config)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve(config, stop))
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(10):
                await serving


def opened(visitor: str, frame: str = "f1") -> WidgetOpened:
    """A visitor opens the window."""
    who = VisitorId(visitor)
    return WidgetOpened(id=event_id(TEAM, who, FrameId(frame)), team=TEAM, visitor=who, at=datetime.now(UTC))


def said(visitor: str, text: str, frame: str = "f1") -> MessageSent:
    """A visitor sends a message."""
    who = VisitorId(visitor)
    return MessageSent(
        id=event_id(TEAM, who, FrameId(frame)), team=TEAM, visitor=who, at=datetime.now(UTC), text=text
    )


async def put_team(bus: Bus, **settings: object) -> TeamSettings:
    """Set what the team has."""
    found, problems = parse({"team": TEAM, "agents": [{"id": AGENT}]} | settings)
    assert found is not None, problems
    await bus.keys.put(TEAMS.name, TEAM, msgspec.json.encode(found))
    return found


def tracked(visitor: str, event: str, frame: str) -> EventTracked:
    """A visitor's page tracks an event."""
    who = VisitorId(visitor)
    key = event_id(TEAM, who, FrameId(frame))
    return EventTracked(id=key, team=TEAM, visitor=who, at=datetime.now(UTC), event=event)


def chose(visitor: str, message: str, choice: str, frame: str) -> ReplyChosen:
    """A visitor chooses one of a message's answers."""
    who = VisitorId(visitor)
    key = event_id(TEAM, who, FrameId(frame))
    return ReplyChosen(id=key, team=TEAM, visitor=who, at=datetime.now(UTC), message=message, choice=choice)


def filled(visitor: str, message: str, values: dict[str, FieldValue], frame: str) -> FormSubmitted:
    """A visitor fills in a message's form, as far as these values go."""
    who = VisitorId(visitor)
    key = event_id(TEAM, who, FrameId(frame))
    return FormSubmitted(id=key, team=TEAM, visitor=who, at=datetime.now(UTC), message=message, values=values)


class World:
    """Everybody but the executor."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    async def push(self, definition: dict[str, object] | bytes, *, activate: bool = True) -> FlowPushed:
        """An admin pushes a flow, as soon as an executor answers."""
        body = definition if isinstance(definition, bytes) else msgspec.json.encode(definition)
        request = PushFlow(definition=msgspec.Raw(body), activate=activate, by="tests")
        return await self.bus.request("contracts.flows.push", request, FlowPushed)

    async def wait_for_executor(self) -> None:
        """Return when an executor answers."""

        async def answers() -> bool:
            try:
                await self.bus.request("contracts.flows.list", Request(), FlowList)
            except Unreachable:
                return False
            return True

        await eventually(answers, within_s=10)

    async def happen(self, *events: VisitorEvent) -> None:
        """The gateway stores what visitors did."""
        for event in events:
            kind = str(event.__struct_config__.tag)
            await self.bus.store(
                visitor_event(event.team, event.visitor, kind),
                msgspec.json.encode(event),
                {"Nats-Msg-Id": event.id},
            )

    async def answer(self, visitor: str, post: str = "") -> MessageId:
        """An agent writes to the visitor."""
        who, key = VisitorId(visitor), MessageId(post or str(uuid4()))
        posted = Posted(
            id=key,
            team=TEAM,
            visitor=who,
            at=datetime.now(UTC),
            author=Author(kind="agent", id=AGENT),
            body=Text(text="您好，我来了"),
        )
        await self.bus.store(chat(TEAM, who, "agent"), msgspec.json.encode(posted), {"Nats-Msg-Id": key})
        return key

    async def come_online(self, agent: str = AGENT) -> None:
        """An agent signs in, for half a minute."""
        session = Session(since=datetime.now(UTC), edge="tests")
        key = session_key(TEAM, "agent", agent, "s1")
        await self.bus.keys.put_for(SESSIONS.name, key, msgspec.json.encode(session), timedelta(seconds=30))

    async def go_offline(self, agent: str = AGENT) -> None:
        """The agent signs out."""
        key = session_key(TEAM, "agent", agent, "s1")
        await self.bus.keys.purge(SESSIONS.name, key, timedelta(seconds=60))

    async def runs(self, visitor: str | None = None, status: str | None = None) -> Sequence[RunSummary]:
        """The runs that the executor knows, the newest first."""
        who = None if visitor is None else VisitorId(visitor)
        request = msgspec.convert({"visitor": who, "status": status, "limit": 500}, RunsList)
        return (await self.bus.request("query.runs.list", request, RunsPage)).runs

    async def sole_run(self, visitor: str, status: str = "completed") -> RunHistory:
        """The one run of the visitor, once it has that status."""

        async def found() -> RunHistory:
            runs = await self.runs(visitor)
            assert [run.status for run in runs] == [status]
            return await self.bus.request("query.runs.events", RunRequest(run=runs[0].run), RunHistory)

        return await eventually(found, within_s=10)

    async def chat(self, visitor: str) -> Sequence[ChatEvent]:
        """Everything stored in the visitor's conversation."""
        stored = await self.bus.read.since(CHAT.name, chat_of_visitor(TEAM, VisitorId(visitor)), 1)
        return [msgspec.json.decode(message.data, type=ChatEvent) for message in stored]

    async def texts(self, visitor: str) -> list[str]:
        """What the robot wrote to the visitor."""
        return [
            event.body.text
            for event in await self.chat(visitor)
            if isinstance(event, Posted) and event.author.kind == "robot"
        ]

    async def wrote(self, visitor: str, *texts: str) -> None:
        """Return when this is what the robot wrote to the visitor: it is told after the run is recorded."""

        async def found() -> bool:
            assert await self.texts(visitor) == [*texts]
            return True

        await eventually(found, within_s=10)

    async def asked(self, visitor: str, count: int = 1) -> list[MessageId]:
        """The ids of the messages that ask the visitor something, once there are so many; oldest first."""

        async def found() -> list[MessageId]:
            events = await self.chat(visitor)
            asking = [e.id for e in events if isinstance(e, Posted) and not isinstance(e.body, Text)]
            assert len(asking) == count
            return asking

        return await eventually(found, within_s=10)

    async def idle(self) -> None:
        """Return when the executor has taken and acknowledged everything."""

        async def is_idle() -> bool:
            return await self.unfinished() == 0

        await eventually(is_idle, within_s=10)

    async def unfinished(self) -> int:
        """How many messages the executor has still to take or to acknowledge."""
        left = 0
        for consumer in EXECUTORS:
            info = await self.bus.api.consumer(consumer.stream, consumer.durable)
            left += info.num_pending + info.num_ack_pending
        return left

    async def dead(self) -> Sequence[StoredMessage]:
        """Dead letters."""
        return await self.bus.read.since(DEAD.name, "dead.>", 1)


def path(events: Sequence[RunEvent]) -> list[str]:
    """The run as people read it: `check TRUE`, `waiting`, `completed`."""
    found: list[str] = []
    for event in events:
        raw = msgspec.to_builtins(event)
        node = f"{raw['node']} {raw['outcome']}" if "outcome" in raw else raw["type"].split(".")[1]
        found.append(node)
    return found
