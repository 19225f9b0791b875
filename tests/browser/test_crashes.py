"""The gateway crashes again and again while somebody writes."""

import pytest
from playwright.async_api import expect

from contracts.chat import Posted
from services.chassis.bus import Bus
from tests.browser.conftest import NewVisitor
from tests.browser.own_gateway import BACK_WITHIN_S, own_gateway
from tests.browser.visitor import APOLOGY
from tests.product import Product
from tests.widget_gateway.running import chat_of

pytestmark = pytest.mark.browser

CRASHES = 10


async def test_ten_crashes_in_mid_conversation(
    new_visitor: NewVisitor, frontdesk_up: Product, bus: Bus
) -> None:
    """Nothing is lost, nothing stands twice, the order is kept, and so is what was being typed."""
    said = [APOLOGY]
    async with own_gateway(frontdesk_up) as gateway:
        visitor = await new_visitor(gateway.address)
        await visitor.open()
        await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
        for number in range(CRASHES):
            # Whether the first is stored before the crash is left to chance.
            await visitor.send(f"{number}: as it crashes")
            gateway.crash()
            await visitor.send(f"{number}: while it is away")
            await visitor.input.press_sequentially(f"half a sen {number}")
            said += [f"{number}: as it crashes", f"{number}: while it is away"]
            await expect(visitor.widget.locator(".row:not(.stored)")).to_have_count(
                0, timeout=BACK_WITHIN_S * 1000
            )
            await expect(visitor.input).to_have_value(f"half a sen {number}")
            await visitor.input.fill("")
        assert await visitor.texts() == said
        stored = [
            event.body.text
            for _, event in await chat_of(bus, await visitor.id())
            if isinstance(event, Posted)
        ]
        assert stored == said
        await visitor.reload()
        await visitor.open()
        await expect(visitor.bubbles(said[-1])).to_have_count(1)
        assert await visitor.texts() == said
        visitor.problems[:] = [
            problem for problem in visitor.problems if "ERR_CONNECTION_REFUSED" not in problem
        ]
