"""`frontdesk team agents`: who answers visitors."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct, structs
from rich.text import Text

from contracts.ids import AgentId
from contracts.requests import PresenceList, PresenceOnline, TeamPushed
from contracts.team import Agent, Role, TeamSettings, role_of
from services.chassis.bus import Bus
from services.chassis.errors import Unreachable
from services.cli.addresses import nats_url
from services.cli.asking import DEFAULTS, Asking, asker
from services.cli.flows import problems
from services.cli.output import console, print_json, safe, table
from services.cli.team.invitation import invitation
from services.cli.team.settings import found, replace


class ListedAgent(Struct, frozen=True, kw_only=True):
    """One agent of `agents list`."""

    id: AgentId
    name: str
    email: str
    groups: tuple[str, ...]
    role: Role
    online: bool


class AgentList(Struct, frozen=True, kw_only=True):
    """What `agents list --json` prints."""

    agents: list[ListedAgent]


class AddedAgent(Agent, frozen=True, kw_only=True, omit_defaults=False):
    """What `agents add --json` prints."""

    sign_in: str | None = None
    """A link that signs the agent in to the console once; None: the console is not known here."""


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
            role=role_of(settings, agent.id) or agent.role,
            online=agent.id in presence.online,
        )
        for agent in settings.agents
    ]
    if asking.json:
        print_json(AgentList(agents=listed))
        return
    if not listed:
        console().print("no agents yet; `frontdesk team agents add ID --name NAME --email EMAIL` brings one")
        return
    rows = table("AGENT", "NAME", "E-MAIL", "GROUPS", "ROLE", "ONLINE")
    for agent in listed:
        state = Text("yes", style="green") if agent.online else Text("no", style="dim")
        rows.add_row(
            agent.id, safe(agent.name), safe(agent.email), safe(", ".join(agent.groups)), agent.role, state
        )
    console().print(rows)


def add(
    agent: AgentId,
    /,
    *,
    name: str,
    email: str,
    group: Annotated[tuple[str, ...] | None, Parameter(negative="")] = None,
    role: Role | None = None,
    asking: Asking = DEFAULTS,
) -> None:
    """Add an agent to the team, or change one that is there; then print a link that signs it in to the console once.

    Parameters
    ----------
    name
        What visitors see.
    email
        Where the agent is reached.
    group
        A group that the agent is in; may be given several times. Without it an agent that is there keeps its groups.
    role
        What the agent may do in the console: admin everything; agent (unless said) answer visitors and look; sre also
        replay, export and cancel runs. Without it an agent that is there keeps its role.
    """

    async def change(bus: Bus) -> tuple[Agent, bool, TeamPushed]:
        team = await found(bus, asking)
        known = {known.id: known for known in team.settings.agents}
        before = known.get(agent) or Agent(id=agent)
        groups = before.groups if group is None else group
        kept = role_of(team.settings, agent) or before.role
        changed = Agent(id=agent, name=name, email=email, groups=groups, role=role or kept)
        agents = tuple({**known, agent: changed}.values())
        settings = structs.replace(team.settings, agents=agents)
        return changed, agent not in known, await replace(bus, asking, settings, team.revision)

    changed, is_new, pushed = asking.over_bus(change)
    try:
        link, missing = invitation(nats_url(asking.nats), asking.team, agent), ""
    except Unreachable as exc:
        link, missing = None, str(exc)
    if asking.json:
        print_json(AddedAgent(**structs.asdict(changed), sign_in=link))
        return
    out = console()
    out.print(f"team {asking.team} has agent {agent}{'' if is_new else ', changed'}")
    out.print(f"sign in once, within a day: {link}" if link else f"no sign-in link: {missing}")
    problems.show_each(out, pushed.warnings, "settings")
