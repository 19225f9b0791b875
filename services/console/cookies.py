"""The console's cookies: the session, out of reach for scripts, and the CSRF token, which the page must repeat.

Cookies know no ports: another installation on this machine may have left its own under the same names.
"""

from hmac import compare_digest

from litestar.config.csrf import CSRFConfig
from litestar.datastructures import Cookie, Headers
from litestar.middleware.csrf import CSRF_SECRET_LENGTH, generate_csrf_hash
from litestar.types import Scope

from services.console.sessions import LONGEST

SESSION_COOKIE = "frontdesk_console"
CSRF_COOKIE = "frontdesk_csrf"
CSRF_HEADER = "X-CSRF-Token"


def csrf(secret: str) -> CSRFConfig:
    """Litestar's double submit: the header must repeat the cookie, which no other site can read."""
    return CSRFConfig(
        secret=secret, cookie_name=CSRF_COOKIE, header_name=CSRF_HEADER.lower(), cookie_samesite="strict"
    )


def session_cookie(value: str, scheme: str, headers: Headers) -> Cookie:
    """The cookie of a session that begins; the service knows when it ends."""
    return Cookie(
        SESSION_COOKIE,
        value=value,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="strict",
        # Be it to a proxy before us: at worst a cookie is kept from plain HTTP.
        secure=scheme == "https" or headers.get("x-forwarded-proto") == "https",
    )


def no_session_cookie() -> Cookie:
    """Takes the session's cookie away."""
    return Cookie(SESSION_COOKIE, value="", max_age=0, httponly=True, samesite="strict")


def drop_false_csrf(scope: Scope, secret: str) -> None:
    """Hide a CSRF cookie that we did not sign: Litestar would keep it for ever, and take no token that it goes with."""
    headers = [
        (
            name,
            _without_false(value.decode("latin-1"), secret).encode("latin-1") if name == b"cookie" else value,
        )
        for name, value in scope["headers"]
    ]
    scope["headers"] = [(name, value) for name, value in headers if name != b"cookie" or value]


def _without_false(cookies: str, secret: str) -> str:
    return "; ".join(part for part in map(str.strip, cookies.split(";")) if not _is_false(part, secret))


def _is_false(part: str, secret: str) -> bool:
    name, _, value = part.partition("=")
    if name != CSRF_COOKIE:
        return False
    token, signed = value[:CSRF_SECRET_LENGTH], value[CSRF_SECRET_LENGTH:]
    return not compare_digest(generate_csrf_hash(token, secret).encode(), signed.encode("latin-1"))
