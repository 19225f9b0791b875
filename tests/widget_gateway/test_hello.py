"""Who may come in, and what they are told first."""

from datetime import UTC, datetime, timedelta

import jwt
import msgspec
import pytest

from contracts.frames import CLOSE_CODES, Error, Page
from contracts.ids import TeamId, VisitorId
from contracts.team import TeamSettings
from services.chassis.bus import Bus
from services.widget_gateway.tokens import Tokens
from tests.servers import Nats
from tests.waiting import eventually
from tests.widget_gateway.running import (
    IDENTITY_SECRET,
    SECRET,
    SHOP,
    TEAM,
    Gateway,
    events_of,
    gateway_on,
    put_team,
)
from tests.widget_gateway.visitor import Visitor

WITH_SHORT_SECRETS = pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")


def signed(claims: dict[str, object], secret: str, algorithm: str = "HS256") -> str:
    """A JWT."""
    return jwt.encode(claims, secret, algorithm)  # pyright: ignore[reportUnknownMemberType]


def identity(**claims: object) -> str:
    """What the team's site says of its customer."""
    return signed({"sub": "customer-1", **claims}, IDENTITY_SECRET)


async def refused(visitor: Visitor, code: str, **hello: object) -> Error:
    """Say hello and be sent away with that code, in words and as the socket closes."""
    error = await visitor.refusal({"type": "hello", "team": "default", **hello})
    assert error.code == code
    assert await visitor.closed() == CLOSE_CODES[code]
    return error


async def test_a_new_visitor_is_welcomed(gateway: Gateway) -> None:
    """Somebody without a token gets an id, a token, the team's appearance and an empty history."""
    async with gateway.socket() as visitor:
        welcome = await visitor.hello()
        assert visitor.connection.subprotocol == "frontdesk.v1"
    assert welcome.visitor.startswith("v_")
    assert welcome.appearance == TEAM.appearance
    assert (welcome.messages, welcome.more, welcome.reset, welcome.agents_online) == ([], False, False, False)


async def test_a_token_brings_the_visitor_back(gateway: Gateway) -> None:
    """The token of `welcome` is good for the same visitor on the next socket."""
    async with gateway.visitor() as first, gateway.visitor(first.token) as second:
        assert second.id == first.id


async def test_a_token_must_be_ours(gateway: Gateway) -> None:
    """A token that is forged, of another team, signed by nobody, or no token at all is `bad_token`."""
    visitor_id = VisitorId("v_1")
    forged = Tokens("somebody else's secret", lambda: datetime.now(UTC))
    ours = Tokens(SECRET, lambda: datetime.now(UTC))
    late = Tokens(SECRET, lambda: datetime.now(UTC) - timedelta(days=400))
    tokens = [
        "",
        "nonsense",
        forged.issue(TEAM.team, visitor_id),
        late.issue(TEAM.team, visitor_id),
        ours.issue(TeamId("other"), visitor_id),
        signed({"team": "default", "sub": "v_1"}, "", "none"),
    ]
    for token in tokens:
        async with gateway.socket() as visitor:
            await refused(visitor, "bad_token", token=token)


async def test_a_team_must_exist(gateway: Gateway) -> None:
    """A team that nobody made is `unknown_team`."""
    async with gateway.socket() as visitor:
        error = await refused(visitor, "unknown_team", team="nobody")
    assert "nobody" in error.detail


async def test_a_team_is_known_as_soon_as_it_is_made(gateway: Gateway, bus: Bus) -> None:
    """Settings count from the moment at which they are stored."""
    await put_team(bus, TeamSettings(team=TeamId("fresh")))

    async def is_welcome() -> bool:
        async with gateway.socket() as visitor:
            await visitor.send({"type": "hello", "team": "fresh"})
            return b'"welcome"' in (await visitor.connection.recv(decode=False))

    await eventually(is_welcome)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", SHOP + ".evil.example"]
)
async def test_a_foreign_page_is_refused(gateway: Gateway, origin: str) -> None:
    """A page that the team does not allow gets `origin_refused`."""
    async with gateway.socket(origin) as visitor:
        await refused(visitor, "origin_refused")


async def test_the_teams_pages_and_our_own_may(gateway: Gateway) -> None:
    """Allowed origins, and the gateway's own pages on each name of this machine, are welcome."""
    for origin in (SHOP, gateway.url, f"http://localhost:{gateway.port}"):
        async with gateway.socket(origin) as visitor:
            await visitor.hello()


