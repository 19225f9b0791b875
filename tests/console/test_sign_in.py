"""The way into the console: by link."""

from datetime import timedelta

import httpx
import jwt
import msgspec

from contracts.ids import AgentId
from services.chassis.bus import Bus
from services.chassis.database import Database
from services.console.app import Parts, build
from services.console.guard import Guard
from services.console.people import People
from tests.console.conftest import (
    CONFIG,
    INDEX,
    SECRET,
    SETTINGS,
    Clock,
    Executor,
    code_of,
    link_path,
    opened,
    put_settings,
)
from tests.waiting import eventually


async def test_link_opens_a_session(browser: httpx.AsyncClient, executor: Executor) -> None:
    """The cookie is out of reach for scripts and other sites, and says who asks."""
    answer = await browser.get(link_path())
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert (await browser.get("/api/flows")).status_code == 200
    assert executor.asked[0].by == "agent-1"


async def test_who_is_in(signed_in: httpx.AsyncClient) -> None:
    """The page learns who that is, and as what."""
    me = (await signed_in.get("/api/session")).json()
    assert me == {
        "team": "default",
        "agent": "agent-1",
        "name": "Ada",
        "email": "Ada@shop.example",
        "role": "admin",
        "has_password": False,
    }


async def test_cookie_is_not_stored(signed_in: httpx.AsyncClient, database: Database) -> None:
    """Whoever reads the database cannot make a cookie of what is there."""
    async with database.statement() as tx:
        rows = await tx.rows("select s::text as row from console.sessions s")
    assert len(rows) == 1
    assert signed_in.cookies["frontdesk_console"] not in rows[0]["row"]


async def test_deep_link_survives_sign_in(browser: httpx.AsyncClient) -> None:
    """One comes out where one wanted to go, and never on another site."""
    reached = {
        "/runs/r-1?step=3": "/runs/r-1?step=3",
        "//evil.example/": "/",
        "/\\evil.example/": "/",
        "https://evil.example/": "/",
        "/a\r\nSet-Cookie: x=1": "/",
    }
    for wanted, place in reached.items():
        answer = await browser.get("/sign-in", params={"next": wanted, "token": _token(link_path())})
        assert (answer.status_code, answer.headers["location"]) == (302, place)


async def test_link_works_once(browser: httpx.AsyncClient) -> None:
    """Whoever finds a used link in a terminal's history does not get in."""
    path = link_path()
    assert (await browser.get(path)).headers["location"] == "/"
    again = await browser.get(path)
    assert again.headers["location"] == "/sign-in?problem=used_link"
    assert "set-cookie" not in again.headers


async def test_used_links_are_remembered(
    browser: httpx.AsyncClient, bus: Bus, database: Database, people: People, clock: Clock
) -> None:
    """Also when the console was started anew since."""
    path = link_path()
    await browser.get(path)
    async with opened(build(Parts(CONFIG, bus, database, people, clock))) as other:
        assert (await other.get(path)).headers["location"] == "/sign-in?problem=used_link"


async def test_old_link_is_refused(browser: httpx.AsyncClient, clock: Clock) -> None:
    """A link is good for a day."""
    path = link_path(clock=clock)
    clock.now += timedelta(days=1, seconds=1)
    assert (await browser.get(path)).headers["location"] == "/sign-in?problem=bad_link"


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


def _token(path: str) -> str:
    return path.partition("token=")[2]


FALSE_TOKENS = (
    "",
    "nonsense",
    _token(link_path("another secret, as long as the right one is")),
    _signed(purpose="visitor"),
    _signed(purpose="console-session"),
    _signed(jti=None),
    _signed(sub="stranger"),
    _signed(team="other"),
    jwt.encode({"purpose": "sign-in", "jti": "1"}, None, algorithm="none"),  # pyright: ignore[reportUnknownMemberType] - as above
)


async def test_false_links_are_refused(browser: httpx.AsyncClient) -> None:
    """Forged, foreign and unsigned tokens open nothing, nor does one for somebody who is not of the team."""
    for token in FALSE_TOKENS:
        answer = await browser.get("/sign-in", params={"token": token, "next": "/runs"})
        assert answer.headers["location"] == "/sign-in?problem=bad_link&next=%2Fruns"
        assert "set-cookie" not in answer.headers


async def test_page_is_for_everybody(browser: httpx.AsyncClient) -> None:
    """Who is not signed in gets the page, which asks; what it shows is behind the API."""
    for path in ("/", "/sign-in", "/sign-in?next=/flows", "/flows/greet"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.text) == (200, INDEX)
    assert code_of(await browser.get("/api/flows")) == "no_session"


async def test_link_token_is_no_session(browser: httpx.AsyncClient) -> None:
    """What is signed for one purpose does not serve another."""
    browser.cookies.set("frontdesk_console", _token(link_path()))
    assert code_of(await browser.get("/api/session")) == "no_session"


