"""What every request says."""

from typing import Annotated

from msgspec import Meta, Struct

from contracts.ids import DEFAULT_TEAM, TeamKey


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every request says."""

    team: TeamKey = DEFAULT_TEAM
    by: Annotated[str, Meta(max_length=128)] = ""