async def test_hello_must_come_in_time(shared_nats: Nats) -> None:
    """Silence after the connection is answered by `hello_expected`."""
    async with gateway_on(shared_nats.url, hello_s=0.1) as gateway, gateway.socket() as visitor:
        assert (await visitor.next(Error)).code == "hello_expected"
        assert await visitor.closed() == 4408


async def test_hello_must_come_first(gateway: Gateway) -> None:
    """Another frame before hello closes the socket."""
    async with gateway.socket() as visitor:
        error = await visitor.refusal({"type": "widget_opened", "id": "1"})
        assert error.code == "hello_expected"
        assert await visitor.closed() == 4408


async def test_a_malformed_hello_may_be_mended(gateway: Gateway) -> None:
    """What cannot be read before hello is refused, and hello may still come."""
    async with gateway.socket() as visitor:
        await visitor.connection.send("{")
        assert (await visitor.next(Error)).code == "bad_frame"
        for wrong in (
            {"type": "hello"},
            {"type": "hello", "team": "default\n"},
            {"type": "hello", "team": 1},
        ):
            assert (await visitor.refusal(wrong)).code == "bad_frame"
        await visitor.hello()


async def test_null_is_absent(gateway: Gateway, bus: Bus) -> None:
    """Every field but the team may be null, and those of the page."""
    async with gateway.visitor(after=None, after_id=None, page=None, locale=None, identity=None) as visitor:
        await visitor.write("Hello")
    page = {"url": "https://shop.example/tea", "title": None, "referrer": None}
    async with gateway.visitor(visitor.token, page=page) as again:
        assert await again.is_alive()
    *_, event = await events_of(bus, visitor.id)
    assert (event.page, event.locale) == (Page(url="https://shop.example/tea"), "")


async def test_a_page_with_a_long_address_has_its_chat(gateway: Gateway, bus: Bus) -> None:
    """What is too long is cut."""
    page = {"url": "https://shop.example/?" + "q" * 4000, "title": "茶" * 1000, "referrer": "r" * 3000}
    async with gateway.visitor(page=page, locale="x" * 100) as visitor:
        assert await visitor.is_alive()
        (event,) = await events_of(bus, visitor.id)
    assert event.page == Page(
        url=page["url"][:2048], title=page["title"][:512], referrer=page["referrer"][:2048]
    )
    assert event.locale == "x" * 35


async def test_a_place_that_cannot_be_is_reset(gateway: Gateway) -> None:
    """`after` past anything that the bus can count is past the end of the history."""
    async with gateway.visitor() as visitor, gateway.socket() as again:
        await visitor.write("Hello")
        welcome = await again.hello(token=visitor.token, after=10**30)
    assert welcome.reset
    assert len(welcome.messages) == 1


async def test_hello_comes_once(gateway: Gateway) -> None:
    """A second hello is a bad frame, and changes nothing."""
    async with gateway.visitor() as visitor:
        assert (await visitor.refusal({"type": "hello", "team": "default"})).code == "bad_frame"
        assert await visitor.is_alive()


@WITH_SHORT_SECRETS
async def test_the_teams_word_identifies_a_customer(gateway: Gateway) -> None:
    """The same customer is the same visitor on every device, another one is another."""
    seen: list[str] = []
    for claims in ({}, {}, {"sub": "customer-2"}, {"sub": 7}):
        async with gateway.visitor(identity=identity(**claims)) as visitor:
            seen.append(visitor.id)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
    assert all(visitor.startswith("u_") for visitor in seen)


@WITH_SHORT_SECRETS
async def test_an_identity_must_be_the_teams(gateway: Gateway) -> None:
    """An identity of another secret, without `sub`, too old, or no JWT at all is `bad_identity`."""
    nobody = signed({"name": "x"}, IDENTITY_SECRET)
    foreign = signed({"sub": "customer-1"}, "another secret")
    late = identity(exp=datetime.now(UTC) - timedelta(minutes=5))
    for wrong in ("nonsense", foreign, nobody, late, identity(sub="")):
        async with gateway.socket() as visitor:
            await refused(visitor, "bad_identity", identity=wrong)


@WITH_SHORT_SECRETS
async def test_without_a_secret_nobody_is_identified(gateway: Gateway, bus: Bus) -> None:
    """A team that has set no secret refuses every identity."""
    await put_team(bus, TeamSettings(team=TeamId("no-secret")))

    async def is_refused() -> bool:
        async with gateway.socket() as visitor:
            await visitor.send({"type": "hello", "team": "no-secret", "identity": identity()})
            return msgspec.json.decode(await visitor.connection.recv())["code"] == "bad_identity"

    await eventually(is_refused)
