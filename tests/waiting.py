"""Waiting for something to become true: the only poller of the tests."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE_S = 0.02


async def eventually(check: Callable[[], T | Awaitable[T]], within_s: float = 5.0) -> T:
    """The first true result of `check`, which may be a coroutine function and may assert.

    Raises the check's last `AssertionError`, else says what it returned last.
    """
    deadline = time.monotonic() + within_s
    while True:
        failure: AssertionError | None = None
        result: T | None = None
        try:
            found = check()
            result = await found if inspect.isawaitable(found) else found
        except AssertionError as exc:
            failure = exc
        if result and failure is None:
            return result
        if time.monotonic() >= deadline:
            raise failure or AssertionError(
                f"still {result!r} after {within_s} s: {inspect.getsource(check).strip()}"
            )
        await asyncio.sleep(PAUSE_S)


def eventually_sync(check: Callable[[], T], within_s: float = 5.0) -> T:
    """The same, for what runs outside of a loop."""
    deadline = time.monotonic() + within_s
    while not (result := check()):
        if time.monotonic() >= deadline:
            raise AssertionError(f"still {result!r} after {within_s} s")
        time.sleep(PAUSE_S)
    return result
