"""The way into the console."""

from datetime import timedelta

import httpx
import jwt
import pytest

from tests.console.conftest import SECRET, Clock, Executor, link_path

PATHS = [
    "/",
    "/index.html",
    "/api/flows",
    "/api/runs",
    "/api/runs/run-1",
    "/api/schema",
    "/nothing",
    "/assets/x.js",
]


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_shown_without_a_session(browser: httpx.AsyncClient, path: str) -> None:
    """Every path but the sign-in is 401, and a page says how to get in."""
    answer = await browser.get(path)
    assert answer.status_code == 401
    if path.startswith("/api/"):
        assert answer.json()["error"]["code"] == "no_session"
    else:
        assert "frontdesk up" in answer.text


async def test_link_opens_a_session(browser: httpx.AsyncClient, executor: Executor) -> None:
    """The cookie is out of reach for scripts and other sites, and says who asks."""
    answer = await browser.get(link_path())
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert (await browser.get("/api/flows")).status_code == 200
    assert executor.asked[0].by == "agent-1"


async def test_link_works_once(browser: httpx.AsyncClient) -> None:
    """Whoever finds a used link in a terminal's history does not get in."""
    path = link_path()
    assert (await browser.get(path)).status_code == 302
    browser.cookies.clear()
    again = await browser.get(path)
    assert again.status_code == 401
    assert "used already" in again.text
    assert "set-cookie" not in again.headers


async def test_old_link_is_refused(browser: httpx.AsyncClient, clock: Clock) -> None:
    """A link is good for a day."""
    path = link_path()
    clock.now += timedelta(days=1, seconds=1)
    assert (await browser.get(path)).status_code == 401


def _signed(**claims: object) -> str:
    whole = {
        "purpose": "sign-in",
        "team": "default",
        "sub": "agent-1",
        "jti": "1",
        "exp": 4_000_000_000,
        **claims,
    }
    return jwt.encode(whole, SECRET, algorithm="HS256")  # pyright: ignore[reportUnknownMemberType] - optional cryptography


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        link_path("another secret, as long as the right one is").partition("=")[2],
        _signed(purpose="visitor"),
        _signed(purpose="console-session"),
        _signed(jti=None),
        jwt.encode({"purpose": "sign-in", "jti": "1"}, None, algorithm="none"),  # pyright: ignore[reportUnknownMemberType] - as above
    ],
)
async def test_false_links_are_refused(browser: httpx.AsyncClient, token: str) -> None:
    """Forged, foreign and unsigned tokens open nothing."""
    answer = await browser.get("/sign-in", params={"token": token})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_link_token_is_no_session(browser: httpx.AsyncClient) -> None:
    """What is signed for one purpose does not serve another."""
    browser.cookies.set("frontdesk_console", link_path().partition("=")[2])
    assert (await browser.get("/api/flows")).status_code == 401


async def test_session_ends(signed_in: httpx.AsyncClient, executor: Executor, clock: Clock) -> None:
    """After 12 hours one signs in again."""
    clock.now += timedelta(hours=11)
    assert (await signed_in.get("/api/flows")).status_code == 200
    clock.now += timedelta(hours=1, seconds=1)
    assert (await signed_in.get("/api/flows")).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8081", "", "desk.example.evil"])
async def test_foreign_hosts_are_refused(signed_in: httpx.AsyncClient, host: str) -> None:
    """A rebound DNS name reaches nothing, session or not."""
    answer = await signed_in.get("/api/flows", headers={"host": host})
    assert answer.status_code == 421
    assert "FRONTDESK_CONSOLE_HOSTS" in answer.text


@pytest.mark.parametrize(
    "host", ["localhost:8081", "LOCALHOST", "127.0.0.1", "[::1]:8081", "desk.example:443"]
)
async def test_own_hosts_are_served(signed_in: httpx.AsyncClient, executor: Executor, host: str) -> None:
    """The machine's own names and the configured ones are ours."""
    cookie = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())
    answer = await signed_in.get("/api/flows", headers={"host": host, "cookie": cookie})
    assert answer.status_code == 200
