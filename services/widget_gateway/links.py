"""Who an identified visitor was before: noted in their conversation, where agents find it. Histories stay apart."""

import msgspec

from contracts import subjects
from contracts.chat import Linked
from contracts.ids import FrameId, MessageId, TeamId, VisitorId, event_id
from services.chassis.bus import Bus
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.clock import Clock
from services.widget_gateway.history import History


class Links:
    """Notes each pair once. Every call may raise `Retryable`."""

    def __init__(self, bus: Bus, history: History, clock: Clock) -> None:
        self._bus = bus
        self._history = history
        self._clock = clock

    async def note(self, team: TeamId, visitor: VisitorId, anonymous: VisitorId) -> None:
        """Note that `visitor`, for whom the site vouches, came with the token of `anonymous`."""
        if anonymous in await self._history.linked(team, visitor):
            return
        link = Linked(
            id=MessageId(event_id(team, visitor, FrameId(f"linked.{anonymous}"))),
            team=team,
            visitor=visitor,
            at=self._clock(),
            anonymous=anonymous,
        )
        subject = subjects.chat(team, visitor, "state")
        await self._bus.store(subject, msgspec.json.encode(link), {MESSAGE_ID: link.id})
