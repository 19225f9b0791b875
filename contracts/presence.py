"""Who is online: live sessions in a KV bucket, and the transitions that follow from them. Stream PRESENCE."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from contracts.ids import TeamId

AGENT_TTL_S = 30
AGENT_REFRESH_S = 10
VISITOR_TTL_S = 180
VISITOR_REFRESH_S = 60
LOST_TTL_S = 5
"""What a session whose socket was lost still counts: a page reload is no transition."""


class Session(Struct, frozen=True, kw_only=True):
    """The value of one session's key `<team>.<kind>.<id>.<session>`; only its being there counts."""

    since: datetime
    edge: str
    """The process that holds the socket: `widget-gateway`, `console` or `cli`."""


class PresenceChanged(Struct, frozen=True, kw_only=True, tag_field="type", tag="presence_changed.v1"):
    """Somebody came online or went offline."""

    team: TeamId
    kind: Literal["agent", "visitor"]
    id: str
    online: bool
    at: datetime
