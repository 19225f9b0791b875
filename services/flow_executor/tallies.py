"""How runs end, counted for alerts."""

from collections.abc import Sequence

from contracts.run import RunCancelled, RunCompleted, RunFailed
from services.chassis.metrics import Counter
from services.flow_executor.journal import Append

ENDED = Counter("frontdesk_runs_total", "Runs that ended, by how: completed, failed, cancelled.", "status")
FAILED = Counter("frontdesk_runs_failed_total", "Runs that failed, by why.", "team", "flow", "code")


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
