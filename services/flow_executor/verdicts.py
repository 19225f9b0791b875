"""Tells stream FLOW what `flow_changes` records: every verdict and every change of what is active, in order,
each once.

The cursor is the stream itself: the last message's header says which change it was. A crash between a publish
and anything else therefore neither skips nor repeats a change, and a stream that was lost fills up again.
"""

import msgspec
from structlog.stdlib import get_logger

from contracts.requests import FlowVerdict
from contracts.streams import FLOW
from contracts.subjects import flow_verdict
from services.chassis.bus import Bus
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.database import Database
from services.chassis.errors import Permanent
from services.flow_executor import definitions

CHANGE = "Frontdesk-Change"
_AT_ONCE = 200

_log = get_logger()


class Verdicts:
    """Sends what FLOW lacks. Any number of executors may, at any time: one at a time does."""

    def __init__(self, bus: Bus, database: Database) -> None:
        self._bus = bus
        self._database = database

    async def send(self) -> None:
        """Return when FLOW has everything that was recorded before the call."""
        async with self._database.transaction() as tx:
            await tx.execute("select pg_advisory_xact_lock(hashtext('flow_executor.verdicts'))")
            last = await self._bus.read.last_of(FLOW.name, "flow.>")
            no = 0 if last is None else int(last.headers.get(CHANGE, "0"))
            while changes := await definitions.changes_after(tx, no, _AT_ONCE):
                for no, change in changes:
                    await self._tell(no, change)

    async def _tell(self, no: int, change: FlowVerdict) -> None:
        subject = flow_verdict(change.team, change.flow, change.verdict)
        try:
            await self._bus.store(
                subject, msgspec.json.encode(change), {MESSAGE_ID: f"flow-{no}", CHANGE: str(no)}
            )
        except Permanent as exc:
            # It stays in the history of the flow; the changes behind it must not wait for ever.
            _log.error("flow.change_untold", change=no, subject=subject, reason=str(exc))
