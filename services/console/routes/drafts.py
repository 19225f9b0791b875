"""`/api/flows/{flow}/draft`."""

from litestar import Router, delete, get, put
from litestar.params import JSONBody

from contracts.console import Draft, DraftSaving
from contracts.ids import FlowId
from services.console.access import admins
from services.console.asking import SignedInRequest, Token
from services.console.drafts import Drafts
from services.console.refusals import refusals


def router(drafts: Drafts) -> Router:
    """The routes of this person's drafts."""

    @get("/", responses=refusals(404))
    async def show(request: SignedInRequest, flow: Token) -> Draft:
        """What this person has in the editor."""
        return await drafts.get(request.user.person, FlowId(flow))

    @put("/", responses=refusals(409))
    async def save(request: SignedInRequest, flow: Token, data: JSONBody[DraftSaving]) -> Draft:
        """Save it over the revision that was seen last."""
        return await drafts.save(request.user.person, FlowId(flow), data)

    @delete("/", responses=refusals())
    async def throw_away(request: SignedInRequest, flow: Token) -> None:
        """Throw it away."""
        await drafts.delete(request.user.person, FlowId(flow))

    return Router(
        "/api/flows/{flow:str}/draft",
        route_handlers=[show, save, throw_away],
        guards=[admins],
        tags=["drafts"],
    )
