"""Who may come in: a one-time link becomes a session, and both are JWTs signed with the secret of this installation.

`services.chassis.sign_in_link` makes the links. Each works once in the life of this process; a session lasts 12 hours
and lies in a cookie that scripts cannot read and other sites cannot send.
"""

from datetime import timedelta
from typing import TypeVar

import jwt
import msgspec

from contracts.ids import AgentId, TeamId
from services.chassis.clock import Clock
from services.chassis.errors import Rejected

SESSION_COOKIE = "frontdesk_console"
SESSION_LASTS = timedelta(hours=12)

_ALGORITHM = "HS256"
_LINK = "sign-in"
_SESSION = "console-session"


class _Claims(msgspec.Struct, frozen=True, kw_only=True):
    purpose: str
    team: TeamId
    sub: AgentId
    exp: int
    """Seconds since 1970."""


class Session(_Claims, frozen=True, kw_only=True):
    """Who uses the console."""


class _Link(_Claims, frozen=True, kw_only=True):
    jti: str


C = TypeVar("C", bound=_Claims)


class SignIn:
    """Takes links and gives sessions."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._used: dict[str, int] = {}

    def begin(self, link_token: str) -> str:
        """The cookie of a new session; raises `Rejected` when the link is false, too old or used."""
        link = self._read(link_token, _Link, _LINK)
        if link is None:
            raise Rejected("bad_link", "this sign-in link is not valid, or not any more")
        now = self._now()
        self._used = {jti: exp for jti, exp in self._used.items() if exp > now}
        if link.jti in self._used:
            raise Rejected("used_link", "this sign-in link has been used already")
        self._used[link.jti] = link.exp
        lasts_s = int(SESSION_LASTS.total_seconds())
        return self._sign(Session(purpose=_SESSION, team=link.team, sub=link.sub, exp=now + lasts_s))

    def session(self, cookie: str | None) -> Session | None:
        """Whose session this cookie is; None when it is none, or over."""
        return self._read(cookie or "", Session, _SESSION)

    def _sign(self, claims: _Claims) -> str:
        payload = msgspec.to_builtins(claims)
        return jwt.encode(payload, self._secret, algorithm=_ALGORITHM)  # pyright: ignore[reportUnknownMemberType] - optional cryptography

    def _read(self, token: str, kind: type[C], purpose: str) -> C | None:
        try:
            payload = jwt.decode(  # pyright: ignore[reportUnknownMemberType] - optional cryptography
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                options={"verify_exp": False, "verify_iat": False},
            )
            claims = msgspec.convert(payload, kind)
        except (jwt.InvalidTokenError, msgspec.ValidationError):
            return None
        return claims if claims.purpose == purpose and claims.exp > self._now() else None

    def _now(self) -> int:
        return int(self._clock().timestamp())
