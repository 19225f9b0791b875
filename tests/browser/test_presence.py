"""Whether somebody is there decides what the visitor is told."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from playwright.async_api import expect

from contracts.requests import RunSummary
from tests.browser.conftest import NewVisitor
from tests.browser.runs import outcomes, runs_of
from tests.browser.visitor import APOLOGY, OFFLINE, ONLINE
from tests.product import Product, cli
from tests.waiting import eventually

pytestmark = pytest.mark.browser


@contextmanager
def agent_online(product: Product, agent: str) -> Generator[None]:
    """`frontdesk team online AGENT` in another terminal, until the end."""
    environ = {**os.environ, "FRONTDESK_DATA": str(product.data)}
    process = subprocess.Popen(cli("team", "online", agent), env=environ, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


async def test_no_apology_while_an_agent_is_online(new_visitor: NewVisitor, frontdesk_up: Product) -> None:
    """The run takes FALSE and says nothing; when the agent has left, the next visitor is told."""
    with agent_online(frontdesk_up, "agent-1"):
        served = await new_visitor()
        await expect(served.widget.locator(".status")).to_contain_text(ONLINE, timeout=10_000)
        await served.open()
        await served.nothing_unsent()
        visitor = await served.id()

        async def ended() -> list[RunSummary]:
            runs = await asyncio.to_thread(runs_of, frontdesk_up, visitor)
            return [run for run in runs if run.flow == "agents-offline-message" and run.status == "completed"]

        [run] = await eventually(ended, 10)
        assert outcomes(frontdesk_up, run) == ["start SUCCESS", "check FALSE"]
        assert await served.texts() == []

    await expect(served.widget.locator(".status")).to_contain_text(OFFLINE, timeout=15_000)
    late = await new_visitor()
    await late.open()
    await expect(late.bubbles(APOLOGY)).to_have_count(1)
    assert await served.texts() == []
