"""What is true only now, typing and reading, between a visitor's sockets and the team's agents. Nothing is kept."""

import msgspec
from structlog.stdlib import get_logger

from contracts import subjects
from contracts.frames import Hint
from contracts.ids import TeamId, VisitorId
from services.chassis.bus import Bus, Received
from services.chassis.errors import Retryable
from services.widget_gateway.conversations import Conversations
from services.widget_gateway.outgoing import encoded

_log = get_logger()
_hints = msgspec.json.Decoder(Hint)


class Hints:
    """One subscription for the agents' hints to all visitors, and the way back."""

    def __init__(self, bus: Bus, conversations: Conversations) -> None:
        self._bus = bus
        self._conversations = conversations

    async def listen(self) -> None:
        """Pass on, from now on, what agents hint at."""
        await self._bus.listen(subjects.AGENTS_HINTS, self._hear)

    async def tell(self, team: TeamId, visitor: VisitorId, hint: Hint) -> None:
        """Tell the agents who listen; while the bus is away, nobody."""
        try:
            await self._bus.tell(subjects.hint(team, visitor, "visitor"), msgspec.json.encode(hint))
        except Retryable as exc:
            _log.debug("hint.lost", team=team, visitor=visitor, reason=str(exc))

    async def _hear(self, received: Received) -> None:
        try:
            hint = _hints.decode(received.data)
            where = subjects.parse_hint(received.subject)
        except ValueError as exc:
            _log.warning("hint.undecodable", subject=received.subject, reason=str(exc))
            return
        conversation = self._conversations.find(where.team, where.visitor)
        if conversation is not None:
            conversation.hint(encoded(hint))
