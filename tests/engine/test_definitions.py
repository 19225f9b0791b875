"""Reading a flow: from TOML and JSON, its hash, and every kind of broken input."""

import json
import tomllib
from pathlib import Path

import msgspec
import pytest

from contracts.flow import (
    MAX_BYTES,
    MAX_NODES,
    FlowDefinition,
    Step,
    content_hash,
    parse,
    parse_json,
    parse_toml,
)
from contracts.forms import Problem
from tests.engine.worlds import document

FLOWS = Path(__file__).parents[2] / "flows"
TUTORIAL = (FLOWS / "agents-offline-message.toml").read_bytes()


def refused(data: bytes | dict[str, object], *, toml: bool = False) -> list[tuple[str, str]]:
    """The code and place of each problem."""
    found = parse(data) if isinstance(data, dict) else (parse_toml if toml else parse_json)(data)
    assert isinstance(found, tuple)
    assert all(problem.detail and problem.hint and problem.level == "error" for problem in found)
    return [(problem.code, problem.at) for problem in found]


def read(data: bytes) -> FlowDefinition:
    """A flow that reads without problems."""
    found = parse_json(data)
    assert isinstance(found, FlowDefinition)
    return found


def test_toml_and_json_are_the_same_flow() -> None:
    """The same structure in both languages is the same definition with the same hash."""
    from_toml = parse_toml(TUTORIAL)
    assert isinstance(from_toml, FlowDefinition)
    assert from_toml == read(json.dumps(tomllib.loads(TUTORIAL.decode())).encode())
    assert from_toml == read(msgspec.json.encode(from_toml))


def test_the_hash_is_of_the_content() -> None:
    """Order, layout, comments and spelt-out defaults do not make a version; a text does."""
    flow = document({"it": {"type": "reply", "text": "Hi", "next": {"SUCCESS": "end"}}})
    moved = {**dict(reversed(flow.items())), "layout": {"it": [1, 2.5]}, "cooldown_s": 0, "overlap": "allow"}
    moved |= {"comments": {"c1": {"text": "why", "at": [0, 0]}}}
    other = document({"it": {"type": "reply", "text": "Ho", "next": {"SUCCESS": "end"}}})
    first, same, different = (content_hash(read(json.dumps(raw).encode())) for raw in (flow, moved, other))
    assert first == same
    assert first != different


def test_the_hash_stays() -> None:
    """A definition keeps its hash for ever: stored versions are compared by it."""
    flow = read(json.dumps(document({"wait": {"type": "wait", "seconds": 5}})).encode())
    assert content_hash(flow) == "ac730f2db7811c00b558d4c47a0a49141c318b62b623ebecd7c22f10f0b2076e"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bad_syntax"),
        (TUTORIAL[:200], "bad_syntax"),
        (b'{"flow": "a", "nodes": {', "bad_syntax"),
        (b"\xff\xfe", "bad_syntax"),
        (b"[" * 100_000, "bad_syntax"),
        (b'"a flow"', "bad_value"),
        (b"null", "bad_value"),
        (b'{"nodes":' + b'{"a":' * 40 + b"1" + b"}" * 41, "bad_value"),
        (b'{"flow": "\\u0000"}', "bad_value"),
        (b'{"nodes": {"a": {"\\u0000": 1}}}', "bad_value"),
        (b'{"cooldown_s": 99999999999999999999999}', "bad_value"),
        (b" " * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_broken_json(data: bytes, code: str) -> None:
    """Truncated, oversized and senseless input gives one problem, never an error."""
    assert [found for found, _ in refused(data)] == [code]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (TUTORIAL[:-40], "bad_syntax"),
        (b"a = ", "bad_syntax"),
        (b"a = " + b"[" * 5000, "bad_syntax"),
        (b"\xff", "bad_syntax"),
        (b"a = nan", "bad_value"),
        (b"x" * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_broken_toml(data: bytes, code: str) -> None:
    """The same for TOML."""
    assert [found for found, _ in refused(data, toml=True)] == [code]


@pytest.mark.parametrize("size", range(0, len(TUTORIAL), 37))
def test_every_truncation(size: int) -> None:
    """Wherever a file is cut off, the answer is a flow or problems."""
    assert parse_toml(TUTORIAL[:size])


def test_every_field_of_the_wrong_type() -> None:
    """All fields are looked at, each gets its problem."""
    wrong: dict[str, object] = {
        "flow": "Not An Id", "name": "", "trigger": "widget_open", "event": 1, "cooldown_s": -1, "overlap": "no",
        "nodes": {"a b": {}, "ok": 3}, "layout": {"a": [1]}, "scenarios": [{"name": "x", "steps": ["LATER"]}, 4],
        "colour": "red",
    }  # fmt: skip
    assert sorted(refused(wrong)) == [
        ("bad_value", "cooldown_s"), ("bad_value", "event"), ("bad_value", "flow"), ("bad_value", "layout.a"),
        ("bad_value", "name"), ("bad_value", "nodes.a b"), ("bad_value", "nodes.ok"), ("bad_value", "overlap"),
        ("bad_value", "scenarios.0.steps.0"), ("bad_value", "scenarios.1"), ("bad_value", "trigger"),
        ("unknown_field", "colour"),
    ]  # fmt: skip


def test_missing_fields() -> None:
    """What has no default has to be there."""
    places = [("bad_value", name) for name in ("flow", "name", "trigger", "nodes")]
    assert refused({}) == places


def test_hints_name_the_way_out() -> None:
    """The nearest word, else what the field takes."""
    found = parse(document({}, trigger="widget_opend", cooldown_s="soon", namee=1))
    assert isinstance(found, tuple)
    assert {problem.at: problem.hint for problem in found} == {
        "namee": "did you mean name?",
        "trigger": 'did you mean "widget_opened"?',
        "cooldown_s": "write a whole number of seconds from 0 to 31536000 (a year)",
    }


def test_an_event_needs_its_trigger() -> None:
    """`event` narrows `event_tracked` and nothing else."""
    assert refused(document({}, event="webclick")) == [("bad_value", "event")]
    assert isinstance(parse(document({}, event="webclick", trigger="event_tracked")), FlowDefinition)


def test_too_many_nodes() -> None:
    """500 nodes are a flow, 501 are not."""
    nodes = {f"n{i}": {"type": "end"} for i in range(MAX_NODES - 2)}
    assert isinstance(parse(document(nodes)), FlowDefinition)
    assert refused(document({**nodes, "more": {"type": "end"}})) == [("bad_value", "nodes")]


def test_steps_are_words_or_tables() -> None:
    """What a wait gets can be said in a word, or in full."""
    step = {"type": "VISITOR_ANSWER", "text": "yes", "after_s": 5}
    found = parse(document({}, scenarios=[{"name": "x", "steps": ["TIMEOUT", step]}]))
    assert isinstance(found, FlowDefinition)
    assert found.scenarios[0].steps == ("TIMEOUT", Step(type="VISITOR_ANSWER", text="yes", after_s=5))


def test_a_problem_has_all_its_fields_in_json() -> None:
    """Integrators find every field, also when it is empty."""
    encoded = msgspec.json.encode(Problem(code="no_end", at="nodes", detail="no node ends the flow"))
    assert json.loads(encoded) == {
        "code": "no_end", "at": "nodes", "detail": "no node ends the flow", "hint": "", "level": "error",
    }  # fmt: skip
