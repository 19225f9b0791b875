"""What a node type is, and what a node's turn can lead to.

A type is one `NodeType` in the `TYPES` of a module in `nodes/`: its config Struct, its outcomes, the facts that it
reads, its labels, and one pure function of config and look. Adding a type touches that module only.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

from contracts.flow import TRIGGERS, NodeKey, Trigger
from contracts.run import Effect, Json
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.stimuli import Stimulus
from services.flow_executor.engine.team import Kind

Label = Annotated[str, Meta(max_length=64, description="text of at most 64 characters")]


class NodeConfig(Struct, frozen=True, kw_only=True):
    """What every node has: its type, the name that people see, and for each outcome the next node."""

    type: str
    name: Label = ""
    next: dict[str, NodeKey] = {}


class Fault(Struct, frozen=True):
    """What is wrong with a config beyond the types of its fields: the field, a sentence and a way out."""

    field: str
    detail: str
    hint: str


class Done(Struct, frozen=True):
    """The node yields this outcome; `sets` are variables that the run has from now on."""

    outcome: str
    effects: tuple[Effect, ...] = ()
    sets: Mapping[str, Json] = {}
    facts: Mapping[str, Json] = {}
    """To be recorded beside those that the look recorded."""


class Failure(Struct, frozen=True):
    """The node could not do its work: outcome FAILED, with a stable code and a sentence, which quotes no values."""

    code: str
    detail: str
    sets: Mapping[str, Json] = {}


class Parked(Struct, frozen=True):
    """The run stands here until one of these outcomes comes, for so long at most."""

    at_most: timedelta
    waits_for: tuple[str, ...]
    effects: tuple[Effect, ...] = ()


Result = Done | Failure | Parked

C = TypeVar("C", bound=NodeConfig)


class NodeType(Struct, Generic[C], frozen=True, kw_only=True):
    """One row of the catalogue."""

    name: str
    zh: str
    en: str
    icon: str
    config: type[C]
    outcomes: tuple[str, ...]
    options: Callable[[C], tuple[str, ...]] | None = None
    """The outcomes that a node's config adds to the fixed ones: those that its author names."""
    adds: str = ""
    """Which ones `options` adds, in words."""
    reads: tuple[str, ...] = ()
    """Facts, by their names in `Facts`; variables are found in the config's expressions and texts."""
    needs: Callable[[C], tuple[str, ...]] | None = None
    """Which of `reads` a node with this config wants; None: all of them."""
    refers: Mapping[str, Kind] = {}
    """Fields that name something of the team, which has to be there when the flow is pushed."""
    faults: Callable[[C], tuple[Fault, ...]] = lambda _: ()
    triggers: tuple[Trigger, ...] = TRIGGERS
    """The triggers whose flows offer this type in the editor; it is valid in every flow."""
    decide: Callable[[C, Look], Result]
    """Its turn. `UnknownVariable` and `EvaluationError`, raised by what it reads, are its failure."""
    wake: Callable[[C, Stimulus], Done | Failure | None] | None = None
    """For types that park: what a stimulus makes of the wait; None: nothing."""
    parks: Callable[[C], bool] = lambda _: True
    """Of types with `wake`: whether every turn of a node with this config ends in a wait, or a failure."""

    def yields(self, config: C) -> tuple[str, ...]:
        """All outcomes of a node with this config."""
        return self.outcomes if self.options is None else (*self.options(config), *self.outcomes)

    def facts(self, config: C) -> tuple[str, ...]:
        """The facts that a node with this config may read."""
        return self.reads if self.needs is None else self.needs(config)

    def waits(self, config: C) -> bool:
        """Whether a node with this config holds up the run."""
        return self.wake is not None and self.parks(config)
