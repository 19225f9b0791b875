"""One-time links (`services.chassis.sign_in_link`): each opens one session, however often this process is started."""

from datetime import UTC, datetime

import jwt
import msgspec

from contracts.ids import AgentId, TeamId
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.errors import Rejected

_ALGORITHM = "HS256"
_PURPOSE = "sign-in"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What a link's token says."""

    purpose: str
    team: TeamId
    sub: AgentId
    exp: int
    """Seconds since 1970."""
    jti: str


class Links:
    """Reads links, and remembers those that were used."""

    def __init__(self, secret: str, database: Database, clock: Clock) -> None:
        self._secret = secret
        self._database = database
        self._clock = clock

    def read(self, token: str) -> Link:
        """What it says; raises `Rejected` when it is false or too old."""
        try:
            payload = jwt.decode(  # pyright: ignore[reportUnknownMemberType] - optional cryptography
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                options={"verify_exp": False, "verify_iat": False},
            )
            link = msgspec.convert(payload, Link)
        except (jwt.InvalidTokenError, msgspec.ValidationError):
            raise bad_link() from None
        if link.purpose != _PURPOSE or link.exp <= self._clock().timestamp():
            raise bad_link()
        return link

    async def use(self, link: Link) -> None:
        """Use it up; raises `Rejected` when somebody did before."""
        now = self._clock()
        async with self._database.transaction() as tx:
            await tx.execute("delete from console.used_links where expires_at <= $1", now)
            row = await tx.row(
                "insert into console.used_links (jti, expires_at) values ($1, $2) on conflict do nothing returning jti",
                link.jti.replace("\0", ""),
                datetime.fromtimestamp(link.exp, UTC),
            )
        if row is None:
            raise Rejected("used_link", "this sign-in link has been used already")


def bad_link() -> Rejected:
    """What is said of a link that opens nothing."""
    return Rejected("bad_link", "this sign-in link is not valid, or not any more")
