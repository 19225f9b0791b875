"""What must be true once everything has settled: visitors' books, journal, CHAT, read model, replays, logs.

Each comparison looks at what is new since the last one that was content, and at whatever was still open then.
"""

import msgspec

from contracts.chat import ChatEvent, Posted
from contracts.dead import ORIGINAL_SEQUENCE, REASON
from contracts.ids import DEFAULT_TEAM, EventId, FrameId, MessageId, VisitorId, event_id
from contracts.streams import CHAT, CONSUMERS, DEAD
from contracts.visitor import VisitorEvent
from services.chassis.bus import Bus
from services.chassis.database import Database
from tests.chaos.crowd import Crowd
from tests.chaos.findings import Findings
from tests.chaos.journal import Journal
from tests.chaos.logs import Logs
from tests.chaos.screen import look


class Ledger:
    """Compares. Raises `Retryable` when a server is away."""

    def __init__(self, bus: Bus, database: Database, logs: Logs, crowd: Crowd) -> None:
        self._bus = bus
        self._crowd = crowd
        self._logs = logs
        self._journal = Journal(bus, database)
        self._accepted: set[str] = set()
        self._open: dict[EventId, str] = {}
        """Events that were accepted and are not recorded as far as we know: what they were."""
        self._chat_seq = 0
        self._conversations: dict[str, dict[str, Posted]] = {}
        """Of each visitor, by message id, in CHAT's order."""
        self._unread: set[str] = set()
        """Ids of messages that the read model does not have as far as we know."""
        self._promised: dict[MessageId, VisitorId] = {}
        """Messages that CHAT does not have as far as we know, though the journal or an agent says so."""
        self._answers_seen = 0
        self.dead: list[str] = []
        self.extra: list[tuple[EventId, VisitorId]] = []
        """Events that were stored by somebody else than the crowd."""

    @property
    def accepted(self) -> int:
        """How many events were accepted so far."""
        return len(self._accepted)

    @property
    def messages(self) -> int:
        """How many messages stand in the visitors' conversations."""
        return sum(len(conversation) for conversation in self._conversations.values())

    async def unsettled(self) -> list[str]:
        """Which durables have something to take or in hand, and which waits are overdue."""
        found: list[str] = []
        for consumer in CONSUMERS:
            info = await self._bus.api.consumer(consumer.stream, consumer.durable)
            if info.num_pending + info.num_ack_pending:
                found.append(
                    f"{consumer.durable}: {info.num_pending} to take, {info.num_ack_pending} in hand"
                )
        return found + await self._journal.overdue()

    async def compare(self) -> Findings:
        """Everything but what needs only one look."""
        self._take_in()
        await self._read_chat()
        await self._read_dead()
        findings = Findings()
        await self._events(findings)
        await self._promises(findings)
        await self._read_model(findings)
        for guest in self._crowd.guests:
            look(guest, self._conversations.get(guest.browser.id, {}), findings)
        return findings

    async def look_back(self) -> tuple[list[str], list[str]]:
        """Once a round: runs that a replay decides otherwise, and lines at error since the last look."""
        return await self._journal.differing(), self._logs.errors()

    def _take_in(self) -> None:
        for guest in self._crowd.guests:
            browser = guest.browser
            for frame in list(browser.accepted.values()):
                key = event_id(DEFAULT_TEAM, VisitorId(browser.id), FrameId(str(frame["id"])))
                self._note(
                    key, f"{frame['type']} of {browser.id}", is_recorded=frame["type"] != "reply_chosen"
                )
            browser.accepted.clear()
        for key, visitor in self.extra:
            self._note(key, f"message_sent of {visitor}", is_recorded=True)
        self.extra.clear()
        self._promised.update({key: visitor for visitor, key in self._crowd.posted})
        self._crowd.posted.clear()

    def _note(self, key: EventId, what: str, *, is_recorded: bool) -> None:
        """A choice that nothing waits for any more is recorded nowhere, and starts nothing."""
        if key not in self._accepted:
            self._accepted.add(key)
            if is_recorded:
                self._open[key] = what

    async def _read_chat(self) -> None:
        for message in await self._bus.read.since(CHAT.name, "chat.>", self._chat_seq + 1):
            self._chat_seq = message.seq
            event = msgspec.json.decode(message.data, type=ChatEvent)
            if isinstance(event, Posted):
                conversation = self._conversations.setdefault(event.visitor, {})
                if event.id not in conversation:
                    conversation[event.id] = event
                    self._unread.add(event.id)

    async def _read_dead(self) -> None:
        letters = await self._bus.read.since(DEAD.name, "dead.>", 1)
        for letter in letters[len(self.dead) :]:
            self.dead.append(
                f"{letter.subject} {letter.headers.get(ORIGINAL_SEQUENCE)}: {letter.headers.get(REASON)}"
            )
            if letter.subject == "dead.VISITOR":
                self._open.pop(msgspec.json.decode(letter.data, type=VisitorEvent).id, None)

    async def _events(self, findings: Findings) -> None:
        """Each accepted event has its run, its skip, or a dead letter."""
        for key in await self._journal.recorded(list(self._open)):
            self._open.pop(EventId(key), None)
        findings.lost += [
            f"{what}: {key} has no run, skip or dead letter" for key, what in self._open.items()
        ]

    async def _promises(self, findings: Findings) -> None:
        """What runs and agents wrote is in CHAT."""
        self._promised.update(await self._journal.posts())
        for key, visitor in list(self._promised.items()):
            if key in self._conversations.get(visitor, {}):
                del self._promised[key]
        findings.lost += [
            f"message {key} of {visitor} is not in CHAT" for key, visitor in self._promised.items()
        ]

    async def _read_model(self, findings: Findings) -> None:
        """What is in CHAT, the people see too."""
        self._unread -= set(await self._journal.read_model(list(self._unread)))
        findings.lost += [f"message {key} is not in the read model" for key in sorted(self._unread)]
