"""`frontdesk bench parked`: runs that wait, by the million, and what they cost while they do.

Visitors write; a flow waits for a day. While the runs park, the executor's own memory (USS) and the broker's bytes per
timer are read. Then visitors open the widget, so many within a second, and a second flow waits a little for each:
meanwhile executor and NATS are killed and started again, and when the waits are over it is timed how late each answer
stands in CHAT.
"""

import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psutil

from contracts.chat import ChatEvent
from contracts.flow import FlowDefinition, parse
from contracts.ids import FrameId, VisitorId, event_id
from contracts.requests import FlowPushed, PushFlow
from contracts.streams import CHAT, EXECUTOR_VISITORS, TIMER, VISITOR
from contracts.subjects import visitor_event
from contracts.visitor import MessageSent, WidgetOpened
from services.chassis import migrations
from services.chassis.bus import Bus, StoredAt
from services.chassis.database import Database
from services.chassis.embedded import DataFolder, PostgresServer
from services.chassis.errors import Retryable
from services.chassis.provision import provision
from tests.bench.ground import Figure, Machine, machine, state_of
from tests.bench.recorded import TEAM
from tests.bench.runs import EXECUTOR
from tests.servers import Nats, Server, running
from tests.waiting import eventually

_WAIT_S = 86_400
_SOON_S = 45
_AT_ONCE = 500
_STREAM = 3_600.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """`lateness_*` are milliseconds behind the time that each wait was over."""

    machine: Machine
    parked: int
    runs_parked_per_second: float
    executor_bytes_per_run: float
    broker_bytes_per_timer: float
    due_within_a_second: int
    lateness_p50: Figure
    lateness_p99: Figure


async def measure(rounds: int = 5, runs: int = 1_000_000, due: int = 10_000) -> Result:
    """The runs are parked once; in each round so many more fall due, behind a restart."""
    with tempfile.TemporaryDirectory(prefix="fd-bench-") as folder:
        nats, folder_ = Nats(Path(folder) / "nats"), DataFolder(Path(folder) / "postgres")
        postgres = PostgresServer(folder_)
        with running(nats), running(Server(folder_, postgres)):
            await migrations.apply(postgres.dsn)
            async with Bus(nats.url, "bench") as bus, Database(postgres.dsn) as database:
                await provision(bus)
                crowd = Crowd(bus, database, nats, postgres.dsn)
                return await crowd.park_and_wake(runs, due, rounds)


