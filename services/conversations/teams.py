"""Team settings: the KV bucket TEAM, written here, watched by whoever needs them."""

import msgspec

from contracts.errors import Error
from contracts.forms import Problem, nearest
from contracts.ids import AgentId, TeamId, is_token
from contracts.requests import CheckTeam, PushTeam, Request, TeamChecked, TeamFound, TeamPushed
from contracts.streams import TEAM
from contracts.team import Agent, TeamSettings, parse
from services.chassis.bus import Bus, Refusal, RequestRejected
from services.chassis.errors import Conflict, Permanent, Rejected, Unreachable

NOT_CHECKED = "not_checked"
CHECK_S = 1.0
"""What the flow executor may take to look at settings: half of the time within which a push is answered."""


class Teams:
    """Serves `contracts.team.*`. Every method raises `Rejected` to refuse."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def get(self, request: Request) -> TeamFound:
        """The team's settings, and their revision."""
        found = await self._bus.keys.get(TEAM.name, request.team) if is_token(request.team) else None
        if found is None:
            raise Rejected(
                "unknown_team", f"there is no team {request.team}; make one with `frontdesk team push FILE`"
            )
        try:
            settings = msgspec.json.decode(found[0], type=TeamSettings)
        except msgspec.DecodeError as exc:
            raise Permanent(
                f"the settings of team {request.team} cannot be read: {exc};"
                " replace them with `frontdesk team push FILE`"
            ) from exc
        return TeamFound(settings=settings, revision=found[1])

    async def push(self, request: PushTeam) -> TeamPushed:
        """Replace the team's settings; with `expect_revision`, only if nobody did meanwhile.

        What the flow executor says to them is part of the answer; when none is there they are taken all the same.
        """
        settings, problems = parse(msgspec.json.decode(request.settings))
        if settings is not None and settings.team != request.team:
            problems = (_other_team(settings.team, request.team),)
        places = {(problem.code, problem.at) for problem in problems}
        checked = [one for one in await self._checked(request) if (one.code, one.at) not in places]
        if settings is None or problems or any(one.level == "error" for one in checked):
            # Nobody needs to know that a look is missing at what was refused anyway.
            found = [one for one in checked if one.code != NOT_CHECKED]
            raise _refused(request.team, [*problems, *found])
        try:
            stored = await self._bus.keys.put(
                TEAM.name, settings.team, msgspec.json.encode(settings), revision=request.expect_revision
            )
        except Conflict as exc:
            raise Rejected(
                "version_conflict", "somebody changed the settings meanwhile; get them and push again"
            ) from exc
        return TeamPushed(team=settings.team, revision=stored.seq, warnings=checked)

    async def _checked(self, request: PushTeam) -> list[Problem]:
        """What the flow executor says; a warning when it says nothing in time."""
        asked = CheckTeam(team=request.team, by=request.by, settings=request.settings)
        try:
            reply = await self._bus.request(
                "contracts.flows.check_team", asked, TeamChecked, timeout_s=CHECK_S
            )
        except Unreachable:
            return [_not_checked("no flow executor answers")]
        except RequestRejected as exc:
            return [_not_checked(str(exc))]
        return reply.problems

    async def agent(self, team: TeamId, agent: AgentId) -> Agent:
        """One agent of the team; raises `Rejected` when it has no such agent."""
        settings = (await self.get(Request(team=team))).settings
        for known in settings.agents:
            if known.id == agent:
                return known
        names = ", ".join(known.id for known in settings.agents) or "none"
        raise Rejected("unknown_agent", f"team {team} has no agent {agent!r}; it has {names}")

    async def customer_type(self, team: TeamId, kind: str) -> str:
        """That customer type of the team; raises `Rejected` when it has no such type."""
        known = [one.id for one in (await self.get(Request(team=team))).settings.customer_types]
        if kind in known:
            return kind
        near = nearest(kind, known)
        hint = f"did you mean {near}?" if near else f"it has {', '.join(known) or 'none'}"
        raise Rejected("unknown_customer_type", f"team {team} has no customer type {kind!r}; {hint}")


def _refused(team: TeamId, problems: list[Problem]) -> Refusal:
    detail = f"the settings of team {team} were refused"
    return Refusal(Error(code="team_refused", detail=detail, problems=problems))


def _not_checked(why: str) -> Problem:
    return Problem(
        code=NOT_CHECKED,
        at="",
        detail=f"whether expressions, messages and flows agree with these settings was not looked at: {why}",
        hint="push them again when `frontdesk doctor` finds everything well",
        level="warning",
    )


def _other_team(team: TeamId, asked: TeamId) -> Problem:
    return Problem(
        code="bad_value",
        at="team",
        detail=f"these are the settings of team {team}, and were pushed for team {asked}",
        hint=f"push them with --team {team}, or write team = {asked!r}",
    )
