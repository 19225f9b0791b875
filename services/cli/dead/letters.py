"""Dead letters as Structs. A letter's id is its sequence in stream DEAD."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from contracts import dead
from contracts.streams import DEAD
from services.chassis.bus import Bus, StoredMessage
from services.chassis.errors import Rejected


class Letter(Struct, frozen=True, kw_only=True):
    """What is said of a message that could not be handled."""

    id: int
    at: datetime
    """When it was given up."""
    reason: str
    detail: str
    stream: str
    subject: str
    sequence: int
    """Where it was in its stream."""
    consumer: str
    """The durable that could not handle it."""
    attempts: int


def letter_of(message: StoredMessage) -> Letter:
    """The letter that a message of DEAD is; what nobody says of it is empty or 0."""
    said = message.headers
    return Letter(
        id=message.seq,
        at=message.at,
        reason=said.get(dead.REASON, ""),
        detail=said.get(dead.DETAIL, ""),
        stream=message.subject.partition(".")[2],
        subject=said.get(dead.ORIGINAL_SUBJECT, ""),
        sequence=_number(said.get(dead.ORIGINAL_SEQUENCE, "")),
        consumer=said.get(dead.CONSUMER, ""),
        attempts=_number(said.get(dead.ATTEMPTS, "")),
    )


def original_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that the message had where it came from."""
    prefix = dead.ORIGINAL_HEADER_PREFIX
    return {name.removeprefix(prefix): value for name, value in headers.items() if name.startswith(prefix)}


async def found(bus: Bus, number: int) -> StoredMessage:
    """The dead letter with this id; raises `Rejected` when there is none."""
    message = await bus.read.at(DEAD.name, number) if number > 0 else None
    if message is None:
        raise Rejected(
            "unknown_letter",
            f"there is no dead letter {number}; `frontdesk dead list` shows those that are there",
        )
    return message


async def body_of(bus: Bus, message: StoredMessage) -> bytes:
    """The body of the message; one that was too large to be buried is still in its stream, if that keeps messages."""
    if message.data:
        return message.data
    letter = letter_of(message)
    original = await bus.read.at(letter.stream, letter.sequence) if letter.sequence > 0 else None
    return b"" if original is None or original.subject != letter.subject else original.data


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
