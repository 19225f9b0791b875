"""Who goes on next, and what becomes of it.

All code of a simulation runs on one event loop whose clock stands still while anything can go on. A call to a model
waits here; when nothing else is left to run, the loop asks its selector for news, and that is the scheduler: it picks
one of the waiting calls, and fate says whether it works, fails, is lost or is its caller's last one. Only when no call
can go on does time pass, to the next timer. So the order of everything follows from the seed.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextvars import Context, ContextVar
from datetime import UTC, datetime, timedelta
from math import ceil
from selectors import BaseSelector, SelectorKey
from typing import Any, Generic, TypeVar

from services.chassis.errors import FrontdeskError, Unreachable
from tests.simulation.fate import CALM, Fate

T = TypeVar("T")
EPOCH = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECOND = 1_000_000
_PATIENCE = 30 * SECOND
"""What a statement waits for locks at most, as the database port does."""
_NEVER = 1 << 62


class Process:
    """Whose calls these are. All its tasks die with it."""

    def __init__(self, name: str, *, is_mortal: bool = False) -> None:
        self.name = name
        self.is_mortal = is_mortal
        self.is_alive = True
        self.stalled_until = 0
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.sent: deque[Call[Any]] = deque()
        """Messages under way to the bus, on one connection: they arrive in this order, or not at all."""
        self.at_death: list[Callable[[], None]] = []


class Call(Generic[T]):
    """A call to the outside that waits for its turn."""

    __slots__ = ("apply", "can_fail", "future", "is_ready", "name", "on_failure", "process", "since")

    def __init__(self, process: Process, name: str, apply: Callable[[], T]) -> None:
        self.process = process
        self.name = name
        self.apply = apply
        self.is_ready: Callable[[], bool] | None = None
        self.on_failure: Callable[[], None] | None = None
        self.can_fail = True
        self.since = 0
        self.future: asyncio.Future[T]


class Scheduler(BaseSelector):
    """The selector of the simulated loop. Times are microseconds since `EPOCH`."""

    def __init__(self, fate: Fate) -> None:
        self.fate = fate
        self.rates = CALM
        self.now = 0
        self.steps = 0
        self.waiting: list[Call[Any]] = []
        self.processes: list[Process] = []
        self.tick: Callable[[], None] = lambda: None
        """Called when time has passed."""
        self.next_event: Callable[[], int] = lambda: _NEVER
        """When a model has something to do by itself."""
        self.on_step: Callable[[], None] = lambda: None
        self.on_quiet: Callable[[], bool] = lambda: False
        """Told when nothing can go on but by time; True: the simulation has decided to end."""
        self._keys: dict[int, SelectorKey] = {}

    @property
    def at(self) -> datetime:
        """The time of the models' clocks."""
        return EPOCH + timedelta(microseconds=self.now)

    # What processes do

    async def call(
        self,
        process: Process,
        name: str,
        apply: Callable[[], T],
        *,
        is_ready: Callable[[], bool] | None = None,
        on_failure: Callable[[], None] | None = None,
        can_fail: bool = True,
    ) -> T:
        """Have `apply` done when its turn comes, once `is_ready`; raises what it raises, or `Unreachable`."""
        if not process.is_alive:
            raise asyncio.CancelledError
        call = Call(process, name, apply)
        call.future = asyncio.get_running_loop().create_future()
        call.is_ready, call.on_failure, call.can_fail = is_ready, on_failure, can_fail
        call.since = self.now
        self.waiting.append(call)
        return await call.future

    def send(self, process: Process, name: str, apply: Callable[[], T]) -> asyncio.Future[T]:
        """Have `apply` done some time, behind what the process sent before, whatever becomes of the process."""
        if not process.is_alive:
            raise asyncio.CancelledError
        call = Call(process, name, apply)
        call.future = asyncio.get_running_loop().create_future()
        process.sent.append(call)
        return call.future

    def kill(self, process: Process) -> None:
        """Its tasks never go on; of what it had sent some may still arrive."""
        if not process.is_alive:
            return
        self.fate.note(f"{process.name} dies;")
        self.fate.count("kill")
        process.is_alive = False
        for _ in range(self.fate.number(0, len(process.sent))):
            process.sent.pop()
        for task in list(process.tasks):
            task.cancel()
        self.waiting = [call for call in self.waiting if call.process is not process]
        for tell in process.at_death:
            tell()

    # The selector of the loop

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """Nothing ever comes from outside; one call goes on, or time passes."""
        if timeout is None or timeout > 0:
            self._next(_NEVER if timeout is None else self.now + max(1, ceil(timeout * SECOND)))
        return []

    def _next(self, timer: int) -> None:
        self.steps += 1
        alive = [process.is_alive for process in self.processes]
        self.on_step()
        if alive != [process.is_alive for process in self.processes]:
            # Whoever died comes back at a time that was not known when `timer` was.
            return
        ready = self._ready()
        if ready and not self.fate.happens(self.rates.wait):
            self._happen(self.fate.one_of(ready) if len(ready) > 1 else ready[0])
            self._pass(self.now + self.fate.number(20, 400))
            return
        stalls = (p.stalled_until for p in self.processes if p.stalled_until > self.now)
        later = min(timer, self.next_event(), *stalls)
        if ready and later >= _NEVER:
            return
        if ready or not self.on_quiet():
            self._pass(later)
            self._lose_patience()

    def _pass(self, until: int) -> None:
        if until >= _NEVER:
            raise AssertionError("everything waits, and nothing will ever happen")
        self.now = max(self.now, until)
        self.tick()

    def _ready(self) -> list[Call[Any]]:
        now = self.now
        ready = [
            call
            for call in self.waiting
            if call.process.stalled_until <= now and (call.is_ready is None or call.is_ready())
        ]
        ready += [p.sent[0] for p in self.processes if p.sent and p.stalled_until <= now]
        return ready

    def _happen(self, call: Call[Any]) -> None:
        process = call.process
        is_sent = bool(process.sent) and process.sent[0] is call
        if is_sent:
            process.sent.popleft()
        else:
            self.waiting.remove(call)
        if not is_sent and call.future.done():
            return  # its caller has given up
        fortune = self._fortune(call)
        self.fate.note(f"{self.now} {process.name} {call.name} {fortune};")
        if fortune in ("", "lost", "dies behind"):
            self._apply(call, is_told=not fortune)
        if fortune.startswith("dies"):
            self.kill(process)
        elif fortune and fortune != "stall":
            self._fail(call, fortune, is_silent=is_sent and self.fate.happens(0.2))
        elif fortune:
            process.stalled_until = self.now + self.fate.number(1, 12) * SECOND
            (process.sent.appendleft if is_sent else self.waiting.append)(call)

    def _fortune(self, call: Call[Any]) -> str:
        rates, chance = self.rates, self.fate.random.random()
        if call.process.is_mortal and call.process.is_alive:
            if chance < rates.kill:
                return self.fate.one_of(("dies before", "dies behind"))
            if chance < rates.kill + rates.stall:
                self.fate.count("stall")
                return "stall"
            chance -= rates.kill + rates.stall
        if not call.can_fail or chance >= rates.away + rates.lost:
            return ""
        fortune = "away" if chance < rates.away else "lost"
        self.fate.count(fortune)
        return fortune

    def _apply(self, call: Call[Any], *, is_told: bool) -> None:
        try:
            result = call.apply()
        except FrontdeskError as exc:
            if is_told and not call.future.done():
                call.future.set_exception(exc)
        else:
            if is_told and not call.future.done():
                call.future.set_result(result)

    def _fail(self, call: Call[Any], why: str, *, is_silent: bool = False) -> None:
        if call.on_failure is not None:
            call.on_failure()
        # The ack of a message may also just never come: its sender has to lose patience.
        if not is_silent and not call.future.done() and call.process.is_alive:
            call.future.set_exception(Unreachable(f"{call.name}: {why}"))

    def _lose_patience(self) -> None:
        """Statements that wait for a lock for too long, for example for each other, fail."""
        for call in list(self.waiting):
            if call.on_failure is not None and self.now - call.since > _PATIENCE:
                self.waiting.remove(call)
                self.fate.note(f"{call.process.name} {call.name} gives up;")
                self._fail(call, "no answer in time")

    # What a selector must be able to do; the loop registers its own pipe, which nobody writes to

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:  # noqa: ANN401 - as the base says
        """Keep it."""
        key = SelectorKey(fileobj, _number(fileobj), events, data)
        self._keys[key.fd] = key
        return key

    def unregister(self, fileobj: Any) -> SelectorKey:  # noqa: ANN401 - as the base says
        """Forget it."""
        return self._keys.pop(_number(fileobj))

    def get_map(self) -> Mapping[Any, SelectorKey]:
        """What is kept."""
        return self._keys


def _number(fileobj: Any) -> int:  # noqa: ANN401 - a descriptor or what has one
    return fileobj if isinstance(fileobj, int) else fileobj.fileno()


_process: ContextVar[Process | None] = ContextVar("process", default=None)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop with the scheduler's clock. Tasks belong to the process whose task began them."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__(scheduler)
        self._scheduler = scheduler
        self.set_task_factory(_owned)

    def time(self) -> float:
        """Seconds since `EPOCH`."""
        return self._scheduler.now / SECOND

    def begin(self, process: Process, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have the work run as this process."""
        context = Context()
        context.run(_process.set, process)
        if process not in self._scheduler.processes:
            self._scheduler.processes.append(process)
        return self.create_task(work, name=process.name, context=context)


def _owned(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, T] | Generator[Any, None, T],
    *,
    context: Context | None = None,
) -> asyncio.Task[T]:
    task = asyncio.Task(work, loop=loop, context=context)
    process = _process.get() if context is None else context.get(_process)
    if process is not None:
        process.tasks[task] = None
        task.add_done_callback(lambda done: process.tasks.pop(done, None))
    return task
