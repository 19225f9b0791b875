"""Processes that belong together: started in order, started again when they end, stopped in reverse order.

The first start of a program must succeed, or the whole start fails with the program's own last words. After that a
program that ends is started again: at once when it had run for a while, with growing pauses when it keeps ending.
No child outlives us: on Linux each gets its stop signal when we die, however we die.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from services.chassis.embedded.launch import Launch
from services.chassis.errors import BadConfig, FrontdeskError, Permanent, Unreachable
from services.chassis.health import VARIABLE, ReadySocket
from services.chassis.lifecycle import UNREACHABLE, WRONG_USAGE
from services.chassis.relay import Relay

SHORTEST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
STEADY_S = 10.0
"""A program that ran for this long had not failed to start."""

_POLL_S = 0.01
_CURE_POLL_S = 0.5
_LAST_WORDS_S = 1.0
"""What is said longer before the end is not the reason for it; nor is the rest of a log waited for longer."""


@dataclass(frozen=True)
class Program:
    """One process to keep running."""

    name: str
    launch: Launch
    prepare: Callable[[], None] | None = None
    """Done before each start, in a thread."""
    is_ready: Callable[[], bool] | None = None
    """Asked until it is true; None: the program says so by itself (`services.chassis.health`)."""
    is_talkative: bool = False
    """Whether its log is for the file only."""
    waits_for_word: bool = False
    """Whether it reads a line from its input before it begins; see `Supervisor.load`."""
    ails: Callable[[str], bool] | None = None
    """Whether this line of its log says that it runs on in vain and needs to be started again."""
    is_curable: Callable[[], bool] = lambda: True
    """Asked until it is true, before it is ended for that reason."""
    ready_s: float = 30.0
    stop_s: float = 12.0


class Child:
    """A program and its present process."""

    def __init__(self, program: Program, relay: Relay, ready_socket: Path) -> None:
        self.program = program
        self.relay = relay
        self.ails = asyncio.Event()
        self.process: asyncio.subprocess.Process | None = None
        self.is_wanted = True
        self.ran_from = 0.0
        self._ready_socket = ready_socket
        self._ready: ReadySocket | None = None
        self._reader: asyncio.Task[None] | None = None

    async def spawn(self, tasks: asyncio.TaskGroup) -> None:
        """Start the process; `tasks` owns the reading of its log."""
        if self.program.prepare is not None:
            await asyncio.to_thread(self.program.prepare)
        launch = self.program.launch
        environ = dict(launch.environ)
        if self.program.is_ready is None:
            self._ready = ReadySocket(self._ready_socket)
            environ[VARIABLE] = str(self._ready_socket)
        self.process = await asyncio.create_subprocess_exec(
            *launch.argv,
            env=environ,
            cwd="/" if launch.user is not None else None,
            stdin=asyncio.subprocess.PIPE if self.program.waits_for_word else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C at the terminal is ours alone: we stop the others in order.
            start_new_session=True,
            preexec_fn=launch.before_exec(),
        )
        self.relay.last_words = ""
        self.ran_from = asyncio.get_running_loop().time()
        assert self.process.stdout is not None
        self._reader = tasks.create_task(self.relay.run(self.process.stdout), name=f"log-{self.program.name}")

    async def becomes_ready(self) -> bool:
        """Let it begin; whether it is ready before it ends or takes too long."""
        assert self.process is not None
        if self.process.stdin is not None:
            self.process.stdin.write(b"begin\n")
        ready = asyncio.ensure_future(self._until_ready())
        ended = asyncio.ensure_future(self.process.wait())
        try:
            await asyncio.wait(
                {ready, ended}, timeout=self.program.ready_s, return_when=asyncio.FIRST_COMPLETED
            )
            return ready.done()
        finally:
            for future in (ready, ended):
                future.cancel()
            await asyncio.gather(ready, ended, return_exceptions=True)
            if self._ready is not None:
                self._ready.close()

    async def end(self, say: Callable[[str], None]) -> None:
        """Stop it in order, by force when that takes too long."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(self.program.launch.stop_signal)
        try:
            async with asyncio.timeout(self.program.stop_s):
                await process.wait()
        except TimeoutError:
            say(f"{self.program.name} did not stop within {self.program.stop_s:g} s; killing it")
            self.kill()
            await process.wait()

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill()

    async def failure(self) -> FrontdeskError:
        """Why it did not become ready, in its own words if it left any."""
        assert self.process is not None
        name, code = self.program.name, self.process.returncode
        if code is None:
            return Unreachable(f"{name} was not ready within {self.program.ready_s:g} s; its log says more")
        why = f"{name} could not start: {await self.last_words(code) or ended(code)}"
        kinds = {WRONG_USAGE: BadConfig, UNREACHABLE: Unreachable}
        return kinds.get(code, Permanent)(why)

    async def last_words(self, code: int) -> str:
        """What it said as it gave up; empty when it was killed, for then nothing that it said is the reason."""
        if code <= 0:
            return ""
        now = time.monotonic()
        if self._reader is not None:
            await asyncio.wait({self._reader}, timeout=_LAST_WORDS_S)
        return self.relay.last_words if self.relay.last_words_at >= now - _LAST_WORDS_S else ""

    async def _until_ready(self) -> None:
        if self._ready is not None:
            await self._ready.wait()
        elif self.program.is_ready is not None:
            while not self.program.is_ready():  # noqa: ASYNC110 - another process becomes ready, no event of ours
                await asyncio.sleep(_POLL_S)


