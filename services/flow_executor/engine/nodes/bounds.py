"""Where a flow begins and ends."""

from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, NodeConfig, NodeType

START, END = "start", "end"


def _begin(_config: NodeConfig, _look: Look) -> Done:
    return Done("SUCCESS")


TYPES = (
    NodeType(
        name=START,
        zh="开始",
        en="Start",
        icon="player-play",
        config=NodeConfig,
        outcomes=("SUCCESS",),
        decide=_begin,
    ),
    NodeType(
        name=END,
        zh="结束",
        en="End",
        icon="flag",
        config=NodeConfig,
        outcomes=(),
        decide=_begin,  # never asked: a run that arrives here is over
    ),
)
