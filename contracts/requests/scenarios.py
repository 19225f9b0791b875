"""`contracts.flows.test` and `query.runs.scenario`: what a flow's scenarios show of it, and one made of a run."""

from typing import Annotated

from msgspec import Meta, Struct

from contracts.flow import MAX_NAME, Problem, Scenario
from contracts.ids import RunId
from contracts.requests.asking import Request


class Difference(Struct, frozen=True, kw_only=True):
    """What a scenario promises, `path` or `messages`, and what came of it."""

    what: str
    expected: tuple[str, ...]
    found: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.what} is {list(self.found)}, expected {list(self.expected)}"


class ScenarioResult(Struct, frozen=True, kw_only=True):
    """Whether a scenario holds: what it did, and what is wrong when it does not."""

    name: str
    passed: bool
    path: tuple[str, ...]
    messages: tuple[str, ...]
    failures: tuple[str, ...] = ()
    """Sentences."""
    differences: tuple[Difference, ...] = ()
    """Those of the failures that are one, in order; they come last."""


class Uncovered(Struct, frozen=True, kw_only=True):
    """What no scenario shows, in the order of the flow: nodes by id, and outcomes as `node OUTCOME`."""

    nodes: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()


class FlowTested(Struct, frozen=True, kw_only=True):
    """The reply of `contracts.flows.test`; a definition with an error has no results."""

    results: list[ScenarioResult]
    coverage: Uncovered
    problems: list[Problem]


class RunScenario(Request, frozen=True, kw_only=True, omit_defaults=True):
    """`query.runs.scenario`: a run as a scenario of this name."""

    run: RunId
    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]


class ScenarioMade(Struct, frozen=True, kw_only=True):
    """The reply of `query.runs.scenario`: it holds for the version that ran."""

    scenario: Scenario
