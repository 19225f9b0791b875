"""The one-time link that opens the console without a password.

It carries a token signed with `FRONTDESK_SECRET` that is good for a day. The console remembers each `jti` that it has
let in, and lets none in twice.
"""

from datetime import datetime, timedelta
from uuid import uuid4

import jwt

from contracts.ids import DEFAULT_TEAM, AgentId, TeamId
from contracts.team import FIRST_AGENT
from services.chassis.clock import Clock, system_clock

VALID_FOR = timedelta(hours=24)
PATH = "/sign-in"

_ALGORITHM = "HS256"
_PURPOSE = "sign-in"


def console_link(
    secret: str,
    base_url: str,
    *,
    team: TeamId = DEFAULT_TEAM,
    agent: AgentId = FIRST_AGENT,
    clock: Clock = system_clock,
) -> str:
    """A fresh link to the console at `base_url` that signs this agent in."""
    now: datetime = clock()
    claims = {
        "purpose": _PURPOSE,
        "team": team,
        "sub": agent,
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + VALID_FOR,
    }
    token = jwt.encode(claims, secret, algorithm=_ALGORITHM)  # pyright: ignore[reportUnknownMemberType] - optional cryptography
    return f"{base_url.rstrip('/')}{PATH}?token={token}"
