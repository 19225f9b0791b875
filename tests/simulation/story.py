"""One schedule: a storm in which everybody acts and anything breaks, then calm until nothing is left to do."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from contracts.ids import VisitorId
from contracts.streams import (
    EXECUTOR_AGENTS,
    EXECUTOR_STATE,
    EXECUTOR_TASKS_DONE,
    EXECUTOR_TIMERS,
    EXECUTOR_VISITORS,
    EXECUTOR_WORKERS,
)
from contracts.subjects import partition
from services.chassis.bus import StoredMessage
from services.flow_executor import journal
from tests.simulation.executors import Executor, Parts, Town
from tests.simulation.fate import CALM, Fate, Rates
from tests.simulation.model_database import ModelDatabase, Tables
from tests.simulation.model_streams import Server
from tests.simulation.oracle import Evidence, problems
from tests.simulation.people import Agents, Visitor, work
from tests.simulation.plain import differences
from tests.simulation.repertoire import TEAM, compiled, flows
from tests.simulation.scheduler import SECOND, Process, Scheduler, SimulatedLoop

MOST_STEPS = 30_000
_STORM_STEPS = 1_500
_WINDOWS = (timedelta(0), timedelta(seconds=1), timedelta(minutes=2))
VISITORS = tuple(VisitorId(f"v{number}") for number in range(1, 5))


class Story:
    """Everything that one schedule is made of. `play` plays it."""

    def __init__(self, seed: int, parts: Parts | None = None, *, keep: bool = False) -> None:
        self.fate = Fate(seed, keep=keep)
        self.scheduler = Scheduler(self.fate)
        self.visitors = VISITORS[: self.fate.number(1, len(VISITORS))]
        self._partitions = tuple(sorted({partition(visitor) for visitor in self.visitors}))
        readers = [EXECUTOR_VISITORS[number] for number in self._partitions]
        consumers = (EXECUTOR_TIMERS, EXECUTOR_TASKS_DONE, EXECUTOR_AGENTS, EXECUTOR_STATE, *EXECUTOR_WORKERS)
        self.server = Server(self.scheduler, (*readers, *consumers), self.fate.one_of(_WINDOWS))
        self.tables = Tables()
        self.town = Town(self.scheduler)
        self.failures: list[str] = []
        """What was wrong in the end: sentences."""
        self._parts = parts or Parts()
        self._loop = SimulatedLoop(self.scheduler)
        self._over = self._loop.create_future()
        self._people: list[asyncio.Task[None]] = []
        self._alive: dict[str, tuple[Process, Executor | None]] = {}
        self._horizon = self.fate.one_of((10, 10, 10, 10, 10, 10, 200)) * SECOND
        self._is_calm = False
        self._tasks_done: dict[str, datetime] = {}
        self.server.on_store = self._note_answer
        self._cut_at = self.fate.number(40, 400) if self.fate.happens(0.1) else 0
        self._switch_at = self.fate.number(30, 300) if self.fate.happens(0.3) else 0

    def play(self) -> None:
        """From the first event until everything is quiet."""
        self.scheduler.rates = _rates(self.fate)
        self.scheduler.on_step, self.scheduler.on_quiet = self._step, self._quiet
        self._loop.set_exception_handler(lambda _, context: self.failures.append(str(context)))
        for trigger in flows():
            self._choose(trigger)
        asyncio.set_event_loop(self._loop)
        try:
            self._begin_all()
            self._loop.run_until_complete(self._over)
            self.failures += self._loop.run_until_complete(self._judged())
        except AssertionError as exc:
            self.failures.append(str(exc))
        finally:
            self._end()

    async def _judged(self) -> list[str]:
        """What is wrong with what is left behind."""
        database = ModelDatabase(self.scheduler, self.tables, Process("judge"))
        async with database.statement() as tx:
            runs = await journal.load(tx, [no for (no,) in self.tables.rows["runs"]])
        flows = {(flow, version): compiled(flow, version) for _, flow, version in self.tables.versions}
        seen = Evidence(
            server=self.server, tables=self.tables, runs=runs, flows=flows,
            tasks_done=self._tasks_done, was_cut=bool(self.fate.counts["power cut"]),
        )  # fmt: skip
        found = list(problems(seen, self.visitors))
        return found + [d for v in self.visitors if not seen.was_cut for d in differences(seen, v)]

    def _note_answer(self, message: StoredMessage) -> None:
        if message.subject.startswith("task.done."):
            self._tasks_done.setdefault(message.subject, message.at)

    def _begin_all(self) -> None:
        for number in (1, 2):
            self._begin_executor(f"executor-{number}")
        self._begin_worker("worker")
        for name in self.visitors:
            visitor = Visitor(self.scheduler, self.server, name)
            self._people.append(self._loop.begin(visitor.process, visitor.live()))
        agents = Agents(self.scheduler, self.server, self.town, self.visitors)
        self._people.append(self._loop.begin(agents.process, agents.live()))

    def _begin_executor(self, name: str) -> None:
        executor = Executor(self.scheduler, self.server, self.tables, self.town, self._parts)
        process = Process(name, is_mortal=True)
        self._watch(name, process, executor, self._begin_executor)
        task = self._loop.begin(process, executor.run(process, self._partitions))
        task.add_done_callback(self._ended)

    def _begin_worker(self, name: str) -> None:
        process = Process(name, is_mortal=True)
        self._watch(name, process, None, self._begin_worker)
        self._loop.begin(process, work(self.scheduler, self.server, process)).add_done_callback(self._ended)

    def _watch(
        self, name: str, process: Process, executor: Executor | None, begin: Callable[[str], None]
    ) -> None:
        """Whoever dies comes back, some seconds later."""
        self._alive[name] = (process, executor)
        pause_s = self.fate.one_of((0.1, 0.5, 2.0, 7.0))
        process.at_death.append(lambda: self._loop.call_later(pause_s, begin, name) and None)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (failure := task.exception()) is not None:
            self.failures.append(f"{task.get_name()} gave up: {failure!r}")

    def _choose(self, trigger: str) -> None:
        self.tables.activate(TEAM, self.fate.one_of(flows()[trigger]))

    def _step(self) -> None:
        steps = self.scheduler.steps
        if self._over.done():
            return
        if steps == self._cut_at:
            self._cut_power()
        if steps == self._switch_at:
            self._choose(self.fate.one_of(tuple(flows())))
        if steps > MOST_STEPS:
            raise AssertionError("it never becomes quiet")
        if not self._is_calm and (steps > _STORM_STEPS or self._are_people_done()):
            self._is_calm = steps > _STORM_STEPS or self.fate.happens(0.02)
            if self._is_calm:
                self.scheduler.rates = CALM

    def _cut_power(self) -> None:
        self.fate.count("power cut")
        for process, _ in list(self._alive.values()):
            self.scheduler.kill(process)
        self.server.cut_power(self.fate.random.random())

    def _are_people_done(self) -> bool:
        return all(task.done() for task in self._people)

    def _quiet(self) -> bool:
        """Whether the story is over, now that nothing can go on but by time."""
        if not self._are_people_done() or not self.server.is_idle:
            return False
        self.scheduler.rates, self._is_calm = CALM, True
        if not all(p.is_alive and (e is None or e.has_recovered) for p, e in self._alive.values()):
            return False
        if self.server.next_due < self.scheduler.now + self._horizon:
            return False
        if not self._over.done():
            self._over.set_result(None)
        return True

    def _end(self) -> None:
        for process in self.scheduler.processes:
            process.is_alive = False
        for _ in range(5):
            tasks = asyncio.all_tasks(self._loop)
            if not tasks:
                break
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait(tasks))
        asyncio.set_event_loop(None)
        self._loop.close()


def _rates(fate: Fate) -> Rates:
    """How bad it gets: from nothing at all to very bad."""
    some = fate.one_of((0.0, 0.3, 1.0, 1.0, 2.0))
    return Rates(
        kill=some * fate.one_of((0.0, 0.002, 0.01, 0.03)),
        away=some * fate.one_of((0.0, 0.01, 0.03)),
        lost=some * fate.one_of((0.0, 0.01, 0.03)),
        stall=some * fate.one_of((0.0, 0.0, 0.003, 0.01)),
        wait=fate.one_of((0.0, 0.005, 0.05)),
    )
