"""`/api/conversations`: the inbox. What agents read, and what they say and do."""

import asyncio
from typing import Annotated, Literal, TypeVar

import msgspec
from litestar import Router, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec.structs import replace

from contracts.console import Assigning, Converting, Reading, VisitorCard, Writing
from contracts.frames import Page
from contracts.ids import VisitorId
from contracts.requests import (
    AssignConversation,
    CannedPreviewed,
    ConversationsList,
    ConversationsPage,
    ConvertVisitor,
    MessagesFound,
    MessagesList,
    MessagesPage,
    MessagesSearch,
    NoteVisitor,
    PostMessage,
    PresenceList,
    PresenceOnline,
    ReadConversation,
    ReadUpTo,
    Request,
    Stored,
    UnreadCounted,
    UnreadQuery,
    VisitorDescribed,
    VisitorProfile,
    VisitorQuery,
    VisitorRequest,
)
from services.chassis.bus import RequestRejected
from services.chassis.errors import Retryable
from services.console.access import answerers
from services.console.asking import Asking, SignedInRequest, Token
from services.console.refusals import refusals

Place = Annotated[int | None, QueryParameter(ge=1)]
Count = Annotated[int, QueryParameter(ge=1, le=200)]
Words = Annotated[str, QueryParameter(min_length=1, max_length=200)]
Group = Annotated[str | None, QueryParameter(max_length=200)]

T = TypeVar("T", bound=msgspec.Struct)


def router(asking: Asking) -> Router:
    """The routes of the inbox."""
    return Router(
        "/api/conversations",
        route_handlers=[*_reading(asking), *_speaking(asking)],
        guards=[answerers],
        tags=["conversations"],
    )


class _Inbox:
    """Asks for routes, in parts that may be missing."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def with_online(self, who: SignedInRequest, page: ConversationsPage) -> ConversationsPage:
        """The page with who has it open now, if anybody says."""
        visitors = tuple(one.visitor for one in page.conversations)
        online = await self.online(who, visitors)
        if online is None:
            return page
        return replace(
            page, conversations=[replace(one, is_online=one.visitor in online) for one in page.conversations]
        )

    async def online(self, who: SignedInRequest, visitors: tuple[VisitorId, ...]) -> set[str] | None:
        """Who of these is online; None: nobody says."""
        if not visitors:
            return set()
        wanted = PresenceList(kind="visitor", ids=visitors)
        found = await self._if_there(who, "query.presence.list", wanted, PresenceOnline)
        return None if found is None else set(found.online)

    async def card(self, who: SignedInRequest, visitor: VisitorId) -> VisitorCard:
        """All that is known of a visitor, as far as those who know it are there."""
        profile = await self.profile(who, visitor)
        described, online = await asyncio.gather(
            self._if_there(who, "query.visitors.describe", of_now(visitor, profile), VisitorDescribed),
            self.online(who, (visitor,)),
        )
        is_online = None if online is None else visitor in online
        return VisitorCard(visitor=visitor, profile=profile, described=described, is_online=is_online)

    async def profile(self, who: SignedInRequest, visitor: VisitorId) -> VisitorProfile | None:
        """What the read model has; None: the visitor did nothing yet that it knows of."""
        try:
            return await self._asking.ask(
                who, "query.conversations.visitor", VisitorQuery(visitor=visitor), VisitorProfile
            )
        except RequestRejected as exc:
            if exc.code != "unknown_visitor":
                raise
            return None

    async def _if_there(
        self, who: SignedInRequest, subject: str, request: Request, reply: type[T]
    ) -> T | None:
        try:
            return await self._asking.ask(who, subject, request, reply)
        except (Retryable, RequestRejected):
            return None


def of_now(visitor: VisitorId, profile: VisitorProfile | None) -> VisitorRequest:
    """The visitor on the page where they were last."""
    if profile is None:
        return VisitorRequest(visitor=visitor)
    page = Page(url=profile.page_url, title=profile.page_title)
    return VisitorRequest(visitor=visitor, page=page, locale=profile.locale)


def _reading(asking: Asking) -> list[HTTPRouteHandler]:
    """What agents read."""
    inbox = _Inbox(asking)

    @get("/", responses=refusals())
    async def conversations(
        request: SignedInRequest,
        *,
        assigned: FromQuery[Literal["all", "mine", "unassigned"]] = "all",
        group: Group = None,
        unread: FromQuery[bool] = False,
        limit: Count = 50,
        cursor: FromQuery[str | None] = None,
    ) -> ConversationsPage:
        """Conversations as this agent sees them, the newest first; `cursor` fetches what follows."""
        wanted = ConversationsList(
            agent=request.user.person.agent,
            assigned=assigned,
            group=group,
            unread=unread,
            limit=limit,
            cursor=cursor,
        )
        page = await asking.ask(request, "query.conversations.list", wanted, ConversationsPage)
        return await inbox.with_online(request, page)

    @get("/unread", responses=refusals())
    async def unread_count(request: SignedInRequest) -> UnreadCounted:
        """How many conversations wait for this agent: theirs, or nobody's."""
        wanted = UnreadQuery(agent=request.user.person.agent)
        return await asking.ask(request, "query.conversations.unread", wanted, UnreadCounted)

    @get("/search", responses=refusals())
    async def search(
        request: SignedInRequest,
        *,
        text: Words,
        visitor: FromQuery[str | None] = None,
        limit: Count = 50,
        cursor: FromQuery[str | None] = None,
    ) -> MessagesFound:
        """Messages and notes that have all these words, the newest first."""
        who = None if visitor is None else VisitorId(visitor)
        wanted = MessagesSearch(text=text, visitor=who, limit=limit, cursor=cursor)
        return await asking.ask(request, "query.conversations.search", wanted, MessagesFound)

    @get("/{visitor:str}", responses=refusals())
    async def card(request: SignedInRequest, visitor: Token) -> VisitorCard:
        """The visitor's card."""
        return await inbox.card(request, VisitorId(visitor))

    @get("/{visitor:str}/messages", responses=refusals())
    async def messages(
        request: SignedInRequest,
        visitor: Token,
        *,
        before: Place = None,
        after: Place = None,
        limit: Count = 50,
    ) -> MessagesPage:
        """The newest before a `seq`, or the oldest after one; oldest first, notes and notices among them."""
        wanted = MessagesList(
            visitor=VisitorId(visitor), before=before, after=after, limit=limit, with_notes=True
        )
        return await asking.ask(request, "query.conversations.messages", wanted, MessagesPage)

    @get("/{visitor:str}/canned", responses=refusals())
    async def canned(request: SignedInRequest, visitor: Token) -> CannedPreviewed:
        """The team's canned messages as this visitor would get them."""
        who = VisitorId(visitor)
        wanted = of_now(who, await inbox.profile(request, who))
        return await asking.ask(request, "query.visitors.canned", wanted, CannedPreviewed)

    return [conversations, unread_count, search, card, messages, canned]


