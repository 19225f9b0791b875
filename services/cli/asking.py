"""Asking the services: what every command that does so takes, and one request over the bus."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec
from cyclopts import Parameter

from contracts.ids import DEFAULT_TEAM, TeamId, is_token
from services.chassis.bus import Bus
from services.chassis.errors import BadConfig
from services.cli.addresses import nats_url

T = TypeVar("T")

PATIENCE_S = 3.0
"""What a person waits for a service that hangs; when none is there the bus says so at once."""
WORK_S = 10.0
"""The same where the service has to work for its answer: it runs scenarios, or decides runs again."""

Flag = Annotated[bool, Parameter(negative="", show_default=False)]
"""A flag that is off unless given."""
Json = Annotated[bool, Parameter(name="--json", negative="", show_default=False)]


@Parameter(name="*")
@dataclass(frozen=True)
class OverBus:
    """Where the bus is, and how the answer is shown."""

    nats: Annotated[str | None, Parameter(show_default=False)] = None
    """The bus, nats://user:password@host:port; else FRONTDESK_NATS_URL, else what `frontdesk up` started."""
    json: Json = False
    """One JSON document on stdout, and nothing else."""

    def over_bus(self, work: Callable[[Bus], Awaitable[T]]) -> T:
        """What `work` makes of a connection that lasts as long as it does."""

        async def run() -> T:
            async with Bus(nats_url(self.nats), "cli") as bus:
                return await work(bus)

        return asyncio.run(run())


@Parameter(name="*")
@dataclass(frozen=True)
class Asking(OverBus):
    """The same, and for whom."""

    team: Annotated[TeamId, Parameter(env_var="FRONTDESK_TEAM")] = DEFAULT_TEAM
    """Whose flows and runs."""

    def __post_init__(self) -> None:
        if not is_token(self.team):
            source = "FRONTDESK_TEAM" if self.team == os.environ.get("FRONTDESK_TEAM") else "--team"
            raise BadConfig(f"{source} {self.team!r} is wrong: a team's id is 1 to 64 of A-Z a-z 0-9 _ -")

    def ask(self, subject: str, request: msgspec.Struct, reply_type: type[T]) -> T:
        """The reply to one request; raises `RequestRejected` when refused and `Unreachable` when nobody answers."""
        return self.over_bus(lambda bus: bus.request(subject, request, reply_type, timeout_s=PATIENCE_S))


DEFAULTS = Asking()
OVER_BUS = OverBus()


def asker() -> str:
    """Who asks, as the services record it: `cli:` and the name of the account."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"
