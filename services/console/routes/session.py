"""`/api/session`, `/api/sessions`, `/api/password`: who is in, where else, and by which password."""

from litestar import Request, Response, Router, delete, get, post, put
from litestar.datastructures import Address, Headers, State
from litestar.params import JSONBody

from contracts.console import Credentials, Me, NewPassword, Sessions, SignedIn
from services.console.access import everyone
from services.console.asking import SignedInRequest
from services.console.cookies import no_session_cookie, session_cookie
from services.console.people import Person
from services.console.refusals import refusals
from services.console.sign_in import SignIn


def router(sign_in: SignIn, address_header: str) -> Router:
    """The routes of sign-in."""

    @post("/session", status_code=200, responses=refusals(429))
    async def enter(request: Request[None, None, State], data: JSONBody[Credentials]) -> Response[Me]:
        """Sign in with e-mail and password: the session's cookie, and who that is."""
        person, cookie = await sign_in.by_password(
            data.email,
            data.password,
            address=_address(request.client, request.headers, address_header),
            user_agent=request.headers.get("user-agent", ""),
        )
        return Response(
            _me(person, has_password=True),
            cookies=[session_cookie(cookie, request.url.scheme, request.headers)],
        )

    @get("/session", guards=[everyone], responses=refusals())
    async def show(request: SignedInRequest) -> Me:
        """Who is signed in."""
        person = request.user.person
        return _me(person, has_password=await sign_in.has_password(person))

    @delete("/session", guards=[everyone], responses=refusals())
    async def leave(request: SignedInRequest) -> Response[None]:
        """Sign out here."""
        await sign_in.out(request.user)
        return Response(None, status_code=204, cookies=[no_session_cookie()])

    @get("/sessions", guards=[everyone], responses=refusals())
    async def show_all(request: SignedInRequest) -> Sessions:
        """Where this person is signed in, the session that was used last first."""
        here = request.user.session.id
        return Sessions(
            sessions=[
                SignedIn(
                    id=one.id,
                    created_at=one.created_at,
                    seen_at=one.seen_at,
                    user_agent=one.user_agent,
                    is_this=one.id == here,
                )
                for one in await sign_in.sessions(request.user.person)
            ]
        )

    @delete("/sessions", guards=[everyone], responses=refusals())
    async def leave_all(request: SignedInRequest) -> Response[None]:
        """Sign out everywhere."""
        await sign_in.out_everywhere(request.user.person)
        return Response(None, status_code=204, cookies=[no_session_cookie()])

    @put("/password", status_code=204, guards=[everyone], responses=refusals(429))
    async def change(request: SignedInRequest, data: JSONBody[NewPassword]) -> None:
        """Choose a password; the other sessions end."""
        address = _address(request.client, request.headers, address_header)
        await sign_in.set_password(request.user, data.current, data.new, address=address)

    return Router("/api", route_handlers=[enter, show, leave, show_all, leave_all, change], tags=["session"])


def _me(person: Person, *, has_password: bool) -> Me:
    return Me(
        team=person.team,
        agent=person.agent,
        name=person.name,
        email=person.email,
        role=person.role,
        has_password=has_password,
    )


def _address(client: Address | None, headers: Headers, header: str) -> str:
    """Where the browser is. A proxy adds what it saw at the end of the list that came with the request."""
    told = headers.get(header, "") if header else ""
    if told:
        return told.rpartition(",")[2].strip()
    return client.host if client else ""
