"""`/api/flows/validate`, `test`, `parse`, `toml`: what the editor asks of a definition that is stored nowhere.

A flow may be called `test`, and its routes must not end here. So these lie under `~`, which is no flow's id;
`relocated` leads there what is posted to the addresses that people know, and the OpenAPI document says those.
"""

from typing import cast

from litestar import MediaType, Router, post
from litestar.params import JSONBody
from litestar.types import Scope

from contracts.console import Candidate, ParsedFlow
from contracts.errors import Error
from contracts.flow import FlowDefinition, Problem, parse, parse_json, parse_toml
from contracts.flow_toml import to_toml
from contracts.requests import FlowTested, FlowValidated, PushFlow
from contracts.toml import NoWord
from services.chassis.bus import Refusal
from services.chassis.errors import Rejected
from services.console.access import everyone
from services.console.asking import PATIENCE_S, Asking, SignedInRequest, raw
from services.console.refusals import refusals

HOME = "/api/flows/~/"
ADDRESS = "/api/flows/"
_NAMES = ("validate", "test", "parse", "toml")


def relocated(scope: Scope) -> Scope:
    """The request, led to where its route lies."""
    path = scope["path"]
    name = path.removeprefix(ADDRESS)
    if scope["type"] != "http" or scope["method"] != "POST" or path == name or name not in _NAMES:
        return scope
    return cast("Scope", {**scope, "path": f"{HOME}{name}", "raw_path": f"{HOME}{name}".encode()})


def router(asking: Asking) -> Router:
    """The routes of definitions in hand."""

    @post("/validate", status_code=200, responses=refusals())
    async def validate(request: SignedInRequest, data: JSONBody[Candidate]) -> FlowValidated:
        """Every problem of the definition, warnings too."""
        push = PushFlow(definition=raw(data.definition))
        return await asking.ask(
            request, "contracts.flows.validate", push, FlowValidated, timeout_s=PATIENCE_S
        )

    @post("/test", status_code=200, responses=refusals())
    async def test(request: SignedInRequest, data: JSONBody[Candidate]) -> FlowTested:
        """What its scenarios come to, and what none of them shows."""
        push = PushFlow(definition=raw(data.definition))
        return await asking.ask(request, "contracts.flows.test", push, FlowTested, timeout_s=PATIENCE_S)

    @post("/parse", status_code=200, responses=refusals())
    async def parse_file(request: SignedInRequest) -> ParsedFlow:
        """The definition in a file, TOML or JSON by its content-type, or why it holds none."""
        body = await request.body()
        is_json = request.content_type[0] == MediaType.JSON.value
        return _parsed(parse_json(body) if is_json else parse_toml(body))

    @post("/toml", status_code=200, media_type="text/plain; charset=utf-8", responses=refusals())
    async def write(data: JSONBody[Candidate]) -> str:
        """The definition as a file for people."""
        parsed = _parsed(parse(data.definition))
        if parsed.definition is None:
            error = Error(code="flow_refused", detail="this is no flow yet", problems=parsed.problems)
            raise Refusal(error)
        try:
            return to_toml(parsed.definition)
        except NoWord as exc:
            raise Rejected("no_toml", str(exc)) from exc

    handlers = [validate, test, parse_file, write]
    return Router(HOME, route_handlers=handlers, guards=[everyone], tags=["editor"])


def _parsed(found: FlowDefinition | tuple[Problem, ...]) -> ParsedFlow:
    if isinstance(found, FlowDefinition):
        return ParsedFlow(definition=found, problems=[])
    return ParsedFlow(definition=None, problems=list(found))