async def test_session_rests_for_half_a_day(signed_in: httpx.AsyncClient, clock: Clock) -> None:
    """Used every day a session stays; left alone for more than 12 hours it is over."""
    for _ in range(5):
        clock.now += timedelta(hours=11)
        assert (await signed_in.get("/api/session")).status_code == 200
    clock.now += timedelta(hours=12, seconds=1)
    assert (await signed_in.get("/api/session")).status_code == 401


async def test_session_lasts_a_month(signed_in: httpx.AsyncClient, clock: Clock) -> None:
    """However much it is used."""
    for _ in range(71):
        clock.now += timedelta(hours=10)
        assert (await signed_in.get("/api/session")).status_code == 200
    clock.now += timedelta(hours=10)
    assert (await signed_in.get("/api/session")).status_code == 401


async def test_sign_out(app: Guard, signed_in: httpx.AsyncClient) -> None:
    """Signing out ends this session and no other."""
    async with opened(app) as other:
        await other.get(link_path())
        listed = (await signed_in.get("/api/sessions")).json()["sessions"]
        assert sorted(session["is_this"] for session in listed) == [False, True]
        assert (await signed_in.delete("/api/session")).status_code == 204
        assert (await signed_in.get("/api/session")).status_code == 401
        assert (await other.get("/api/session")).status_code == 200


async def test_sign_out_everywhere(app: Guard, signed_in: httpx.AsyncClient) -> None:
    """All sessions of this person end, and nobody else's."""
    async with opened(app) as other, opened(app) as colleague:
        await other.get(link_path())
        await colleague.get(link_path(agent=AgentId("mei")))
        assert (await signed_in.delete("/api/sessions")).status_code == 204
        assert (await other.get("/api/session")).status_code == 401
        assert (await colleague.get("/api/session")).status_code == 200


async def test_role_changes_at_once(signed_in: httpx.AsyncClient, bus: Bus) -> None:
    """Who is no admin any more, or no agent, is none in the session that is open."""
    ada, *others = SETTINGS.agents
    chief = msgspec.structs.replace(others[0], role="admin")

    async def is_role(role: str | None) -> bool:
        return (await signed_in.get("/api/session")).json().get("role") == role

    demoted = msgspec.structs.replace(ada, role="sre")
    await put_settings(bus, msgspec.structs.replace(SETTINGS, agents=(demoted, chief)))
    await eventually(lambda: is_role("sre"))
    assert code_of(await signed_in.post("/api/flows/f/deactivate")) == "forbidden"
    await put_settings(bus, msgspec.structs.replace(SETTINGS, agents=(chief,)))
    await eventually(lambda: is_role(None))
    assert code_of(await signed_in.get("/api/session")) == "no_session"


async def test_foreign_hosts_are_refused(signed_in: httpx.AsyncClient) -> None:
    """A rebound DNS name reaches nothing, session or not."""
    for host in ("evil.example", "127.0.0.1.evil.example:8081", "", "desk.example.evil"):
        answer = await signed_in.get("/api/session", headers={"host": host})
        assert answer.status_code == 421
        assert "FRONTDESK_CONSOLE_HOSTS" in answer.text


async def test_own_hosts_are_served(signed_in: httpx.AsyncClient) -> None:
    """The machine's own names and the configured ones are ours."""
    cookie = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())
    for host in ("localhost:8081", "LOCALHOST", "127.0.0.1", "[::1]:8081", "desk.example:443"):
        answer = await signed_in.get("/api/session", headers={"host": host, "cookie": cookie})
        assert answer.status_code == 200


async def test_changes_need_the_token(signed_in: httpx.AsyncClient) -> None:
    """What changes something must repeat the cookie that no other site can read."""
    for token in ("", "0" * 128, "nonsense"):
        answer = await signed_in.delete("/api/session", headers={"X-CSRF-Token": token})
        assert (answer.status_code, code_of(answer)) == (403, "bad_csrf")
    assert (await signed_in.get("/api/session")).status_code == 200


async def test_changes_come_from_our_pages(signed_in: httpx.AsyncClient) -> None:
    """A browser says whose page asks; only ours may."""
    for origin in ("https://evil.example", "http://127.0.0.1:9999", "null"):
        assert code_of(await signed_in.delete("/api/session", headers={"Origin": origin})) == "bad_csrf"
    own = {"Origin": "http://127.0.0.1:8081"}
    assert (await signed_in.delete("/api/session", headers=own)).status_code == 204


async def test_foreign_token_is_replaced(browser: httpx.AsyncClient) -> None:
    """A cookie that another installation on this machine left behind is in nobody's way."""
    browser.cookies.clear()
    browser.cookies.set("frontdesk_csrf", "0" * 128)
    await browser.get("/")
    token = browser.cookies.get("frontdesk_csrf", domain="127.0.0.1")
    browser.cookies.clear()
    browser.cookies.set("frontdesk_csrf", token or "")
    answer = await browser.post("/api/session", json={"email": "x@y", "password": "wrong"})
    assert code_of(answer) == "bad_credentials"
