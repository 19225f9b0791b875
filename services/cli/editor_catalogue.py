"""`contracts/schema/catalogue.json`: triggers and node types as the editor offers them, in the order of the page."""

import re
from collections.abc import Iterator
from typing import cast

import msgspec
from msgspec import Struct, field
from msgspec.structs import fields

from contracts.flow import TRIGGERS, Trigger
from services.cli.catalogue import ordered
from services.cli.failing import ABOUT, FAILED
from services.cli.field_tables import joined
from services.cli.flow_schema import Schema, node_schemas
from services.cli.settings import docstrings
from services.flow_executor.engine import variables
from services.flow_executor.engine.node import NodeConfig, NodeType

_LABELS: dict[Trigger, tuple[str, str]] = {
    "widget_loaded": ("客户加载聊天组件", "Visitor loads the widget"),
    "widget_opened": ("客户打开聊天组件", "Visitor opens the widget"),
    "message_sent": ("客户发送消息", "Visitor sends a message"),
    "event_tracked": ("自定义事件", "Custom event"),
}
_OWN: dict[Trigger, tuple[str, ...]] = {"message_sent": variables.MESSAGE, "event_tracked": variables.EVENT}
_REFERENCE = re.compile(r'"#/\$defs/(\w+)"')
_ALWAYS = (*variables.VISITOR, *variables.PAGE, *sorted(variables.DERIVED))


class TriggerEntry(Struct, frozen=True, kw_only=True):
    """A trigger: `variables` are those that its flows may read from the start, its own first."""

    name: Trigger
    zh: str
    en: str
    variables: tuple[str, ...]


class NodeEntry(Struct, frozen=True, kw_only=True):
    """A node type as the editor offers it."""

    type: str
    zh: str
    en: str
    icon: str
    about: str
    """What it does, in one or two sentences."""
    outcomes: tuple[str, ...]
    """The fixed ones."""
    adds: str | None
    """Which outcomes a node's config adds, in words."""
    failed: str | None
    """When it is FAILED."""
    waits: bool
    """Whether a node of this type can hold up the run."""
    triggers: tuple[Trigger, ...]
    reads: tuple[str, ...]
    refers: dict[str, str] = {}
    """Fields that name something of the team, and what: `groups`, `agents` …"""
    schema: Schema = field(default_factory=dict[str, object])
    """JSON Schema of a node of this type; what it refers to is in its own `$defs`."""


class Catalogue(Struct, frozen=True, kw_only=True):
    """The file."""

    triggers: tuple[TriggerEntry, ...]
    nodes: tuple[NodeEntry, ...]


def editor_catalogue() -> str:
    """The text of the file."""
    triggers = tuple(map(_trigger, TRIGGERS))
    catalogue = Catalogue(triggers=triggers, nodes=tuple(_entries()))
    return msgspec.json.format(msgspec.json.encode(catalogue), indent=2).decode() + "\n"


def _trigger(name: Trigger) -> TriggerEntry:
    zh, en = _LABELS[name]
    return TriggerEntry(name=name, zh=zh, en=en, variables=(*_OWN.get(name, ()), *_ALWAYS))


def _entries() -> Iterator[NodeEntry]:
    nodes, others = node_schemas()
    for node_type in ordered():
        own = node_type.config is not NodeConfig
        yield NodeEntry(
            type=node_type.name,
            zh=node_type.zh,
            en=node_type.en,
            icon=node_type.icon,
            about=joined(node_type.config.__doc__) if own else ABOUT[node_type.name],
            outcomes=node_type.outcomes,
            adds=node_type.adds or None,
            failed=FAILED.get(node_type.name),
            waits=node_type.wake is not None,
            triggers=node_type.triggers,
            reads=node_type.reads,
            refers=dict(node_type.refers),
            schema=_described(node_type, nodes[node_type.name], others),
        )


def _described(node_type: NodeType[NodeConfig], schema: Schema, others: dict[str, Schema]) -> Schema:
    """The schema with each field's sentence, and with what it refers to."""
    docs = docstrings(node_type.config)
    sentences = {one.encode_name: docs.get(one.name) for one in fields(node_type.config)}
    properties = cast("dict[str, Schema]", schema["properties"])
    told = {
        name: {**told, "description": joined(sentences[name])} if sentences.get(name) else told
        for name, told in properties.items()
    }
    described = {**schema, "properties": told}
    needed = dict(sorted(_needed(described, others).items()))
    return {**described, "$defs": needed} if needed else described


def _needed(schema: Schema, others: dict[str, Schema]) -> dict[str, Schema]:
    """What the schema refers to, also through others; none of them refers to itself."""
    names = set(_REFERENCE.findall(msgspec.json.encode(schema).decode()))
    found = {name: others[name] for name in names}
    for name in names:
        found |= _needed(others[name], others)
    return found
