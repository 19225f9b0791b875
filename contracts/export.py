"""A run in one file: everything that replays it anywhere, without a server."""

from msgspec import Struct

from contracts.flow import FlowDefinition
from contracts.requests import RunSummary
from contracts.run import RunEvent


class ExportedRun(Struct, frozen=True, kw_only=True, tag_field="type", tag="exported_run.v1"):
    """What `frontdesk runs export` writes and `runs replay --file` reads."""

    run: RunSummary
    events: list[RunEvent]
    """All of them, in `seq` order, with the personal part as far as it was there."""
    definition: FlowDefinition
    """The version that the run began with; its content hash is `run.hash`."""
