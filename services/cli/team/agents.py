"""`frontdesk team agents`: who answers visitors."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct, structs
from rich.text import Text

from contracts.ids import AgentId
from contracts.requests import PresenceList, PresenceOnline
from contracts.team import Agent, TeamSettings
from services.chassis.bus import Bus
from services.cli.asking import DEFAULTS, Asking, asker
from services.cli.output import console, print_json, safe, table
from services.cli.team.settings import found, replace


class ListedAgent(Struct, frozen=True, kw_only=True):
    """One agent of `agents list`."""

    id: AgentId
    name: str
    email: str
    groups: tuple[str, ...]
    online: bool


class AgentList(Struct, frozen=True, kw_only=True):
    """What `agents list --json` prints."""

    agents: list[ListedAgent]


def list_agents(*, asking: Asking = DEFAULTS) -> None:
    """The agents in the order of the settings, and who of them is online."""

    async def ask(bus: Bus) -> tuple[TeamSettings, PresenceOnline]:
        request = PresenceList(team=asking.team, by=asker(), kind="agent")
        return (await found(bus, asking)).settings, await bus.request(
            "query.presence.list", request, PresenceOnline
        )

    settings, presence = asking.over_bus(ask)
    listed = [
        ListedAgent(
            id=agent.id,
            name=agent.name,
            email=agent.email,
            groups=agent.groups,
            online=agent.id in presence.online,
        )
        for agent in settings.agents
    ]
    if asking.json:
        print_json(AgentList(agents=listed))
        return
    if not listed:
        console().print("no agents yet; `frontdesk team agents add ID --name NAME` brings one")
        return
    rows = table("AGENT", "NAME", "E-MAIL", "GROUPS", "ONLINE")
    for agent in listed:
        state = Text("yes", style="green") if agent.online else Text("no", style="dim")
        rows.add_row(agent.id, safe(agent.name), safe(agent.email), safe(", ".join(agent.groups)), state)
    console().print(rows)


def add(
    agent: AgentId,
    /,
    *,
    name: str | None = None,
    email: str | None = None,
    group: Annotated[tuple[str, ...] | None, Parameter(negative="")] = None,
    asking: Asking = DEFAULTS,
) -> None:
    """Add an agent to the team. Of one that is there, change what is given.

    Parameters
    ----------
    name
        What visitors see.
    email
        Where the agent is reached.
    group
        A group that the agent is in; may be given several times.
    """

    async def change(bus: Bus) -> tuple[Agent, bool]:
        team = await found(bus, asking)
        known = {known.id: known for known in team.settings.agents}
        changed = known.get(agent, Agent(id=agent))
        changed = structs.replace(
            changed,
            name=changed.name if name is None else name,
            email=changed.email if email is None else email,
            groups=changed.groups if group is None else group,
        )
        agents = tuple({**known, agent: changed}.values())
        await replace(bus, asking, structs.replace(team.settings, agents=agents), team.revision)
        return changed, agent not in known

    changed, is_new = asking.over_bus(change)
    if asking.json:
        print_json(changed)
    else:
        console().print(f"team {asking.team} has agent {agent}{'' if is_new else ', changed'}")
