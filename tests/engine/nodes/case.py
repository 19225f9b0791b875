"""One row of the table of node types: in this world a node yields this, and leaves that behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from contracts.run import Effect, Json, NodeCompleted, RunEvent, RunWaiting, TimerSet, merge, split
from services.flow_executor.engine.decide import resume, start
from services.flow_executor.engine.facts import Facts
from services.flow_executor.engine.graph import CompiledFlow, typed_node
from services.flow_executor.engine.nodes import CATALOGUE
from services.flow_executor.engine.replay import redecide
from services.flow_executor.engine.run import fold
from services.flow_executor.engine.stimuli import Stimulus
from tests.engine.worlds import facts, flow, trigger

POSTED = "run-1.3.1"
"""The id of the message that the node under test posts first."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A node's config without its edges, its world, and all that is recorded of its turn."""

    says: str
    """What it shows, for the name of the test."""
    node: Mapping[str, object]
    outcome: str
    world: Facts = field(default_factory=facts)
    asks: Sequence[Effect] = ()
    """The effects with which it begins to wait."""
    lasts_s: float = 0
    """How long it waits at most."""
    looked: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Facts that it read before its wait."""
    named: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Variables that it read before its wait."""
    gets: Stimulus | None = None
    """What ends its wait."""
    reads: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Facts."""
    variables: Mapping[str, Json] = field(default_factory=dict[str, Json])
    sets: Mapping[str, Json] = field(default_factory=dict[str, Json])
    effects: Sequence[Effect] = ()
    code: str = ""
    detail: str = ""

    @property
    def type(self) -> str:
        """The type under test."""
        return str(self.node["type"])

    @property
    def flow(self) -> CompiledFlow:
        """A flow of that node alone, each of its outcomes connected."""
        config, problems = typed_node("it", self.node)
        assert config is not None, problems
        following = dict.fromkeys(CATALOGUE[self.type].yields(config), "end")
        return flow({self.place: {**self.node, "next": following}})

    @property
    def place(self) -> str:
        """The id of the node under test."""
        return "start" if self.type == "start" else "it"


def lived(case: Case, compiled: CompiledFlow) -> list[RunEvent]:
    """The events of a run of the case, as they come back from where they are stored."""
    events = list(start(compiled, trigger(), case.world))
    if case.gets is not None:
        run = fold(events)
        events += resume(compiled, run, case.gets, case.world)
        assert resume(compiled, fold(events), case.gets, case.world) == (), "a stimulus counts once"
    stored = [split(event) for event in events]
    encoded = msgspec.json.encode([event for event, _ in stored])
    restored = msgspec.json.decode(encoded, type=list[RunEvent])
    return [merge(event, personal) for event, (_, personal) in zip(restored, stored, strict=True)]


def check(case: Case) -> None:
    """All that the case promises, and what holds of every node: its record alone leads to the same again."""
    compiled = case.flow
    events = lived(case, compiled)
    if case.gets is not None:
        waiting = next(event for event in events if isinstance(event, RunWaiting))
        timer = TimerSet(k=len(case.asks) + 1, at=waiting.until)
        assert waiting.effects == (*case.asks, timer)
        assert (waiting.facts, waiting.variables) == (case.looked, case.named)
        assert (waiting.until - waiting.since).total_seconds() == case.lasts_s
        assert case.outcome in waiting.waits_for or case.outcome == "FAILED"
    done = next(event for event in events if isinstance(event, NodeCompleted) and event.node == case.place)
    assert (done.outcome, done.next, done.code, done.detail) == (case.outcome, "end", case.code, case.detail)
    assert (done.facts, done.variables, done.sets) == (case.reads, case.variables, case.sets)
    assert done.effects == tuple(case.effects)
    replay = redecide(compiled, events)
    assert (replay.equal, replay.missing) == (True, None)
    forgotten = redecide(compiled, [split(event)[0] for event in events])
    assert (forgotten.equal, forgotten.missing) == (True, None)
