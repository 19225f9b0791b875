"""`docs/nodes.md`, from the catalogue: every node type with its fields, outcomes, facts and triggers."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import FieldInfo, fields

from contracts.flow import TRIGGERS
from contracts.forms import described, shown
from services.cli.settings import docstrings
from services.flow_executor.engine.graph import ALL_VARIABLES
from services.flow_executor.engine.node import NodeConfig, NodeType
from services.flow_executor.engine.nodes import CATALOGUE

FILE = Path(__file__).parents[2] / "docs" / "nodes.md"

_HEAD = """\
# Node types

Written by `make format` from the catalogue. How flows are put together is in [Writing flows](flows.md).

Every node has a `type`, may have a `name` that people see (at most 64 characters), and names in `next` what follows on
each outcome. `FAILED` is the outcome of a node that could not do its work: unconnected it ends the run as failed, with
a code and a sentence.

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
    types = sorted(CATALOGUE.values(), key=_place)
    rows = (f"| [`{t.name}`](#{t.name}) | {t.zh} | {t.en} | {_outcomes(t)} |\n" for t in types)
    lines = ["\n".join(("", *_section(t), "")) for t in types]
    return _HEAD + "".join((*rows, *lines))


def _place(node_type: NodeType[NodeConfig]) -> tuple[int, str]:
    place = _ORDER.index(node_type.name) if node_type.name in _ORDER else len(_ORDER)
    return place, node_type.name


def _section(node_type: NodeType[NodeConfig]) -> Iterator[str]:
    yield f"## {node_type.name}"
    yield ""
    own = node_type.config is not NodeConfig
    about = f" {_joined(node_type.config.__doc__)}" if own else ""
    yield f"**{node_type.zh} · {node_type.en}** (icon `{node_type.icon}`).{about}"
    yield ""
    if own:
        yield "| field | takes | |"
        yield "|---|---|---|"
        yield from _rows(node_type.config, "")
        yield ""
    yield f"- Yields {_outcomes(node_type) or 'nothing: the run is over'}"
    if node_type.reads:
        facts = dict.fromkeys(_FACTS.get(fact, fact) for fact in node_type.reads)
        yield f"- May read {', '.join(facts)}"
    offered = "every trigger" if node_type.triggers == TRIGGERS else _quoted(node_type.triggers)
    yield f"- Offered for {offered}"


def _outcomes(node_type: NodeType[NodeConfig]) -> str:
    fixed = " ".join(node_type.outcomes)
    return f"{fixed}, and {node_type.adds}" if node_type.adds else fixed


def _rows(config: type[Struct], prefix: str) -> Iterator[str]:
    sentences = docstrings(config)
    for field in fields(config):
        if field.name in NodeConfig.__struct_fields__:
            continue
        inner = _inner(field.type)
        notes = [sentences.get(field.name, ""), _default(field)]
        name = f"`{prefix}{field.encode_name}`"
        takes = "a table" if inner else described(field.type)
        about = _cell(" ".join(note for note in notes if note))
        yield f"| {name} | {_cell(takes)} | {about}{' |' if about else '|'}"
        if inner:
            yield from _alike(inner, f"{prefix}{field.encode_name}.")


def _alike(config: type[Struct], prefix: str) -> Iterator[str]:
    """One row for the fields of a table that are all alike, the days of a week for example."""
    all_fields = fields(config)
    if len({repr(field.type) for field in all_fields}) > 1:
        yield from _rows(config, prefix)
        return
    names = f"`{prefix}{all_fields[0].encode_name}` … `{prefix}{all_fields[-1].encode_name}`"
    yield f"| {names} | {_cell(described(all_fields[0].type))} | |"


def _inner(kind: object) -> type[Struct] | None:
    """The Struct whose fields a table has, if there is one."""
    choices = (kind, *get_args(kind))
    return next((k for k in choices if isinstance(k, type) and issubclass(k, Struct)), None)


def _default(field: FieldInfo) -> str:
    if field.required:
        return "Required."
    default = field.default
    if default is UNSET or default in ((), "", None) or default is msgspec.NODEFAULT:
        return ""
    return f"Default: `{shown(cast('object', default))}`."


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _joined(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str) -> str:
    return _joined(text).replace("|", "\\|")
