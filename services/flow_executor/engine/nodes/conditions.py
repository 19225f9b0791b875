"""Questions: TRUE or FALSE, and FAILED when there is no answer."""

from typing import Annotated

from msgspec import Meta

from services.flow_executor.engine.expressions import EvaluationError, Expression
from services.flow_executor.engine.facts import Look, UnknownVariable
from services.flow_executor.engine.node import Done, Failure, NodeConfig, NodeType, Result

_OUTCOMES = ("TRUE", "FALSE", "FAILED")
_TRUE, _FALSE = Done("TRUE"), Done("FALSE")


class Logic(NodeConfig, frozen=True, kw_only=True):
    """An expression over variables, Python-like, bare names: `event_count_webclick > 8`."""

    expression: Annotated[Expression, Meta(description='an expression such as user_country == "DE"')]


def _agents_offline(_config: NodeConfig, look: Look) -> Result:
    return _FALSE if look.agents_online() else _TRUE


def _has_agent(_config: NodeConfig, look: Look) -> Result:
    return _TRUE if look.assigned() else _FALSE


def _logic(config: Logic, look: Look) -> Result:
    try:
        return _TRUE if config.expression.holds(look) else _FALSE
    except UnknownVariable as exc:
        return Failure("unknown_variable", str(exc))
    except EvaluationError as exc:
        return Failure(exc.code, exc.detail)


TYPES = (
    NodeType(
        name="agents_offline",
        zh="座席离线",
        en="Agents offline",
        icon="user-off",
        config=NodeConfig,
        outcomes=_OUTCOMES,
        reads=("agents_online",),
        decide=_agents_offline,
    ),
    NodeType(
        name="has_agent",
        zh="已经分配座席",
        en="Has an agent",
        icon="user-check",
        config=NodeConfig,
        outcomes=_OUTCOMES,
        reads=("assigned",),
        decide=_has_agent,
    ),
    NodeType(
        name="logic",
        zh="逻辑运算",
        en="Logic",
        icon="math-function",
        config=Logic,
        outcomes=_OUTCOMES,
        decide=_logic,
    ),
)
