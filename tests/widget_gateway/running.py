"""The gateway in this process, as `frontdesk serve widget-gateway` runs it, and what others do on its bus."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

import msgspec

from contracts import streams, subjects
from contracts.chat import Appearance, Author, ChatEvent, Posted, Text
from contracts.ids import DEFAULT_TEAM, MessageId, TeamId, VisitorId
from contracts.team import TeamSettings
from contracts.visitor import VisitorEvent
from services.chassis.bus import Bus
from services.chassis.config import Secret
from services.chassis.embedded.nats_server import free_port
from services.widget_gateway.app import serve
from services.widget_gateway.config import Config
from tests.waiting import eventually
from tests.widget_gateway.visitor import Visitor, opened

SECRET = Secret("a secret of the tests, with more than thirty-two characters")
IDENTITY_SECRET = "a short one"
API_KEY = "a key of the team's own server"
SHOP = "https://shop.example"
TEAM = TeamSettings(
    team=DEFAULT_TEAM,
    allowed_origins=(SHOP,),
    appearance=Appearance(title="Hello", colour="#123456"),
    identity_secret=IDENTITY_SECRET,
    api_key_hashes=(sha256(API_KEY.encode()).hexdigest(),),
)


@dataclass
class Gateway:
    """A gateway that serves."""

    port: int
    stop: asyncio.Event

    @property
    def url(self) -> str:
        """Its HTTP address."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def socket(
        self, origin: str | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Visitor]:
        """A socket that has not said hello."""
        async with opened(f"ws://127.0.0.1:{self.port}/ws", origin, headers) as visitor:
            yield visitor

    @asynccontextmanager
    async def visitor(self, token: str | None = None, **hello: object) -> AsyncGenerator[Visitor]:
        """A socket that was welcomed."""
        async with self.socket() as visitor:
            await visitor.hello(token=token, **hello)
            yield visitor


@asynccontextmanager
async def gateway_on(
    nats_url: str,
    *,
    hello_s: float = 5.0,
    patience_s: float = 10.0,
    burst: int = 60,
    country_header: str = "",
    city_header: str = "",
) -> AsyncGenerator[Gateway]:
    """A gateway on a port of its own until the end of the block."""
    config = Config(
        nats_url=nats_url,
        secret=SECRET,
        gateway_port=free_port(),
        gateway_hello_s=hello_s,
        gateway_patience_s=patience_s,
        gateway_burst=burst,
        gateway_country_header=country_header,
        gateway_city_header=city_header,
    )
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve(config, stop))
        try:
            await eventually(lambda: serving.done() or _listens(config.gateway_port))
            yield Gateway(config.gateway_port, stop)
        finally:
            stop.set()


async def put_team(bus: Bus, settings: TeamSettings) -> None:
    """Set a team's settings."""
    await bus.keys.put(streams.TEAM.name, settings.team, msgspec.json.encode(settings))


def posted(visitor: str, text: str, *, team: str = DEFAULT_TEAM, message: str | None = None) -> Posted:
    """What a robot says to this visitor."""
    return Posted(
        id=MessageId(message or uuid4().hex),
        team=TeamId(team),
        visitor=VisitorId(visitor),
        at=datetime.now(UTC),
        author=Author(kind="robot", name="Robot"),
        body=Text(text=text),
    )


async def post(bus: Bus, event: ChatEvent, kind: subjects.ChatKind = "robot") -> int:
    """Store something in a conversation; the result is its sequence."""
    subject = subjects.chat(event.team, event.visitor, kind)
    return (await bus.store(subject, msgspec.json.encode(event))).seq


async def events_of(bus: Bus, visitor: str, team: str = DEFAULT_TEAM) -> list[VisitorEvent]:
    """What the gateway stored of a visitor, in order."""
    subject = subjects.visitor_event(TeamId(team), VisitorId(visitor), "*")
    stored = await bus.read.since(streams.VISITOR.name, subject, 1)
    return [msgspec.json.decode(message.data, type=VisitorEvent) for message in stored]


async def chat_of(bus: Bus, visitor: str, team: str = DEFAULT_TEAM) -> list[tuple[int, ChatEvent]]:
    """What stands in a visitor's conversation, in order."""
    subject = subjects.chat_of_visitor(TeamId(team), VisitorId(visitor))
    stored = await bus.read.since(streams.CHAT.name, subject, 1)
    return [(message.seq, msgspec.json.decode(message.data, type=ChatEvent)) for message in stored]


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
