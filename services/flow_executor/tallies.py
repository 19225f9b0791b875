"""How runs end, and what went to DEAD, counted for alerts."""

from collections import OrderedDict
from collections.abc import Sequence

from contracts import dead
from contracts.run import RunCancelled, RunCompleted, RunFailed
from services.chassis.bus import Bus, Received
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.metrics import Counter
from services.flow_executor.journal import Append

ENDED = Counter("frontdesk_runs_total", "Runs that ended, by how: completed, failed, cancelled.", "status")
FAILED = Counter("frontdesk_runs_failed_total", "Runs that failed, by why.", "team", "flow", "code")

DEAD = Counter(
    "frontdesk_dead_letters_total", "Messages that could not be handled and went to DEAD.", "stream", "reason"
)
_REMEMBERED = 1000
"""Dead letters that are known again when they are told twice."""


class DeadLetters:
    """Counts what any service buries: of several executors one hears of each letter, so that their sum is right."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    async def follow(self, bus: Bus) -> None:
        """Count from now on, for as long as the bus is open."""
        await bus.listen("dead.>", self._take, queue="flow-executor-tallies")

    async def _take(self, letter: Received) -> None:
        key = letter.headers.get(MESSAGE_ID, "")
        if key in self._known:
            return
        self._known[key] = None
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        DEAD.add(letter.subject.partition(".")[2], letter.headers.get(dead.REASON, "unknown"))


def count(appends: Sequence[Append]) -> None:
    """Note what was committed just now; a repeat is not committed again, and so not counted."""
    for item in appends:
        match item.events[-1]:
            case RunCompleted():
                ENDED.add("completed")
            case RunFailed(code=code):
                ENDED.add("failed")
                FAILED.add(item.team, item.flow, code)
            case RunCancelled():
                ENDED.add("cancelled")
            case _:
                pass
