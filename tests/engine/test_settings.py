"""What the engine says of a team's settings: of its filters, its messages, and of flows that refer to what is gone."""

import tomllib
from pathlib import Path

import pytest

from contracts.ids import FlowId, TeamId
from contracts.team import CustomField, Segment, TeamSettings, TrackedEvent, initial
from services.flow_executor.engine.settings import (
    examine_settings,
    fields_written,
    without_reference,
    without_variable,
)
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


@pytest.mark.parametrize(
    ("source", "hints"),
    [
        ('plna == "gold"', ["did you mean plan?"]),
        ("plna or TRUE", ["did you mean plan?"]),
        ("quux == 3", ["add it to custom_fields if pages set quux"]),
        ("quux is defined or quux|default(3) == 3", []),
        ("event_count_1 > event_count_webclick and event_count_unlisted > 0", []),
        ("event_count_7 > 0", ["did you mean event_count_1?"]),
        ("extra_field_SELECT_1 == plan", []),
        ("extra_field_SELECT_2 == plan", ["did you mean extra_field_SELECT_1?"]),
        ("user_country == 'DE' and score > 8 and asked and var_x and TRUE", []),
        ("plna and usr_country", ["did you mean plan?", "did you mean user_country?"]),
        ("plan ==", []),
    ],
)
def test_a_filter_names_what_there_is(source: str, hints: list[str]) -> None:
    """A name that nobody knows is a warning with the nearest; what pages may set by themselves is believed."""
    settings = TeamSettings(
        team=TeamId("t"),
        custom_fields=(CustomField(id="plan", type="SELECT", options=("free", "gold")),),
        tracked_events=(TrackedEvent(name="webclick"),),
        segments=(Segment(id="all", filter="TRUE"), Segment(id="s", filter=source)),
    )
    written = definition(
        {
            "s": {"type": "set_field", "field": "score", "value": "9", "next": {"SUCCESS": "f"}},
            "f": {
                "type": "reply",
                "text": "?",
                "form": ["user_email", {"field": "asked"}],
                "next": {"SUCCESS": "end"},
            },
        }
    )
    found = list(without_variable(settings, set(fields_written(written))))
    assert [problem.hint for problem in found] == hints
    places = {(problem.code, problem.at, problem.level) for problem in found}
    assert places <= {("unknown_reference", "segments.1.filter", "warning")}


def test_a_flow_is_told_the_nearest_name() -> None:
    """Whoever renamed something sees what the flow may mean now."""
    refers = definition({"it": {"type": "convert", "customer_type": "leed", "next": {"SUCCESS": "end"}}})
    (found,) = without_reference(FlowId("f"), 3, refers, known(initial(TeamId("t"))), is_active=False)
    assert found.hint == "did you mean lead? else put it back, or mend the flow and push it again"
