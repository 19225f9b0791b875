"""The ground of a benchmark: durable servers of its own, the machine's description, and figures with their
spread.
"""

import os
import platform
import statistics
import tempfile
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from contracts.streams import Stream
from services.chassis import migrations
from services.chassis.bus import Bus
from services.chassis.embedded import DataFolder, PostgresServer
from services.chassis.provision import provision
from tests.servers import Nats, Server, running


class Servers(NamedTuple):
    """Where the servers of a benchmark listen."""

    nats_url: str
    postgres_dsn: str


class Figure(msgspec.Struct, frozen=True):
    """Several readings of one thing."""

    median: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, readings: Sequence[float]) -> Self:
        """Their median and spread."""
        return cls(statistics.median(readings), min(readings), max(readings), len(readings))

    def __str__(self) -> str:
        return f"{self.median:,.4g} ({self.low:,.4g} to {self.high:,.4g})"


class Machine(msgspec.Struct, frozen=True):
    """Where the figures come from."""

    cores: int
    memory_gib: int
    system: str
    python: str

    def __str__(self) -> str:
        return f"{self.cores} cores, {self.memory_gib} GiB, {self.system}, Python {self.python}"


def machine() -> Machine:
    """This machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Machine(os.cpu_count() or 1, round(memory), platform.platform(), platform.python_version())


class StreamState(msgspec.Struct, frozen=True):
    """What a stream holds; `last_seq` counts what it ever took."""

    bytes: int
    messages: int
    last_seq: int


class _Info(msgspec.Struct, frozen=True):
    state: StreamState


async def state_of(bus: Bus, stream: Stream) -> StreamState:
    """To ask for the last message that matches `chat.>` instead would make the server look at each of its subjects."""
    return (await bus.api.request(f"STREAM.INFO.{stream.name}", None, _Info)).state


@asynccontextmanager
async def servers() -> AsyncGenerator[Servers]:
    """NATS and Postgres as `frontdesk up` runs them, migrated and provisioned, with `synchronous_commit = on`."""
    with tempfile.TemporaryDirectory(prefix="fd-bench-") as folder:
        nats = Nats(Path(folder) / "nats")
        with running(nats), _postgres(Path(folder) / "postgres") as dsn:
            await migrations.apply(dsn)
            async with Bus(nats.url, "bench") as bus:
                await provision(bus)
            yield Servers(nats.url, dsn)


@contextmanager
def _postgres(path: Path) -> Generator[str]:
    folder = DataFolder(path)
    postgres = PostgresServer(folder)
    with running(Server(folder, postgres)):
        yield postgres.dsn
