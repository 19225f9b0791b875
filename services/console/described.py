"""The OpenAPI document: routes as Litestar knows them, bodies as msgspec does, which says all that it will check."""

from typing import cast

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Reference, Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from services.console.routes import editor

PATH = "/api/schema"
_REFERENCE = "#/components/schemas/{name}"

Kind = type[msgspec.Struct]


class Bodies(OpenAPISchemaPlugin):
    """Refers to each Struct by its name, and remembers it."""

    def __init__(self) -> None:
        self.kinds: set[Kind] = set()

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Whether it is a Struct."""
        return not field_definition.is_union and field_definition.is_subclass_of(msgspec.Struct)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: object) -> Schema:
        """Where it is described."""
        del schema_creator
        kind = cast("Kind", field_definition.annotation)
        self.kinds.add(kind)
        # A bare reference must be to a schema that Litestar has made.
        return Schema(all_of=[Reference(ref=_REFERENCE.format(name=kind.__name__))])


class Document(JsonRenderPlugin):
    """The document as JSON."""

    def __init__(self, bodies: Bodies) -> None:
        super().__init__(path="/openapi.json")
        self._bodies = bodies

    def render(self, request: Request[object, object, State], openapi_schema: dict[str, object]) -> bytes:
        """Routes and bodies together."""
        del request
        kinds = sorted(self._bodies.kinds, key=lambda kind: kind.__name__)
        _, schemas = msgspec.json.schema_components(kinds, schema_hook=_any_value, ref_template=_REFERENCE)
        paths = cast("dict[str, object]", openapi_schema["paths"])
        named = {path.replace(editor.HOME, editor.ADDRESS): routes for path, routes in paths.items()}
        return msgspec.json.encode(
            {**openapi_schema, "paths": named, "components": {"schemas": schemas}}, order="deterministic"
        )


def openapi(bodies: Bodies) -> OpenAPIConfig:
    """What Litestar is told of it."""
    return OpenAPIConfig(title="Frontdesk console", version="1", path=PATH, render_plugins=[Document(bodies)])


def _any_value(kind: type) -> dict[str, object]:
    if kind is object:
        return {}
    raise NotImplementedError(f"{kind} has no JSON Schema")
