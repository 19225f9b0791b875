"""The flows that ship: without problems, their scenarios hold, and between them take every edge."""

from pathlib import Path
from typing import cast

import pytest
from msgspec import structs

from contracts.flow import FlowDefinition, parse_toml
from contracts.ids import DEFAULT_TEAM
from contracts.team import initial
from services.cli.shipped import FIRST, READY
from services.flow_executor.engine.checks import examine_toml
from services.flow_executor.engine.team import known
from services.flow_executor.scenarios import run_scenarios
from tests.engine import worlds

FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.toml"))


def read(path: Path) -> FlowDefinition:
    """The flow in the file."""
    found = parse_toml(path.read_bytes())
    assert isinstance(found, FlowDefinition)
    return found


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_flow(path: Path) -> None:
    """A shipped flow is named as its file, has no problem or warning, and its scenarios hold."""
    definition, problems = examine_toml(path.read_bytes())
    assert definition is not None
    assert problems == ()
    assert definition.flow == path.stem
    assert definition.layout.keys() == definition.nodes.keys()
    for result in run_scenarios(definition):
        assert result.passed, result.failures


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_every_edge_has_a_scenario(path: Path) -> None:
    """Each outcome that leads somewhere is taken by some scenario."""
    definition = read(path)
    taken = {step for result in run_scenarios(definition) for step in result.path}
    for key, node in definition.nodes.items():
        edges = cast("dict[str, str]", node.get("next", {}))
        assert {f"{key} {outcome}" for outcome in edges} <= taken


def test_those_of_the_first_day_are_there() -> None:
    """Every flow that ships is given to a new team: three to start with, the others to choose from."""
    assert FIRST == ("load-widget", "agents-offline-message", "busy-agents")
    assert sorted((*FIRST, *READY)) == [path.stem for path in FLOWS]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_new_team_may_have_it(path: Path) -> None:
    """It refers to nothing that a team does not begin with."""
    _, problems = examine_toml(path.read_bytes(), known(initial(DEFAULT_TEAM)))
    assert problems == ()


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({"path": ("start SUCCESS", "check FALSE", "end")}, "path is"),
        ({"messages": ("Hello",)}, "messages is"),
        ({"steps": ("TIMEOUT",)}, "step 1 (TIMEOUT) comes when the run waits for nothing"),
    ],
)
def test_a_broken_promise(changes: dict[str, object], failure: str) -> None:
    """A scenario that does not hold says what is different."""
    definition = read(next(path for path in FLOWS if path.stem == "agents-offline-message"))
    scenario = structs.replace(definition.scenarios[0], **changes)
    (result,) = run_scenarios(structs.replace(definition, scenarios=(scenario,)))
    assert not result.passed
    assert result.failures[0].startswith(failure)


def test_an_answer_that_comes_too_late() -> None:
    """What comes when the wait is over is no answer to it, and the scenario says so."""
    nodes: dict[str, dict[str, object]] = {
        "wait": {"type": "wait", "seconds": 60, "next": dict.fromkeys(("TIMEOUT", "AGENT_ANSWER"), "end")}
    }
    late = {"name": "late", "steps": [{"type": "AGENT_ANSWER", "after_s": 61}]}
    (result,) = run_scenarios(worlds.definition(nodes, scenarios=[late]))
    assert result.failures[0].startswith(
        "step 1 (AGENT_ANSWER) comes after 61 s, and wait waits for 60 s only"
    )


def test_time_passes_in_a_scenario() -> None:
    """A timeout comes when it is due, an answer after its seconds; the world may change meanwhile."""
    ends = {"TIMEOUT": "late", "AGENT_ANSWER": "end", "VISITOR_ANSWER": "say"}
    nodes: dict[str, dict[str, object]] = {
        "wait": {"type": "wait", "seconds": 60, "next": ends},
        "late": {"type": "logic", "expression": "now > '2024-01-01T09:00:59Z'", "next": {"TRUE": "ask"}},
        "ask": {"type": "agents_offline", "next": {"TRUE": "wait", "FALSE": "end"}},
        "say": {"type": "reply", "text": "{{message_body}} {{now}}", "next": {"SUCCESS": "end"}},
    }
    steps: list[dict[str, object]] = [
        {"type": "TIMEOUT", "given": {"agents_online": []}},
        {"type": "VISITOR_ANSWER", "text": "yes", "after_s": 5},
    ]
    path = [
        "start SUCCESS",
        "wait TIMEOUT",
        "late TRUE",
        "ask TRUE",
        "wait VISITOR_ANSWER",
        "say SUCCESS",
        "end",
    ]
    said = ["yes 2024-01-01T09:01:05Z"]
    scenario: dict[str, object] = {"name": "slowly", "steps": steps, "path": path, "messages": said}
    waits = {"name": "and waits", "path": ["start SUCCESS", "wait"]}
    slow, waiting = run_scenarios(worlds.definition(nodes, scenarios=[scenario, waits]))
    assert slow.passed, slow.failures
    assert waiting.passed, waiting.failures


def test_a_world_that_says_too_little() -> None:
    """A fact that a scenario does not give is named."""
    definition = read(next(path for path in FLOWS if path.stem == "load-widget"))
    scenario = structs.replace(definition.scenarios[1], given=type(definition.scenarios[1].given)())
    (result,) = run_scenarios(structs.replace(definition, scenarios=(scenario,)))
    assert result.failures[0] == "assigned is not known here; write given.assigned = …"
