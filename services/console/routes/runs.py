"""`/api/runs`: what ran, and what would have."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody, QueryParameter

from contracts.console import Cancelling, Replaying, ScenarioNaming
from contracts.export import ExportedRun
from contracts.flow import FlowDefinition
from contracts.ids import TOKEN_PATTERN, FlowId, RunId, VisitorId
from contracts.requests import (
    FlowRequest,
    FlowVersion,
    RunHistory,
    RunReplay,
    RunReplayed,
    RunRequest,
    RunsCancel,
    RunsCancelled,
    RunScenario,
    RunsList,
    RunsPage,
    RunStatus,
    ScenarioMade,
)
from services.console.access import everyone, operators
from services.console.asking import PATIENCE_S, Asking, Limit, SignedInRequest, Token, raw
from services.console.refusals import refusals

Wanted = Annotated[str | None, QueryParameter(pattern=TOKEN_PATTERN)]
Outcome = Annotated[str | None, QueryParameter(max_length=200)]


def router(asking: Asking) -> Router:
    """The routes of runs."""
    return Router("/api/runs", route_handlers=[*_reading(asking), *_operating(asking)], tags=["runs"])


def _reading(asking: Asking) -> list[HTTPRouteHandler]:
    """What everybody may look at, and try."""

    @get("/", guards=[everyone], responses=refusals())
    async def list_runs(
        request: SignedInRequest,
        *,
        flow: Wanted = None,
        visitor: Wanted = None,
        status: FromQuery[RunStatus | None] = None,
        outcome: Outcome = None,
        since: FromQuery[datetime | None] = None,
        until: FromQuery[datetime | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> RunsPage:
        """Runs, the newest first; `cursor` fetches what follows."""
        query = RunsList(
            flow=FlowId(flow) if flow else None,
            visitor=VisitorId(visitor) if visitor else None,
            status=status,
            outcome=outcome,
            since=since,
            until=until,
            limit=limit,
            cursor=cursor,
        )
        return await asking.ask(request, "query.runs.list", query, RunsPage, timeout_s=PATIENCE_S)

    @get("/{run:str}", guards=[everyone], responses=refusals(404))
    async def show(request: SignedInRequest, run: Token) -> RunHistory:
        """One run with its events in the order of `seq`."""
        return await _history(asking, request, run)

    @get("/{run:str}/definition", guards=[everyone], responses=refusals(404))
    async def definition(request: SignedInRequest, run: Token) -> FlowDefinition:
        """The version that ran, laid out as its flow is now."""
        return await _definition(asking, request, await _history(asking, request, run))

    @post("/{run:str}/replay", status_code=200, guards=[everyone], responses=refusals(404))
    async def replay(request: SignedInRequest, run: Token, data: JSONBody[Replaying]) -> RunReplayed:
        """Decide it again: by its record, with facts changed, or by another flow. Sends nothing."""
        wanted = RunReplay(
            run=RunId(run),
            set={name: raw(value) for name, value in data.set.items()},
            definition=msgspec.UNSET if data.definition is msgspec.UNSET else raw(data.definition),
        )
        return await asking.ask(request, "query.runs.replay", wanted, RunReplayed, timeout_s=PATIENCE_S)

    @post("/{run:str}/scenario", status_code=200, guards=[everyone], responses=refusals(404))
    async def scenario(request: SignedInRequest, run: Token, data: JSONBody[ScenarioNaming]) -> ScenarioMade:
        """It as a scenario, which holds for the version that ran."""
        wanted = RunScenario(run=RunId(run), name=data.name)
        return await asking.ask(request, "query.runs.scenario", wanted, ScenarioMade, timeout_s=PATIENCE_S)

    return [list_runs, show, definition, replay, scenario]


def _operating(asking: Asking) -> list[HTTPRouteHandler]:
    """What admins and SREs do."""

    @get("/{run:str}/export", guards=[operators], responses=refusals(404))
    async def export(request: SignedInRequest, run: Token) -> Response[ExportedRun]:
        """It in one file, which `frontdesk runs replay --file` replays anywhere."""
        history = await _history(asking, request, run)
        definition = msgspec.structs.replace(await _definition(asking, request, history), layout={})
        return Response(
            ExportedRun(run=history.run, events=history.events, definition=definition),
            headers={"Content-Disposition": f'attachment; filename="run-{history.run.run}.json"'},
        )

    @post("/{run:str}/cancel", status_code=200, guards=[operators], responses=refusals(404))
    async def cancel(request: SignedInRequest, run: Token, data: JSONBody[Cancelling]) -> RunsCancelled:
        """End it, if it waits."""
        wanted = RunsCancel(run=RunId(run), reason=data.reason)
        return await asking.ask(request, "query.runs.cancel", wanted, RunsCancelled)

    return [export, cancel]


async def _history(asking: Asking, request: SignedInRequest, run: str) -> RunHistory:
    return await asking.ask(request, "query.runs.events", RunRequest(run=RunId(run)), RunHistory)


async def _definition(asking: Asking, request: SignedInRequest, history: RunHistory) -> FlowDefinition:
    wanted = FlowRequest(flow=history.run.flow, version=history.run.version)
    return (await asking.ask(request, "contracts.flows.get", wanted, FlowVersion)).definition
