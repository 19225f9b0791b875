"""`frontdesk dead retry`: a message goes back where it was, and its dead letter away.

Handling it again changes nothing that was done before: whoever takes it knows its cause, or its id, as with any message
that comes twice.
"""

from contextlib import suppress

from msgspec import Struct

from contracts.streams import DEAD, STREAMS
from services.chassis.bus import Bus, StoredMessage
from services.chassis.bus.api import ApiError
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.errors import Rejected
from services.cli.asking import OVER_BUS, OverBus
from services.cli.dead.letters import body_of, found, letter_of, original_headers
from services.cli.output import print_json


class Retried(Struct, frozen=True, kw_only=True):
    """What `dead retry --json` prints: where the message is now."""

    id: int
    subject: str
    stream: str
    sequence: int


def retry(letter: int, /, *, over: OverBus = OVER_BUS) -> None:
    """Put the message back where it was, and take its dead letter away.

    Mend first what it failed by, or it comes back as another dead letter. A task (stream TASK) is done only if its run
    still waits for it.

    Parameters
    ----------
    letter
        Its id, as `frontdesk dead list` shows it.
    """
    retried = over.over_bus(lambda bus: _retry(bus, letter))
    if over.json:
        print_json(retried)
    else:
        print(
            f"dead letter {letter} is message {retried.sequence} of {retried.stream} now, {retried.subject}"
        )


async def _retry(bus: Bus, number: int) -> Retried:
    message = await found(bus, number)
    subject = _subject(message)
    body = await body_of(bus, message)
    if not body:
        raise Rejected(
            "no_body", f"dead letter {number} has no body, and its original is gone; nothing was done"
        )
    stored = await bus.store(subject, body, _headers(message))
    # Gone already: somebody else retried it too, which the bus has just recognised.
    with suppress(ApiError):
        await bus.api.remove(DEAD.name, number)
    return Retried(id=number, subject=subject, stream=stored.stream, sequence=stored.seq)


def _subject(message: StoredMessage) -> str:
    """Where the message came from; raises `Rejected` when that is none of our streams."""
    letter = letter_of(message)
    patterns = [pattern for stream in STREAMS if stream.name == letter.stream for pattern in stream.subjects]
    if not any(letter.subject.startswith(pattern.removesuffix(">")) for pattern in patterns):
        raise Rejected(
            "not_a_letter", f"message {letter.id} of DEAD does not say where it came from; nothing was done"
        )
    return letter.subject


def _headers(message: StoredMessage) -> dict[str, str]:
    """The original ones, without what they told the bus then: expectations, ids, schedules.

    The id is new, so that the dedupe window does not swallow the message, and the same for two who retry at once.
    """
    kept = original_headers(message.headers).items()
    own = {name: value for name, value in kept if not name.lower().startswith("nats-")}
    return {**own, MESSAGE_ID: f"dead.{message.seq}"}
