"""The console put together: bus, database, sign-in, routes, the live socket and the page, behind one guard."""

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from litestar import Litestar
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from services.chassis import health
from services.chassis.bus import Bus
from services.chassis.clock import Clock, system_clock
from services.chassis.database import Database
from services.chassis.errors import Rejected, Retryable
from services.chassis.http import Server, listen
from services.console import cookies
from services.console.asking import Asking
from services.console.attendance import Attendance
from services.console.config import Config
from services.console.described import Bodies, openapi
from services.console.drafts import Drafts
from services.console.guard import Guard
from services.console.live import Live
from services.console.passwords import Passwords
from services.console.people import People
from services.console.refusals import failed, http_error, refused, unavailable
from services.console.routes import conversations, editor, flows, runs, session, team, visitors
from services.console.routes import drafts as draft_routes
from services.console.routes.entrance import sign_in_route
from services.console.routes.live import live_route
from services.console.routes.page import Page, page_route
from services.console.sign_in import SignIn

STATIC = Path(__file__).parent / "static"
"""What `web/` is built into."""
DEAD_AFTER_MS = 20_000
"""Agents whose machine is gone are not long online: a browser that acknowledges nothing for so long is gone."""
MOST_BYTES = 1_000_000
"""Of a body: what the bus carries in one message."""


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Serve the console until `stop`."""
    where = (config.console_host, config.console_port, "FRONTDESK_CONSOLE")
    with listen(*where, dead_after_ms=DEAD_AFTER_MS) as listener:
        async with (
            Database(config.postgres_dsn) as database,
            Bus(config.nats_url, "console") as bus,
            asyncio.TaskGroup() as tasks,
        ):
            people = People(bus)
            following = tasks.create_task(people.follow(), name="people")
            await people.wait_until_known()
            app = build(Parts(config, bus, database, people))
            server = Server(app, int(config.stop_s / 2))
            serving = tasks.create_task(server.serve([listener]), name="uvicorn")
            health.ready()
            await stop.wait()
            server.should_exit = True
            await serving
            following.cancel()


@dataclass(frozen=True)
class Parts:
    """What the application is made of: flows and runs come over `bus`, who people are from `people`, the rest is in
    `database`; `static` is the built front-end.
    """

    config: Config
    bus: Bus
    database: Database
    people: People
    clock: Clock = system_clock
    static: Path = STATIC
    passwords: Passwords = field(default_factory=Passwords)


def build(parts: Parts) -> Guard:
    """The application, behind its guard."""
    config = parts.config
    sign_in = SignIn(
        config.secret, parts.database, parts.people, passwords=parts.passwords, clock=parts.clock
    )
    # Of its own, so that nothing signed for one purpose serves another.
    csrf_secret = sha256(b"csrf " + config.secret.encode()).hexdigest()
    bodies = Bodies()
    app = Litestar(
        _routes(parts, sign_in),
        csrf_config=cookies.csrf(csrf_secret),
        exception_handlers={
            Rejected: refused,
            Retryable: unavailable,
            TimeoutError: unavailable,
            HTTPException: http_error,
            Exception: failed,
        },
        request_max_body_size=MOST_BYTES,
        # Logs are the chassis's; the default would set up its own.
        logging_config=None,
        plugins=[bodies],
        openapi_config=openapi(bodies),
    )
    return Guard(app, sign_in, config.console_hosts, csrf_secret)


def _routes(parts: Parts, sign_in: SignIn) -> list[ControllerRouterHandler]:
    asking, page = Asking(parts.bus), Page(parts.static)
    drafts = Drafts(parts.database, parts.clock)
    return [
        sign_in_route(sign_in, page),
        session.router(sign_in, parts.config.console_address_header),
        flows.router(asking, drafts),
        editor.router(asking),
        draft_routes.router(drafts),
        runs.router(asking),
        visitors.router(asking),
        team.router(asking, parts.people),
        conversations.router(asking),
        live_route(Live(parts.bus, sign_in, Attendance(parts.bus, parts.clock))),
        page_route(page),
    ]
