"""Everybody but the executors: visitors behind their gateway, agents, the worker that does tasks."""

import asyncio
from collections.abc import Sequence

import msgspec

from contracts.chat import (
    Assigned,
    Author,
    ChatEvent,
    Converted,
    FieldValue,
    Form,
    Posted,
    QuickReplies,
    Survey,
    Text,
)
from contracts.ids import AgentId, EventId, FrameId, MessageId, VisitorId, event_id
from contracts.streams import CHAT, EXECUTOR_WORKERS
from contracts.subjects import chat, task_done, visitor_event
from contracts.task import Task, TaskDone
from contracts.visitor import (
    EventTracked,
    FormSubmitted,
    MessageSent,
    ProfileUpdated,
    ReplyChosen,
    VisitorEvent,
    WidgetLoaded,
    WidgetOpened,
)
from services.chassis.bus import Bus
from services.chassis.bus.headers import EXPECTED_LAST_BY_SUBJECT, MESSAGE_ID
from services.chassis.errors import Conflict, Retryable
from tests.simulation.executors import Town
from tests.simulation.model_bus import ModelBus
from tests.simulation.model_streams import Server
from tests.simulation.repertoire import AGENTS, TEAM
from tests.simulation.scheduler import Process, Scheduler

_encode = msgspec.json.encode
_chat_decoder = msgspec.json.Decoder(ChatEvent)
_task_decoder = msgspec.json.Decoder(Task)
ACTIONS = (
    "load",
    "open",
    "open",
    "message",
    "message",
    "message",
    "track",
    "track",
    "profile",
    "answer",
    "answer",
)


async def stored(bus: Bus, subject: str, payload: bytes, key: str) -> int:
    """Store it, however long that takes; its sequence."""
    while True:
        try:
            return (await bus.store(subject, payload, {MESSAGE_ID: key})).seq
        except Retryable:
            await asyncio.sleep(0.3)


class Visitor:
    """One visitor, and the gateway between."""

    def __init__(self, scheduler: Scheduler, server: Server, visitor: VisitorId) -> None:
        self._fate = scheduler.fate
        self._at = lambda: scheduler.at
        self._server = server
        self.visitor = visitor
        self.process = Process(visitor)
        self._bus = ModelBus(scheduler, server, self.process)
        self._frames = 0
        self._done: list[tuple[VisitorEvent, int]] = []

    async def live(self) -> None:
        """Do a few things, then perhaps some of them again."""
        for _ in range(self._fate.number(1, 5)):
            await asyncio.sleep(self._fate.one_of((0.0, 0.001, 0.2, 1.0, 3.0, 4.0, 7.0)))
            event = self._act(self._fate.one_of(ACTIONS))
            if event is not None:
                await self._happen(event)
        while self._done and self._fate.happens(0.3):
            await asyncio.sleep(self._fate.one_of((0.0, 2.0, 10.0)))
            event, seq = self._fate.one_of(self._done)
            await self._tell(event, seq)

    async def _happen(self, event: VisitorEvent) -> None:
        seq = 0
        if isinstance(event, (MessageSent, ReplyChosen)):
            seq = await self._post(event)
        self._done.append((event, seq))
        await self._tell(event, seq)

    async def _post(self, event: MessageSent | ReplyChosen) -> int:
        text = event.text if isinstance(event, MessageSent) else event.choice
        posted = Posted(
            id=MessageId(event.id), team=TEAM, visitor=self.visitor, at=event.at,
            author=Author(kind="visitor"), body=Text(text=text),
        )  # fmt: skip
        return await stored(self._bus, chat(TEAM, self.visitor, "visitor"), _encode(posted), event.id)

    async def _tell(self, event: VisitorEvent, seq: int) -> None:
        if isinstance(event, MessageSent):
            event = msgspec.structs.replace(event, posted_seq=seq)
        kind = str(event.__struct_config__.tag)
        await stored(self._bus, visitor_event(TEAM, self.visitor, kind), _encode(event), event.id)

    def _act(self, action: str) -> VisitorEvent | None:
        self._frames += 1
        number = self._frames
        key, at = event_id(TEAM, self.visitor, FrameId(f"f{number}")), self._at()
        match action:
            case "load":
                return WidgetLoaded(id=key, team=TEAM, visitor=self.visitor, at=at, country=f"C{number}")
            case "open":
                return WidgetOpened(id=key, team=TEAM, visitor=self.visitor, at=at)
            case "message":
                return MessageSent(id=key, team=TEAM, visitor=self.visitor, at=at, text=f"m{number}")
            case "track":
                name = self._fate.one_of(("click", "buy"))
                return EventTracked(id=key, team=TEAM, visitor=self.visitor, at=at, event=name)
            case "profile":
                fields: dict[str, FieldValue] = {self._fate.one_of(("plan", "city")): number}
                return ProfileUpdated(id=key, team=TEAM, visitor=self.visitor, at=at, fields=fields)
            case _:
                return self._answer(key)

    def _answer(self, key: EventId) -> VisitorEvent | None:
        """An answer to the last question, if there is one, or to a part of it."""
        asked = [
            event
            for message in self._server.logs[CHAT.name].of(chat(TEAM, self.visitor, "robot"))
            if isinstance(event := _chat_decoder.decode(message.data), Posted)
            and not isinstance(event.body, Text)
        ]
        if not asked:
            return None
        question = asked[-1]
        match question.body:
            case QuickReplies(choices=choices) | Survey(choices=choices):
                choice = self._fate.one_of(choices)
                return ReplyChosen(
                    id=key, team=TEAM, visitor=self.visitor, at=self._at(), message=question.id, choice=choice
                )
            case Form(fields=fields):
                some = [field.name for field in fields if self._fate.happens(0.7)]
                values: dict[str, FieldValue] = {name: f"{name}@{self._frames}" for name in some}
                return FormSubmitted(
                    id=key, team=TEAM, visitor=self.visitor, at=self._at(), message=question.id, values=values
                )
            case Text():
                return None


