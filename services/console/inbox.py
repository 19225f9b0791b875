"""What happens in a team's conversations, as frames for those who have the inbox open.

Heard on the bus as it happens, ahead of the read model, and nothing is kept: whoever missed something asks by HTTP.
"""

from collections.abc import Awaitable, Callable

import msgspec
from structlog.stdlib import get_logger

from contracts.chat import AgentsNotified, Assigned, Author, ChatEvent, Noted, Posted
from contracts.console import (
    LiveConversationChanged,
    LiveFrame,
    LiveVisitorPresence,
    LiveVisitorRead,
    LiveVisitorTyping,
)
from contracts.frames import Hint, Typing
from contracts.ids import TeamId, VisitorId
from contracts.requests import StoredMessage
from contracts.subjects import (
    hint,
    hints_of_visitors,
    live_chat_of_team,
    parse_chat,
    parse_hint,
    parse_presence,
    presence_of_visitors,
)
from services.chassis.bus import Bus, Received

SEQUENCE = "Nats-Sequence"

_log = get_logger()
_chat_decoder = msgspec.json.Decoder(ChatEvent)
_hint_decoder = msgspec.json.Decoder(Hint)

Put = Callable[[LiveFrame], None]
Stop = Callable[[], Awaitable[None]]


async def listen(bus: Bus, team: TeamId, put: Put) -> list[Stop]:
    """Have `put` called for all that happens from now on; each of the results ends a part of it."""

    async def said(received: Received) -> None:
        changed = conversation_changed(received)
        if changed is not None:
            put(changed)

    async def hinted(received: Received) -> None:
        frame = visitor_hint(received)
        if frame is not None:
            put(frame)

    async def present(received: Received) -> None:
        presence = parse_presence(received.subject)
        put(LiveVisitorPresence(visitor=VisitorId(presence.person), is_online=presence.is_online))

    return [
        await bus.listen(live_chat_of_team(team), said),
        await bus.listen(hints_of_visitors(team), hinted),
        await bus.listen(presence_of_visitors(team), present),
    ]


async def tell_typing(bus: Bus, team: TeamId, visitor: VisitorId) -> None:
    """An agent writes to the visitor at this moment; raises `Retryable` when the bus is away."""
    await bus.tell(hint(team, visitor, "agent"), msgspec.json.encode(Typing()))


def conversation_changed(received: Received) -> LiveConversationChanged | None:
    """The frame that tells of what CHAT just stored; None when nobody can read it."""
    try:
        event, where = _chat_decoder.decode(received.data), parse_chat(received.subject)
        seq = int(received.headers[SEQUENCE])
    except (ValueError, KeyError) as exc:
        _log.warning("inbox.undecodable", subject=received.subject, reason=str(exc))
        return None
    return LiveConversationChanged(
        visitor=where.visitor,
        seq=seq,
        message=_message(event, seq),
        assigned=event.agents if isinstance(event, Assigned) else None,
    )


def visitor_hint(received: Received) -> LiveVisitorTyping | LiveVisitorRead | None:
    """The frame of what a visitor does at this moment; None when nobody can read it."""
    try:
        hinted, where = _hint_decoder.decode(received.data), parse_hint(received.subject)
    except ValueError as exc:
        _log.warning("inbox.undecodable", subject=received.subject, reason=str(exc))
        return None
    if isinstance(hinted, Typing):
        return LiveVisitorTyping(visitor=where.visitor)
    return LiveVisitorRead(visitor=where.visitor, seq=hinted.seq)


def _message(event: ChatEvent, seq: int) -> StoredMessage | None:
    match event:
        case Posted(author=author, body=body):
            kind, text = "message", body.text
        case Noted(author=author, text=text):
            kind = "note"
        case AgentsNotified(text=text):
            kind, author = "notice", Author(kind="robot", id="robot")
        case _:
            return None
    return StoredMessage(
        seq=seq,
        id=event.id,
        at=event.at,
        author_kind=author.kind,
        author=author.id,
        text=text,
        run=event.run,
        kind=kind,
    )
