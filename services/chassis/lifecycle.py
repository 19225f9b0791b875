"""A service's life: configuration, logs, an event loop, a stop in order, and an exit code that says why it ended.

    def main() -> None:
        run("presence", Config, serve)

    async def serve(config: Config, stop: asyncio.Event) -> None:
        async with Bus(config.nats_url, "presence") as bus, asyncio.TaskGroup() as tasks:
            ...
            health.ready()
            await stop.wait()
            ...  # stop fetching, finish what is in hand; leaving the contexts drains and closes

SIGTERM and SIGINT set `stop`; `stop_s` seconds later `serve` is cancelled. Exit codes: 0 stopped, 1 failed, 2 wrong
configuration, 3 a server cannot be reached.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar, cast

import uvloop
from structlog.stdlib import get_logger

from services.chassis import health, logs
from services.chassis.config import ServiceConfig, load
from services.chassis.errors import BadConfig, FrontdeskError, Unreachable

C = TypeVar("C", bound=ServiceConfig)

Serve = Callable[[C, asyncio.Event], Awaitable[None]]

DONE, FAILED, WRONG_USAGE, UNREACHABLE = 0, 1, 2, 3
"""Exit codes, the same for every command."""

_CUT_OFF_S = 2.0
"""What a cancelled service may take to unwind."""

_log = get_logger()


def run(service: str, config_type: type[C], serve: Serve[C]) -> NoReturn:
    """Run one service until it is told to stop; never returns."""
    try:
        config = load(config_type, os.environ)
    except BadConfig as exc:
        fail(exc)
    logs.configure(service, config.log, config.log_level)
    try:
        uvloop.run(_supervised(serve, config))
    except Exception as exc:  # noqa: BLE001 - the last place where a failure can still be told
        reason = sole_reason(exc)
        if reason is None:
            _log.exception("service.failed")
            sys.exit(FAILED)
        fail(reason)
    sys.exit(DONE)


def fail(exc: FrontdeskError) -> NoReturn:
    """End the process with one sentence on stderr and the exit code of that kind of error."""
    print(f"frontdesk: {exc}", file=sys.stderr, flush=True)  # noqa: T201 - what the person must read
    sys.exit(exit_code(exc))


def exit_code(exc: FrontdeskError) -> int:
    """The exit code of that kind of error."""
    match exc:
        case BadConfig():
            return WRONG_USAGE
        case Unreachable():
            return UNREACHABLE
        case _:
            return FAILED


def sole_reason(exc: BaseException) -> FrontdeskError | None:
    """The error that was raised on purpose, also from inside task groups; None when anything else was raised too."""
    if not isinstance(exc, BaseExceptionGroup):
        return exc if isinstance(exc, FrontdeskError) else None
    group = cast("BaseExceptionGroup[BaseException]", exc)
    reasons = [sole_reason(one) for one in group.exceptions]
    return reasons[0] if all(reasons) else None


async def _supervised(serve: Serve[C], config: C) -> None:
    """Run `serve` until it ends by itself or by the deadline after a signal."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(_awaited(serve(config, stop)), name="serve")
        deadline = tasks.create_task(_cut_off(stop, serving, config.stop_s), name="deadline")
        serving.add_done_callback(lambda _: deadline.cancel())


async def _awaited(awaitable: Awaitable[None]) -> None:
    await awaitable


async def _cut_off(stop: asyncio.Event, serving: asyncio.Task[None], stop_s: float) -> None:
    await stop.wait()
    health.stopping()
    await asyncio.sleep(stop_s)
    _log.error("service.stop_overdue", after_s=stop_s)
    serving.cancel()
    await asyncio.sleep(_CUT_OFF_S)
    # It does not even react to being cancelled; whoever waits for us need not.
    os._exit(FAILED)
