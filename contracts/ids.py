"""Ids: the token rule, the names of each kind, and the derived ones that make repeats recognisable.

An event's id is derived from the frame that caused it and a run's id from the event, so that the same frame
sent again, at any time and through any process, is the same event and the same run.
"""

import re
from hashlib import blake2b
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta

TeamId = NewType("TeamId", str)
VisitorId = NewType("VisitorId", str)
AgentId = NewType("AgentId", str)
FlowId = NewType("FlowId", str)
RunId = NewType("RunId", str)
EventId = NewType("EventId", str)
FrameId = NewType("FrameId", str)
MessageId = NewType("MessageId", str)

DEFAULT_TEAM = TeamId("default")

TOKEN_PATTERN = r"^[A-Za-z0-9_-]{1,64}$(?!\n)"
"""What may stand between two dots of a subject; narrower than NATS ADR-6 so that it also fits a KV key.

Python's `$` also matches before a last line feed, and what JSON Schema calls a pattern has no `\\Z`: hence its end.
"""

Token = Annotated[str, Meta(pattern=TOKEN_PATTERN)]
TeamKey = Annotated[TeamId, Meta(pattern=TOKEN_PATTERN)]
VisitorKey = Annotated[VisitorId, Meta(pattern=TOKEN_PATTERN)]
FlowToken = Annotated[FlowId, Meta(pattern=TOKEN_PATTERN)]
"""The same where a message brings them: they end up in subjects."""

_token = re.compile(TOKEN_PATTERN)


def is_token(text: str) -> bool:
    """Whether `text` can be one token of a subject."""
    return _token.match(text) is not None


def event_id(team: TeamId, visitor: VisitorId, frame: FrameId) -> EventId:
    """The id of the event that this visitor's frame is, however often it is sent."""
    return EventId(_derived(team, visitor, frame))


def run_id(event: EventId, lane: str = "") -> RunId:
    """The id of the only run that this event can start. `lane` is "" for live, the back-test's name otherwise."""
    return RunId(_derived("run", event, lane))


def effect_id(run: RunId, seq: int, k: int) -> MessageId:
    """The id of effect `k` of the run's event `seq`; a posted message carries it."""
    return MessageId(f"{run}.{seq}.{k}")


def _derived(*parts: str) -> str:
    """A UUID of version 8 (RFC 9562) over the parts; tokens hold no NUL, so that no two lists join alike."""
    digest = bytearray(blake2b("\0".join(parts).encode(), digest_size=16).digest())
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    # Every event and every run is one: `str(UUID(…))` takes four times as long.
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_PLAIN_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_uuid(text: str) -> None:
    """Raise `ValueError` when this is no UUID."""
    if _PLAIN_UUID.fullmatch(text) is None:
        UUID(text)
