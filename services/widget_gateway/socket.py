"""The life of one WebSocket: hello, welcome, frames one after the other, the end.

    connected ──hello──▶ welcomed ──frame──▶ stored ──accepted──▶ welcomed …
        └── no hello in time, a refusal, the bus away, gone ──▶ closed

What is refused for good closes the socket with its own code; what is only malformed never does.
"""

import asyncio
import math
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from structlog.stdlib import get_logger

from contracts.frames import (
    MAX_LOCALE_CHARACTERS,
    SUBPROTOCOL,
    Accepted,
    Error,
    Hello,
    Hint,
    Page,
    Read,
    Typing,
    VisitorFrame,
    Welcome,
)
from contracts.ids import TeamId, VisitorId
from contracts.team import TeamSettings
from services.chassis.clock import Clock
from services.chassis.errors import Retryable
from services.widget_gateway.agents import Agents
from services.widget_gateway.conversation import Conversation
from services.widget_gateway.conversations import Conversations
from services.widget_gateway.delivery import Delivery
from services.widget_gateway.heartbeat import Heartbeat, Seat
from services.widget_gateway.hints import Hints
from services.widget_gateway.history import LAST_SEQ, History
from services.widget_gateway.incoming import frame_in
from services.widget_gateway.intake import Intake, Sender, unavailable
from services.widget_gateway.limits import Allowance
from services.widget_gateway.links import Links
from services.widget_gateway.origins import Origins
from services.widget_gateway.outgoing import Outgoing, Send
from services.widget_gateway.places import Places
from services.widget_gateway.refusal import Refused
from services.widget_gateway.teams import Teams
from services.widget_gateway.tokens import Tokens, identified_visitor, is_identified, new_visitor

USER_AGENT_CHARACTERS = 512
HINTS_AT_ONCE = 10
HINTS_PER_S = 2.0
"""What one socket may hint at; more of it is not passed on."""

_log = get_logger()


class Receive(Protocol):
    """The next ASGI event."""

    async def __call__(self) -> Mapping[str, object]:
        """Wait for it."""
        ...


@dataclass(frozen=True)
class Gateway:
    """What every socket shares."""

    teams: Teams
    agents: Agents
    tokens: Tokens
    origins: Origins
    places: Places
    history: History
    intake: Intake
    conversations: Conversations
    hints: Hints
    links: Links
    heartbeat: Heartbeat
    tasks: asyncio.TaskGroup
    clock: Clock
    hello_s: float


@dataclass(frozen=True)
class Who:
    """Who says hello."""

    visitor: VisitorId
    is_new: bool = False
    """Whether nobody knows them yet."""
    anonymous: VisitorId | None = None
    """Whose token came with the site's word that it is `visitor`."""


