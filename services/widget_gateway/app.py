"""Builds the gateway from its configuration, and runs it until it is told to stop."""

import asyncio
import socket
import time
from typing import cast

from litestar.types import ASGIApp, Receive, Scope, Send
from structlog.stdlib import get_logger

from services.chassis import health
from services.chassis.bus import Bus
from services.chassis.clock import system_clock
from services.chassis.http import Server, allow_many_sockets, listen
from services.widget_gateway import outgoing
from services.widget_gateway.agents import Agents
from services.widget_gateway.config import Config
from services.widget_gateway.conversations import Conversations
from services.widget_gateway.files import Files
from services.widget_gateway.heartbeat import Heartbeat
from services.widget_gateway.hints import Hints
from services.widget_gateway.history import History
from services.widget_gateway.http import Shared, http_app
from services.widget_gateway.incoming import LARGEST_BYTES
from services.widget_gateway.intake import Intake
from services.widget_gateway.limits import Allowance
from services.widget_gateway.links import Links
from services.widget_gateway.origins import Origins
from services.widget_gateway.places import Places
from services.widget_gateway.presence import Sessions
from services.widget_gateway.socket import Gateway, Socket
from services.widget_gateway.teams import Teams
from services.widget_gateway.tokens import Tokens

STOP_S = 2
"""What each step of stopping may take: finishing frames, closing sockets, letting sessions go."""

_log = get_logger()


class _Stopped(Exception):  # noqa: N818 - no error: it ends what still runs
    """The gateway has stopped; followers and writers to browsers that do not read any more may go."""


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Serve visitors until `stop`; then finish the frames in hand, and close every socket (1012)."""
    allow_many_sockets()
    with listen(config.gateway_host, config.gateway_port, "FRONTDESK_GATEWAY") as listener:
        async with Bus(config.nats_url, "widget-gateway") as bus:
            try:
                async with asyncio.TaskGroup() as tasks:
                    await _serve(config, bus, tasks, listener, stop)
                    raise _Stopped
            except* _Stopped:
                _log.info("gateway.stopped")


async def _serve(
    config: Config, bus: Bus, tasks: asyncio.TaskGroup, listener: socket.socket, stop: asyncio.Event
) -> None:
    port = int(listener.getsockname()[1])
    gateway = _gateway(config, bus, tasks, port)
    tasks.create_task(gateway.teams.run(), name="teams")
    tasks.create_task(gateway.agents.run(), name="agents")
    tasks.create_task(gateway.conversations.sweep_for_ever(), name="sweep")
    tasks.create_task(gateway.heartbeat.run(), name="heartbeat")
    await gateway.hints.listen()
    shared = Shared(
        bus,
        Files(),
        gateway.teams,
        gateway.tokens,
        gateway.history,
        gateway.intake,
        config.gateway_console_url,
    )
    server = Server(_app(gateway, http_app(shared)), STOP_S, largest_frame=LARGEST_BYTES)
    serving = tasks.create_task(server.serve(sockets=[listener]), name="uvicorn")
    health.ready()
    _log.info("gateway.ready", host=config.gateway_host, port=port)
    await stop.wait()
    await gateway.intake.finish(STOP_S)
    server.should_exit = True
    await serving
    await gateway.heartbeat.finish(STOP_S)


def _gateway(config: Config, bus: Bus, tasks: asyncio.TaskGroup, port: int) -> Gateway:
    history = History(bus)
    heartbeat = Heartbeat(Sessions(bus, system_clock), tasks)
    conversations = Conversations(
        bus,
        history,
        lambda: Allowance(config.gateway_burst, config.gateway_frames_per_s, time.monotonic),
    )
    return Gateway(
        teams=Teams(bus),
        agents=Agents(bus, heartbeat.tell),
        tokens=Tokens(config.secret, system_clock),
        origins=Origins(port, config.gateway_public_url),
        places=Places(config.gateway_country_header, config.gateway_city_header),
        history=history,
        intake=Intake(bus, system_clock, config.gateway_patience_s),
        conversations=conversations,
        hints=Hints(bus, conversations),
        links=Links(bus, history, system_clock),
        heartbeat=heartbeat,
        tasks=tasks,
        clock=system_clock,
        hello_s=config.gateway_hello_s,
    )


def _app(gateway: Gateway, http: ASGIApp) -> ASGIApp:
    """WebSockets go by the shortest way: what a framework keeps for each would double an idle one's cost."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await http(scope, receive, send)
        elif scope["path"] == "/ws":
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            await Socket(gateway, headers, receive, cast("outgoing.Send", send)).run(scope["subprotocols"])
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4404, "reason": "sockets are at /ws"})

    return app
