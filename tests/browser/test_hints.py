"""What an agent does while the visitor looks, and the agent's view of the visitor."""

import asyncio

import msgspec
import pytest
from playwright.async_api import expect

from contracts import subjects
from contracts.chat import Author, Posted, Text
from contracts.frames import Hint, Read, Typing
from contracts.ids import DEFAULT_TEAM, MessageId, VisitorId
from services.chassis.bus import Bus, Received
from tests.browser.visitor import Visitor
from tests.widget_gateway.running import chat_of, post, posted

pytestmark = pytest.mark.browser


async def test_an_agent_types_reads_and_answers(visitor: Visitor, bus: Bus) -> None:
    """Each shows where one looks for it; with the answer the agent's face is in the header."""
    widget = visitor.widget
    await visitor.open()
    await visitor.send("在吗？")
    await visitor.settled()
    who = VisitorId(await visitor.id())
    hints = subjects.hint(DEFAULT_TEAM, who, "agent")
    await bus.tell(hints, msgspec.json.encode(Typing()))
    await expect(widget.locator(".typing")).to_have_text("对方正在输入…")
    await expect(widget.locator(".typing")).to_be_visible()
    seq, _ = (await chat_of(bus, who))[-1]
    await bus.tell(hints, msgspec.json.encode(Read(seq=seq)))
    await expect(widget.locator(".row.visitor .note")).to_contain_text("已读")
    agent = Author(kind="agent", id="agent-1", name="韩梅梅")
    answer = msgspec.structs.replace(posted(who, "在的"), author=agent)
    await post(bus, answer, "agent")
    await expect(visitor.bubbles("在的")).to_have_count(1)
    await expect(widget.locator(".typing")).to_be_hidden()
    await expect(widget.locator(".faces .avatar")).to_have_attribute("title", "韩梅梅")


async def test_agents_hear_the_visitor(visitor: Visitor, bus: Bus) -> None:
    """That the visitor types, and what the visitor has seen: not while the window is closed."""
    who = VisitorId(await visitor.id())
    heard: asyncio.Queue[Hint] = asyncio.Queue()

    async def take(received: Received) -> None:
        heard.put_nowait(msgspec.json.decode(received.data, type=Hint))

    end = await bus.listen(subjects.hint(DEFAULT_TEAM, who, "visitor"), take)
    seq = await post(
        bus,
        Posted(
            id=MessageId("hint-1"),
            team=DEFAULT_TEAM,
            visitor=who,
            at=posted(who, "").at,
            author=Author(kind="robot"),
            body=Text(text="您好"),
        ),
    )
    await expect(visitor.widget.locator(".badge")).to_have_text("1")
    assert heard.empty()
    await visitor.open()
    assert await heard.get() == Read(seq=seq)
    await visitor.input.press_sequentially("您", delay=0)
    while isinstance(hint := await heard.get(), Read):
        pass
    assert hint == Typing()
    await end()
