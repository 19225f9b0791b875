"""`frontdesk up`: everything, in one terminal, for one data folder."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from services.chassis.config import check, nats_address
from services.chassis.embedded import DataFolder, Launch, NatsServer, PostgresServer
from services.chassis.embedded.nats_server import HOST, free_port, is_free
from services.chassis.errors import BadConfig, FrontdeskError
from services.chassis.sign_in_link import console_link
from services.chassis.supervisor import Program, Supervisor
from services.cli import addresses
from services.cli.addresses import Addresses
from services.cli.output import console
from services.cli.serve import SERVICES, WAITS, config_of

STOP_S = 12.0
"""What a service may take to stop before it is killed; a little more than its own deadline (FRONTDESK_STOP_S)."""


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    data: Path
    gateway_port: int
    console_port: int
    nats: str | None
    postgres: str | None
    json: bool


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The line that `--json` prints."""

    ready: bool = True
    gateway: str
    console: str
    """With a sign-in link that works once."""
    nats: str
    postgres: str


def up(
    *,
    data: Annotated[Path, Parameter(env_var="FRONTDESK_DATA")] = addresses.DATA,
    gateway_port: Annotated[int, Parameter(env_var="FRONTDESK_GATEWAY_PORT")] = 8080,
    console_port: Annotated[int, Parameter(env_var="FRONTDESK_CONSOLE_PORT")] = 8081,
    nats: Annotated[str | None, Parameter(env_var="FRONTDESK_NATS_URL")] = None,
    postgres: Annotated[str | None, Parameter(env_var="FRONTDESK_POSTGRES_DSN")] = None,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Start everything: NATS, Postgres, migrations, the flows that ship, and all services. Ctrl-C stops it in order.

    Parameters
    ----------
    data
        The folder that keeps everything between two starts.
    gateway_port
        Where visitors' browsers connect; 0 picks a free port.
    console_port
        Where admins and agents connect; 0 picks a free port.
    nats
        Use this bus (nats://user:password@host:port) and start none.
    postgres
        Use this database (postgresql://user:password@host:port/database) and start none.
    json
        Print one line of JSON when all is ready, and nothing else on stdout.
    """
    asyncio.run(_run(Options(data, gateway_port, console_port, nats, postgres, json)))


async def _run(options: Options) -> None:
    folder = DataFolder(options.data)
    folder.lock()
    try:
        async with Supervisor(folder.logs, folder.sockets(), _say) as supervisor:
            stop = _stop_signals(supervisor)
            starting = asyncio.ensure_future(_start(options, folder, supervisor))
            stopping = asyncio.ensure_future(stop.wait())
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                _announce(starting.result(), folder, options)
                await stopping
            else:
                starting.cancel()
                await asyncio.wait({starting})
    finally:
        addresses.forget(folder.path)
        folder.unlock()


async def _start(options: Options, folder: DataFolder, supervisor: Supervisor) -> Ready:
    """Start everything in order; what people and scripts need to know then."""
    if options.nats:
        nats_address(options.nats)
    gateway_port, console_port = _ports(options)
    nats = None if options.nats else NatsServer(folder)
    postgres = None if options.postgres else PostgresServer(folder)
    where = Addresses(
        nats=nats.url if nats else options.nats or "",
        postgres=postgres.dsn if postgres else options.postgres or "",
        gateway=f"http://{HOST}:{gateway_port}",
        console=f"http://{HOST}:{console_port}",
    )
    secret = os.environ.get("FRONTDESK_SECRET") or folder.secret("frontdesk")
    environ = {
        **os.environ,
        WAITS: "1",
        "FRONTDESK_NATS_URL": where.nats,
        "FRONTDESK_POSTGRES_DSN": where.postgres,
        "FRONTDESK_SECRET": secret,
        "FRONTDESK_GATEWAY_PORT": str(gateway_port),
        "FRONTDESK_CONSOLE_PORT": str(console_port),
    }
    environ.setdefault("FRONTDESK_GATEWAY_CONSOLE_URL", where.console)
    check(map(config_of, SERVICES), environ)
    # They write for a file; what a person should know is shown from there.
    environ["FRONTDESK_LOG"] = "json"
    # Loading its code is most of what a service does at its start; the servers start meanwhile.
    services = await supervisor.load([_service(name, environ) for name in SERVICES])
    await supervisor.start([_server(server) for server in (nats, postgres) if server is not None])
    await _prepare(where)
    await supervisor.begin(services)
    await _seed(where.nats)
    addresses.write(folder.path, where)
    link = console_link(secret, where.console)
    return Ready(gateway=where.gateway, console=link, nats=where.nats, postgres=where.postgres)


async def _prepare(where: Addresses) -> None:
    # Here, for loading the bus takes longer than the servers take to start.
    from services.cli.migrate import prepare  # noqa: PLC0415

    await prepare(where.nats, where.postgres)


def _server(server: NatsServer | PostgresServer) -> Program:
    return Program(
        name=server.name,
        launch=server.launch(),
        prepare=server.prepare,
        is_ready=server.is_ready,
        is_talkative=True,
        ails=server.ails if isinstance(server, NatsServer) else None,
        is_curable=server.is_curable if isinstance(server, NatsServer) else lambda: True,
    )


def _service(name: str, environ: dict[str, str]) -> Program:
    script = Path(sys.executable).with_name("frontdesk")
    command = [str(script)] if script.exists() else ["-m", "services.cli"]
    argv = [sys.executable, *command, "serve", name]
    # Every service survives a kill by design, and one that lingers would hold its port against the next start.
    launch = Launch(argv, environ, death_signal=signal.SIGKILL)
    return Program(name, launch, waits_for_word=True, stop_s=STOP_S)


async def _seed(nats_url: str) -> None:
    from services.chassis.bus import Bus  # noqa: PLC0415 - see `_prepare`
    from services.cli.shipped import seed  # noqa: PLC0415

    async with Bus(nats_url, "up") as bus:
        try:
            await seed(bus)
        except FrontdeskError as exc:
            _say(f"the flows that ship could not be given to the team: {exc}")


def _ports(options: Options) -> tuple[int, int]:
    """The gateway's and the console's."""
    if options.gateway_port == options.console_port != 0:
        raise BadConfig(
            f"gateway and console have the same port {options.gateway_port};"
            " give another one with --gateway-port or --console-port"
        )
    return _port(options.gateway_port, "gateway"), _port(options.console_port, "console")


def _port(wanted: int, service: str) -> int:
    """The port that the service is to have; raises `BadConfig` when another program has it."""
    if wanted == 0:
        return free_port()
    if not 0 < wanted < 65536:
        name = f"FRONTDESK_{service.upper()}_PORT"
        source = name if os.environ.get(name) == str(wanted) else f"--{service}-port"
        raise BadConfig(f"{source} {wanted} is no port; give 1 to 65535, or 0 for any free one")
    if not is_free(wanted):
        raise BadConfig(
            f"port {wanted} for the {service} is taken by another program; stop that one,"
            f" or give another port with --{service}-port (0 picks a free one)"
        )
    return wanted


def _stop_signals(supervisor: Supervisor) -> asyncio.Event:
    """An event that the first signal sets; the second one ends everything at once."""
    stop = asyncio.Event()

    def received() -> None:
        if stop.is_set():
            supervisor.kill()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, received)
    return stop


def _announce(ready: Ready, folder: DataFolder, options: Options) -> None:
    if options.json:
        print(msgspec.json.encode(ready).decode(), flush=True)
        return
    out = console()
    out.print("Frontdesk is up. Ctrl-C stops it.\n")
    out.print(f"  demo page  {ready.gateway}/")
    out.print(f"  console    {ready.console}")
    out.print("             (this link signs you in once)")
    out.print(f"  data       {folder.path}")
    out.print(f"  logs       {folder.logs}\n")


def _say(text: str) -> None:
    print(f"frontdesk: {text}", file=sys.stderr, flush=True)
