"""What a visitor sees: an answer, once, whatever happens to the page or to the gateway."""

import asyncio

import pytest
from playwright.async_api import expect

from contracts.requests import RunSummary
from tests.browser.conftest import NewVisitor
from tests.browser.runs import outcomes, runs_of
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product
from tests.waiting import eventually

pytestmark = pytest.mark.browser


async def test_apology_comes_within_a_second(visitor: Visitor) -> None:
    """Nobody is online: the robot says so at once, and once."""
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1, timeout=1_000)
    await expect(visitor.widget.locator(".row.robot .avatar")).to_be_visible()
    await visitor.nothing_unsent()


async def test_apology_is_there_again_after_a_reload(visitor: Visitor, frontdesk_up: Product) -> None:
    """History brings it back; it is not sent anew."""
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await visitor.nothing_unsent()
    known = await visitor.id()

    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    # A visitor's events are handled in order: once the message has its run, the opening before it is done with.
    await visitor.send("在吗？")
    await visitor.settled()

    async def runs() -> list[RunSummary]:
        found = await asyncio.to_thread(runs_of, frontdesk_up, known)
        return found if any(run.trigger == "message_sent" for run in found) else []

    apologies = [run for run in await eventually(runs, 10) if run.flow == "agents-offline-message"]
    assert len(apologies) == 1
    assert outcomes(frontdesk_up, apologies[0]) == ["start SUCCESS", "check TRUE", "apologise SUCCESS"]
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    assert await visitor.id() == known


async def test_reload_in_mid_conversation(visitor: Visitor) -> None:
    """What was written just before the page went is there once, after what was said before it."""
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await visitor.send("第一句")
    await visitor.send("第二句")
    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles("第二句")).to_have_count(1)
    await visitor.settled()
    assert await visitor.texts() == [APOLOGY, "第一句", "第二句"]
    await visitor.nothing_unsent()
    assert len(visitor.accepted) == len(set(visitor.accepted))


async def test_gateway_killed_in_mid_conversation(visitor: Visitor, frontdesk_up: Product) -> None:
    """A crash of the gateway is hardly noticed: no reload, no message lost, none twice, the order kept."""
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await visitor.send("before")
    frontdesk_up.kill_service("widget-gateway")
    await visitor.send("meanwhile")
    await visitor.send("and then")
    await expect(visitor.widget.locator(".row:not(.stored)")).to_have_count(0, timeout=20_000)
    said = [APOLOGY, "before", "meanwhile", "and then"]
    assert await visitor.texts() == said
    await visitor.send("after")
    await visitor.settled()
    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles("after")).to_have_count(1)
    assert await visitor.texts() == [*said, "after"]


async def test_two_tabs_are_one_visitor(visitor: Visitor) -> None:
    """What is said in one tab shows in the other, once in each."""
    other = Visitor(visitor.context, await visitor.context.new_page(), visitor.page.url)
    await other.visit()
    await visitor.open()
    await other.open()
    await visitor.send("from the first tab")
    for tab in (visitor, other):
        await expect(tab.bubbles("from the first tab")).to_have_count(1)
        await expect(tab.bubbles(APOLOGY)).to_have_count(1)
    assert other.problems == []


async def test_visitors_do_not_see_each_other(new_visitor: NewVisitor) -> None:
    """Two browsers are two conversations."""
    one, two = await new_visitor(), await new_visitor()
    await one.open()
    await one.send("a secret")
    await one.settled()
    await two.open()
    await expect(two.bubbles(APOLOGY)).to_have_count(1)
    assert "a secret" not in await two.texts()