class Socket:
    """One WebSocket of one visitor."""

    def __init__(self, gateway: Gateway, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        self._gateway = gateway
        self._headers = headers
        self._receive = receive
        self._send = send
        self._outgoing = Outgoing(send, gateway.tasks)
        self._hints = Allowance(HINTS_AT_ONCE, HINTS_PER_S, time.monotonic)

    async def run(self, subprotocols: list[str]) -> None:
        """Serve it until it is closed."""
        await self._receive()
        chosen = SUBPROTOCOL if SUBPROTOCOL in subprotocols else None
        await self._send({"type": "websocket.accept", "subprotocol": chosen})
        try:
            await self._serve()
        except Refused as exc:
            _log.info("socket.refused", code=exc.code, detail=exc.detail)
            self._outgoing.put(exc.error())
            await self._outgoing.close(exc.close or 1011, exc.code)

    async def _serve(self) -> None:
        hello = await self._hello()
        if hello is None:
            return
        team = await self._team(hello)
        who = self._who(hello, team)
        try:
            if who.anonymous is not None:
                await self._gateway.links.note(team.team, who.visitor, who.anonymous)
            async with self._gateway.conversations.joined(team.team, who.visitor) as conversation:
                delivery = await self._welcome(hello, team, conversation, is_new=who.is_new)
                await self._converse(hello, conversation, delivery)
        except Retryable as exc:
            raise unavailable() from exc

    async def _hello(self) -> Hello | None:
        """The first frame; None when the visitor left without one. What is malformed before it is only refused."""
        try:
            async with asyncio.timeout(self._gateway.hello_s):
                while (message := await self._message()) is not None:
                    frame = self._checked(message)
                    if isinstance(frame, Hello):
                        return frame
                    if frame is not None:
                        raise Refused("hello_expected", "the first frame is hello")
                return None
        except TimeoutError:
            raise Refused("hello_expected", f"no hello came within {self._gateway.hello_s:g} s") from None

    async def _team(self, hello: Hello) -> TeamSettings:
        team = await self._gateway.teams.settings(hello.team)
        if team is None:
            raise Refused("unknown_team", f"there is no team {hello.team}; check data-team of the script")
        origin = self._headers.get("origin")
        if not self._gateway.origins.may_embed(origin, team.allowed_origins):
            raise Refused(
                "origin_refused",
                f"pages of {origin} may not embed this widget; add it to the allowed origins of team {team.team}",
            )
        return team

    def _who(self, hello: Hello, team: TeamSettings) -> Who:
        known = None if hello.token is None else self._gateway.tokens.visitor_of(team.team, hello.token)
        if hello.identity is not None:
            vouched = identified_visitor(team.team, hello.identity, team.identity_secret)
            # Another customer's token says that they share a browser, and nothing else.
            return Who(vouched, anonymous=None if known is None or is_identified(known) else known)
        return Who(new_visitor(), is_new=True) if known is None else Who(known)

    async def _welcome(
        self, hello: Hello, team: TeamSettings, conversation: Conversation, *, is_new: bool
    ) -> Delivery:
        delivery = Delivery(conversation, self._gateway.history, self._outgoing, self._gateway.tasks)
        conversation.listeners.add(delivery)
        after = min(hello.after or 0, LAST_SEQ)
        try:
            opening = (
                delivery.open_new(after, team.appearance)
                if is_new
                else await delivery.open(after, hello.after_id, team.appearance)
            )
        except BaseException:
            conversation.listeners.discard(delivery)
            raise
        self._outgoing.put(
            Welcome(
                visitor=conversation.visitor,
                token=self._gateway.tokens.issue(team.team, conversation.visitor),
                agents_online=self._gateway.agents.any_online(team.team),
                appearance=opening.appearance,
                messages=opening.messages,
                more=opening.more,
                reset=opening.reset,
                now=self._gateway.clock(),
            )
        )
        return delivery

    async def _converse(self, hello: Hello, conversation: Conversation, delivery: Delivery) -> None:
        """Give what comes and store what is said, until the socket closes."""
        seat = Seat(conversation.team, conversation.visitor, secrets.token_hex(8), self._outgoing)
        place = self._gateway.places.of(self._headers)
        sender = Sender(
            team=conversation.team,
            visitor=conversation.visitor,
            page=Page() if hello.page is None else hello.page.cut(),
            locale=(hello.locale or "")[:MAX_LOCALE_CHARACTERS],
            user_agent=self._headers.get("user-agent", "")[:USER_AGENT_CHARACTERS],
            country=place.country,
            city=place.city,
        )
        _log.debug("socket.opened", team=seat.team, visitor=seat.visitor, session=seat.session)
        try:
            with self._gateway.heartbeat.beating(seat):
                await delivery.go_on()
                while (message := await self._message()) is not None:
                    await self._take(message, sender, conversation)
        finally:
            conversation.listeners.discard(delivery)
            delivery.close()
            _log.debug("socket.closed", team=seat.team, visitor=seat.visitor, session=seat.session)

    async def _take(self, message: str | bytes, sender: Sender, conversation: Conversation) -> None:
        frame = self._checked(message)
        if frame is None:
            return
        if isinstance(frame, (Typing, Read)):
            await self._hint(conversation.team, conversation.visitor, frame)
            return
        if isinstance(frame, Hello):
            self._outgoing.put(Error(code="bad_frame", detail="hello was said before"))
            return
        wait_s = conversation.allowance.take()
        if wait_s > 0:
            detail = "too many frames; send this one again after the time given"
            retry_after_ms = math.ceil(wait_s * 1000)
            self._outgoing.put(
                Error(code="too_fast", detail=detail, id=frame.id, retry_after_ms=retry_after_ms)
            )
            return
        await self._gateway.intake.store(sender, frame)
        self._outgoing.put(Accepted(id=frame.id))

    async def _hint(self, team: TeamId, visitor: VisitorId, hint: Hint) -> None:
        if self._hints.take() == 0:
            await self._gateway.hints.tell(team, visitor, hint)

    def _checked(self, message: str | bytes) -> VisitorFrame | None:
        """The frame, or None after telling what is wrong with it."""
        try:
            return frame_in(message)
        except Refused as exc:
            self._outgoing.put(exc.error())
            return None

    async def _message(self) -> str | bytes | None:
        """The next message, None when the socket is closed. A slow reader is not heard before it has read."""
        if self._outgoing.is_full:
            await self._outgoing.room()
        event = await self._receive()
        if event["type"] != "websocket.receive":
            return None
        text = event.get("text")
        return text if isinstance(text, str) else b""
