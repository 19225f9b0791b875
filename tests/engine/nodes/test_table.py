"""Each node type, outcome by outcome: config, facts read and recorded, effects, what it sets, why it failed."""

import re
from pathlib import Path

import pytest

from services.flow_executor.engine.decide import resume, start
from services.flow_executor.engine.graph import typed_node
from services.flow_executor.engine.nodes import CATALOGUE
from services.flow_executor.engine.run import Waiting, fold
from services.flow_executor.engine.stimuli import Stimulus
from tests.engine.nodes import (
    answers,
    assignments,
    bounds,
    branching,
    conditions,
    hours,
    messages,
    questions,
    tasks,
    visitors,
    waits,
)
from tests.engine.nodes.case import Case, check
from tests.engine.nodes.questions import IGNORED, SETTINGS
from tests.engine.worlds import facts, flow, trigger

FAMILIES = (
    answers, assignments, bounds, branching, conditions, hours, messages, questions, tasks, visitors, waits,
)  # fmt: skip
CASES: list[Case] = [case for family in FAMILIES for case in family.CASES]
NEVER_FAIL = {"has_agent", "wait"}
"""They have nothing that could fail; their FAILED is there because every node has one to connect."""
NODES = Path(__file__).parents[3] / "services" / "flow_executor" / "engine" / "nodes"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.type} {case.outcome}: {case.says}")
def test_case(case: Case) -> None:
    """A node yields what its case says, records what it read and no more, and its record decides the same again."""
    check(case)


def test_every_outcome_has_a_case() -> None:
    """A type without a case for one of its outcomes fails the suite: each fixed one, and those that authors name."""
    shown = {(case.type, case.outcome) for case in CASES}
    fixed = {(name, outcome) for name, kind in CATALOGUE.items() for outcome in kind.outcomes}
    assert fixed - shown == {(name, "FAILED") for name in NEVER_FAIL}
    for case in CASES:
        node_type = CATALOGUE[case.type]
        config, _ = typed_node("it", case.node)
        assert config is not None
        for option in node_type.options(config) if node_type.options else ():
            assert (case.type, option) in shown, f"no case in which {case.type} yields {option}"


def test_every_failure_has_a_case() -> None:
    """Each code with which a node can fail is shown."""
    written = {
        code for path in NODES.glob("*.py") for code in re.findall(r'Failure\(\s*"(\w+)"', path.read_text())
    }
    assert written <= {case.code for case in CASES}
    assert all(case.detail for case in CASES if case.outcome == "FAILED")


@pytest.mark.parametrize(("says", "node", "stimulus"), IGNORED, ids=[says for says, _, _ in IGNORED])
def test_what_a_question_does_not_ask_for(says: str, node: dict[str, object], stimulus: Stimulus) -> None:
    """The run goes on waiting."""
    asking = flow({"it": {**node, "next": {"SUCCESS": "end"}}})
    parked = start(asking, trigger(), facts(settings=SETTINGS, locale="zh-CN"))
    run = fold(parked)
    assert isinstance(run, Waiting)
    assert resume(asking, run, stimulus, facts()) == ()


def test_every_type_is_labelled() -> None:
    """Every type has labels in both languages, an icon, triggers that offer it, and a FAILED to connect."""
    for name, kind in CATALOGUE.items():
        assert (kind.name, bool(kind.zh), bool(kind.en), bool(kind.icon), bool(kind.triggers)) == (
            name, True, True, True, True,
        )  # fmt: skip
        assert ("FAILED" in kind.outcomes) == (name not in {"start", "end"})
