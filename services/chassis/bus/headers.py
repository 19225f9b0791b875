"""Names of the headers that JetStream reads, and the ones that set a timer."""

from datetime import UTC, datetime

MESSAGE_ID = "Nats-Msg-Id"
"""What comes again with the same id within the dedupe window is stored once."""
EXPECTED_LAST_BY_SUBJECT = "Nats-Expected-Last-Subject-Sequence"
EXPECTED_LAST_SUBJECT = "Nats-Expected-Last-Subject-Sequence-Subject"
"""Which subjects (wildcards allowed) the expectation is about; without it, the message's own."""
TTL = "Nats-TTL"
_SCHEDULE = "Nats-Schedule"
_SCHEDULE_TARGET = "Nats-Schedule-Target"


def scheduled(at: datetime, target: str) -> dict[str, str]:
    """Headers of a message that is delivered to `target` at that instant (NATS ADR-51).

    Measured on 2.15.1: an instant in the past delivers at once; the same subject again replaces what was set, unless it
    has the same message id; kill -9 loses nothing, and what was due meanwhile comes within a second of the restart.
    Delivered a moment late, never early.
    """
    rounded = datetime.fromtimestamp(-(-int(at.timestamp() * 1_000_000) // 1000) / 1000, UTC)
    instant = rounded.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {_SCHEDULE: f"@at {instant}", _SCHEDULE_TARGET: target}
