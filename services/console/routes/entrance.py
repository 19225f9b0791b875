"""`/sign-in`, and the page that those see who are not signed in."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from litestar import MediaType, Request, Response, get
from litestar.datastructures import Cookie, State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Redirect

from services.chassis.errors import Rejected
from services.chassis.sign_in_link import PATH
from services.console.sign_in import SESSION_COOKIE, SESSION_LASTS, Session, SignIn

_PAGE = Template(Path(__file__).with_name("entrance.html").read_text("utf-8"))
_STYLE = _PAGE.template.partition("<style>")[2].partition("</style>")[0]
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()

PAGE_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
    )
}
"""The page's only style is its own; nothing else may load."""


def sign_in_route(sign_in: SignIn) -> HTTPRouteHandler:
    """The route that turns a one-time link into a session."""

    @get(PATH, include_in_schema=False)
    async def enter(
        request: Request[Session | None, None, State], token: FromQuery[str] = ""
    ) -> Response[str] | Redirect:
        """A session and the way to the first page, or why not."""
        try:
            cookie = sign_in.begin(token)
        except Rejected as exc:
            return Response(
                page(exc.detail), status_code=401, media_type=MediaType.HTML, headers=PAGE_HEADERS
            )
        return Redirect("/", cookies=[_session_cookie(cookie, is_secure=request.url.scheme == "https")])

    return enter


def page(reason: str) -> str:
    """A page that says why one is not in, and how to get in."""
    return _PAGE.substitute(reason=escape(reason[:1].upper() + reason[1:]))


def _session_cookie(value: str, *, is_secure: bool) -> Cookie:
    return Cookie(
        SESSION_COOKIE,
        value=value,
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=is_secure,
    )
