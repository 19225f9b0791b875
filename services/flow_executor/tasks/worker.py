"""Doing the tasks of one kind, many at once.

Each message is its own small life: is it still wanted, attempts with pauses between them, the answer to
`task.done.<run>.<seq>`, the ack. Whoever dies before the ack leaves the message to another worker:

- before the answer was stored, the work is done again under the same idempotency key (at least once);
- after it, the next worker finds the answer and does nothing.

A death counts as an attempt, and a task that was delivered too often goes to DEAD, with an answer that fails its node:
it may be what kills the process. Bus and database being away is nobody's failure: the task is held until they are back.
At a stop, attempts under way may finish, and what only waits is given back at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from structlog.stdlib import get_logger

from contracts.subjects import parse_task, task_done
from contracts.task import Task, TaskDone
from services.chassis import dead_letters
from services.chassis.bus import Bus, Delivery, Pull
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.errors import is_away
from services.flow_executor.tasks.outcome import Attempt, Begin, Outcome

DEAD_AFTER = 10
"""Deliveries."""
LONGEST_PAUSE_S = 30.0
"""Between two attempts, whatever the other side asks for: the run does not wait for ever."""
_BATCH = 256
_FIRST_HELD_S = 0.1
_LONGEST_HELD_S = 5.0

T = TypeVar("T", bound=Task)
R = TypeVar("R")

_log = get_logger()


class Manner(Struct, frozen=True, kw_only=True):
    """How tasks are done."""

    at_once: int
    """Attempts under way at a time."""
    pause_s: float
    """Before the second attempt; each further pause is twice as long."""
    grace_s: float
    """What attempts that are under way at a stop may take to finish."""


class _Stopped(BaseException):
    """The process ends before this task is done: it is left to another worker. Not an `Exception`, to pass by."""


class _Unreadable(ValueError):  # noqa: N818 - said of a message
    """No task that anybody could do."""


class Worker(Generic[T]):
    """The tasks of one durable. `wanted` says whether a task is still to be done, `begin` how."""

    def __init__(
        self,
        bus: Bus,
        pull: Pull,
        *,
        kind: type[T],
        wanted: Callable[[Task], Awaitable[bool]],
        begin: Begin[T],
        manner: Manner,
    ) -> None:
        self._bus = bus
        self._pull = pull
        self._decoder = msgspec.json.Decoder(kind)
        self._wanted = wanted
        self._begin = begin
        self._manner = manner
        self._slots = asyncio.Semaphore(manner.at_once)
        self._in_hand: dict[int, Delivery] = {}
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Do tasks for ever. Cancelled, it lets attempts that are under way finish, for a while."""
        async with asyncio.TaskGroup() as tasks:
            reminding = tasks.create_task(self._remind(), name="task-remind")
            lives: set[asyncio.Task[None]] = set()
            try:
                while True:
                    for delivery in await self._pull.batch(_BATCH):
                        if self._take(delivery):
                            life = tasks.create_task(self._live(delivery), name="task")
                            lives.add(life)
                            life.add_done_callback(lives.discard)
            finally:
                self._stop.set()
                if lives:
                    await asyncio.wait(lives, timeout=self._manner.grace_s)
                reminding.cancel()

    def _take(self, delivery: Delivery) -> bool:
        """Whether it is new; one that comes again while it is in hand is the same one."""
        is_new = delivery.seq not in self._in_hand
        self._in_hand[delivery.seq] = delivery
        return is_new

    async def _live(self, delivery: Delivery) -> None:
        """See one task through."""
        try:
            done = await self._ended(delivery)
            if done is not None:
                await self._held(lambda: self._tell(done))
            await self._pull.ack([self._in_hand[delivery.seq]])
        except _Stopped:
            await self._pull.give_back([self._in_hand[delivery.seq]])
        finally:
            del self._in_hand[delivery.seq]

    async def _ended(self, delivery: Delivery) -> TaskDone | None:
        """How the task ended; None when nobody waits for that."""
        try:
            task = self._read(delivery)
            if delivery.attempts > DEAD_AFTER:
                detail = f"delivered {delivery.attempts} times and never finished"
                return await self._bury(delivery, "delivered_too_often", detail)
            outcome = await self._outcome(task, delivery)
        except _Unreadable as exc:
            return await self._bury(delivery, "undecodable", str(exc))
        except Exception as exc:  # noqa: BLE001 - whatever a task does to its worker must not stop the others
            _log.exception("task.failed", subject=delivery.subject)
            return await self._bury(delivery, "failed", type(exc).__name__)
        if outcome is None:
            _log.info("task.not_wanted", id=task.id, attempts=delivery.attempts)
            return None
        _log.info("task.ended", id=task.id, ok=outcome.ok, code=outcome.code, status=outcome.status)
        return outcome.of(task)

    def _read(self, delivery: Delivery) -> T:
        try:
            task = self._decoder.decode(delivery.data)
            where = parse_task(delivery.subject)
            UUID(where.run)
        except (msgspec.DecodeError, ValueError, RecursionError) as exc:
            raise _Unreadable(str(exc)) from exc
        if (task.run, task.seq) != (where.run, where.seq):
            raise _Unreadable(f"its body is of {task.run}.{task.seq}, its subject is not")
        return task

    async def _outcome(self, task: T, delivery: Delivery) -> Outcome | None:
        """The end of the last attempt; None when nobody waits for it.

        Whoever died over it before us used one attempt up, but there is always one left.
        """
        attempt = self._begin(task, delivery.at)
        left = max(1, task.attempts - (delivery.attempts - 1))
        pause_s = self._manner.pause_s
        while True:
            outcome = await self._held(lambda: self._attempted(task, attempt))
            left -= 1
            if outcome is None or not outcome.may_pass or left == 0:
                return outcome
            await self._pause(min(LONGEST_PAUSE_S, max(pause_s, outcome.after_s)))
            pause_s *= 2

    async def _attempted(self, task: T, attempt: Attempt) -> Outcome | None:
        async with self._slot():
            # Before each attempt: a run may be cancelled in the pause.
            return await attempt() if await self._wanted(task) else None

    @asynccontextmanager
    async def _slot(self) -> AsyncGenerator[None]:
        async with self._slots:
            if self._stop.is_set():
                raise _Stopped
            yield

    async def _tell(self, done: TaskDone) -> None:
        subject = task_done(done.run, done.seq)
        await self._bus.store(subject, msgspec.json.encode(done), {MESSAGE_ID: subject})

    async def _bury(self, delivery: Delivery, reason: str, detail: str) -> TaskDone | None:
        """Keep it in DEAD; the run hears that its task failed, if the subject says which run that is."""
        _log.error("task.buried", subject=delivery.subject, reason=reason, attempts=delivery.attempts)
        await self._held(lambda: dead_letters.bury(self._bus, delivery, reason, detail))
        try:
            where = parse_task(delivery.subject)
            UUID(where.run)
        except ValueError:
            return None
        sentence = "the worker could not do it; `frontdesk dead list` says more"
        return TaskDone(run=where.run, seq=where.seq, ok=False, code=reason, detail=sentence)

    async def _held(self, step: Callable[[], Awaitable[R]]) -> R:
        """What `step` gives once bus and database are there."""
        pause_s = _FIRST_HELD_S
        while True:
            try:
                return await step()
            except Exception as exc:
                if not is_away(exc):
                    raise
                _log.warning("task.held", error=f"{type(exc).__name__}: {exc}")
            await self._pause(pause_s)
            pause_s = min(_LONGEST_HELD_S, pause_s * 2)

    async def _pause(self, pause_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._stop.wait()
        if self._stop.is_set():
            raise _Stopped

    async def _remind(self) -> None:
        """Say of everything in hand that it is being worked on."""
        every_s = self._pull.ack_wait.total_seconds() / 2
        while True:
            await asyncio.sleep(every_s)
            await self._pull.in_progress([*self._in_hand.values(), *self._pull.waiting()])
