"""Dead letters: what could not be handled, kept in stream DEAD with the reason and the way back to the original."""

from contracts import dead, subjects
from services.chassis.bus import Bus, Delivery
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.errors import Permanent

_LONGEST_DETAIL = 500
"""Characters."""


async def bury(bus: Bus, delivery: Delivery, reason: str, detail: str) -> None:
    """Keep the message in DEAD; raises `Retryable` when that cannot be done now. Doing it twice keeps it once.

    A body that is too large to be stored with the reason is left out: the original has it, at its sequence.
    """
    subject = subjects.dead(delivery.consumer.stream)
    headers = _headers(delivery, reason, detail)
    try:
        await bus.store(subject, delivery.data, headers)
    except Permanent:
        await bus.store(subject, b"", headers)


def _headers(delivery: Delivery, reason: str, detail: str) -> dict[str, str]:
    original = {f"{dead.ORIGINAL_HEADER_PREFIX}{name}": value for name, value in delivery.headers.items()}
    return original | {
        MESSAGE_ID: f"{delivery.consumer.durable}.{delivery.seq}",
        dead.REASON: reason,
        # A header is one line.
        dead.DETAIL: " ".join(detail.split())[:_LONGEST_DETAIL],
        dead.ATTEMPTS: str(delivery.attempts),
        dead.ORIGINAL_SUBJECT: delivery.subject,
        dead.ORIGINAL_SEQUENCE: str(delivery.seq),
        dead.CONSUMER: delivery.consumer.durable,
    }
