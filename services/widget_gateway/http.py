"""Over HTTP: the files, pages of history, and events from a team's own servers."""

import re
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath, FromQuery, SkipValidation
from litestar.types import ASGIApp
from structlog.stdlib import get_logger

from contracts.errors import Error, ErrorReply
from contracts.frames import PAGE_OF_MESSAGES, Messages
from contracts.ids import EventId, TeamId, VisitorId, is_token
from services.chassis.bus import Bus
from services.chassis.errors import Retryable
from services.widget_gateway.files import Files
from services.widget_gateway.history import LAST_SEQ, History
from services.widget_gateway.incoming import LARGEST_BYTES, server_frame_in
from services.widget_gateway.intake import Intake, Sender
from services.widget_gateway.refusal import Refused
from services.widget_gateway.teams import Teams
from services.widget_gateway.tokens import Tokens

CORS = {
    # The widget runs on other sites' pages. What opens the door is the token, which no browser sends by itself.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "authorization",
    "Access-Control-Max-Age": "86400",
}
MOST_MESSAGES = 100
"""On one page of history."""
_DIGITS = re.compile("[0-9]{1,19}")
_STATUS = {"unauthorized": 401, "forbidden": 403, "not_found": 404, "too_large": 413, "unavailable": 503}

_log = get_logger()

AnyRequest: TypeAlias = Request[object, object, State]


@dataclass(frozen=True)
class Shared:
    """What the handlers work with."""

    bus: Bus
    files: Files
    teams: Teams
    tokens: Tokens
    history: History
    intake: Intake
    console_url: str


Parts: TypeAlias = NamedDependency[SkipValidation[Shared]]


class EventStored(msgspec.Struct, frozen=True):
    """The answer to an event: its id, the same whenever it is sent again under the same key."""

    id: EventId


class DemoFacts(msgspec.Struct, frozen=True):
    """What the demo page asks about this deployment."""

    console: str
    """Where its link leads; empty: it shows none."""


class Health(msgspec.Struct, frozen=True):
    """Whether the gateway can do its work now."""

    status: str


def http_app(shared: Shared) -> ASGIApp:
    """Everything that is not a WebSocket."""
    return Litestar(
        [health, demo_facts, preflight, messages, events, file],
        dependencies={"shared": Provide(lambda: shared, sync_to_thread=False)},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=LARGEST_BYTES,
        exception_handlers={
            Refused: _refused,
            Retryable: _unavailable,
            HTTPException: _http_error,
            Exception: _failed,
        },
    )


@get("/health")
async def health(shared: Parts) -> Response[Health]:
    """Whether the bus is there."""
    if shared.bus.is_connected:
        return Response(Health("ok"))
    return Response(Health("the bus is away"), status_code=503)


@get("/demo.json")
async def demo_facts(shared: Parts) -> DemoFacts:
    """What the demo page asks."""
    return DemoFacts(shared.console_url)


@get("/v1/visitors/{visitor:str}/messages", response_headers=CORS)
async def messages(
    request: AnyRequest,
    shared: Parts,
    visitor: FromPath[str],
    before: FromQuery[str | None] = None,
    limit: FromQuery[str | None] = None,
) -> Messages:
    """The newest messages, or the newest before a sequence; oldest first."""
    team = _reader_of(request, shared, visitor)
    most = PAGE_OF_MESSAGES if limit is None else _number("limit", limit, MOST_MESSAGES)
    until = None if before is None else _number("before", before, LAST_SEQ)
    page = await shared.history.newest(team, VisitorId(visitor), most, until)
    return Messages(messages=page.messages, more=page.more)


@route("/v1/visitors/{visitor:str}/messages", http_method=["OPTIONS"], status_code=204)
async def preflight(visitor: FromPath[str]) -> Response[None]:
    """What a browser asks before it sends a token from another site's page."""
    _check_visitor(visitor)
    return Response(None, headers=CORS, status_code=204)


@post("/v1/visitors/{visitor:str}/events", status_code=202)
async def events(request: AnyRequest, shared: Parts, visitor: FromPath[str]) -> EventStored:
    """Store an event as if the visitor's page had sent its frame."""
    team = shared.teams.team_of(_bearer(request))
    if team is None:
        raise Refused("unauthorized", "send a team's API key: Authorization: Bearer KEY")
    _check_visitor(visitor)
    key = request.headers.get("idempotency-key", "")
    if not is_token(key):
        raise Refused("bad_frame", "send Idempotency-Key, at most 64 of A-Z a-z 0-9 _ -")
    frame = server_frame_in(await request.body(), key)
    return EventStored(await shared.intake.store(Sender(team=team, visitor=VisitorId(visitor)), frame))


@route(["/", "/{path:path}"], http_method=["GET", "HEAD"])
async def file(request: AnyRequest, shared: Parts, path: FromPath[str] = "") -> Response[bytes]:
    """A file of the widget, or of the demo page."""
    found = shared.files.at(path.lstrip("/"))
    if found is None:
        raise Refused("not_found", f"there is nothing at {request.url.path}")
    headers = found.headers(request.query_params.get("v"))
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    body = found.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = found.zipped
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=found.media_type)


def _reader_of(request: AnyRequest, shared: Shared, visitor: str) -> TeamId:
    """The team in which this request may read this visitor's history."""
    _check_visitor(visitor)
    bearer = _bearer(request)
    person = shared.tokens.bearer(bearer)
    if person is not None:
        if person[1] != visitor:
            raise Refused("forbidden", "this token is another visitor's")
        return person[0]
    team = shared.teams.team_of(bearer)
    if team is None:
        raise Refused("unauthorized", "send the visitor's token or a team's API key: Authorization: Bearer …")
    return team


def _number(name: str, text: str, most: int) -> int:
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= most:
        raise Refused("bad_request", f"{name} must be a whole number from 1 to {most}, not {text[:32]!r}")
    return int(text)


def _bearer(request: AnyRequest) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _check_visitor(visitor: str) -> None:
    if not is_token(visitor):
        raise Refused("not_found", "there is no such visitor")


def _answer(status: int, code: str, detail: str) -> Response[ErrorReply]:
    return Response(
        ErrorReply(error=Error(code=code, detail=detail)),
        status_code=status,
        headers={**CORS, **({"WWW-Authenticate": "Bearer"} if status == 401 else {})},
        media_type=MediaType.JSON,
    )


def _refused(_: AnyRequest, exc: Refused) -> Response[ErrorReply]:
    return _answer(_STATUS.get(exc.code, 400), exc.code, exc.detail)


def _unavailable(_: AnyRequest, exc: Retryable) -> Response[ErrorReply]:
    _log.warning("http.unavailable", reason=str(exc))
    return _answer(503, "unavailable", "the bus is away; try again")


def _http_error(_: AnyRequest, exc: HTTPException) -> Response[ErrorReply]:
    return _answer(exc.status_code, "not_found" if exc.status_code == 404 else "bad_request", exc.detail)


def _failed(request: AnyRequest, exc: Exception) -> Response[ErrorReply]:
    _log.error("http.failed", path=request.url.path, exc_info=exc)
    return _answer(500, "internal", "this failed inside; the gateway's log says why")
