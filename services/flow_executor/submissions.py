"""The durable contracts topic: definitions whose senders do not wait, taken in order, one at a time."""

from collections.abc import Sequence

from contracts.ids import is_token
from contracts.subjects import parse_submission
from services.chassis.bus import Delivery
from services.chassis.intake import Poison
from services.flow_executor.flows import Flows


class Submissions:
    """Handles deliveries of stream CONTRACTS. A refused definition is handled: its verdict is an event of FLOW."""

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Return when each has its recorded verdict."""
        for delivery in deliveries:
            try:
                team = parse_submission(delivery.subject)
                if not is_token(team):
                    raise ValueError(f"{team!r} cannot be a team")
            except ValueError as exc:
                raise Poison(delivery, "undecodable", str(exc)) from exc
            await self._flows.take_submission(team, delivery.seq, delivery.data)
