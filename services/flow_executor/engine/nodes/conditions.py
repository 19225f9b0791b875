"""Questions: TRUE or FALSE, and FAILED when there is no answer."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from contracts.flow import MAX_NAME
from contracts.forms import Unfit
from services.flow_executor.engine.expressions import Expression, expression
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, NodeConfig, NodeType, Result

_OUTCOMES = ("TRUE", "FALSE", "FAILED")
_TRUE, _FALSE = Done("TRUE"), Done("FALSE")

Named = Annotated[
    str, Meta(min_length=1, max_length=MAX_NAME, description=f"text of 1 to {MAX_NAME} characters")
]

Reference = Annotated[
    str, Meta(min_length=1, max_length=MAX_NAME, description="an id that the team's settings have")
]


class AgentsOffline(NodeConfig, frozen=True, kw_only=True):
    """Whether nobody of the team, or of one group, is online."""

    group: Reference | UnsetType = UNSET
    """Only this group of the team."""


class Logic(NodeConfig, frozen=True, kw_only=True):
    """An expression over variables, Python-like, bare names: `event_count_webclick > 8`."""

    expression: Annotated[Expression, Meta(description='an expression such as user_country == "DE"')]


class InSegment(NodeConfig, frozen=True, kw_only=True):
    """Whether the visitor belongs to a segment of the team."""

    segment: Reference


def _agents_offline(config: AgentsOffline, look: Look) -> Result:
    if config.group is UNSET:
        return _FALSE if look.agents_online() else _TRUE
    members = look.members(config.group)
    if members is None:
        return unknown("group", config.group)
    return _FALSE if look.online_in(config.group, members) else _TRUE


def _has_agent(_config: NodeConfig, look: Look) -> Result:
    return _TRUE if look.assigned() else _FALSE


def _logic(config: Logic, look: Look) -> Result:
    return _held(config.expression, look)


def _in_segment(config: InSegment, look: Look) -> Result:
    source = look.team("segments", config.segment)
    if source is None:
        return unknown("segment", config.segment)
    try:
        return _held(expression(str(source)), look)
    except Unfit as exc:
        return Failure(exc.code, f"the filter of segment {config.segment} is wrong: {exc.detail}")


def _held(condition: Expression, look: Look) -> Result:
    return _TRUE if condition.holds(look) else _FALSE


def unknown(kind: str, name: str) -> Failure:
    """What the flow refers to is gone from the team's settings."""
    return Failure("unknown_reference", f"the team has no {kind} {name}; add it, or change the flow")


TYPES = (
    NodeType(
        name="agents_offline",
        zh="座席离线",
        en="Agents offline",
        icon="user-off",
        config=AgentsOffline,
        outcomes=_OUTCOMES,
        reads=("agents_online", "team"),
        needs=lambda config: ("agents_online",) if config.group is UNSET else ("agents_online", "team"),
        refers={"group": "group"},
        triggers=("widget_opened", "message_sent", "event_tracked"),
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
    NodeType(
        name="in_segment",
        zh="属于客户细分",
        en="In a segment",
        icon="users-group",
        config=InSegment,
        outcomes=_OUTCOMES,
        reads=("profile",),
        refers={"segment": "segment"},
        decide=_in_segment,
    ),
)
