"""Who a visitor is: the gateway's own tokens, and the word of the team's site for its customers."""

import secrets
import warnings
from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b

import jwt

from contracts.ids import TeamId, VisitorId, is_token
from services.chassis.clock import Clock
from services.widget_gateway.refusal import Refused

LIFETIME = timedelta(days=365)
"""Longer than CHAT keeps anything; each `welcome` brings a fresh token."""

IDENTIFIED_LIFETIME = timedelta(days=1)
"""Of a visitor for whom the site vouched: it vouches again with each page, this one is for the time in between."""

_IDENTIFIED = "u_"
_ALGORITHM = "HS256"


def new_visitor() -> VisitorId:
    """An id that nobody has had, 128 bits of chance."""
    return VisitorId(f"v_{secrets.token_hex(16)}")


def is_identified(visitor: VisitorId) -> bool:
    """Whether a team's site vouched for this visitor."""
    return visitor.startswith(_IDENTIFIED)


class Tokens:
    """Signs and checks the tokens by which visitors come back."""

    def __init__(self, secret: str, clock: Clock) -> None:
        # A key of its own: what another part signs with the same secret is no visitor's token.
        self._key = blake2b(secret.encode(), digest_size=32, person=b"visitor-tokens").digest()
        self._clock = clock

    def issue(self, team: TeamId, visitor: VisitorId) -> str:
        """A token of this visitor."""
        until = self._clock() + (IDENTIFIED_LIFETIME if is_identified(visitor) else LIFETIME)
        claims = {"team": team, "sub": visitor, "exp": until}
        # PyJWT's types name the keys of `cryptography`, which we have no need of.
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)  # pyright: ignore[reportUnknownMemberType]

    def bearer(self, token: str) -> tuple[TeamId, VisitorId] | None:
        """Whose token it is; None when it is none of ours."""
        claims = _claims(token, self._key)
        if claims is None or not is_token(str(claims["sub"])):
            return None
        return TeamId(str(claims.get("team"))), VisitorId(str(claims["sub"]))

    def visitor_of(self, team: TeamId, token: str) -> VisitorId:
        """The visitor whose token it is; raises `Refused` when it is none of this team."""
        bearer = self.bearer(token)
        if bearer is None or bearer[0] != team:
            raise Refused("bad_token", "the token is not valid here; forget it and say hello without one")
        return bearer[1]


def identified_visitor(team: TeamId, identity: str, secret: str | None) -> VisitorId:
    """The visitor that the team's site vouches for; raises `Refused` when it does not."""
    if not secret:
        raise Refused("bad_identity", f"team {team} has no identity secret; set it in the team's settings")
    claims = _claims(identity, secret.encode())
    if claims is None:
        raise Refused(
            "bad_identity",
            "the identity is no JWT that is signed (HS256) with the team's identity secret, names `sub` and is in time",
        )
    # The parts are told apart by NUL, which is in no team's id.
    digest = blake2b(f"{team}\0{claims['sub']}".encode(errors="surrogatepass"), digest_size=16).hexdigest()
    return VisitorId(f"{_IDENTIFIED}{digest}")


def _claims(token: str, key: bytes) -> Mapping[str, object] | None:
    try:
        with warnings.catch_warnings():
            # How long a team's identity secret is, is the team's choice.
            warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)
            claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
                token, key, algorithms=[_ALGORITHM], options={"require": ["sub"], "verify_sub": False}
            )
    except (jwt.PyJWTError, ValueError):
        return None
    # Customers' ids are numbers at some sites.
    return claims if isinstance(claims["sub"], (str, int)) and claims["sub"] != "" else None
