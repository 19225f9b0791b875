"""The whole system in a form that can be hurt: servers that are killed and started, and a proxy on every way.

    visitors ─▶ proxy ─▶ widget-gateway ┐            ┌─▶ proxy ─▶ nats
                         the other four ┴ `up` ──────┴─▶ proxy ─▶ postgres

`frontdesk up` keeps the services going, as it does for people; the two servers are the embedded ones of `up`, run by us
so that a proxy fits between. Each has its data on a small disk of its own, where one can be mounted.
"""

import asyncio
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import psutil

from contracts.streams import CHAT, VISITOR
from services.chassis.bus import Bus
from services.chassis.embedded.nats_server import HOST, free_port
from services.cli.serve import SERVICES, Service
from tests.chaos.disk import Disk
from tests.chaos.proxy import Proxy
from tests.product import Product
from tests.servers import Nats, Postgres, Server

_WINDOW_NS = 100_000_000
"""The smallest dedupe window that NATS takes: what comes again a moment later is not refused."""


class _Stream(msgspec.Struct):
    config: dict[str, object]


class Site:
    """Everything that runs. Use as an async context manager."""

    def __init__(self, folder: Path) -> None:
        self.disks = {name: Disk(folder / name) for name in ("nats", "postgres")}
        for disk in self.disks.values():
            disk.mount()
        self.nats = Nats(folder / "nats")
        self.postgres = Postgres(folder / "postgres", is_durable=True)
        self.product = Product(folder / "data")
        self._gateway_port = free_port()
        self.to_nats = Proxy(int(self.nats.url.rpartition(":")[2]))
        self.to_postgres = Proxy(self.postgres.socket)
        self.to_gateway = Proxy(self._gateway_port)
        self.gateway = f"http://{HOST}:{self.to_gateway.port}"

    async def __aenter__(self) -> Self:
        for proxy in self._proxies:
            await proxy.__aenter__()
        await asyncio.to_thread(self.nats.start)
        await asyncio.to_thread(self.postgres.start)
        await self.start()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._stop)
        for proxy in self._proxies:
            await proxy.__aexit__(None, None, None)

    @property
    def servers(self) -> dict[str, Server]:
        """The two servers, by name."""
        return {"nats": self.nats, "postgres": self.postgres}

    @property
    def has_disks(self) -> bool:
        """Whether the servers' disks can be full."""
        return all(disk.is_mounted for disk in self.disks.values())

    async def start(self) -> None:
        """Start `up`, and return when all is ready; the dedupe window is as small as can be."""
        nats = f"{self.nats.url.rpartition(':')[0]}:{self.to_nats.port}"
        postgres = f"postgresql://frontdesk@{HOST}:{self.to_postgres.port}/postgres?sslmode=disable"
        ports = ("--gateway-port", str(self._gateway_port))
        await asyncio.to_thread(self.product.start, "--nats", nats, "--postgres", postgres, *ports)
        async with Bus(self.nats.url, "chaos") as bus:
            for stream in (VISITOR, CHAT):
                found = await bus.api.request(f"STREAM.INFO.{stream.name}", None, _Stream)
                config = found.config | {"duplicate_window": _WINDOW_NS}
                await bus.api.request(f"STREAM.UPDATE.{stream.name}", config, _Stream)

    def kill(self, service: Service) -> None:
        """End a service as a crash would; `up` starts it again."""
        self.product.kill_service(service)

    def kill_up(self) -> None:
        """End `up` as a crash would; every service goes with it."""
        self.product.kill()

    async def restart(self, name: str) -> None:
        """Kill a server and start it again."""
        await asyncio.to_thread(self.servers[name].kill)
        await asyncio.to_thread(self.servers[name].start)

    @contextmanager
    def frozen(self, name: str) -> Generator[None]:
        """Let a service, or a server with all its children, hang for the time of the block."""
        pid = self.servers[name].pid if name in self.servers else self.product.pid(name)
        main = psutil.Process(pid)
        # Postgres has a process for each connection, and makes more as long as its first one runs.
        processes = [main]
        os.kill(pid, signal.SIGSTOP)
        processes += main.children(recursive=True)
        for process in processes:
            _send(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in reversed(processes):
                _send(process, signal.SIGCONT)

    def logs(self) -> list[Path]:
        """The logs of the services."""
        return [self.product.data / "logs" / f"{name}.log" for name in SERVICES]

    @property
    def _proxies(self) -> tuple[Proxy, Proxy, Proxy]:
        return self.to_nats, self.to_postgres, self.to_gateway

    def _stop(self) -> None:
        self.product.stop()
        self.nats.discard()
        self.postgres.discard()
        for disk in self.disks.values():
            disk.unmount()


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
