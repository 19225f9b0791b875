"""The way into the console: by e-mail and password."""

from datetime import timedelta

import httpx
import pytest

from contracts.ids import AgentId
from services.chassis.bus import Bus
from services.chassis.database import Database
from services.console.app import Parts, build
from services.console.attempts import FREE_OF_ACCOUNT, FREE_OF_ADDRESS
from services.console.guard import Guard
from services.console.people import People
from tests.console.conftest import CONFIG, Clock, code_of, link_path, opened

PASSWORD = "correct horse battery"


@pytest.fixture
async def with_password(signed_in: httpx.AsyncClient) -> httpx.AsyncClient:
    """The admin's browser, once she has chosen a password."""
    assert (await signed_in.put("/api/password", json={"new": PASSWORD})).status_code == 204
    return signed_in


async def sign_in(browser: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    """Try to."""
    return await browser.post("/api/session", json={"email": email, "password": password})


async def test_password_opens_a_session(app: Guard, with_password: httpx.AsyncClient) -> None:
    """Whoever has chosen one comes in by it, however the address is written."""
    async with opened(app) as browser:
        me = (await sign_in(browser, "ada@SHOP.example", PASSWORD)).json()
        assert (me["agent"], me["has_password"]) == ("agent-1", True)
        assert (await browser.get("/api/session")).json() == me


async def test_password_is_not_stored(with_password: httpx.AsyncClient, database: Database) -> None:
    """What is stored is argon2id."""
    async with database.statement() as tx:
        row = await tx.row("select hash from console.accounts")
    assert row is not None
    assert row["hash"].startswith("$argon2id$")


async def test_wrong_ones_are_alike(browser: httpx.AsyncClient, with_password: httpx.AsyncClient) -> None:
    """Nobody learns who has an account: wrong, without a password and unknown are answered alike."""
    answers = [
        await sign_in(browser, email, "wrong password")
        for email in ("ada@shop.example", "mei@shop.example", "nobody@shop.example")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert code_of(answers[0]) == "bad_credentials"


async def test_new_password_ends_other_sessions(app: Guard, with_password: httpx.AsyncClient) -> None:
    """Whoever changes it needs the old one, stays in, and nobody else does."""
    async with opened(app) as other:
        await sign_in(other, "ada@shop.example", PASSWORD)
        wrong = await with_password.put(
            "/api/password", json={"current": "wrong", "new": "another one, long"}
        )
        assert (wrong.status_code, code_of(wrong)) == (400, "bad_password")
        none = await with_password.put("/api/password", json={"new": "another one, long"})
        assert code_of(none) == "bad_password"
        right = {"current": PASSWORD, "new": "another one, long"}
        assert (await with_password.put("/api/password", json=right)).status_code == 204
        assert (await with_password.get("/api/session")).status_code == 200
        assert code_of(await other.get("/api/session")) == "no_session"
        assert code_of(await sign_in(other, "ada@shop.example", PASSWORD)) == "bad_credentials"


async def test_short_password_is_refused(signed_in: httpx.AsyncClient) -> None:
    """Ten characters at least."""
    answer = await signed_in.put("/api/password", json={"new": "123456789"})
    assert (answer.status_code, code_of(answer)) == (400, "bad_request")
    assert "123456789" not in answer.text


async def test_attempts_on_an_account_are_limited(
    app: Guard, browser: httpx.AsyncClient, with_password: httpx.AsyncClient, clock: Clock
) -> None:
    """After a few wrong ones nothing is tried for a while, and a longer one each time; the right one forgives."""
    for _ in range(FREE_OF_ACCOUNT):
        assert code_of(await sign_in(browser, "ada@shop.example", "wrong")) == "bad_credentials"
    shut = await sign_in(browser, "ADA@shop.example ", PASSWORD)
    assert (shut.status_code, code_of(shut), shut.headers["retry-after"]) == (429, "too_many_attempts", "2")
    # Others are in nobody's way.
    assert code_of(await sign_in(browser, "mei@shop.example", "wrong")) == "bad_credentials"
    clock.now += timedelta(seconds=2)
    assert code_of(await sign_in(browser, "ada@shop.example", "wrong")) == "bad_credentials"
    clock.now += timedelta(seconds=1)
    assert code_of(await sign_in(browser, "ada@shop.example", PASSWORD)) == "too_many_attempts"
    clock.now += timedelta(seconds=2)
    assert (await sign_in(browser, "ada@shop.example", PASSWORD)).status_code == 200
    assert code_of(await sign_in(browser, "ada@shop.example", "wrong")) == "bad_credentials"


async def test_attempts_of_an_address_are_limited(
    browser: httpx.AsyncClient, bus: Bus, database: Database, people: People, clock: Clock
) -> None:
    """Trying many accounts is no way around, nor is a restart; a link opens all the same."""
    for number in range(FREE_OF_ADDRESS):
        answer = await sign_in(browser, f"nobody-{number}@shop.example", "wrong")
        assert code_of(answer) == "bad_credentials"
    async with opened(build(Parts(CONFIG, bus, database, people, clock))) as other:
        assert code_of(await sign_in(other, "ada@shop.example", PASSWORD)) == "too_many_attempts"
        await other.get(link_path(agent=AgentId("mei")))
        assert (await other.get("/api/session")).json()["agent"] == "mei"
