"""What conversations hears: visitors' events and posts, as the gateway and the executor publish them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from contracts import subjects
from contracts.chat import (
    AgentsNotified,
    Assigned,
    Author,
    ChatEvent,
    Converted,
    FieldSet,
    FieldValue,
    Linked,
    Posted,
    Text,
)
from contracts.frames import Page
from contracts.ids import DEFAULT_TEAM, AgentId, EventId, MessageId, RunId, VisitorId
from contracts.requests import (
    ConversationsList,
    ConversationsPage,
    MessagesFound,
    MessagesList,
    MessagesPage,
    MessagesSearch,
    ReadConversation,
    ReadUpTo,
    Request,
    TeamFound,
    UnreadCounted,
    UnreadQuery,
    VisitorProfile,
    VisitorQuery,
)
from contracts.streams import CONVERSATIONS_CHAT, CONVERSATIONS_VISITORS
from contracts.visitor import VisitorEvent, WidgetOpened
from services.chassis.bus import Bus, RequestRejected
from services.chassis.errors import Retryable
from services.conversations.app import serve
from services.conversations.config import Config
from tests.waiting import eventually

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def opened(visitor: str, number: int, **fields: str) -> WidgetOpened:
    """A visitor opens the widget on a page, so many minutes past noon."""
    return WidgetOpened(
        id=EventId(f"{visitor}-{number}"),
        team=DEFAULT_TEAM,
        visitor=VisitorId(visitor),
        at=NOON + timedelta(minutes=number),
        page=Page(url=fields.get("url", ""), title=fields.get("title", "")),
        locale=fields.get("locale", ""),
    )


def posted(
    visitor: str,
    key: str,
    text: str,
    author: Literal["robot", "agent", "visitor"] = "robot",
    *,
    run: str | None = None,
) -> Posted:
    """Somebody says something at noon, or a run does."""
    return Posted(
        id=MessageId(key),
        team=DEFAULT_TEAM,
        visitor=VisitorId(visitor),
        at=NOON,
        author=Author(kind=author, id=f"{author}-1"),
        run=None if run is None else RunId(run),
        body=Text(text=text),
    )


def assigned(visitor: str, key: str, agent: str, minute: int, by: str = "flow") -> Assigned:
    """An agent is to look after a visitor, said so many minutes past noon."""
    return Assigned(
        id=MessageId(key),
        team=DEFAULT_TEAM,
        visitor=VisitorId(visitor),
        at=NOON + timedelta(minutes=minute),
        agents=[AgentId(agent)],
        by=by,
    )


def converted(visitor: str, key: str, kind: str, minute: int, by: str = "flow") -> Converted:
    """A visitor is to be a customer of that type, said so many minutes past noon."""
    return Converted(
        id=MessageId(key),
        team=DEFAULT_TEAM,
        visitor=VisitorId(visitor),
        at=NOON + timedelta(minutes=minute),
        customer_type=kind,
        by=by,
    )


def linked(visitor: str, key: str, anonymous: str) -> Linked:
    """The site vouches for somebody who was another visitor before."""
    return Linked(
        id=MessageId(key),
        team=DEFAULT_TEAM,
        visitor=VisitorId(visitor),
        at=NOON,
        anonymous=VisitorId(anonymous),
    )


def field_set(visitor: str, key: str, field: str, value: FieldValue, at: datetime) -> FieldSet:
    """A flow writes a field, because of something that was stored at that time."""
    return FieldSet(
        id=MessageId(key),
        team=DEFAULT_TEAM,
        visitor=VisitorId(visitor),
        at=at,
        field=field,
        value=value,
    )


def notified(visitor: str, key: str, text: str) -> AgentsNotified:
    """A flow tells the agents something."""
    return AgentsNotified(
        id=MessageId(key), team=DEFAULT_TEAM, visitor=VisitorId(visitor), at=NOON, text=text
    )


class Told:
    """Publishes, and asks what became of it."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    async def event(self, event: VisitorEvent) -> int:
        """The gateway tells of a visitor; the event's sequence."""
        kind = msgspec.to_builtins(event)["type"]
        subject = subjects.visitor_event(event.team, event.visitor, kind)
        return (await self.bus.store(subject, msgspec.json.encode(event))).seq

    async def chat(self, event: ChatEvent) -> int:
        """Somebody posts, or changes a state; its sequence."""
        kind = "state"
        if isinstance(event, Posted):
            kind = event.author.kind if event.run is None else "robot"
        subject = subjects.chat(event.team, event.visitor, kind)
        return (await self.bus.store(subject, msgspec.json.encode(event))).seq

    async def taken(self, within_s: float = 5.0) -> None:
        """Return when everything that was told is committed and acknowledged."""

        async def is_taken() -> bool:
            for consumer in (CONVERSATIONS_VISITORS, CONVERSATIONS_CHAT):
                info = await self.bus.api.consumer(consumer.stream, consumer.durable)
                if info.num_pending or info.num_ack_pending:
                    return False
            return True

        await eventually(is_taken, within_s)

    async def conversations(self, limit: int = 50, cursor: str | None = None) -> ConversationsPage:
        """`query.conversations.list`."""
        request = ConversationsList(limit=limit, cursor=cursor)
        return await self.bus.request("query.conversations.list", request, ConversationsPage)

    async def messages(
        self, visitor: str, before: int | None = None, limit: int = 50, *, with_notes: bool = False
    ) -> MessagesPage:
        """`query.conversations.messages`."""
        request = MessagesList(visitor=VisitorId(visitor), before=before, limit=limit, with_notes=with_notes)
        return await self.bus.request("query.conversations.messages", request, MessagesPage)

    async def inbox(self, agent: str | None = "agent-1", **filters: object) -> ConversationsPage:
        """`query.conversations.list` as an agent sees it."""
        request = msgspec.convert({"agent": agent, **filters}, ConversationsList)
        return await self.bus.request("query.conversations.list", request, ConversationsPage)

    async def found(self, text: str, **more: object) -> MessagesFound:
        """`query.conversations.search`."""
        request = msgspec.convert({"text": text, **more}, MessagesSearch)
        return await self.bus.request("query.conversations.search", request, MessagesFound)

    async def read(self, visitor: str | None, seq: int, agent: str = "agent-1") -> int:
        """`contracts.conversations.read`; up to where it is read now."""
        who = None if visitor is None else VisitorId(visitor)
        request = ReadConversation(visitor=who, agent=AgentId(agent), seq=seq)
        return (await self.bus.request("contracts.conversations.read", request, ReadUpTo)).seq

    async def waiting(self, agent: str = "agent-1") -> int:
        """`query.conversations.unread`."""
        request = UnreadQuery(agent=AgentId(agent))
        counted = await self.bus.request("query.conversations.unread", request, UnreadCounted)
        return counted.conversations

    async def visitor(self, visitor: str) -> VisitorProfile:
        """`query.conversations.visitor`."""
        request = VisitorQuery(visitor=VisitorId(visitor))
        return await self.bus.request("query.conversations.visitor", request, VisitorProfile)


@asynccontextmanager
async def conversing(
    bus: Bus, nats_url: str, postgres_dsn: str, stop: asyncio.Event
) -> AsyncGenerator[asyncio.Task[None]]:
    """The service, answering until the block ends or `stop` is set."""
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve(Config(nats_url=nats_url, postgres_dsn=postgres_dsn), stop))

        async def is_answering() -> bool:
            try:
                await bus.request("contracts.team.get", Request(), TeamFound)
            except (Retryable, RequestRejected):
                return False
            return True

        await eventually(is_answering)
        yield serving
        stop.set()
