"""What the page's main thread was busy with, from Chromium's own trace."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import NamedTuple, TypedDict, cast

import msgspec
from playwright.async_api import Browser, Page

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"]


class _Event(TypedDict, total=False):
    name: str
    ph: str
    pid: int
    tid: int
    tdur: int
    dur: int
    args: dict[str, object]


class Task(NamedTuple):
    """One task of the main thread; `cpu_ms` is its own work, whatever else the machine did meanwhile."""

    cpu_ms: float
    wall_ms: float


class Trace:
    """Filled when the block is left."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        """Of the page's main thread, the longest first."""

    @property
    def longest_ms(self) -> float:
        """The longest task's own work."""
        return self.tasks[0].cpu_ms

    @property
    def busy_ms(self) -> float:
        """All tasks' own work together."""
        return sum(task.cpu_ms for task in self.tasks)


@asynccontextmanager
async def traced(browser: Browser, page: Page) -> AsyncGenerator[Trace]:
    """What the page does in this block."""
    trace = Trace()
    await browser.start_tracing(page=page, categories=CATEGORIES)
    try:
        yield trace
    finally:
        document = msgspec.json.decode(await browser.stop_tracing())
        trace.tasks = _tasks(cast("dict[str, list[_Event]]", document)["traceEvents"])


def _tasks(events: list[_Event]) -> list[Task]:
    threads = {
        (event.get("pid"), event.get("tid"))
        for event in events
        if event.get("name") == "thread_name" and event.get("args", {}).get("name") == "CrRendererMain"
    }
    # The page's renderer is the one that did the most; others only stand by.
    by_thread = [
        [
            Task(event.get("tdur", 0) / 1000, event.get("dur", 0) / 1000)
            for event in events
            if event.get("name") == "RunTask" and (event.get("pid"), event.get("tid")) == thread
        ]
        for thread in threads
    ]
    busiest = max(by_thread, key=lambda tasks: sum(task.cpu_ms for task in tasks))
    return sorted(busiest, reverse=True)
