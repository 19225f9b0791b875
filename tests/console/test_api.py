"""What the console shows of flows and runs."""

import re
from pathlib import Path

import httpx
import msgspec
from litestar.routes import HTTPRoute

from contracts.console import Flows
from contracts.requests import RunHistory, RunsList, RunsPage
from services.chassis.bus import Bus
from services.chassis.database import Database
from services.console.app import Parts, build
from services.console.guard import Guard
from services.console.people import People
from services.console.routes.page import NONCE
from tests.console.conftest import CONFIG, FLOW, INDEX, RUN, Clock, Executor, code_of, link_path, opened


async def test_flows(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """The list is the executor's own, with what this person has in hand."""
    answer = await signed_in.get("/api/flows")
    assert msgspec.json.decode(answer.content, type=Flows) == Flows(flows=[FLOW], drafts=[])


async def test_runs(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """Filters reach the executor, and the team comes from the session."""
    answer = await signed_in.get("/api/runs", params={"flow": "offline", "status": "completed", "limit": 7})
    assert msgspec.json.decode(answer.content, type=RunsPage).runs == [RUN]
    assert executor.asked == [RunsList(by="agent-1", flow=RUN.flow, status="completed", limit=7)]


async def test_wrong_filters_are_refused(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """What the bus could misread does not get that far, and is said."""
    for query in ("limit=0", "limit=501", "flow=a.b", "status=odd", "visitor=%3E", "since=yesterday"):
        answer = await signed_in.get(f"/api/runs?{query}")
        assert (answer.status_code, code_of(answer)) == (400, "bad_request")
        assert answer.json()["error"]["detail"].startswith(query.partition("=")[0])
    assert executor.asked == []


async def test_events(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """A run is shown with its events in order."""
    answer = await signed_in.get("/api/runs/run-1")
    history = msgspec.json.decode(answer.content, type=RunHistory)
    assert [event.seq for event in history.events] == [1, 2, 3]
    assert answer.json()["events"][1]["facts"] == {"agents_online": []}


async def test_unknown_run(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """A refusal keeps its code and its sentence."""
    answer = await signed_in.get("/api/runs/none")
    assert answer.status_code == 404
    assert answer.json()["error"] == {"code": "unknown_run", "detail": "there is no run none"}


async def test_nobody_answers(signed_in: httpx.AsyncClient) -> None:
    """Without an executor the console says so in a sentence."""
    answer = await signed_in.get("/api/flows")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"
    assert "frontdesk up" in answer.json()["error"]["detail"]


async def test_security_headers(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """No answer may be framed, sniffed, cached or run foreign code."""
    for path in ("/", "/sign-in", "/api/flows", "/nothing", "/api/nothing", "/api"):
        answer = await signed_in.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def test_page_is_for_every_other_path(browser: httpx.AsyncClient) -> None:
    """Deep links of the page come to the page; what is no file is none, and no route no page."""
    for path in ("/", "/runs/r-1", "/flows/greet", "/index.html", "/nothing.js"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.text) == (200, INDEX)
    assert code_of(await browser.get("/assets/gone.js")) == "not_found"
    assert code_of(await browser.get("/api/nothing")) == "no_session"
    await browser.get(link_path())
    assert code_of(await browser.get("/api/nothing")) == "not_found"
    assert code_of(await browser.post("/flows")) == "bad_method"


async def test_assets_are_kept(browser: httpx.AsyncClient) -> None:
    """Files with their hash in their name need no second look, and come small."""
    answer = await browser.get("/assets/main-abc123.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "export {};"


async def test_policy_lets_styles_in_and_no_script(
    bus: Bus, database: Database, people: People, clock: Clock, tmp_path: Path
) -> None:
    """Style attributes are what canvases need; style elements need the nonce of this very answer."""
    (tmp_path / "index.html").write_text(f'<meta name="csp-nonce" content="{NONCE.decode()}">')
    app = build(Parts(CONFIG, bus, database, people, clock, tmp_path))
    async with opened(app) as browser:
        pages = [await browser.get("/") for _ in range(2)]
    assert pages[0].text != pages[1].text
    for page in pages:
        parts = page.headers["content-security-policy"].split(";")
        policy = {part.split()[0]: " ".join(part.split()[1:]) for part in parts}
        assert policy["script-src"] == "'self'"
        assert policy["style-src-attr"] == "'unsafe-inline'"
        nonce = page.text.partition('content="')[2].partition('"')[0]
        assert policy["style-src"] == f"'self' 'nonce-{nonce}'"


async def test_api_is_described(signed_in: httpx.AsyncClient, app: Guard) -> None:
    """The OpenAPI document has every route of the API, and every refusal in its one shape."""
    answer = await signed_in.get("/api/schema")
    document = answer.json()
    paths = document["paths"]
    routes = {
        (route.path_format.replace("~/", ""), method.lower())
        for route in app.app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/")
        for method in route.methods
        if method not in ("OPTIONS", "HEAD") and not route.path.startswith("/api/schema")
    }
    assert {(path, method) for path in paths for method in paths[path]} == routes
    for path, method in routes:
        responses = paths[path][method]["responses"]
        for status, response in responses.items():
            if int(status) >= 400:
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"allOf": [{"$ref": "#/components/schemas/ErrorReply"}]}, (path, status)
    references = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))
    assert references <= document["components"]["schemas"].keys()
    assert {"Me", "Flows", "Draft", "FlowTested", "RunsPage"} <= references
