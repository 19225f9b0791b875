"""What makes a flow refused: code, place and hint of each problem; all of them at once."""

import pytest

from contracts.forms import Problem
from services.flow_executor.engine.checks import examine, examine_json, examine_toml
from tests.engine.worlds import Nodes, document

REPLY = {"type": "reply", "text": "Hi", "next": {"SUCCESS": "end"}}
ASK = {"type": "has_agent", "next": {"TRUE": "end", "FALSE": "end"}}

SECONDS = "write a whole number from 1 to 604800 (seven days)"
TEXT = "write text of 1 to 4000 characters, or one per locale"


def errors(nodes: Nodes, **fields: object) -> list[Problem]:
    """The errors of a flow with these nodes."""
    found, problems = examine(document(nodes, **fields))
    wrong = [problem for problem in problems if problem.level == "error"]
    assert (found is None) == bool(wrong)
    assert all(problem.detail and problem.hint for problem in problems)
    return wrong


@pytest.mark.parametrize(
    ("nodes", "code", "at", "hint"),
    [
        ({"start": REPLY}, "no_start", "nodes", 'add one with type = "start"'),
        ({"it": {"type": "start", "next": {"SUCCESS": "end"}}}, "many_starts", "nodes.it", "remove one of them"),
        ({"end": ASK | {"next": {}}}, "no_end", "nodes", 'add one with type = "end"'),
        ({"it": REPLY | {"next": {"SUCCESS": "edn"}}}, "missing_node", "nodes.it.next.SUCCESS", "did you mean end?"),
        (
            {"it": REPLY | {"next": {"SUCCESS": "end", "FAILED": "zzz"}}},
            "missing_node",
            "nodes.it.next.FAILED",
            "add that node, or remove this edge",
        ),
        (
            {"it": ASK | {"next": {"TRU": "end"}}},
            "unknown_outcome",
            "nodes.it.next.TRU",
            "did you mean TRUE? it yields TRUE, FALSE, FAILED",
        ),
        ({"it": ASK | {"next": {"TRUE": "start"}}}, "start_has_input", "nodes.it.next.TRUE", None),
        ({"end": {"type": "end", "next": {"SUCCESS": "end"}}}, "end_has_output", "nodes.end.next.SUCCESS", None),
        ({"it": REPLY, "island": REPLY}, "unreachable_node", "nodes.island", None),
        (
            {"it": ASK | {"next": {"TRUE": "end", "FALSE": "b"}}, "b": ASK | {"next": {"TRUE": "it"}}},
            "endless_loop",
            "nodes.it",
            "put a wait into it, or lead one outcome out to an end",
        ),
        ({"it": ASK | {"next": {"TRUE": "it", "FALSE": "end"}}}, "endless_loop", "nodes.it", None),
        ({"it": REPLY | {"type": "replay"}}, "unknown_type", "nodes.it.type", "did you mean reply?"),
        ({"it": REPLY | {"type": "teleport"}}, "unknown_type", "nodes.it.type", None),
        ({"it": {"next": {"SUCCESS": "end"}}}, "unknown_type", "nodes.it.type", None),
        ({"it": REPLY | {"txt": "Hi"}}, "unknown_field", "nodes.it.txt", "did you mean text?"),
        ({"it": {"type": "wait", "seconds": 0}}, "bad_value", "nodes.it.seconds", SECONDS),
        ({"it": {"type": "wait", "seconds": 604_801}}, "bad_value", "nodes.it.seconds", None),
        ({"it": {"type": "wait"}}, "bad_value", "nodes.it.seconds", None),
        ({"it": REPLY | {"text": ""}}, "bad_value", "nodes.it.text", "write 1 to 4000"),
        ({"it": REPLY | {"text": "x" * 4001}}, "bad_value", "nodes.it.text", "write 1 to 4000"),
        ({"it": REPLY | {"text": 3}}, "bad_value", "nodes.it.text", TEXT),
        ({"it": REPLY | {"text": {}}}, "bad_value", "nodes.it.text", None),
        ({"it": REPLY | {"text": {"de": 3}}}, "bad_value", "nodes.it.text", None),
        ({"it": REPLY | {"name": "x" * 65}}, "bad_value", "nodes.it.name", "write text of at most 64 characters"),
        ({"it": REPLY | {"channel": "webb"}}, "bad_value", "nodes.it.channel", 'did you mean "web"?'),
        ({"it": REPLY | {"as": "nobody here"}}, "bad_value", "nodes.it.as", 'write "robot" or the id of an agent'),
        ({"it": REPLY | {"next": "end"}}, "bad_value", "nodes.it.next", None),
        ({"it": ASK | {"type": "logic", "expression": "a >"}}, "bad_expression", "nodes.it.expression", None),
        ({"it": ASK | {"type": "logic", "expression": "n" * 1001}}, "bad_value", "nodes.it.expression", None),
        ({"it": ASK | {"type": "logic", "expression": 5}}, "bad_value", "nodes.it.expression", None),
        ({"it": REPLY | {"text": "Hi {{name"}}, "bad_template", "nodes.it.text", None),
    ],
)  # fmt: skip
def test_each_problem(nodes: Nodes, code: str, at: str, hint: str | None) -> None:
    """One mistake gives its code at its place; hints are words that help."""
    found = {(problem.code, problem.at): problem for problem in errors(nodes)}
    assert (code, at) in found
    assert hint is None or found[code, at].hint == hint


