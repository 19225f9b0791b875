"""Who looks after the visitor."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from contracts.ids import TOKEN_PATTERN, AgentId
from contracts.run import ConversationAssigned
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, NodeConfig, NodeType, Result
from services.flow_executor.engine.nodes.conditions import Reference, unknown

_OUTCOMES = ("SUCCESS", "FAILED")


class AssignAny(NodeConfig, frozen=True, kw_only=True):
    """One agent of the team, any."""

    online_only: bool = False
    """Only among those who are online."""


class AssignAgent(NodeConfig, frozen=True, kw_only=True):
    """This agent."""

    agent: Annotated[AgentId, Meta(pattern=TOKEN_PATTERN, description="the id of an agent")]


class AssignGroup(NodeConfig, frozen=True, kw_only=True):
    """All of a group, or one of it."""

    group: Reference
    method: Literal["all", "one"] = "all"
    online: Literal["any", "prefer", "require"] = "any"
    """`prefer`: those who are online if any is; `require`: only those."""


def _assign_all(_config: NodeConfig, look: Look) -> Result:
    return _assigned(look.team_agents(), "the team has no agents; add one", list)


def _assign_any(config: AssignAny, look: Look) -> Result:
    agents = look.team_agents()
    if config.online_only:
        online = set(look.agents_online())
        agents = [agent for agent in agents if agent in online]
    missing = "no agent is online" if config.online_only else "the team has no agents; add one"
    return _assigned(agents, missing, lambda found: [look.pick(found)])


def _assign_agent(config: AssignAgent, look: Look) -> Result:
    if config.agent not in look.team_agents():
        return unknown("agent", config.agent)
    return _assigned([config.agent], "", list)


def _assign_group(config: AssignGroup, look: Look) -> Result:
    members = look.members(config.group)
    if members is None:
        return unknown("group", config.group)
    found, missing = members, f"nobody is in group {config.group}"
    if config.online != "any":
        found, missing = look.online_in(config.group, members), f"nobody of group {config.group} is online"
    if not found and config.online == "prefer":
        found, missing = members, f"nobody is in group {config.group}"
    return _assigned(found, missing, list if config.method == "all" else lambda some: [look.pick(some)])


def _assigned(
    agents: Sequence[AgentId], missing: str, choose: Callable[[Sequence[AgentId]], list[AgentId]]
) -> Result:
    if not agents:
        return Failure("no_agents", missing)
    return Done("SUCCESS", (ConversationAssigned(k=1, agents=tuple(choose(agents))),))


TYPES = (
    NodeType(
        name="assign_all",
        zh="分配给全体座席人员",
        en="Assign to all agents",
        icon="users",
        config=NodeConfig,
        outcomes=_OUTCOMES,
        reads=("team_agents",),
        decide=_assign_all,
    ),
    NodeType(
        name="assign_any",
        zh="分配给一个座席人员",
        en="Assign to one agent",
        icon="user",
        config=AssignAny,
        outcomes=_OUTCOMES,
        reads=("team_agents", "agents_online"),
        needs=lambda config: ("team_agents", "agents_online") if config.online_only else ("team_agents",),
        decide=_assign_any,
    ),
    NodeType(
        name="assign_agent",
        zh="分配给指定座席人员",
        en="Assign to a named agent",
        icon="user-pin",
        config=AssignAgent,
        outcomes=_OUTCOMES,
        reads=("team_agents",),
        refers={"agent": "agent"},
        decide=_assign_agent,
    ),
    NodeType(
        name="assign_group",
        zh="分配给座席组",
        en="Assign to a group",
        icon="users-group",
        config=AssignGroup,
        outcomes=_OUTCOMES,
        reads=("team", "agents_online"),
        needs=lambda config: ("team",) if config.online == "any" else ("team", "agents_online"),
        refers={"group": "group"},
        decide=_assign_group,
    ),
)
