"""What a team has set: its agents, the pages that may embed its widget, how its robot looks. KV bucket TEAM.

A team exists when its key exists; `default` is made by `frontdesk migrate`.
"""

from msgspec import Struct

from contracts.chat import Appearance
from contracts.ids import AgentId, TeamId


class Agent(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who answers visitors."""

    id: AgentId
    name: str = ""
    email: str = ""
    groups: list[str] = []


class TeamSettings(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The value of a team's key."""

    team: TeamId
    name: str = ""
    agents: list[Agent] = []
    allowed_origins: list[str] = []
    """Origins of pages that may embed the widget, `https://shop.example`; the gateway's own pages always may."""
    robot_name: str = ""
    robot_avatar: str = ""
    appearance: Appearance = Appearance()
    api_key_hashes: list[str] = []
    """SHA-256, in hexadecimal, of each key with which the team's own servers may send events and read histories."""
    identity_secret: str | None = None
    """Checks the `identity` JWT of `hello` (HS256); without it no visitor can be identified."""


def initial(team: TeamId) -> TeamSettings:
    """What every team begins with: one agent, `agent-1`."""
    return TeamSettings(team=team, agents=[Agent(id=AgentId("agent-1"), name="agent-1")])
