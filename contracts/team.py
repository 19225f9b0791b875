"""What a team has set: its agents, the pages that may embed its widget, how its robot looks. KV bucket TEAM.

A team exists when its key exists; `default` is there from the start.
"""

from collections.abc import Mapping
from typing import Annotated, cast

from msgspec import Meta, Struct

from contracts.chat import Appearance
from contracts.forms import Problem, join, shown, typed
from contracts.ids import TOKEN_PATTERN, AgentId, TeamId

_TOKEN = Meta(pattern=TOKEN_PATTERN, description="an id: 1 to 64 of A-Z a-z 0-9 _ -")
_Text = Annotated[
    str, Meta(max_length=200, pattern=r"^[^\x00]*$", description="text of at most 200 characters")
]
_Email = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?$(?!\n)",
        description="an e-mail address such as ann@shop.example",
    ),
]
_Origin = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^/?#\s]+$",
        max_length=300,
        description="an origin such as https://shop.example, without a path",
    ),
]
_Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="a SHA-256 of 64 hexadecimal digits")]


class Agent(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who answers visitors."""

    id: Annotated[AgentId, _TOKEN]
    name: _Text = ""
    """What visitors see; empty: the id."""
    email: _Email = ""
    """Where the agent is reached; empty: nowhere yet."""
    groups: tuple[_Text, ...] = ()


class TeamSettings(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The value of a team's key."""

    team: Annotated[TeamId, _TOKEN]
    name: _Text = ""
    agents: tuple[Agent, ...] = ()
    allowed_origins: tuple[_Origin, ...] = ()
    """Origins of pages that may embed the widget, `https://shop.example`; the gateway's own pages always may."""
    robot_name: _Text = ""
    robot_avatar: _Text = ""
    appearance: Appearance = Appearance()
    api_key_hashes: tuple[_Hash, ...] = ()
    """SHA-256, in hexadecimal, of each key with which the team's own servers may send events and read histories."""
    identity_secret: _Text | None = None
    """Checks the `identity` JWT of `hello` (HS256); without it no visitor can be identified."""


def initial(team: TeamId) -> TeamSettings:
    """What every team begins with: one agent, `agent-1`."""
    return TeamSettings(team=team, agents=(Agent(id=AgentId("agent-1"), name="agent-1"),))


def parse(raw: object) -> tuple[TeamSettings | None, tuple[Problem, ...]]:
    """Settings that somebody wrote (JSON's types), or None and every problem at once."""
    if not isinstance(raw, dict):
        problem = Problem(
            code="bad_value",
            at="",
            detail=f"settings are a table, not {shown(raw)}",
            hint="`frontdesk team show --json` prints one to start from",
        )
        return None, (problem,)
    settings, problems = typed(TeamSettings, cast("Mapping[str, object]", raw))
    if settings is None:
        return None, problems
    twins = tuple(_twins(settings))
    return (None if twins else settings), twins


def _twins(settings: TeamSettings) -> list[Problem]:
    """Agents whose id another one has already."""
    first: dict[AgentId, int] = {}
    return [
        Problem(
            code="duplicate_agent",
            at=join(join("agents", str(place)), "id"),
            detail=f"agent {agent.id} is there already",
            hint=f"remove this one, or give it another id than agents.{first[agent.id]}",
        )
        for place, agent in enumerate(settings.agents)
        if first.setdefault(agent.id, place) != place
    ]
