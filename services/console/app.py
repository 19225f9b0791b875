"""The console put together: the bus, the routes and the page, behind one guard."""

import asyncio
from pathlib import Path

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.static_files import create_static_files_router  # pyright: ignore[reportUnknownVariableType]

from contracts.errors import Error, ErrorReply
from services.chassis import health
from services.chassis.bus import Bus, RequestRejected
from services.chassis.clock import Clock, system_clock
from services.chassis.errors import Unreachable
from services.chassis.http import Server, listen
from services.console.config import Config
from services.console.guard import Guard
from services.console.routes import flows, runs
from services.console.routes.entrance import sign_in_route
from services.console.sign_in import Session, SignIn

STATIC = Path(__file__).parent / "static"
"""What `web/` is built into."""


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Serve the console until `stop`."""
    with listen(config.console_host, config.console_port, "FRONTDESK_CONSOLE") as listener:
        async with Bus(config.nats_url, "console") as bus, asyncio.TaskGroup() as tasks:
            server = Server(build(config, bus, system_clock), int(config.stop_s / 2))
            tasks.create_task(server.serve([listener]), name="uvicorn")
            health.ready()
            await stop.wait()
            server.should_exit = True


def build(config: Config, bus: Bus, clock: Clock) -> Litestar:
    """The application; everything that it answers comes over `bus`."""
    sign_in = SignIn(config.secret, clock)
    page = create_static_files_router("/", directories=[STATIC], html_mode=True, include_in_schema=False)
    return Litestar(
        [sign_in_route(sign_in), flows.router(bus), runs.router(bus), page],
        middleware=[Guard(sign_in, config.console_hosts)],
        exception_handlers={RequestRejected: _rejected, Unreachable: _unreachable},
        # Logs are the chassis's; the default would set up its own.
        logging_config=None,
        openapi_config=OpenAPIConfig(title="Frontdesk console", version="1", path="/api/schema"),
    )


def _rejected(_: Request[Session, None, State], exc: RequestRejected) -> Response[ErrorReply]:
    status = 404 if exc.code.startswith(("no_", "unknown_")) else 400
    return Response(ErrorReply(error=exc.error), status_code=status)


def _unreachable(_: Request[Session, None, State], exc: Unreachable) -> Response[ErrorReply]:
    return Response(ErrorReply(error=Error(code="unavailable", detail=str(exc))), status_code=503)
