"""Exported runs: read from their file and decided again here, by the engine alone."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from contracts.export import ExportedRun
from contracts.flow import FlowDefinition, content_hash
from contracts.requests import RunHistory, RunReplayed
from contracts.run import Json
from services.chassis.errors import BadConfig, Permanent
from services.cli.flows.files import contents
from services.flow_executor.engine.graph import compile_flow
from services.flow_executor.engine.replay import redecide


def read_exported(path: Path) -> ExportedRun:
    """The run in the file. Raises `BadConfig` when the file holds none, `Permanent` when it was changed."""
    try:
        exported = msgspec.json.decode(contents(path), type=ExportedRun)
        is_whole = exported.events and content_hash(exported.definition) == exported.run.hash
    # A ValueError that is not msgspec's: bytes that are no text.
    except (ValueError, RecursionError) as exc:
        reason = "it nests too deeply" if isinstance(exc, RecursionError) else exc
        raise BadConfig(
            f"{path} holds no exported run: {reason}; make one with `frontdesk runs export RUN`"
        ) from exc
    if not is_whole:
        raise Permanent(f"{path} was changed: its flow is not the one that ran; export the run again")
    return exported


def replay_exported(
    exported: ExportedRun, facts: Mapping[str, Json], definition: FlowDefinition | None
) -> tuple[RunHistory, RunReplayed]:
    """The record and what deciding it again gives, by its own flow or by another one."""
    flow = compile_flow(definition or exported.definition, exported.run.version)
    try:
        replay = redecide(flow, exported.events, facts)
    except ValueError as exc:
        raise Permanent(str(exc)) from exc
    reply = RunReplayed(
        run=exported.run.run,
        equal=replay.equal,
        differs_at=replay.differs_at,
        events=list(replay.events),
        taken_as_recorded=list(replay.taken_as_recorded),
        missing=replay.missing,
    )
    return RunHistory(run=exported.run, events=exported.events), reply