class Supervisor:
    """Keeps programs running until its context is left, which stops them all."""

    def __init__(self, logs: Path, sockets: Path, say: Callable[[str], None]) -> None:
        """`say` tells a person what happened; logs and readiness sockets go into these folders."""
        self._logs = logs
        self._sockets = sockets
        self._say = say
        self._tasks = asyncio.TaskGroup()
        self._keepers: list[asyncio.Task[None]] = []
        self._loading: list[Child] = []
        self._groups: list[Sequence[Child]] = []

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The task group would cancel the readers of logs first; processes go before them.
        await self._stop()
        await self._tasks.__aexit__(None, None, None)

    async def start(self, programs: Sequence[Program]) -> None:
        """Start these together, and return when all are ready; raises what kept one of them from it."""
        await self.begin(await self.load(programs))

    async def load(self, programs: Sequence[Program]) -> Sequence[Child]:
        """Start these as far as they get without a word from us: they load their code while other things happen."""
        group = [self._child(program) for program in programs]
        self._loading += group
        for child in group:
            await child.spawn(self._tasks)
        return group

    async def begin(self, group: Sequence[Child]) -> None:
        """Let these begin, and return when all are ready; raises what kept one of them from it."""
        self._groups.append(group)
        try:
            async with asyncio.TaskGroup() as starting:
                for child in group:
                    self._loading.remove(child)
                    starting.create_task(self._begin(child))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    def kill(self) -> None:
        """End every process at once: somebody has no patience left."""
        for group in (*self._groups, self._loading):
            for child in group:
                child.kill()

    def _child(self, program: Program) -> Child:
        def hear(line: str) -> None:
            if program.ails is not None and program.ails(line):
                child.ails.set()

        show = None if program.is_talkative else self._say
        relay = Relay(program.name, self._logs / f"{program.name}.log", show, hear)
        child = Child(program, relay, self._sockets / f"{program.name}.ready")
        return child

    async def _begin(self, child: Child) -> None:
        if not await child.becomes_ready():
            raise await child.failure()
        name = child.program.name
        self._keepers.append(self._tasks.create_task(self._keep(child), name=f"keep-{name}"))
        if child.program.ails is not None:
            self._keepers.append(self._tasks.create_task(self._cure(child), name=f"cure-{name}"))

    async def _keep(self, child: Child) -> None:
        """Start the program again, for as long as it is wanted, whenever it ends."""
        now = asyncio.get_running_loop().time
        pause_s = 0.0
        while True:
            assert child.process is not None
            code = await child.process.wait()
            if not child.is_wanted:
                return
            words = "" if child.program.is_talkative else await child.last_words(code)
            self._say(f"{child.program.name} {ended(code)}{words and f' ({words})'}; starting it again")
            if now() - child.ran_from >= STEADY_S:
                pause_s = 0.0
            pause_s = await self._again(child, pause_s)
            if await child.becomes_ready():
                self._say(f"{child.program.name} is back")

    async def _cure(self, child: Child) -> None:
        """End the program when it runs on in vain, as soon as that helps: `_keep` starts it again."""
        while True:
            await child.ails.wait()
            self._say(f"{child.program.name} cannot go on; it is started again as soon as that helps")
            while not child.program.is_curable():  # noqa: ASYNC110 - a disk tells nobody that it has room
                await asyncio.sleep(_CURE_POLL_S)
            await child.end(self._say)
            # What it said until its end is still being read; whatever is wrong after that, it says again.
            await asyncio.sleep(_LAST_WORDS_S)
            child.ails.clear()

    async def _again(self, child: Child, pause_s: float) -> float:
        """Spawn it, after a pause, until that works; the length of the next pause."""
        while True:
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, max(SHORTEST_PAUSE_S, pause_s * 2))
            try:
                await child.spawn(self._tasks)
            except (FrontdeskError, OSError) as exc:
                self._say(f"{child.program.name} cannot be started: {exc}")
            else:
                return pause_s

    async def _stop(self) -> None:
        """The group that was started last stops first."""
        for group in self._groups:
            for child in group:
                child.is_wanted = False
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for group in (self._loading, *reversed(self._groups)):
            await asyncio.gather(*(child.end(self._say) for child in group))


def ended(code: int) -> str:
    """How a process ended, to stand behind its name."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
