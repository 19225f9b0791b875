"""`/api/flows`."""

from litestar import Request, Router, get
from litestar.datastructures import State

from contracts import requests
from contracts.requests import FlowList
from services.chassis.bus import Bus
from services.console.sign_in import Session


def router(bus: Bus) -> Router:
    """The routes of flows."""

    @get("/")
    async def list_flows(request: Request[Session, None, State]) -> FlowList:
        """Every flow with its number of versions and the one that is active."""
        person = request.user
        return await bus.request(
            "contracts.flows.list", requests.Request(team=person.team, by=person.sub), FlowList
        )

    return Router("/api/flows", route_handlers=[list_flows], tags=["flows"])
