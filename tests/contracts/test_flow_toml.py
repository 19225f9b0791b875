"""Exported TOML says what the definition says, whatever texts and names it holds."""

import tomllib

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from contracts.flow import (
    Comment,
    FlowDefinition,
    Given,
    Overlap,
    Scenario,
    Step,
    content_hash,
    parse_json,
    parse_toml,
)
from contracts.flow_toml import to_toml
from contracts.ids import AgentId, FlowId
from contracts.toml import NoWord
from tests.strategies import any_flows

_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_scalars = (
    _texts
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)
_keys = st.text("abcXYZ019_-", min_size=1, max_size=12)
_nodes = st.dictionaries(_keys, st.dictionaries(_texts, _values, max_size=5), min_size=1, max_size=4)


@given(nodes=_nodes, name=_texts)
def test_toml_says_the_same(nodes: dict[str, dict[str, object]], name: str) -> None:
    """Every JSON value without nulls comes back from TOML as it was."""
    definition = FlowDefinition(flow=FlowId("f"), name=name, trigger="widget_opened", nodes=nodes)
    assert tomllib.loads(to_toml(definition)) == msgspec.to_builtins(definition)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(any_flows(), st.sampled_from(["allow", "skip"]), st.integers(0, 99))
def test_any_flow_goes_round(flow: FlowDefinition, overlap: Overlap, cooldown_s: int) -> None:
    """TOML, Struct, JSON, Struct: a flow of any node types stays as it is, with scenarios, layout and comments."""
    step = Step(type="FORM_FILLED", values={"plan": "pro"}, given=Given(agents_online=(AgentId("a1"),)))
    scenario = Scenario(name="it goes", steps=("TIMEOUT", step), path=("start SUCCESS", "n0"))
    whole = structs.replace(
        flow,
        overlap=overlap,
        cooldown_s=cooldown_s,
        layout={"start": (40, 80.5)},
        comments={"why": Comment(text="两行\n说明", at=(1, 2.5), size=(200, 80))},
        scenarios=(scenario,),
    )
    from_toml = parse_toml(to_toml(whole).encode())
    assert from_toml == whole
    assert isinstance(from_toml, FlowDefinition)
    from_json = parse_json(msgspec.json.encode(from_toml))
    assert from_json == whole
    assert content_hash(from_toml) == content_hash(whole)


def test_export_is_the_same_version() -> None:
    """A flow with edges, layout and scenarios has the same content after export, its layout too."""
    source = '''
        flow = "greet"
        name = "打招呼"
        trigger = "widget_opened"
        cooldown_s = 60
        [nodes.start]
        type = "start"
        next.SUCCESS = "hello"
        [nodes.hello]
        type = "reply"
        as = "robot"
        text = """
        Hello "you",
        \\\\ and goodbye
        """
        next.SUCCESS = "end"
        next."other way" = "end"
        [nodes.end]
        type = "end"
        [layout]
        start = [40, 80.5]
        [[scenarios]]
        name = "nobody is there"
        given = { agents_online = [], now = 2024-01-01T09:00:00Z }
        steps = ["TIMEOUT", { type = "VISITOR_ANSWER", text = "yes" }]
        messages = ["a long message, number one, so that the list is broken", "a long message, number two, as well"]
    '''.encode()
    definition = parse_toml(source)
    assert isinstance(definition, FlowDefinition)
    exported = to_toml(definition)
    again = parse_toml(exported.encode())
    assert isinstance(again, FlowDefinition)
    assert content_hash(again) == content_hash(definition)
    assert again.layout == definition.layout
    assert 'next.SUCCESS = "hello"' in exported
    assert 'text = """\n        Hello' in exported


def test_null_cannot_be_exported() -> None:
    """A null, which only JSON can bring in, is refused with its place and the way out."""
    definition = FlowDefinition(
        flow=FlowId("f"), name="f", trigger="widget_opened", nodes={"a": {"group": None}}
    )
    with pytest.raises(NoWord, match=r"nodes\.a\.group is null.*take JSON"):
        to_toml(definition)
