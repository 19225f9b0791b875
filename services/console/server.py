"""uvicorn, run by our own loop: signals belong to `lifecycle`, and readiness is said once the socket listens."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from litestar.types import ASGIApp

from services.chassis import health
from services.chassis.errors import BadConfig
from services.console.config import Config


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        health.ready()


async def serve_http(app: ASGIApp, config: Config, stop: asyncio.Event) -> None:
    """Serve `app` until `stop`, then finish what is in hand."""
    listening = _listen(config.console_host, config.console_port)
    settings = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=int(config.stop_s / 2),
    )
    server = _Server(settings)
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve([listening]), name="http")
        stopping = tasks.create_task(stop.wait(), name="stop")
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        stopping.cancel()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as exc:
        raise BadConfig(
            f"cannot listen on {host}:{port}: {exc.strerror}; choose another FRONTDESK_CONSOLE_PORT or stop what has it"
        ) from exc
