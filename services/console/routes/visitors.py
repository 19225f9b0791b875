"""`/api/visitors`: what became of a visitor's events, and what was said."""

from datetime import datetime
from typing import Annotated

from litestar import Router, get
from litestar.params import FromQuery, QueryParameter

from contracts.ids import VisitorId
from contracts.requests import MessagesList, MessagesPage, RunsExplain, RunsExplained
from services.console.access import everyone
from services.console.asking import PATIENCE_S, Asking, Limit, SignedInRequest, Token
from services.console.refusals import refusals

Before = Annotated[int | None, QueryParameter(ge=1)]


def router(asking: Asking) -> Router:
    """The routes of visitors."""

    @get("/explained", responses=refusals())
    async def explain(
        request: SignedInRequest, visitor: Token, since: FromQuery[datetime | None] = None
    ) -> RunsExplained:
        """Each event since then (an hour ago unless said): the run that it started or woke, or why none."""
        wanted = RunsExplain(visitor=VisitorId(visitor), since=since)
        return await asking.ask(request, "query.runs.explain", wanted, RunsExplained, timeout_s=PATIENCE_S)

    @get("/messages", responses=refusals())
    async def messages(
        request: SignedInRequest,
        visitor: Token,
        *,
        before: Before = None,
        limit: Limit = 50,
        with_notes: FromQuery[bool] = False,
    ) -> MessagesPage:
        """The newest messages before a `seq`, oldest first; `with_notes` also what visitors never see."""
        wanted = MessagesList(visitor=VisitorId(visitor), before=before, limit=limit, with_notes=with_notes)
        return await asking.ask(request, "query.conversations.messages", wanted, MessagesPage)

    return Router(
        "/api/visitors/{visitor:str}",
        route_handlers=[explain, messages],
        guards=[everyone],
        tags=["visitors"],
    )
