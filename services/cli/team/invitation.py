"""The one-time link that signs an agent in to the console, made where the console and its secret are known."""

import os

from contracts.ids import AgentId, TeamId
from services.chassis.errors import Unreachable
from services.chassis.sign_in_link import console_link
from services.cli import addresses

WAY_OUT = "set FRONTDESK_CONSOLE_URL and FRONTDESK_SECRET to the console's"


def invitation(bus: str, team: TeamId, agent: AgentId) -> str:
    """The link to the console beside that bus; raises `Unreachable` saying what is missing."""
    known = addresses.find(addresses.data_folder())
    is_ours = known is not None and known.nats == bus
    console = os.environ.get("FRONTDESK_CONSOLE_URL") or (known.console if known and is_ours else None)
    if console is None:
        raise Unreachable(f"where the console is, is not known here; {WAY_OUT}")
    # A fresh secret would sign links that no console takes.
    if not (is_ours or os.environ.get("FRONTDESK_SECRET")):
        raise Unreachable(f"what signs links is not known here; {WAY_OUT}")
    return console_link(addresses.secret(), console, team=team, agent=agent)
