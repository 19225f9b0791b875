"""After a power cut: what was committed, and perhaps not on the bus's disk, is told again where it is missing.

Postgres is on the disk with each commit, JetStream once a second (`sync_interval`). A machine that loses its power can
therefore keep a run and lose the messages and timers that follow from it, although the source message was acknowledged.
So whoever starts looks, by rule R, at what was handled in the last seconds before the bus's memory ends. After any
other stop nothing is missing, and the look finds just that.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from structlog.stdlib import get_logger

from contracts.streams import CHAT, TIMER, VISITOR
from services.chassis.bus import Bus
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.flow_executor import journal
from services.flow_executor.journal import CauseOf, Handled
from services.flow_executor.outgoing import send
from services.flow_executor.repair import missing
from services.flow_executor.world import World

WINDOW = timedelta(seconds=10)
"""Before the bus's last message: its sync interval many times over, and what two clocks may differ."""
_AT_ONCE = 256

_log = get_logger()


async def recover(bus: Bus, database: Database, world: World, clock: Clock) -> int:
    """Tell what is missing; how many messages that were."""
    last = await _last_message(bus)
    if last is None:
        return 0
    until = clock()
    after, told = Handled(last - WINDOW, CauseOf("", 0, 0, 0)), 0
    while True:
        async with database.statement() as tx:
            handled = await journal.handled_since(tx, after, until, _AT_ONCE)
            runs = await journal.load(tx, sorted({item.cause.no for item in handled}))
        if not handled:
            break
        lost = await missing(bus, world, runs, _causes(handled))
        # A timer that is there is replaced by itself: that is no loss.
        told += sum(not message.subject.startswith("timer.") for message in lost)
        await send(bus, lost)
        after = handled[-1]
    if told:
        _log.warning("recovery.told", messages=told, since=after.at.isoformat())
    return told


def _causes(handled: Sequence[Handled]) -> list[CauseOf]:
    return [item.cause for item in handled]


async def _last_message(bus: Bus) -> datetime | None:
    """The time of the last message that the bus knows."""
    streams = ((CHAT, "chat.>"), (VISITOR, "visitor.>"), (TIMER, "timer.>"))
    last = [await bus.read.last_of(stream.name, subject) for stream, subject in streams]
    return max((message.at for message in last if message is not None), default=None)
