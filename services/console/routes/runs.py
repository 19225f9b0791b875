"""`/api/runs`."""

from typing import Annotated

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.params import FromQuery, PathParameter, QueryParameter

from contracts.ids import TOKEN_PATTERN, FlowId, RunId, VisitorId
from contracts.requests import RunHistory, RunRequest, RunsList, RunsPage, RunStatus
from services.chassis.bus import Bus
from services.console.sign_in import Session

Token = Annotated[str | None, QueryParameter(pattern=TOKEN_PATTERN)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Run = Annotated[str, PathParameter(pattern=TOKEN_PATTERN)]


def router(bus: Bus) -> Router:
    """The routes of runs."""

    @get("/")
    async def list_runs(
        request: Request[Session, None, State],
        *,
        flow: Token = None,
        visitor: Token = None,
        status: FromQuery[RunStatus | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> RunsPage:
        """Runs, the newest first; `cursor` fetches what follows."""
        query = RunsList(
            team=request.user.team,
            by=request.user.sub,
            flow=FlowId(flow) if flow else None,
            visitor=VisitorId(visitor) if visitor else None,
            status=status,
            limit=limit,
            cursor=cursor,
        )
        return await bus.request("query.runs.list", query, RunsPage)

    @get("/{run:str}")
    async def show_run(request: Request[Session, None, State], run: Run) -> RunHistory:
        """One run with its events in the order of `seq`."""
        query = RunRequest(team=request.user.team, by=request.user.sub, run=RunId(run))
        return await bus.request("query.runs.events", query, RunHistory)

    return Router("/api/runs", route_handlers=[list_runs, show_run], tags=["runs"])
