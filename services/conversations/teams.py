"""Team settings: the KV bucket TEAM, written here, watched by whoever needs them."""

import msgspec

from contracts.ids import AgentId, TeamId, is_token
from contracts.requests import PushTeam, Request, TeamPushed
from contracts.streams import TEAM
from contracts.team import Agent, TeamSettings
from services.chassis.bus import Bus
from services.chassis.errors import Conflict, Rejected


class Teams:
    """Serves `contracts.team.*`. Every method raises `Rejected` to refuse."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def get(self, request: Request) -> TeamSettings:
        """The team's settings."""
        found = await self._bus.keys.get(TEAM.name, request.team) if is_token(request.team) else None
        if found is None:
            raise Rejected(
                "unknown_team", f"there is no team {request.team}; make one with `frontdesk team push FILE`"
            )
        return msgspec.json.decode(found[0], type=TeamSettings)

    async def push(self, request: PushTeam) -> TeamPushed:
        """Replace the team's settings; with `expect_revision`, only if nobody did meanwhile."""
        try:
            settings = msgspec.json.decode(request.settings, type=TeamSettings)
        except msgspec.DecodeError as exc:
            raise Rejected("team_refused", f"the settings were refused: {exc}") from exc
        if settings.team != request.team or not is_token(settings.team):
            raise Rejected(
                "team_refused",
                f"the settings are of team {settings.team!r}, the request is of {request.team!r}",
            )
        names = [agent.id for agent in settings.agents]
        wrong = [name for name in names if not is_token(name) or names.count(name) > 1]
        if wrong:
            raise Rejected(
                "team_refused",
                f"agent {wrong[0]!r} is there twice, or its id is not 1 to 64 of A-Z a-z 0-9 _ -",
            )
        try:
            stored = await self._bus.keys.put(
                TEAM.name, settings.team, msgspec.json.encode(settings), revision=request.expect_revision
            )
        except Conflict as exc:
            raise Rejected(
                "version_conflict", "somebody changed the settings meanwhile; get them and push again"
            ) from exc
        return TeamPushed(team=settings.team, revision=stored.seq)

    async def agent(self, team: TeamId, agent: AgentId) -> Agent:
        """One agent of the team; raises `Rejected` when it has no such agent."""
        settings = await self.get(Request(team=team))
        for known in settings.agents:
            if known.id == agent:
                return known
        names = ", ".join(known.id for known in settings.agents)
        raise Rejected("unknown_agent", f"team {team} has no agent {agent!r}; it has {names}")
