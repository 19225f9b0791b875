"""The console's door: only hosts that are ours get past it, and what changes something only from our own pages.

A page of another site can make a browser call 127.0.0.1 under a name of its own (DNS rebinding); the Host header gives
it away. Every answer carries the security headers. Who asks is looked up here; what they may do is said by each route
(`services.console.access`).
"""

from collections.abc import Iterable, Mapping
from typing import cast
from urllib.parse import urlsplit

import msgspec
from litestar import Litestar, MediaType
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import Message, Receive, Scope, Send

from contracts.errors import Error, ErrorReply
from services.chassis.errors import Retryable
from services.console.cookies import SESSION_COOKIE, drop_false_csrf
from services.console.refusals import status_of
from services.console.routes.editor import relocated
from services.console.sign_in import SignIn, Visit

Connection = ASGIConnection[HTTPRouteHandler, Visit | None, None, State]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self'; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""What every answer says unless it says something else itself."""

_OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN = ("/api/session",)
"""With POST: who signs in has no session yet."""


class Guard:
    """The application behind its door: lets through what comes to one of our hosts, from one of our pages where that
    matters, and adds who asks. It stands before everything, also before what has no route.
    """

    def __init__(self, app: Litestar, sign_in: SignIn, hosts: Iterable[str], secret: str) -> None:
        self.app = app
        self._sign_in = sign_in
        self._hosts = frozenset({*_OWN_HOSTS, *(host.lower() for host in hosts)})
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer instead of the application, or add who asks and let it answer."""
        scope = relocated(scope)
        drop_false_csrf(scope, self._secret)
        connection: Connection = ASGIConnection(scope, receive, send)
        refusal = await self._refusal(connection)
        if scope["type"] == "websocket":
            # A socket that is not accepted is answered with 403, which is all that a browser's page would see.
            closing: Message = {"type": "websocket.close", "code": 4403, "reason": "refused"}
            await (send(closing) if refusal else self.app(scope, receive, send))
            return
        await (refusal or self.app)(scope, receive, _with_headers(send))

    async def _refusal(self, connection: Connection) -> ASGIResponse | None:
        host = connection.headers.get("host", "").lower()
        if _without_port(host) not in self._hosts:
            sentence = (
                f"The console does not answer for the host {host!r}; name it in FRONTDESK_CONSOLE_HOSTS."
            )
            return ASGIResponse(body=sentence, status_code=421, media_type=MediaType.TEXT)
        origin = connection.headers.get("origin")
        is_safe = _method(connection.scope) in _SAFE
        if origin is not None and not is_safe and urlsplit(origin).netloc.lower() != host:
            return _answer("bad_csrf", f"this came from a page of {origin}, which is not the console")
        return await self._without_session(connection)

    async def _without_session(self, connection: Connection) -> ASGIResponse | None:
        """Add who asks; the refusal if that is nobody, and only somebody may."""
        path = connection.scope["path"]
        connection.scope["user"] = None
        if not path.startswith("/api/") or (path in _OPEN and _method(connection.scope) == "POST"):
            return None
        try:
            visit = await self._sign_in.visit(connection.cookies.get(SESSION_COOKIE))
        except Retryable as exc:
            return _answer("unavailable", str(exc))
        connection.scope["user"] = visit
        if visit is None and connection.scope["type"] != "websocket":
            return _answer(
                "no_session", "nobody is signed in; sign in, or open the console with a sign-in link"
            )
        return None


def _method(scope: Scope) -> str:
    """The method of a request; empty for a WebSocket."""
    return str(cast("Mapping[str, object]", scope).get("method", ""))


def _answer(code: str, detail: str) -> ASGIResponse:
    body = msgspec.json.encode(ErrorReply(error=Error(code=code, detail=detail)))
    return ASGIResponse(body=body, status_code=status_of(code), media_type=MediaType.JSON)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message["headers"])
            said = {name.lower() for name, _ in given}
            missing = ((name.encode(), value.encode()) for name, value in _HEADERS.items())
            message["headers"] = [*given, *(header for header in missing if header[0] not in said)]
        await send(message)

    return sending


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
