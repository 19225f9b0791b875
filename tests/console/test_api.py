"""What the console shows of flows and runs."""

import httpx
import msgspec
import pytest

from contracts.requests import FlowList, RunHistory, RunsList, RunsPage
from tests.console.conftest import FLOW, RUN, Executor


async def test_flows(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """The list is the executor's own."""
    answer = await signed_in.get("/api/flows")
    assert msgspec.json.decode(answer.content, type=FlowList) == FlowList(flows=[FLOW])


async def test_runs(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """Filters reach the executor, and the team comes from the session."""
    answer = await signed_in.get("/api/runs", params={"flow": "offline", "status": "completed", "limit": 7})
    assert msgspec.json.decode(answer.content, type=RunsPage).runs == [RUN]
    assert executor.asked == [RunsList(by="agent-1", flow=RUN.flow, status="completed", limit=7)]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "flow=a.b", "status=odd", "visitor=%3E"])
async def test_wrong_filters_are_refused(
    signed_in: httpx.AsyncClient, executor: Executor, query: str
) -> None:
    """What the bus could misread does not get that far."""
    assert (await signed_in.get(f"/api/runs?{query}")).status_code == 400
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


@pytest.mark.parametrize("path", ["/", "/sign-in", "/api/flows", "/nothing"])
async def test_security_headers(signed_in: httpx.AsyncClient, executor: Executor, path: str) -> None:
    """No answer may be framed, sniffed, cached or run foreign code."""
    answer = await signed_in.get(path)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_page_is_served(signed_in: httpx.AsyncClient) -> None:
    """The page that was built comes at `/`."""
    answer = await signed_in.get("/")
    assert answer.status_code == 200
    assert '<ul id="flows"' in answer.text


async def test_api_is_described(signed_in: httpx.AsyncClient) -> None:
    """The HTTP API has an OpenAPI document."""
    answer = await signed_in.get("/api/schema/openapi.json")
    assert {"/api/flows", "/api/runs", "/api/runs/{run}"} <= answer.json()["paths"].keys()