def _speaking(asking: Asking) -> list[HTTPRouteHandler]:
    """What agents say and do. Whoever sends the same `id` again changes nothing, and gets the same answer."""

    @post("/{visitor:str}/messages", responses=refusals(), status_code=HTTP_200_OK)
    async def write(request: SignedInRequest, visitor: Token, data: JSONBody[Writing]) -> Stored:
        """Write to the visitor."""
        agent = request.user.person.agent
        wanted = PostMessage(id=data.id, visitor=VisitorId(visitor), agent=agent, text=data.text)
        return await asking.ask(request, "contracts.conversations.post", wanted, Stored)

    @post("/{visitor:str}/notes", responses=refusals(), status_code=HTTP_200_OK)
    async def note(request: SignedInRequest, visitor: Token, data: JSONBody[Writing]) -> Stored:
        """Write something down for the team; the visitor never sees it."""
        agent = request.user.person.agent
        wanted = NoteVisitor(id=data.id, visitor=VisitorId(visitor), agent=agent, text=data.text)
        return await asking.ask(request, "contracts.conversations.note", wanted, Stored)

    @put("/{visitor:str}/assigned", responses=refusals())
    async def assign(request: SignedInRequest, visitor: Token, data: JSONBody[Assigning]) -> Stored:
        """Say who looks after the visitor; nobody is nobody's."""
        wanted = AssignConversation(id=data.id, visitor=VisitorId(visitor), agents=data.agents)
        return await asking.ask(request, "contracts.conversations.assign", wanted, Stored)

    @put("/{visitor:str}/customer-type", responses=refusals())
    async def convert(request: SignedInRequest, visitor: Token, data: JSONBody[Converting]) -> Stored:
        """Make the visitor a customer of one of the team's types."""
        wanted = ConvertVisitor(
            id=data.id,
            visitor=VisitorId(visitor),
            agent=request.user.person.agent,
            customer_type=data.customer_type,
        )
        return await asking.ask(request, "contracts.conversations.convert", wanted, Stored)

    @put("/{visitor:str}/read", responses=refusals())
    async def read(request: SignedInRequest, visitor: Token, data: JSONBody[Reading]) -> ReadUpTo:
        """This agent has seen the conversation up to there; the visitor is told."""
        wanted = ReadConversation(agent=request.user.person.agent, seq=data.seq, visitor=VisitorId(visitor))
        return await asking.ask(request, "contracts.conversations.read", wanted, ReadUpTo)

    @put("/read", responses=refusals())
    async def read_all(request: SignedInRequest, data: JSONBody[Reading]) -> ReadUpTo:
        """This agent has seen every conversation up to there."""
        wanted = ReadConversation(agent=request.user.person.agent, seq=data.seq)
        return await asking.ask(request, "contracts.conversations.read", wanted, ReadUpTo)

    return [write, note, assign, convert, read, read_all]
