"""After a power cut: what was committed, and perhaps not on the bus's disk, is told again where it is missing.

Postgres is on the disk with each commit, JetStream once a second (`sync_interval`). A machine that loses its power can
therefore keep a run and lose the messages and timers that follow from it, although the source message was acknowledged.
So who starts and finds another server process than the last look did looks, by rule R, at what was handled since a
moment before the last effect that the bus remembers; what was told again since counts as handled then. After any other
stop nothing is missing, and the look finds that.

From where to look is decided and kept (`begin`) before anything new is handled, since new effects would hide it; and it
is kept until a look has come to its end, since who looks may die.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from structlog.stdlib import get_logger

from contracts.streams import CHAT, TIMER, VISITOR, Stream
from services.chassis.bus import Bus
from services.chassis.clock import Clock
from services.chassis.database import Database, Transaction
from services.flow_executor import journal
from services.flow_executor.journal import CauseOf
from services.flow_executor.outgoing import send
from services.flow_executor.repair import missing
from services.flow_executor.world import World

WINDOW = timedelta(seconds=10)
"""Before the last effect: the bus's sync interval many times over, and what two clocks may differ."""
LONGEST_GAP = timedelta(minutes=10)
"""How long after a power cut visitors may already be heard while no executor runs. It bounds the look of an executor
whose flows hardly ever have effects.
"""
_AT_ONCE = 256
_EFFECTS = ((CHAT, "chat.*.*.robot"), (TIMER, "timer.set.>"))
"""What only executors store."""
_ANYTHING = ((CHAT, "chat.>"), (VISITOR, "visitor.>"), (TIMER, "timer.>"))

BEGIN = """
update flow_executor.recovery
   set since = case when since is null and server = $2 then null else least(since, $1::timestamptz) end
returning since
"""
END = "update flow_executor.recovery set since = null, server = $2 where since = $1"

_log = get_logger()


class Handled(Struct, frozen=True):
    """A cause and when it was handled, by the clock of Postgres."""

    at: datetime
    cause: CauseOf


HANDLED_SINCE = """
select handled_at, cause, no, first_seq, last_seq from flow_executor.run_causes
 where handled_at >= $1 and (handled_at, cause, no) > ($1, $2, $3) and handled_at <= $4
 order by handled_at, cause, no limit $5
"""


async def handled_since(tx: Transaction, after: Handled, until: datetime, limit: int) -> list[Handled]:
    """The causes that were handled behind that one and not after `until`, in order."""
    rows = await tx.rows(
        HANDLED_SINCE,
        after.at,
        after.cause.cause,
        after.cause.no,
        until,
        limit,
    )
    return [
        Handled(row["handled_at"], CauseOf(row["cause"], row["no"], row["first_seq"], row["last_seq"]))
        for row in rows
    ]


class Look(Struct, frozen=True):
    """From when on to look at what was handled; `server` is the process of the bus that remembers it or not."""

    since: datetime
    server: str


async def begin(bus: Bus, database: Database, clock: Clock) -> Look | None:
    """The look that is due, kept until it has come to its end; call it before anything is handled.

    None: the server's process has not ended since the last look did, and has forgotten nothing.
    """
    # A bus that knows nothing may have lost all that it knew.
    longest = (await _last(bus, _ANYTHING) or clock()) - LONGEST_GAP
    effect = await _last(bus, _EFFECTS)
    since = longest if effect is None else max(longest, effect)
    server = bus.server_id
    async with database.transaction() as tx:
        row = await tx.row(BEGIN, since - WINDOW, server)
    assert row is not None
    due: datetime | None = row["since"]
    return None if due is None else Look(due, server)


async def recover(bus: Bus, database: Database, world: World, clock: Clock, look: Look) -> int:
    """Tell what is missing of what was handled since then; how many messages that were."""
    until = clock()
    after, told = Handled(look.since, CauseOf("", 0, 0, 0)), 0
    while True:
        async with database.statement() as tx:
            handled = await handled_since(tx, after, until, _AT_ONCE)
            runs = await journal.load(tx, sorted({item.cause.no for item in handled}))
        if not handled:
            break
        lost = await missing(bus, world, runs, _causes(handled))
        # A timer that is there is replaced by itself: that is no loss.
        told += sum(not message.subject.startswith("timer.") for message in lost)
        await send(bus, lost)
        after = handled[-1]
    async with database.transaction() as tx:
        await tx.execute(END, look.since, look.server)
    if told:
        _log.warning("recovery.told", messages=told, since=look.since.isoformat())
    return told


def _causes(handled: Sequence[Handled]) -> list[CauseOf]:
    return [item.cause for item in handled]


async def _last(bus: Bus, subjects: Sequence[tuple[Stream, str]]) -> datetime | None:
    """The time of the last of these messages that the bus knows."""
    last = [await bus.read.last_of(stream.name, subject) for stream, subject in subjects]
    return max((message.at for message in last if message is not None), default=None)
