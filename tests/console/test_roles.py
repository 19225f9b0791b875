"""Who may do what: every route, every role."""

import httpx
import pytest
from litestar.routes import HTTPRoute

from contracts.ids import AgentId
from services.console.guard import Guard
from tests.console.conftest import ADMIN, AGENT, SRE, code_of, link_path, opened

EVERYONE, ADMINS, OPERATORS = (ADMIN, AGENT, SRE), (ADMIN,), (ADMIN, SRE)
ANSWERERS = (ADMIN, AGENT)
DEFINITION: dict[str, object] = {"definition": {}}

ROUTES: dict[str, tuple[tuple[AgentId, ...], object]] = {
    "GET /api/session": (EVERYONE, None),
    "DELETE /api/session": (EVERYONE, None),
    "GET /api/sessions": (EVERYONE, None),
    "DELETE /api/sessions": (EVERYONE, None),
    "PUT /api/password": (EVERYONE, {"new": "ten characters"}),
    "GET /api/flows": (EVERYONE, None),
    "GET /api/flows/f": (EVERYONE, None),
    "GET /api/flows/f/history": (EVERYONE, None),
    "POST /api/flows/f/publish": (ADMINS, {**DEFINITION, "expect_version": 0}),
    "POST /api/flows/f/activate": (ADMINS, {}),
    "POST /api/flows/f/deactivate": (ADMINS, None),
    "DELETE /api/flows/f": (ADMINS, None),
    "PUT /api/flows/f/layout": (ADMINS, {"version": 1, "layout": {}}),
    "POST /api/flows/validate": (EVERYONE, DEFINITION),
    "POST /api/flows/test": (EVERYONE, DEFINITION),
    "POST /api/flows/parse": (EVERYONE, {}),
    "POST /api/flows/toml": (EVERYONE, DEFINITION),
    "GET /api/flows/f/draft": (ADMINS, None),
    "PUT /api/flows/f/draft": (ADMINS, DEFINITION),
    "DELETE /api/flows/f/draft": (ADMINS, None),
    "GET /api/flows/f/waiting": (EVERYONE, None),
    "GET /api/flows/f/heat?version=1": (EVERYONE, None),
    "GET /api/runs": (EVERYONE, None),
    "GET /api/runs/r": (EVERYONE, None),
    "GET /api/runs/r/definition": (EVERYONE, None),
    "POST /api/runs/r/replay": (EVERYONE, {}),
    "GET /api/runs/r/export": (OPERATORS, None),
    "POST /api/runs/r/cancel": (OPERATORS, {}),
    "POST /api/runs/r/scenario": (EVERYONE, {"name": "it"}),
    "GET /api/visitors/v/explained": (EVERYONE, None),
    "GET /api/visitors/v/messages": (EVERYONE, None),
    "GET /api/conversations": (ANSWERERS, None),
    "GET /api/conversations/unread": (ANSWERERS, None),
    "GET /api/conversations/search?text=x": (ANSWERERS, None),
    "PUT /api/conversations/read": (ANSWERERS, {"seq": 1}),
    "GET /api/conversations/v": (ANSWERERS, None),
    "GET /api/conversations/v/messages": (ANSWERERS, None),
    "GET /api/conversations/v/canned": (ANSWERERS, None),
    "POST /api/conversations/v/messages": (ANSWERERS, {"id": "a", "text": "x"}),
    "POST /api/conversations/v/notes": (ANSWERERS, {"id": "a", "text": "x"}),
    "PUT /api/conversations/v/assigned": (ANSWERERS, {"id": "a", "agents": []}),
    "PUT /api/conversations/v/customer-type": (ANSWERERS, {"id": "a", "customer_type": "lead"}),
    "PUT /api/conversations/v/read": (ANSWERERS, {"seq": 1}),
    "GET /api/team": (EVERYONE, None),
    "GET /api/presence": (EVERYONE, None),
    "GET /api/health": (EVERYONE, None),
    "GET /api/schema": (EVERYONE, None),
    "GET /api/schema/openapi.json": (EVERYONE, None),
    "GET /api/schema/{path}": (EVERYONE, None),
}
"""Route, who may, and a body that gets past what decodes it. `POST /api/session` is for who has no session yet."""


def test_every_route_is_in_the_table(app: Guard) -> None:
    """A route that is added says here whose it is."""
    routes = {
        f"{method} {_example(route.path_format)}"
        for route in app.app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/")
        for method in route.methods
        if method not in ("OPTIONS", "HEAD")
    }
    assert routes - {"POST /api/session"} == {name.partition("?")[0] for name in ROUTES}


@pytest.mark.timeout(60)
async def test_roles_are_held(app: Guard) -> None:
    """The service refuses what a role may not, whatever a page shows, and lets everything else through."""
    wrong: list[str] = []
    async with opened(app) as browser:
        for name, (allowed, body) in ROUTES.items():
            for agent in (ADMIN, AGENT, SRE):
                await browser.get(link_path(agent=agent))
                answer = await _ask(browser, name, body)
                is_let_in = answer.status_code not in (401, 403)
                is_forbidden = answer.status_code == 403 and code_of(answer) == "forbidden"
                if is_let_in != (agent in allowed) or is_forbidden == is_let_in:
                    wrong.append(f"{name} as {agent}: {answer.status_code} {answer.text}")
    assert wrong == []


async def test_nothing_without_a_session(browser: httpx.AsyncClient) -> None:
    """Nobody is let in anywhere, with the code by which the page asks for a sign-in."""
    for name, (_, body) in ROUTES.items():
        answer = await _ask(browser, name, body)
        assert (answer.status_code, code_of(answer)) == (401, "no_session"), name


async def _ask(browser: httpx.AsyncClient, name: str, body: object) -> httpx.Response:
    method, path = name.split(" ", 1)
    return await browser.request(method, path, json=body)


def _example(path: str) -> str:
    for name, value in {"{flow}": "f", "{run}": "r", "{visitor}": "v", "~/": ""}.items():
        path = path.replace(name, value)
    return path
