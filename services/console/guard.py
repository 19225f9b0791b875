"""The console's door: only hosts that are ours, and people who are signed in, get past it.

A page of another site can make a browser call 127.0.0.1 under a name of its own (DNS rebinding); the Host header gives
it away. Every answer carries the security headers.
"""

from collections.abc import Iterable

import msgspec
from litestar import MediaType
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from contracts.errors import Error, ErrorReply
from services.chassis.sign_in_link import PATH
from services.console.routes.entrance import PAGE_HEADERS, page
from services.console.sign_in import SESSION_COOKIE, Session, SignIn

Connection = ASGIConnection[HTTPRouteHandler, Session | None, None, State]

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""What every answer says unless it says something else itself."""

_OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class Guard(ASGIMiddleware):
    """Lets through who comes to one of our hosts with a session; anybody may come to `/sign-in`."""

    scopes = (ScopeType.HTTP, ScopeType.ASGI)

    def __init__(self, sign_in: SignIn, hosts: Iterable[str]) -> None:
        self._sign_in = sign_in
        self._hosts = frozenset({*_OWN_HOSTS, *(host.lower() for host in hosts)})

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer instead of the route, or add who asks and let it answer."""
        connection: Connection = ASGIConnection(scope, receive, send)
        answer = self._refusal(connection) or next_app
        await answer(scope, receive, _with_headers(send))

    def _refusal(self, connection: Connection) -> ASGIResponse | None:
        host = connection.headers.get("host", "").lower()
        if _without_port(host) not in self._hosts:
            sentence = (
                f"The console does not answer for the host {host!r}; name it in FRONTDESK_CONSOLE_HOSTS."
            )
            return ASGIResponse(body=sentence, status_code=421, media_type=MediaType.TEXT)
        path = connection.scope["path"]
        session = self._sign_in.session(connection.cookies.get(SESSION_COOKIE))
        connection.scope["user"] = session
        if session is not None or path == PATH:
            return None
        if path.startswith("/api/"):
            error = Error(
                code="no_session", detail="nobody is signed in; open the console with a sign-in link"
            )
            body = msgspec.json.encode(ErrorReply(error=error))
            return ASGIResponse(body=body, status_code=401, media_type=MediaType.JSON)
        body = page("nobody is signed in here")
        return ASGIResponse(body=body, status_code=401, media_type=MediaType.HTML, headers=PAGE_HEADERS)


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
