"""Recorded runs, decided again by today's engine. When one differs, mend the engine: the record is the past.

Each file holds a flow's definition as it was stored, its version and hash, and the run's events as they were stored.
`*.deleted.json` are runs whose person has been forgotten.
"""

from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from contracts.flow import FlowDefinition, content_hash
from contracts.run import NodeCompleted, RunEvent, RunStarted
from services.flow_executor.engine.graph import compile_flow
from services.flow_executor.engine.nodes import CATALOGUE
from services.flow_executor.engine.replay import redecide

HISTORIES = sorted(Path(__file__).parent.glob("*.json"))


class History(Struct, frozen=True):
    """One recorded run with the flow that it ran."""

    version: int
    definition: FlowDefinition
    events: list[RunEvent]


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_history(path: Path) -> None:
    """Today's engine makes the same events of the recorded facts, and today's hash is the recorded one."""
    history = msgspec.json.decode(path.read_bytes(), type=History)
    started = history.events[0]
    assert isinstance(started, RunStarted)
    assert content_hash(history.definition) == started.hash
    replay = redecide(compile_flow(history.definition, history.version), history.events)
    assert (replay.differs_at, replay.missing) == (None, None)
    assert replay.equal
    assert bool(replay.taken_as_recorded) == path.name.endswith(".deleted.json")


def test_every_type_has_a_history() -> None:
    """The past of each node type is kept: a new one comes with a record of its own."""
    histories = [msgspec.json.decode(path.read_bytes(), type=History) for path in HISTORIES]
    events = [event for history in histories for event in history.events]
    assert {e.node_type for e in events if isinstance(e, NodeCompleted)} == CATALOGUE.keys() - {"end"}
