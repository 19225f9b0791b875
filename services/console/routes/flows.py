"""`/api/flows`: what the team has, and what changes it."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody, QueryParameter

from contracts.console import Activation, Flows, Layout, Publication
from contracts.ids import FlowId
from contracts.requests import (
    MOST_VERSIONS,
    FlowActivated,
    FlowHistory,
    FlowLaidOut,
    FlowList,
    FlowPushed,
    FlowRequest,
    FlowVersion,
    HeatTaken,
    LayOutFlow,
    PushFlow,
    Request,
    RunsHeat,
    RunsWaiting,
    WaitingCounted,
)
from services.chassis.bus import RequestRejected
from services.chassis.errors import FrontdeskError, Rejected
from services.console.access import admins, everyone
from services.console.asking import PATIENCE_S, Asking, SignedInRequest, Token, raw
from services.console.drafts import Drafts
from services.console.refusals import refusals

Version = Annotated[int | None, QueryParameter(ge=1, le=MOST_VERSIONS)]
GivenVersion = Annotated[int, QueryParameter(ge=1, le=MOST_VERSIONS)]


def router(asking: Asking, drafts: Drafts) -> Router:
    """The routes of flows."""
    return Router(
        "/api/flows", route_handlers=[*_reading(asking, drafts), *_changing(asking)], tags=["flows"]
    )


def _reading(asking: Asking, drafts: Drafts) -> list[HTTPRouteHandler]:
    """What everybody may look at."""

    @get("/", guards=[everyone], responses=refusals())
    async def list_flows(request: SignedInRequest) -> Flows:
        """The team's flows, and this person's drafts."""
        found = await asking.ask(request, "contracts.flows.list", Request(), FlowList)
        return Flows(flows=found.flows, drafts=await drafts.list(request.user.person))

    @get("/{flow:str}", guards=[everyone], responses=refusals(404))
    async def show(request: SignedInRequest, flow: Token, version: Version = None) -> FlowVersion:
        """A version with its definition: the active one, else the newest, unless said."""
        wanted = FlowRequest(flow=FlowId(flow), version=version)
        return await asking.ask(request, "contracts.flows.get", wanted, FlowVersion)

    @get("/{flow:str}/history", guards=[everyone], responses=refusals(404))
    async def history(request: SignedInRequest, flow: Token) -> FlowHistory:
        """What happened to it, the newest first."""
        wanted = FlowRequest(flow=FlowId(flow))
        return await asking.ask(request, "contracts.flows.history", wanted, FlowHistory)

    @get("/{flow:str}/waiting", guards=[everyone], responses=refusals())
    async def waiting(request: SignedInRequest, flow: Token) -> WaitingCounted:
        """How many runs wait, by version and node."""
        wanted = RunsWaiting(flow=FlowId(flow))
        return await asking.ask(request, "query.runs.waiting", wanted, WaitingCounted)

    @get("/{flow:str}/heat", guards=[everyone], responses=refusals())
    async def heat(
        request: SignedInRequest, flow: Token, version: GivenVersion, since: FromQuery[datetime | None] = None
    ) -> HeatTaken:
        """How many of the newest runs of a version, 1,000 at most, took each outcome."""
        wanted = RunsHeat(flow=FlowId(flow), version=version, since=since)
        return await asking.ask(request, "query.runs.heat", wanted, HeatTaken, timeout_s=PATIENCE_S)

    return [list_flows, show, history, waiting, heat]


def _changing(asking: Asking) -> list[HTTPRouteHandler]:
    """What admins change."""

    async def change(request: SignedInRequest, what: str, wanted: FlowRequest) -> FlowActivated:
        return await asking.ask(
            request, f"contracts.flows.{what}", wanted, FlowActivated, timeout_s=PATIENCE_S
        )

    @post("/{flow:str}/publish", status_code=200, guards=[admins], responses=refusals(409))
    async def publish(request: SignedInRequest, flow: Token, data: JSONBody[Publication]) -> FlowPushed:
        """Store a version, and activate it if asked, unless somebody published meanwhile."""
        definition = raw(data.definition)
        _check_name(definition, FlowId(flow))
        push = PushFlow(definition=definition, activate=data.activate, expect_version=data.expect_version)
        try:
            return await asking.ask(request, "contracts.flows.push", push, FlowPushed, timeout_s=PATIENCE_S)
        except RequestRejected as exc:
            if exc.code == "version_conflict":
                raise await _conflict(asking, request, FlowId(flow), exc) from exc
            raise

    @post("/{flow:str}/activate", status_code=200, guards=[admins], responses=refusals(404))
    async def activate(request: SignedInRequest, flow: Token, data: JSONBody[Activation]) -> FlowActivated:
        """Let a version answer its trigger; the flow that it replaces is stopped."""
        return await change(request, "activate", FlowRequest(flow=FlowId(flow), version=data.version))

    @post("/{flow:str}/deactivate", status_code=200, guards=[admins], responses=refusals(404))
    async def deactivate(request: SignedInRequest, flow: Token) -> FlowActivated:
        """Let it answer nothing; runs that wait go on."""
        return await change(request, "deactivate", FlowRequest(flow=FlowId(flow)))

    @delete("/{flow:str}", status_code=200, guards=[admins], responses=refusals(404))
    async def remove(request: SignedInRequest, flow: Token) -> FlowActivated:
        """Take it out of the list; what ran stays replayable."""
        return await change(request, "delete", FlowRequest(flow=FlowId(flow)))

    @put("/{flow:str}/layout", status_code=204, guards=[admins], responses=refusals(404))
    async def lay_out(request: SignedInRequest, flow: Token, data: JSONBody[Layout]) -> None:
        """Move nodes on the canvas; makes no new version."""
        wanted = LayOutFlow(flow=FlowId(flow), version=data.version, layout=data.layout)
        await asking.ask(request, "contracts.flows.layout", wanted, FlowLaidOut)

    return [publish, activate, deactivate, remove, lay_out]


class _Named(msgspec.Struct, frozen=True):
    flow: str


def _check_name(definition: msgspec.Raw, flow: FlowId) -> None:
    """Raise `Rejected` unless that flow is the one of the address; what names none is for the executor to refuse."""
    try:
        named = msgspec.json.decode(definition, type=_Named).flow
    except msgspec.ValidationError:
        return
    if named != flow:
        raise Rejected("bad_request", f"this is flow {named}, and it was published as {flow}")


async def _conflict(asking: Asking, request: SignedInRequest, flow: FlowId, exc: RequestRejected) -> Rejected:
    """Who published what, and when; as far as that can be found out now, the conflict itself is certain."""
    wanted = FlowRequest(flow=flow)
    try:
        found = await asking.ask(request, "contracts.flows.history", wanted, FlowHistory)
    except FrontdeskError:
        return exc
    last = next((entry for entry in found.history if entry.what == "published"), None)
    if last is None:
        return exc
    return Rejected(
        "version_conflict",
        f"{last.by or 'somebody'} published version {last.version} of {flow} at {last.at:%Y-%m-%d %H:%M} UTC;"
        " look at what is different, and publish yours on top",
    )
