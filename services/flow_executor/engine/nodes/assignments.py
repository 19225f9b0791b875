"""Who looks after the visitor."""

from contracts.run import ConversationAssigned
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, NodeConfig, NodeType, Result


def _assign_all(_config: NodeConfig, look: Look) -> Result:
    agents = look.team_agents()
    if not agents:
        return Failure("no_agents", "the team has no agents; add one")
    return Done("SUCCESS", (ConversationAssigned(k=1, agents=tuple(agents)),))


TYPES = (
    NodeType(
        name="assign_all",
        zh="分配给全体座席人员",
        en="Assign to all agents",
        icon="users",
        config=NodeConfig,
        outcomes=("SUCCESS", "FAILED"),
        reads=("team_agents",),
        decide=_assign_all,
    ),
)
