"""The flows that ship: where they are, and giving a team those that it starts with."""

import asyncio
import tomllib
from pathlib import Path

import msgspec

from contracts.ids import DEFAULT_TEAM
from contracts.requests import FlowPushed, SeedFlow
from services.chassis.bus import Bus
from services.chassis.errors import Permanent

FIRST = ("load-widget", "agents-offline-message", "busy-agents")
"""What a new team starts with, in this order."""

_PACKAGE = Path(__file__).parents[1]
_PLACES = (_PACKAGE.parent / "flows", _PACKAGE / "flows")
"""Beside the packages in a checkout, inside in a wheel (hatch_build.py)."""
SEED_S = 10.0


def flow_file(flow: str) -> Path:
    """The file of a flow that ships."""
    for place in _PLACES:
        if (path := place / f"{flow}.toml").exists():
            return path
    raise Permanent(f"flow {flow} does not come with this installation; install Frontdesk again")


async def seed(bus: Bus) -> None:
    """Give the default team the flows that it never had; what an admin changed or deleted stays as it is."""
    for flow in FIRST:
        definition = msgspec.json.encode(tomllib.loads(flow_file(flow).read_text()))
        request = SeedFlow(team=DEFAULT_TEAM, by="frontdesk up", definition=msgspec.Raw(definition))
        async with asyncio.timeout(SEED_S):
            await bus.request("contracts.flows.seed", request, FlowPushed, timeout_s=SEED_S)
