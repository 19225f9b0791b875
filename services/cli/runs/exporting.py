"""`frontdesk runs export`: one self-contained file."""

from contracts.export import ExportedRun
from contracts.flow import content
from contracts.ids import RunId
from contracts.requests import FlowRequest, FlowVersion, RunHistory, RunRequest
from services.chassis.bus import Bus
from services.cli.asking import DEFAULTS, PATIENCE_S, Asking, asker
from services.cli.output import print_json


def export(run: RunId, /, *, asking: Asking = DEFAULTS) -> None:
    """A run in one JSON document on stdout: its events and its flow. `runs replay --file` replays it anywhere.

    Parameters
    ----------
    run
        Its id, as `frontdesk runs list` shows it.
    """

    async def gather(bus: Bus) -> ExportedRun:
        history = await bus.request(
            "query.runs.events",
            RunRequest(team=asking.team, by=asker(), run=run),
            RunHistory,
            timeout_s=PATIENCE_S,
        )
        which = FlowRequest(team=asking.team, by=asker(), flow=history.run.flow, version=history.run.version)
        version = await bus.request("contracts.flows.get", which, FlowVersion, timeout_s=PATIENCE_S)
        definition = content(version.definition)
        return ExportedRun(run=history.run, events=history.events, definition=definition)

    print_json(asking.over_bus(gather))
