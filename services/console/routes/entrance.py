"""`/sign-in`: a one-time link becomes a session. Without a token it is a page like the others."""

import re
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Redirect

from services.chassis.errors import Rejected
from services.chassis.sign_in_link import PATH
from services.console.cookies import session_cookie
from services.console.routes.page import Page
from services.console.sign_in import SignIn

_LOCAL = re.compile(r"/(?![/\\])[\x21-\x7e]*\Z")
"""A path of ours: two slashes, or what browsers take for them, would begin another host's address."""


def sign_in_route(sign_in: SignIn, page: Page) -> HTTPRouteHandler:
    """The route that turns a one-time link into a session."""

    @get(PATH, include_in_schema=False)
    async def enter(
        request: Request[None, None, State],
        token: FromQuery[str | None] = None,
    ) -> Response[bytes] | Redirect:
        """A session and the way to where one wanted; without a token, or with a bad one, the page to sign in."""
        if token is None:
            return page.answer(request, "")
        wanted = request.query_params.get("next", "")
        local = wanted if _LOCAL.match(wanted) else "/"
        try:
            cookie = await sign_in.by_link(token, request.headers.get("user-agent", ""))
        except Rejected as exc:
            after = {"next": local} if local != "/" else {}
            return Redirect(f"{PATH}?{urlencode({'problem': exc.code, **after})}")
        return Redirect(local, cookies=[session_cookie(cookie, request.url.scheme, request.headers)])

    return enter
