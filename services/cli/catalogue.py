"""`docs/nodes.md`, from the catalogue: every node type with its fields, outcomes, facts and triggers."""

from collections.abc import Iterator
from pathlib import Path

from contracts.flow import TRIGGERS
from services.cli.failing import ABOUT, FAILED
from services.cli.field_tables import HEAD, joined, rows
from services.flow_executor.engine.graph import ALL_VARIABLES
from services.flow_executor.engine.node import NodeConfig, NodeType
from services.flow_executor.engine.nodes import CATALOGUE

FILE = Path(__file__).parents[2] / "docs" / "nodes.md"

_HEAD = """\
# Node types

Written by `make format` from the catalogue. How flows are put together is in [Writing flows](flows.md).

Every node has a `type`, may have a `name` that people see (at most 64 characters), and names in `next` what follows on
each outcome. `FAILED` is the outcome of a node that could not do its work: unconnected it ends the run as failed, with
a code and a sentence. Which triggers a type is offered for concerns the editor only: every flow may have every type.

| type | 名称 | name | outcomes |
|---|---|---|---|
"""

_FACTS = {
    "agents_online": "who is online",
    "assigned": "who looks after the visitor",
    "team": "the team's settings",
    "team_agents": "the team's agents",
    "prediction": "which of the team's answers fits best",
    ALL_VARIABLES: "what is known of the visitor",
    "variables": "what is known of the visitor",
}
_ORDER = (
    "start", "end", "agents_offline", "has_agent", "logic", "regex", "branch", "working_hours", "in_segment", "reply",
    "wait", "assign_all", "assign_any", "assign_agent", "assign_group", "convert", "set_field", "appearance",
    "predict_answer", "http_request", "send_email", "notify_agents",
)  # fmt: skip
"""Those that people know first come first; new types follow."""


def document() -> str:
    """The text of the file."""
    types = ordered()
    table = (f"| [`{t.name}`](#{t.name}) | {t.zh} | {t.en} | {_outcomes(t)} |\n" for t in types)
    lines = ["\n".join(("", *_section(t), "")) for t in types]
    return _HEAD + "".join((*table, *lines))


def ordered() -> list[NodeType[NodeConfig]]:
    """Every node type, in the order in which people see them."""
    return sorted(CATALOGUE.values(), key=_place)


def _place(node_type: NodeType[NodeConfig]) -> tuple[int, str]:
    place = _ORDER.index(node_type.name) if node_type.name in _ORDER else len(_ORDER)
    return place, node_type.name


def _section(node_type: NodeType[NodeConfig]) -> Iterator[str]:
    yield f"## {node_type.name}"
    yield ""
    own = node_type.config is not NodeConfig
    about = f" {joined(node_type.config.__doc__) if own else ABOUT[node_type.name]}"
    yield f"**{node_type.zh} · {node_type.en}** (icon `{node_type.icon}`).{about}"
    yield ""
    if own:
        yield from HEAD
        yield from rows(node_type.config, without=NodeConfig.__struct_fields__)
        yield ""
    yield f"- Yields {_outcomes(node_type) or 'nothing: the run is over'}"
    if "FAILED" in node_type.outcomes:
        yield f"- FAILED: {FAILED[node_type.name]}"
    if node_type.reads:
        facts = dict.fromkeys(_FACTS.get(fact, fact) for fact in node_type.reads)
        yield f"- May read {', '.join(facts)}"
    offered = "every trigger" if node_type.triggers == TRIGGERS else _quoted(node_type.triggers)
    yield f"- The editor offers it for {offered}"


def _outcomes(node_type: NodeType[NodeConfig]) -> str:
    fixed = " ".join(node_type.outcomes)
    return f"{fixed}, and {node_type.adds}" if node_type.adds else fixed


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
