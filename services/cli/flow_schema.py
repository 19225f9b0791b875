"""JSON Schema of a flow with its nodes by type, so that editors complete fields and outcomes."""

from typing import cast

import msgspec

from contracts.flow import FlowDefinition
from services.cli.asyncapi import any_value
from services.flow_executor.engine.expressions import Expression
from services.flow_executor.engine.node import NodeConfig, NodeType
from services.flow_executor.engine.nodes import CATALOGUE
from services.flow_executor.engine.patterns import Pattern
from services.flow_executor.engine.templates import Body, Template, UrlTemplate
from services.flow_executor.engine.texts import Text
from services.flow_executor.engine.variables import Variable

Schema = dict[str, object]

_STRING: Schema = {"type": "string"}
_OWN: dict[type, Schema] = {
    Expression: _STRING,
    Pattern: _STRING,
    Template: _STRING,
    UrlTemplate: _STRING,
    Variable: _STRING,
    Text: {"anyOf": [_STRING, {"type": "object", "additionalProperties": _STRING}]},
    Body: {"anyOf": [_STRING, {"type": "object"}]},
}
"""How the fields that compile what they take are written."""


def flow_schema() -> Schema:
    """The schema of `FlowDefinition`; each node is one of the catalogue's."""
    by_type, others = node_schemas()
    types = {f"{name}-node": schema for name, schema in by_type.items()}
    flow = others["FlowDefinition"]
    nodes = cast("Schema", cast("Schema", flow["properties"])["nodes"])
    nodes["additionalProperties"] = {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in types]}
    return {"$ref": "#/$defs/FlowDefinition", "$defs": {**others, **types}}


def node_schemas() -> tuple[dict[str, Schema], dict[str, Schema]]:
    """The schema of a node of each type, by type; and by name those of a flow and of what nodes refer to."""
    _, components = msgspec.json.schema_components(
        [FlowDefinition, *(node_type.config for node_type in CATALOGUE.values())], schema_hook=_hook
    )
    schemas = cast("dict[str, Schema]", components)
    configs = {node_type.config.__name__ for node_type in CATALOGUE.values()}
    nodes = {name: _node(schemas, node_type) for name, node_type in sorted(CATALOGUE.items())}
    return nodes, {name: schema for name, schema in schemas.items() if name not in configs}


def _node(schemas: dict[str, Schema], node_type: NodeType[NodeConfig]) -> Schema:
    schema = schemas[node_type.config.__name__]
    properties = {**cast("Schema", schema["properties"]), "type": {"const": node_type.name}}
    if not node_type.adds:  # all its outcomes are known beforehand
        edges = cast("Schema", properties["next"])
        properties["next"] = {**edges, "propertyNames": {"enum": [*node_type.outcomes]}}
    title = f"{node_type.zh} · {node_type.en}"
    return {**schema, "title": title, "additionalProperties": False, "properties": properties}


def _hook(kind: type) -> Schema:
    return _OWN[kind] if kind in _OWN else any_value(kind)
