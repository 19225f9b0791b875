"""`/api/conversations` over the real service: what agents read and do, under their own names."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from contracts.chat import Assigned, ChatEvent, Converted, Noted, Posted
from contracts.console import VisitorCard
from contracts.ids import VisitorId
from contracts.requests import (
    ConversationsPage,
    MessagesFound,
    MessagesPage,
    ReadUpTo,
    Stored,
    UnreadCounted,
)
from contracts.streams import CHAT
from contracts.subjects import chat_of_visitor
from contracts.team import CustomerType
from services.chassis.bus import Bus
from services.console.guard import Guard
from tests.console.conftest import AGENT, SETTINGS, SRE, TEAM, code_of, link_path, opened, put_settings
from tests.conversations.told import Told, conversing, posted
from tests.conversations.told import opened as page_opened


@pytest.fixture
async def told(bus: Bus, nats_url: str, postgres_dsn: str) -> AsyncIterator[Told]:
    """The service behind the routes, and a visitor who wrote."""
    await put_settings(bus, msgspec.structs.replace(SETTINGS, customer_types=(CustomerType(id="lead"),)))
    async with conversing(bus, nats_url, postgres_dsn, asyncio.Event()):
        told = Told(bus)
        await told.event(page_opened("v", 1, url="https://shop.example/tea", title="Tea", locale="zh-CN"))
        await told.chat(posted("v", "m1", "可以退货吗？", "visitor"))
        await told.taken()
        yield told


@pytest.fixture
async def mei(app: Guard, told: Told) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which the agent is signed in."""
    async with opened(app) as browser:
        await browser.get(link_path(agent=AGENT))
        yield browser


async def events(bus: Bus) -> list[ChatEvent]:
    """What stands in the conversation."""
    stored = await bus.read.since(CHAT.name, chat_of_visitor(TEAM, VisitorId("v")), 1)
    return [msgspec.json.decode(message.data, type=ChatEvent) for message in stored]


async def test_what_an_agent_reads(mei: httpx.AsyncClient) -> None:
    """The list with what is unread, the count, the history, a search, and the card, also while others are away."""
    page = msgspec.json.decode((await mei.get("/api/conversations")).content, type=ConversationsPage)
    assert [(one.visitor, one.unread, one.is_online) for one in page.conversations] == [("v", 1, None)]
    mine = await mei.get("/api/conversations", params={"assigned": "mine"})
    assert msgspec.json.decode(mine.content, type=ConversationsPage).conversations == []
    count = msgspec.json.decode((await mei.get("/api/conversations/unread")).content, type=UnreadCounted)
    assert count.conversations == 1
    history = await mei.get("/api/conversations/v/messages")
    (message,) = msgspec.json.decode(history.content, type=MessagesPage).messages
    found = await mei.get("/api/conversations/search", params={"text": "退货"})
    (hit,) = msgspec.json.decode(found.content, type=MessagesFound).found
    assert hit.message == message
    card = msgspec.json.decode((await mei.get("/api/conversations/v")).content, type=VisitorCard)
    assert card.profile is not None
    assert (card.profile.page_title, card.described, card.is_online) == ("Tea", None, None)
    stranger = msgspec.json.decode((await mei.get("/api/conversations/w")).content, type=VisitorCard)
    assert (stranger.profile, stranger.is_online) == (None, None)


async def test_what_an_agent_does(mei: httpx.AsyncClient, bus: Bus) -> None:
    """Posts, notes, assignments and conversions are in the agent's name, and once whatever is repeated."""

    async def sent(method: str, path: str, **body: object) -> int:
        answer = await mei.request(method, f"/api/conversations/v/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Stored).seq

    first = await sent("POST", "messages", id="a1", text="可以")
    assert await sent("POST", "messages", id="a1", text="可以") == first
    await sent("POST", "notes", id="a2", text="老客户")
    await sent("PUT", "assigned", id="a3", agents=[AGENT])
    await sent("PUT", "customer-type", id="a4", customer_type="lead")
    _, post, note, assigned, converted = await events(bus)
    assert isinstance(post, Posted)
    assert (post.author.kind, post.author.id, post.author.name) == ("agent", AGENT, "Mei")
    assert isinstance(note, Noted)
    assert note.author.id == AGENT
    assert isinstance(assigned, Assigned)
    assert (assigned.agents, assigned.by) == ([AGENT], AGENT)
    assert isinstance(converted, Converted)
    assert (converted.customer_type, converted.by) == ("lead", AGENT)


async def test_reading_is_remembered(mei: httpx.AsyncClient, told: Told) -> None:
    """One conversation, or all of them."""

    async def unread() -> int:
        page = msgspec.json.decode((await mei.get("/api/conversations")).content, type=ConversationsPage)
        return sum(one.unread for one in page.conversations)

    read = await mei.put("/api/conversations/v/read", json={"seq": 1})
    assert msgspec.json.decode(read.content, type=ReadUpTo).seq == 1
    assert await unread() == 0
    await told.chat(posted("w", "m2", "hello", "visitor"))
    await told.taken()
    assert await unread() == 1
    assert (await mei.put("/api/conversations/read", json={"seq": 2})).status_code == 200
    assert await unread() == 0


async def test_what_is_refused(mei: httpx.AsyncClient, app: Guard) -> None:
    """Nonsense, people who are none, and who answers nobody."""
    refused = [
        ("POST", "v/messages", {"id": "a", "text": ""}, "bad_request"),
        ("POST", "v/messages", {"text": "x"}, "bad_request"),
        ("POST", "v/messages", {"id": "a", "text": "x" * 4001}, "bad_request"),
        ("PUT", "v/assigned", {"id": "a", "agents": ["nobody"]}, "unknown_agent"),
        ("PUT", "v/customer-type", {"id": "a", "customer_type": "none"}, "unknown_customer_type"),
        ("PUT", "v/read", {"seq": -1}, "bad_request"),
        ("POST", "a.b/messages", {"id": "a", "text": "x"}, "bad_request"),
    ]
    for method, path, body, code in refused:
        answer = await mei.request(method, f"/api/conversations/{path}", json=body)
        assert code_of(answer) == code, (path, answer.text)
    async with opened(app) as browser:
        assert code_of(await browser.get("/api/conversations")) == "no_session"
        await browser.get(link_path(agent=SRE))
        for path in ("", "/v", "/v/messages", "/unread", "/v/canned"):
            assert code_of(await browser.get(f"/api/conversations{path}")) == "forbidden"
        written = await browser.post("/api/conversations/v/messages", json={"id": "a", "text": "x"})
        assert code_of(written) == "forbidden"
