"""Over HTTP: the files, pages of history, events from servers."""

import gzip
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from contracts.frames import Messages
from services.chassis.bus import Bus
from services.widget_gateway.files import DEMO, WIDGET, Files
from tests.widget_gateway.running import API_KEY, SHOP, Gateway, events_of, post, posted


@pytest.fixture
async def http(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, or a server of the team's."""
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


async def test_health(http: httpx.AsyncClient) -> None:
    """A gateway with a bus is well."""
    answer = await http.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_history_in_pages(gateway: Gateway, bus: Bus, http: httpx.AsyncClient) -> None:
    """A visitor pages back to the first message, without gaps and repeats."""
    async with gateway.visitor() as visitor:
        for number in range(1, 26):
            await post(bus, posted(visitor.id, str(number)))
    got: list[str] = []
    before: int | None = None
    while True:
        query = {"limit": 10} | ({} if before is None else {"before": before})
        answer = await http.get(
            f"/v1/visitors/{visitor.id}/messages", params=query, headers=bearer(visitor.token)
        )
        page = msgspec.json.decode(answer.content, type=Messages)
        got = [message.body.text for message in page.messages] + got
        if not page.more:
            break
        before = page.messages[0].seq
    assert got == [str(number) for number in range(1, 26)]


async def test_history_is_its_visitors(gateway: Gateway, http: httpx.AsyncClient) -> None:
    """Without a token, with a bad one, or with another visitor's, nothing is shown; the team's key opens it."""
    async with gateway.visitor() as visitor, gateway.visitor() as stranger:
        await visitor.write("Secret")
    path = f"/v1/visitors/{visitor.id}/messages"
    assert (await http.get(path)).status_code == 401
    assert (await http.get(path, headers=bearer("nonsense"))).status_code == 401
    refusal = await http.get(path, headers=bearer(stranger.token))
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (403, "forbidden")
    assert len((await http.get(path, headers=bearer(API_KEY))).json()["messages"]) == 1


async def test_other_sites_pages_may_fetch_history(gateway: Gateway, http: httpx.AsyncClient) -> None:
    """The widget on a shop's page may send the visitor's token to us."""
    async with gateway.visitor() as visitor:
        pass
    path = f"/v1/visitors/{visitor.id}/messages"
    asked = await http.options(
        path,
        headers={
            "Origin": SHOP,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Headers"] == "authorization"
    for headers in ({}, bearer(visitor.token)):
        answer = await http.get(path, headers={"Origin": SHOP, **headers})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "query", ["before=0", "before=x", f"before={2**63}", "before=", "limit=0", "limit=1000", "limit=-1"]
)
async def test_wrong_bounds_are_refused(gateway: Gateway, http: httpx.AsyncClient, query: str) -> None:
    """Numbers out of bounds are a bad request, which names the parameter and its bounds."""
    async with gateway.visitor() as visitor:
        pass
    answer = await http.get(f"/v1/visitors/{visitor.id}/messages?{query}", headers=bearer(visitor.token))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    name, _, value = query.partition("=")
    most = {"before": 2**63 - 1, "limit": 100}[name]
    said = f"{name} must be a whole number from 1 to {most}, not {value!r}"
    assert answer.json()["error"]["detail"] == said


async def test_a_server_sends_an_event_once(bus: Bus, http: httpx.AsyncClient) -> None:
    """With the team's key an event is stored as if the page had sent it, once for each idempotency key."""
    event = {"type": "event_tracked", "event": "paid", "data": {"sum": 7}}
    headers = {**bearer(API_KEY), "Idempotency-Key": "order-1"}
    first = await http.post("/v1/visitors/customer-http/events", json=event, headers=headers)
    again = await http.post("/v1/visitors/customer-http/events", json=event, headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    (stored,) = await events_of(bus, "customer-http")
    assert first.json() == again.json() == {"id": stored.id}


async def test_events_need_a_key_and_sense(http: httpx.AsyncClient, gateway: Gateway) -> None:
    """No key, a visitor's token, no idempotency key, no frame: each is refused with its reason."""
    async with gateway.visitor() as visitor:
        pass
    path = f"/v1/visitors/{visitor.id}/events"
    event = {"type": "widget_opened"}
    once = {"Idempotency-Key": "1"}
    assert (await http.post(path, json=event, headers=once)).status_code == 401
    assert (await http.post(path, json=event, headers={**bearer(visitor.token), **once})).status_code == 401
    assert (await http.post(path, json=event, headers=bearer(API_KEY))).status_code == 400
    for body in (b"", b"[]", b'{"type":"hello","team":"default"}', b'{"type":"dance"}'):
        answer = await http.post(path, content=body, headers={**bearer(API_KEY), **once})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] in ("bad_frame", "unknown_type")


async def test_what_is_not_there_is_not_found(http: httpx.AsyncClient) -> None:
    """No path leads out of the folders, nor to the code."""
    for path in ("/nothing", "/app.py", "/%2e%2e/app.py", "/..%2fapp.py", "/static/widget.js", "/v1"):
        answer = await http.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found"), path


async def test_the_demo_page_runs_nothing_foreign(http: httpx.AsyncClient) -> None:
    """The demo page comes with a policy that lets nothing in but its own files."""
    answer = await http.get("/")
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.content == (DEMO / "index.html").read_bytes()


async def test_the_demo_page_finds_the_console(http: httpx.AsyncClient) -> None:
    """It asks where its link leads; a gateway that was not told has none."""
    assert (await http.get("/demo.json")).json() == {"console": ""}


@pytest.mark.skipif(not (WIDGET / "widget.js").exists(), reason="the widget is not built")
async def test_the_loader_is_where_old_snippets_look_for_it(http: httpx.AsyncClient) -> None:
    """A page that used PPMessage changes the host of its snippet, and nothing else."""
    old = await http.get("/ppcom/assets/pp-library.min.js")
    assert old.content == (await http.get("/widget.js")).content


@pytest.mark.skipif(not (WIDGET / "widget.js").exists(), reason="the widget is not built")
async def test_every_page_may_load_the_widget(http: httpx.AsyncClient) -> None:
    """The loader is fresh within minutes, what it names by version stays for ever, and both are for all pages."""
    loader = await http.get("/widget.js", headers={"Origin": SHOP})
    assert loader.headers["Access-Control-Allow-Origin"] == "*"
    assert loader.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert loader.headers["Content-Encoding"] == "gzip"
    assert "immutable" not in loader.headers["Cache-Control"]
    assert loader.content == (WIDGET / "widget.js").read_bytes()
    same = await http.get("/widget.js", headers={"If-None-Match": loader.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    main = Files().at("widget-main.js")
    assert main is not None
    kept = await http.get(f"/widget-main.js?v={main.version}", headers={"Accept-Encoding": "identity"})
    assert "immutable" in kept.headers["Cache-Control"]
    assert "Content-Encoding" not in kept.headers
    assert gzip.decompress(main.zipped) == kept.content
    wrong = await http.get("/widget-main.js?v=older")
    assert "immutable" not in wrong.headers["Cache-Control"]
