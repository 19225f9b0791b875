"""Visitors and agents who never stop: they open, write, track, choose, fill in forms, lose their connection."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from contracts.ids import DEFAULT_TEAM, AgentId, MessageId, VisitorId
from contracts.presence import AGENT_TTL_S, Session
from contracts.requests import PostMessage, Stored
from contracts.streams import SESSIONS
from contracts.subjects import session_key
from services.chassis.bus import Bus, RequestRejected
from services.chassis.errors import FrontdeskError, Retryable
from tests.chaos.browser import Browser, browsing
from tests.chaos.flows import CHOICES, TRACKED, echo_of
from tests.waiting import eventually

AGENT = AgentId("agent-1")
_MOST_WAITING = 12
"""A visitor who has said so much that is not accepted waits; far below what the gateway allows at once."""
_PATIENCE_S = 50.0
"""How long an agent tries to have one message stored."""
_ACTIONS = ("write", "write", "write", "track", "track", "open", "choose", "fill", "leave", "tell")


class Guest:
    """One visitor, who does one thing after the other."""

    def __init__(self, browser: Browser, rng: Random, pause_s: float) -> None:
        self.browser = browser
        self.said: list[str] = []
        """The texts of its messages, in order; each one is said once."""
        self.tracked = 0
        self._rng = rng
        self._pause_s = pause_s

    async def act(self, may: asyncio.Event) -> None:
        """Act for ever, whenever `may` is set."""
        while True:
            await asyncio.sleep(self._rng.uniform(0.2, 1.8) * self._pause_s)
            await may.wait()
            if self.browser.unaccepted < _MOST_WAITING:
                await self._act(self._rng.choice(_ACTIONS))

    async def write(self) -> None:
        """Say something that was never said before."""
        text = f"m{len(self.said)}"
        self.said.append(text)
        await self.browser.say("message_sent", text=text)

    @property
    def is_answered(self) -> bool:
        """Whether the robot answered the last message."""
        return not self.said or echo_of(self.said[-1]) in self.browser.texts_since(self.said[-1])

    async def _act(self, action: str) -> None:
        browser = self.browser
        match action:
            case "write":
                await self.write()
            case "track":
                self.tracked += 1
                data = {"n": self.tracked}
                await browser.say("event_tracked", event=TRACKED, uuid=str(self.tracked), data=data)
            case "open":
                await browser.say("widget_opened")
            case "choose" if (menu := self._newest("quick_replies")) is not None:
                await browser.say("reply_chosen", message=menu, choice=self._rng.choice(CHOICES))
            case "fill" if (form := self._newest("form")) is not None:
                await browser.say("form_submitted", message=form, values={"user_email": "a@example.org"})
            case "leave":
                browser.leave()
            case "tell":
                await browser.say("profile_updated", fields={"user_city": self._rng.choice("ABC")})
            case _:
                return

    def _newest(self, kind: str) -> str | None:
        """The id of the last message that asks so, among the last few."""
        for message in reversed(self.browser.messages[-12:]):
            if str(message.body.__struct_config__.tag) == kind:
                return message.id
        return None


class Crowd:
    """All of them. `may` stops and starts them."""

    def __init__(self, guests: Sequence[Guest], bus: Bus, rng: Random) -> None:
        self.guests = guests
        self.may = asyncio.Event()
        self.posted: list[tuple[VisitorId, MessageId]] = []
        """What agents were told to be stored."""
        self.refused: list[MessageId] = []
        """What could not be stored for so long that an agent would give up."""
        self._bus = bus
        self._rng = rng
        self._posts = 0
        self._posting = 0

    @property
    def is_content(self) -> bool:
        """Whether everything that was said is accepted, and every last message answered."""
        return not self._posting and all(
            guest.browser.is_content and guest.is_answered for guest in self.guests
        )

    async def everybody_writes(self) -> None:
        """One message of each visitor."""
        await asyncio.gather(*(guest.write() for guest in self.guests))

    async def answer(self) -> None:
        """An agent writes to one visitor after the other, for ever."""
        while True:
            await asyncio.sleep(self._rng.uniform(0.1, 0.5))
            await self.may.wait()
            await self.post(self._rng.choice(self.guests))

    async def post(self, guest: Guest) -> None:
        """Write to this visitor, as often as it takes until it is stored."""
        if not guest.browser.id:
            return
        self._posts += 1
        key, visitor = MessageId(f"post-{self._posts}"), VisitorId(guest.browser.id)
        post = PostMessage(id=key, visitor=visitor, agent=AGENT, text=f"agent {self._posts}")
        self._posting += 1
        try:
            await eventually(lambda: self._is_stored(post), within_s=_PATIENCE_S)
        except AssertionError:
            self.refused.append(key)
        else:
            self.posted.append((visitor, key))
        finally:
            self._posting -= 1

    async def come_and_go(self) -> None:
        """The agent signs in and out, for ever."""
        key = session_key(DEFAULT_TEAM, "agent", AGENT, "chaos")
        value = msgspec.json.encode(Session(since=datetime.now(UTC), edge="cli"))
        while True:
            try:
                if self._rng.random() < 0.6:
                    await self._bus.keys.put_for(SESSIONS.name, key, value, timedelta(seconds=AGENT_TTL_S))
                else:
                    await self._bus.keys.purge(SESSIONS.name, key, timedelta(seconds=60))
            except FrontdeskError:
                # The bus is away: the next word will do.
                pass
            await asyncio.sleep(self._rng.uniform(1, 4))

    async def _is_stored(self, post: PostMessage) -> bool:
        try:
            await self._bus.request("contracts.conversations.post", post, Stored)
        except (Retryable, RequestRejected) as exc:
            if isinstance(exc, RequestRejected) and exc.code != "unavailable":
                raise
            return False
        return True


@asynccontextmanager
async def gathered(url: str, bus: Bus, rng: Random, count: int, pause_s: float) -> AsyncGenerator[Crowd]:
    """So many visitors with their agents; they act when `may` is set."""
    async with browsing(url, count) as browsers:
        guests = [Guest(browser, Random(rng.random()), pause_s) for browser in browsers]
        crowd = Crowd(guests, bus, rng)
        await eventually(lambda: all(browser.is_content for browser in browsers), within_s=20)
        async with asyncio.TaskGroup() as tasks:
            acting = [tasks.create_task(guest.act(crowd.may)) for guest in guests]
            acting += [tasks.create_task(crowd.answer()), tasks.create_task(crowd.come_and_go())]
            yield crowd
            for task in acting:
                task.cancel()