class Crowd:
    """Visitors who make runs wait."""

    def __init__(self, bus: Bus, database: Database, nats: Nats, dsn: str) -> None:
        self._bus = bus
        self._database = database
        self._nats = nats
        self._answers = 0
        self._environ = {
            **os.environ,
            "FRONTDESK_NATS_URL": nats.url,
            "FRONTDESK_POSTGRES_DSN": dsn,
            "FRONTDESK_LOG_LEVEL": "error",
        }

    async def park_and_wake(self, runs: int, due: int, rounds: int) -> Result:
        """The whole measurement."""
        executor = self._start()
        await self._push(_waiting("message_sent", _WAIT_S, "parked"))
        await self._push(_waiting("widget_opened", _SOON_S, "soon"))
        await self._park(0, min(runs, 5_000))
        bytes_before, timers_before = await self._timers()
        memory_before = psutil.Process(executor.pid).memory_full_info().uss
        begin = time.perf_counter()
        await self._park(5_000, runs)
        took_s = time.perf_counter() - begin
        memory = psutil.Process(executor.pid).memory_full_info().uss - memory_before
        bytes_after, timers_after = await self._timers()
        late: list[list[float]] = []
        for _ in range(rounds):
            begin = await self._open(due)
            executor.kill()
            executor.wait()
            self._nats.kill()
            self._nats.start()
            executor = self._start()
            late.append(await self._lateness(begin, due))
        executor.terminate()
        executor.wait(20)
        parked = max(1, runs - 5_000)
        return Result(
            machine=machine(),
            parked=await self._waits(),
            runs_parked_per_second=round(parked / took_s),
            executor_bytes_per_run=round(memory / parked, 1),
            broker_bytes_per_timer=round((bytes_after - bytes_before) / max(1, timers_after - timers_before)),
            due_within_a_second=due,
            lateness_p50=Figure.of([statistics.median(some) for some in late]),
            lateness_p99=Figure.of([statistics.quantiles(some, n=100)[98] for some in late]),
        )

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(EXECUTOR, env=self._environ)

    async def _push(self, flow: FlowDefinition) -> None:
        request = PushFlow(definition=msgspec.Raw(msgspec.json.encode(flow)), activate=True)

        async def pushed() -> bool:
            try:
                return (await self._bus.request("contracts.flows.push", request, FlowPushed)).active
            except Retryable:
                return False

        await eventually(pushed, within_s=15)

    async def _park(self, first: int, last: int) -> None:
        """Visitors write; return when each one's run waits."""
        for begin in range(first, last, _AT_ONCE):
            numbers = range(begin, min(begin + _AT_ONCE, last))
            await asyncio.gather(*[await self._stored(_said(number)) for number in numbers])
            # The line must not grow without end: the executor is timed, and not how fast we can fill a disk.
            if begin % 10_000 == 0:
                await eventually(lambda: self._has_taken(all_but=20_000), within_s=_STREAM)
        await eventually(self._has_taken, within_s=_STREAM)

    async def _waits(self) -> int:
        async with self._database.statement() as tx:
            row = await tx.row("select count(*) as n from flow_executor.runs where status = 'waiting'")
        assert row is not None
        return row["n"]

    async def _open(self, due: int) -> int:
        """New visitors open the widget, spread evenly over a second; return, once the executor has taken them, where in
        VISITOR they begin.
        """
        before = (await state_of(self._bus, VISITOR)).last_seq
        began = time.perf_counter()
        for done in range(0, due, _AT_ONCE):
            await asyncio.sleep(began + done / due - time.perf_counter())
            numbers = range(before + done, before + min(done + _AT_ONCE, due))
            await asyncio.gather(*[await self._stored(_opened(number)) for number in numbers])
        await eventually(self._has_taken, within_s=60)
        return before + 1

    async def _has_taken(self, all_but: int = 0) -> bool:
        """Whether the executor has seen what visitors did, but for so many events."""
        infos = [await self._bus.api.consumer(c.stream, c.durable) for c in EXECUTOR_VISITORS]
        return sum(info.num_pending + info.num_ack_pending for info in infos) <= all_but

    async def _stored(self, event: MessageSent | WidgetOpened) -> asyncio.Future[StoredAt]:
        subject = visitor_event(TEAM, event.visitor, str(event.__struct_config__.tag))
        return await self._bus.begin_store(subject, msgspec.json.encode(event))

    async def _timers(self) -> tuple[int, int]:
        """Bytes and messages of TIMER."""
        state = await state_of(self._bus, TIMER)
        return state.bytes, state.messages

    async def _lateness(self, begin: int, due: int) -> list[float]:
        """Milliseconds from the end of each wait to its answer in CHAT, once all that began there are answered."""
        self._answers += due

        async def answered() -> bool:
            try:
                return (await state_of(self._bus, CHAT)).last_seq >= self._answers
            except Retryable:
                return False

        await eventually(answered, within_s=_SOON_S + 60)
        messages = await self._bus.read.since(CHAT.name, "chat.>", self._answers - due + 1)
        began = {
            message.subject.split(".")[3]: message.at
            for message in await self._bus.read.since(VISITOR.name, "visitor.*.*.*.widget_opened", begin)
        }
        wait = timedelta(seconds=_SOON_S)
        return [
            (
                message.at - began[msgspec.json.decode(message.data, type=ChatEvent).visitor] - wait
            ).total_seconds()
            * 1000
            for message in messages
        ]


def _waiting(trigger: str, seconds: int, name: str) -> FlowDefinition:
    """A flow that waits, and then says so."""
    nodes = {
        "start": {"type": "start", "next": {"SUCCESS": "wait"}},
        "wait": {"type": "wait", "seconds": seconds, "next": {"TIMEOUT": "say"}},
        "say": {"type": "reply", "text": "Still there?", "next": {"SUCCESS": "end"}},
        "end": {"type": "end"},
    }
    flow = parse({"flow": name, "name": name, "trigger": trigger, "nodes": nodes})
    assert isinstance(flow, FlowDefinition)
    return flow


def _said(number: int) -> MessageSent:
    who = VisitorId(f"p-{number:08}")
    event = event_id(TEAM, who, FrameId("f1"))
    return MessageSent(id=event, team=TEAM, visitor=who, at=datetime.now(UTC), text="Hello")


def _opened(number: int) -> WidgetOpened:
    who = VisitorId(f"o-{number:08}")
    event = event_id(TEAM, who, FrameId("f1"))
    return WidgetOpened(id=event, team=TEAM, visitor=who, at=datetime.now(UTC))
