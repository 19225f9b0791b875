"""The flows that ship: where they are, and giving them to a team: some to start with, the others to choose from."""

import asyncio
import time
import tomllib
from pathlib import Path

import msgspec

from contracts.ids import DEFAULT_TEAM
from contracts.requests import FlowPushed, SeedFlow
from services.chassis.bus import Bus, RequestRejected
from services.chassis.errors import Permanent, Unreachable

FIRST = ("load-widget", "agents-offline-message", "busy-agents")
"""What a new team starts with, in this order."""
READY = ("welcome-by-country", "lead-form", "quick-reply-triage", "webclick-score")
"""What lies ready beside them: `frontdesk flows activate` lets one answer its trigger in place of another."""

_PACKAGE = Path(__file__).parents[1]
_PLACES = (_PACKAGE.parent / "flows", _PACKAGE / "flows")
"""Beside the packages in a checkout, inside in a wheel (hatch_build.py)."""
SEED_S = 10.0
_PAUSE_S = 0.2


def flow_file(flow: str) -> Path:
    """The file of a flow that ships."""
    for place in _PLACES:
        if (path := place / f"{flow}.toml").exists():
            return path
    raise Permanent(f"flow {flow} does not come with this installation; install Frontdesk again")


async def seed(bus: Bus) -> None:
    """Give the default team the flows that it never had; what an admin changed or deleted stays as it is."""
    for flow in FIRST:
        await _asked(bus, _request(flow))
    for flow in READY:
        try:
            await _asked(bus, _request(flow, activate=False))
        except RequestRejected as exc:
            # A team from before it shipped may lack what it refers to, and goes without it.
            if exc.code != "flow_refused":
                raise


def _request(flow: str, *, activate: bool = True) -> SeedFlow:
    definition = msgspec.Raw(msgspec.json.encode(tomllib.loads(flow_file(flow).read_text())))
    return SeedFlow(team=DEFAULT_TEAM, by="frontdesk up", definition=definition, activate=activate)


async def _asked(bus: Bus, request: SeedFlow) -> None:
    """Ask until it is done: a server that was killed at this very moment comes back, and asking again does no harm."""
    deadline = time.monotonic() + SEED_S
    while True:
        try:
            await bus.request("contracts.flows.seed", request, FlowPushed, timeout_s=SEED_S / 2)
        except (Unreachable, RequestRejected) as exc:
            is_passing = isinstance(exc, Unreachable) or exc.code == "unavailable"
            if not is_passing or time.monotonic() > deadline:
                raise
            await asyncio.sleep(_PAUSE_S)
        else:
            return