class Agents:
    """The team's people: they write, take conversations over, come and go."""

    def __init__(
        self, scheduler: Scheduler, server: Server, town: Town, visitors: Sequence[VisitorId]
    ) -> None:
        self._scheduler = scheduler
        self._fate = scheduler.fate
        self._town = town
        self._visitors = visitors
        self.process = Process("agents")
        self._bus = ModelBus(scheduler, server, self.process)

    async def live(self) -> None:
        """Do a few things."""
        for number in range(self._fate.number(0, 5)):
            await asyncio.sleep(self._fate.one_of((0.0, 0.002, 0.5, 2.0, 3.0, 4.0)))
            visitor, agent = self._fate.one_of(self._visitors), self._fate.one_of(AGENTS)
            what = self._fate.number(0, 5)
            if what == 0:
                self._town.online = frozenset(a for a in AGENTS if self._fate.happens(0.5))
            elif what == 1:
                await self._decide(visitor, agent, number)
            else:
                await self._write(visitor, agent, number)

    async def _write(self, visitor: VisitorId, agent: AgentId, number: int) -> None:
        # A post's id is its visitor's own.
        key, author = MessageId(f"post-{number}"), Author(kind="agent", id=agent)
        posted = Posted(
            id=key, team=TEAM, visitor=visitor, at=self._scheduler.at, author=author, body=Text(text="hi")
        )
        await stored(self._bus, chat(TEAM, visitor, "agent"), _encode(posted), f"{visitor}.{key}")

    async def _decide(self, visitor: VisitorId, agent: AgentId, number: int) -> None:
        key, at = MessageId(f"change-{visitor}-{number}"), self._scheduler.at
        if self._fate.happens(0.5):
            change: ChatEvent = Assigned(id=key, team=TEAM, visitor=visitor, at=at, agents=[agent], by=agent)
        else:
            change = Converted(id=key, team=TEAM, visitor=visitor, at=at, customer_type="silver", by=agent)
        await stored(self._bus, chat(TEAM, visitor, "state"), _encode(change), key)


async def work(scheduler: Scheduler, server: Server, process: Process) -> None:
    """Do tasks, each perhaps more than once, until killed."""
    bus, fate = ModelBus(scheduler, server, process), scheduler.fate
    pull = bus.pull(EXECUTOR_WORKERS)
    while True:
        for delivery in await pull.batch(4):
            task = _task_decoder.decode(delivery.data)
            await asyncio.sleep(fate.one_of((0.0, 0.5, 3.0)))
            is_ok = fate.happens(0.8)
            done = TaskDone(run=task.run, seq=task.seq, ok=is_ok, code="" if is_ok else "refused", status=200)
            try:
                # Whoever has answered already has said enough.
                await bus.store(task_done(task.run, task.seq), _encode(done), {EXPECTED_LAST_BY_SUBJECT: "0"})
            except Conflict:
                pass
            except Retryable:
                continue
            await pull.ack([delivery])
