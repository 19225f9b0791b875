"""Customers for whom the team's site vouches: one visitor on every device, linked to who they were, never merged."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from contracts.chat import Linked
from contracts.ids import TeamId, VisitorId
from services.chassis.bus import Bus
from services.widget_gateway.tokens import Tokens
from tests.widget_gateway.running import IDENTITY_SECRET, SECRET, Gateway, chat_of

pytestmark = pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")


def identity(customer: str) -> str:
    """What the team's site says of its customer."""
    return jwt.encode({"sub": customer}, IDENTITY_SECRET, "HS256")  # pyright: ignore[reportUnknownMemberType]


async def links_of(bus: Bus, visitor: str) -> list[str]:
    """Who the visitor was before, as it stands in the conversation."""
    return [event.anonymous for _, event in await chat_of(bus, visitor) if isinstance(event, Linked)]


async def test_an_unverified_history_is_linked_not_merged(gateway: Gateway, bus: Bus) -> None:
    """The customer is told nothing of what was said before, which stays where it was; the pair is noted."""
    async with gateway.visitor() as before:
        await before.write("I am nobody yet")
    async with gateway.socket() as after:
        welcome = await after.hello(token=before.token, identity=identity("linked"))
        assert (welcome.messages, welcome.more) == ([], False)
        await after.write("Now you know me")
    assert await links_of(bus, after.id) == [before.id]
    async with gateway.socket() as again:
        welcome = await again.hello(token=before.token)
        assert [message.body.text for message in welcome.messages] == ["I am nobody yet"]
    assert await links_of(bus, before.id) == []


async def test_a_pair_is_linked_once(gateway: Gateway, bus: Bus) -> None:
    """Each page load brings both; a second browser is a second pair."""
    async with gateway.visitor() as phone, gateway.visitor() as desktop:
        pass
    for token in (phone.token, phone.token, desktop.token, None, phone.token):
        async with gateway.visitor(token, identity=identity("of two devices")) as visitor:
            pass
    assert await links_of(bus, visitor.id) == [phone.id, desktop.id]


async def test_customers_who_share_a_browser_are_not_linked(gateway: Gateway, bus: Bus) -> None:
    """The token of another customer brings nothing along."""
    async with gateway.visitor(identity=identity("first")) as first:
        await first.write("A secret")
    async with gateway.socket() as second:
        welcome = await second.hello(token=first.token, identity=identity("second"))
    assert welcome.messages == []
    assert await links_of(bus, second.id) == []


async def test_a_customer_comes_back_without_the_sites_word(gateway: Gateway) -> None:
    """For a day the token of `welcome` is enough: a page that stays open outlives its JWT."""
    async with gateway.visitor(identity=identity("back")) as visitor, gateway.visitor(visitor.token) as again:
        assert again.id == visitor.id
    late = Tokens(SECRET, lambda: datetime.now(UTC) - timedelta(days=2))
    team, customer = TeamId("default"), VisitorId(visitor.id)
    assert late.bearer(late.issue(team, customer)) is None
    assert late.bearer(late.issue(team, VisitorId("v_1"))) is not None
