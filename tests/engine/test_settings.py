"""What the engine says of a team's settings: of its filters, its messages, and of flows that refer to what is gone."""

import tomllib
from pathlib import Path

import pytest

from contracts.ids import FlowId, TeamId
from contracts.team import TeamSettings, initial
from services.flow_executor.engine.settings import examine_settings, without_reference
from services.flow_executor.engine.team import known
from tests.engine.worlds import definition

ROOT = Path(__file__).parents[2]
BAD: list[tuple[dict[str, object], list[tuple[str, str]]]] = [
    ({"segments": [{"filter": "plan == 'gold'"}, {"filter": "plan =="}]}, [("bad_expression", "segments.1.filter")]),
    ({"segments": [{"filter": "open('x')"}]}, [("bad_expression", "segments.0.filter")]),
    ({"canned_messages": [{"text": "hi {{user_fullname"}]}, [("bad_template", "canned_messages.0.text")]),
    ({"canned_messages": [{"text": {"de": "{{", "en": "{{ok}}", "zh": "{{x|nope}}"}}]},
     [("bad_template", "canned_messages.0.text.de"), ("bad_template", "canned_messages.0.text.zh")]),
    ({"robot": 7, "segments": [{"id": "a b", "filter": "("}], "canned_messages": [{"text": "{{"}]},
     [("bad_expression", "segments.0.filter"), ("bad_template", "canned_messages.0.text")]),
    ({"segments": [{"filter": None}, 7], "canned_messages": {"text": "{{"}}, []),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "problems"), BAD)
def test_what_is_wrong_is_said(raw: object, problems: list[tuple[str, str]]) -> None:
    """Each slip at its place, with a sentence and a way out, also where the rest is wrong."""
    found = examine_settings(raw)
    assert [(problem.code, problem.at) for problem in found] == problems
    assert all(problem.detail and problem.hint and problem.level == "error" for problem in found)


@pytest.mark.parametrize("raw", [None, [], "x", {}])
def test_whatever_comes_is_looked_at(raw: object) -> None:
    """What are no settings has no filters either."""
    assert examine_settings(raw) == ()


def test_the_example_is_taken() -> None:
    """The settings that ship as an example have expressions and templates that are right."""
    raw = tomllib.loads((ROOT / "deploy" / "team.example.toml").read_text())
    assert raw["segments"]
    assert raw["canned_messages"]
    assert examine_settings(raw) == ()


NODES = {
    "segment": {"type": "in_segment", "segment": "gold"},
    "vip": {"type": "convert", "customer_type": "vip"},
    "hello": {"type": "reply", "as": "ann", "canned": "hello"},
    "group": {"type": "assign_group", "group": "sales", "method": "all"},
    "robot": {"type": "reply", "as": "robot", "text": "hi"},
    "agent": {"type": "assign_agent", "agent": "agent-1"},
}


def test_what_a_flow_refers_to_and_the_team_has_not() -> None:
    """Every kind of reference is looked up; what is there, and the robot, are no problem."""
    following = dict(zip(NODES, [*NODES][1:], strict=False))
    refers = definition(
        {key: node | {"next": {"FAILED": following.get(key, "end")}} for key, node in NODES.items()}
    )
    found = list(without_reference(FlowId("f"), 3, refers, known(initial(TeamId("t"))), is_active=True))
    assert [problem.at for problem in found] == [
        "flows.f@3.nodes.segment.segment",
        "flows.f@3.nodes.vip.customer_type",
        "flows.f@3.nodes.hello.as",
        "flows.f@3.nodes.hello.canned",
        "flows.f@3.nodes.group.group",
    ]
    assert {(problem.code, problem.level) for problem in found} == {("unknown_reference", "warning")}
    assert found[1].detail == "the team has no customer type vip, and flow f@3, which is active, refers to it"
    nothing = known(TeamSettings(team=TeamId("t")))
    (agent,) = [
        problem.detail
        for problem in without_reference(FlowId("f"), 3, refers, nothing, is_active=False)
        if problem.at.endswith("agent.agent")
    ]
    assert agent == "the team has no agent agent-1, and flow f@3 refers to it"