def test_one_mistake_is_one_problem() -> None:
    """A problem is told once, and does not breed others."""
    assert len(errors({"it": REPLY | {"next": {"SUCCESS": "edn"}}})) == 1
    assert len(errors({"it": REPLY | {"txt": "Hi"}})) == 1
    ring = {f"n{i}": ASK | {"next": {"TRUE": f"n{(i + 1) % 5}", "FALSE": "end"}} for i in range(5)}
    assert [problem.code for problem in errors(ring)] == ["endless_loop"]


def test_a_wait_ends_a_loop() -> None:
    """Going round is allowed when somebody waits on the way."""
    wait = {"type": "wait", "seconds": 5, "next": {"TIMEOUT": "it"}}
    assert errors({"it": ASK | {"next": {"TRUE": "end", "FALSE": "pause"}}, "pause": wait}) == []


def test_open_outcomes_are_warnings() -> None:
    """An outcome that leads nowhere is allowed and told; FAILED is not even told."""
    found, problems = examine(document({"it": ASK | {"next": {"TRUE": "end"}}}))
    assert found is not None
    assert [(p.code, p.at, p.level) for p in problems] == [("open_outcome", "nodes.it.next.FALSE", "warning")]


def test_agents_must_be_of_the_team() -> None:
    """A reply in the name of somebody whom the team does not have is refused, when the team is known."""
    raw = document({"it": REPLY | {"as": "agnet-1"}})
    found, problems = examine(raw, {"agent": ["agent-1"]})
    assert found is None
    assert [(p.code, p.at, p.hint) for p in problems] == [
        ("unknown_reference", "nodes.it.as", "did you mean agent-1?")
    ]
    assert examine(raw)[0] is not None
    assert examine(document({"it": REPLY}), {})[0] is not None


TEN_MISTAKES = b"""
flow = "Ten Mistakes"
name = "ten mistakes"
trigger = "widget_opend"
cooldwn_s = 5

[nodes.start]
type = "start"
next.SUCCESS = "chekc"

[nodes.check]
type = "agents_offline"
next.TRU = "say"
next.FALSE = "again"

[nodes.again]
type = "logic"
expression = "user_country == "
next.TRUE = "check"

[nodes.say]
type = "reply"
text = "Hi {{user_fullname"
chanel = "web"
next.SUCCESS = "pause"

[nodes.pause]
type = "wait"
seconds = 0

[nodes.odd]
type = "ask"
"""


def test_ten_mistakes_at_once() -> None:
    """A flow with many mistakes of all kinds is answered with all of them."""
    found, problems = examine_toml(TEN_MISTAKES)
    assert found is None
    assert {(p.code, p.at) for p in problems if p.level == "error"} == {
        ("bad_value", "flow"), ("bad_value", "trigger"), ("unknown_field", "cooldwn_s"),
        ("no_end", "nodes"), ("missing_node", "nodes.start.next.SUCCESS"),
        ("unknown_outcome", "nodes.check.next.TRU"), ("endless_loop", "nodes.check"),
        ("bad_expression", "nodes.again.expression"), ("bad_template", "nodes.say.text"),
        ("unknown_field", "nodes.say.chanel"), ("bad_value", "nodes.pause.seconds"),
        ("unknown_type", "nodes.odd.type"),
        ("unreachable_node", "nodes.odd"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        None, 3, [], {}, {"nodes": 3}, {"nodes": {"a": 3}}, {"nodes": {"a": {"type": []}}},
        {"nodes": {"a": {"type": "start", "next": 3}}}, {"nodes": {"a": {"type": "start", "next": {"SUCCESS": {}}}}},
        {"nodes": {"a": {"type": "reply", "text": {"": {}}, "as": {}}}}, {"nodes": {"a": {"type": "end", "next": []}}},
    ],
)  # fmt: skip
def test_senseless_documents(raw: object) -> None:
    """Whatever comes in, the answer is problems."""
    found, problems = examine(raw, {"agent": ["agent-1"]})
    assert found is None
    assert problems


def test_unreadable_bytes() -> None:
    """What is no JSON is one problem."""
    assert [p.code for p in examine_json(b"{")[1]] == ["bad_syntax"]
