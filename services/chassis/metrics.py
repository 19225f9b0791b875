"""Counters for Prometheus. Counting is one addition in a dict; the library that tells them is loaded where somebody
listens only.

    FAILED = Counter("frontdesk_runs_failed_total", "Runs that failed.", "team", "flow", "code")
    FAILED.add("default", "welcome", "host_not_allowed")

Counters live as long as the process, and belong to its event loop.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

SETTING = "FRONTDESK_METRICS"

_counters: "list[Counter]" = []


class Counter:
    """How often something happened since the process began, told apart by labels."""

    def __init__(self, name: str, says: str, *labels: str) -> None:
        self.name = name
        self.says = says
        self.labels = labels
        self._counts: dict[tuple[str, ...], int] = {}
        _counters.append(self)

    def add(self, *values: str) -> None:
        """Once more, with these values of the labels in their order."""
        self._counts[values] = self._counts.get(values, 0) + 1

    def counts(self) -> dict[tuple[str, ...], int]:
        """All of them, by the values of the labels."""
        return dict(self._counts)


class _Told:
    """The counters as the library knows them."""

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily  # noqa: PLC0415 - see above

        for counter in _counters:
            family = CounterMetricFamily(counter.name, counter.says, labels=counter.labels)
            for values, count in counter.counts().items():
                family.add_metric(values, count)
            yield family


def _page(registry: "CollectorRegistry") -> "ASGIApp":
    """What is answered, whatever the path."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415 - see above

    async def answer(_scope: "Scope", _receive: "Receive", send: "Send") -> None:
        headers = [(b"content-type", CONTENT_TYPE_LATEST.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        body = generate_latest(registry)
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return answer


@asynccontextmanager
async def exposed(host: str, port: int) -> AsyncGenerator[None]:
    """Tell whoever asks by HTTP, for the time of the block; port 0: nobody. Raises `BadConfig`."""
    if port == 0:
        yield
        return
    from prometheus_client import CollectorRegistry, ProcessCollector  # noqa: PLC0415 - see above

    from services.chassis.http import Server, listen  # noqa: PLC0415

    registry = CollectorRegistry()
    registry.register(_Told())
    ProcessCollector(registry=registry)
    with listen(host, port, SETTING) as listener:
        server = Server(_page(registry), stop_s=1)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve([listener]), name="metrics")
            try:
                yield
            finally:
                server.should_exit = True
