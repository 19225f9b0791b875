"""The compiled flows in memory: what answers each trigger now, and any version that a run began with.

Everything that can be done once is done here, so that the hot path only looks up.
"""

from collections import OrderedDict

from structlog.stdlib import get_logger

from contracts.ids import FlowId, TeamId
from contracts.visitor import EventTracked, VisitorEvent
from services.chassis.database import Transaction
from services.chassis.errors import Permanent
from services.flow_executor import definitions
from services.flow_executor.definitions import ActiveKey
from services.flow_executor.engine.graph import CompiledFlow, compile_flow

_KEPT = 2000
"""Compiled versions that are kept; a version that comes back later is compiled again."""

VersionKey = tuple[TeamId, FlowId, int]

_log = get_logger()


class Registry:
    """Flows by trigger and by version. `version` is the number of the last change that it has seen."""

    def __init__(self) -> None:
        self.version = -1
        self._active: dict[ActiveKey, CompiledFlow] = {}
        self._compiled: OrderedDict[VersionKey, CompiledFlow] = OrderedDict()

    async def reload(self, tx: Transaction) -> None:
        """Take over what is active now, all at once: other loops decide while this one waits for Postgres."""
        before = self.version
        seen = await definitions.registry_version(tx)
        active = await definitions.active_versions(tx)
        compiled = {
            key: await self.of_version(tx, key[0], flow, version) for key, (flow, version) in active.items()
        }
        if self.version not in (before, seen) and self.version > seen:
            return  # another loop has loaded what is newer
        self.version, self._active = seen, compiled
        _log.info("registry.loaded", version=seen, active=len(compiled))

    def active_for(self, event: VisitorEvent) -> CompiledFlow | None:
        """The flow that answers this event, if one does; a tracked event's own flow goes before the catch-all."""
        trigger = str(event.__struct_config__.tag)
        if isinstance(event, EventTracked):
            own = self._active.get((event.team, trigger, event.event))
            if own is not None:
                return own
        return self._active.get((event.team, trigger, ""))

    async def of_version(self, tx: Transaction, team: TeamId, flow: FlowId, version: int) -> CompiledFlow:
        """The flow that a run began with, whatever became of it since."""
        key = (team, flow, version)
        compiled = self._compiled.get(key)
        if compiled is None:
            stored = await definitions.find_for_run(tx, team, flow, version)
            if stored is None:
                raise Permanent(
                    f"flow {flow} v{version} of team {team} is not stored; was flow_versions changed by hand?"
                )
            compiled = compile_flow(stored.definition, version)
            self._compiled[key] = compiled
            if len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
        else:
            self._compiled.move_to_end(key)
        return compiled
