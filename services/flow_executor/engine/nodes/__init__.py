"""The catalogue of node types: every module of this package adds those in its `TYPES`."""

from importlib import import_module
from pkgutil import iter_modules

from services.flow_executor.engine.node import NodeConfig, NodeType


def _collect() -> dict[str, NodeType[NodeConfig]]:
    families = (import_module(f"{__name__}.{family.name}") for family in iter_modules(__path__))
    return {node_type.name: node_type for family in families for node_type in family.TYPES}


CATALOGUE: dict[str, NodeType[NodeConfig]] = _collect()
"""Every node type by its name."""
