"""`contracts.team.*` and `query.presence.*`: who the team is, and who of it is there."""

from typing import Literal

from msgspec import Raw, Struct

from contracts.flow import Problem
from contracts.ids import TeamId
from contracts.requests.asking import Request
from contracts.team import TeamSettings


class PresenceList(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.presence.list`."""

    kind: Literal["agent", "visitor"] = "agent"
    ids: tuple[str, ...] = ()
    """Only who of these is; none: everybody."""


class PresenceOnline(Struct, frozen=True, kw_only=True):
    """The reply of `query.presence.list`, sorted."""

    online: list[str]


class PushTeam(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`contracts.team.push`: replace a team's settings, or make the team."""

    settings: Raw
    expect_revision: int | None = None
    """Refuse with `version_conflict` unless this is their revision (0: the team is new)."""


class TeamFound(Struct, frozen=True, kw_only=True):
    """The reply of `contracts.team.get`; push with `expect_revision` to change just these."""

    settings: TeamSettings
    revision: int


class TeamPushed(Struct, frozen=True, kw_only=True):
    """Where the settings are now."""

    team: TeamId
    revision: int
    warnings: list[Problem] = []
    """What flows refer to and the team has not, or that nobody was there to look."""
