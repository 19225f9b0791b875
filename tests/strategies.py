"""Hypothesis strategies: valid flows and worlds.

`flows` are of the types that the model of `test_machine` explains; `any_flows` are of all types.
"""

from collections.abc import Mapping
from typing import cast

from hypothesis import strategies as st

from contracts.flow import FlowDefinition
from services.flow_executor.engine.checks import examine
from services.flow_executor.engine.graph import typed_node
from services.flow_executor.engine.nodes import CATALOGUE

AGENTS = ("a1", "a2", "a3")
VARIABLES = ("message_body", "user_country", "score")

_CONFIGS: dict[str, st.SearchStrategy[Mapping[str, object]]] = {
    "agents_offline": st.just({}),
    "has_agent": st.just({}),
    "assign_all": st.just({}),
    "wait": st.fixed_dictionaries({"seconds": st.integers(1, 60)}),
    "reply": st.sampled_from(
        [{"text": "Hello"}, {"text": "{{message_body}}!"}, {"text": {"de": "Hallo", "en": "Hello {{score}}"}}]
    ),
    "logic": st.sampled_from(
        [
            {"expression": "score > 5"},
            {"expression": "agents_online_count > 1"},
            {"expression": 'user_country == "DE" or message_body == "yes"'},
        ]
    ),
}


_TEXTS = st.sampled_from(
    ["Hello", "{{message_body}}!", "{{var_found}} {{user_city or '?'}}", "{{nobody_knows}}", "{{score + 1}}", "{{now}}",
     "{{agents_online_count}}", "a\nb", {"en": "Hi {{user_email}}", "zh-CN": "您好"}]
)  # fmt: skip
_NAMES = st.sampled_from(
    ["message_body", "user_country", "score", "var_found", "satisfaction", "nobody_knows"]
)
_ALL_CONFIGS: dict[str, st.SearchStrategy[Mapping[str, object]]] = {
    **_CONFIGS,
    "agents_offline": st.fixed_dictionaries({}, optional={"group": st.sampled_from(["sales", "gone"])}),
    "regex": st.fixed_dictionaries(
        {"variable": _NAMES, "pattern": st.sampled_from(["yes", "(?P<found>[a-z]+)", "^$", r"\d"])}
    ),
    "branch": st.fixed_dictionaries(
        {"variable": _NAMES, "options": st.lists(st.sampled_from(["yes", "no", "DE", "满意"]), min_size=1, unique=True)}
    ),
    "working_hours": st.fixed_dictionaries(
        {}, optional={"hours": st.just({"wed": ["00:00-12:00"]}), "time_zone": st.sampled_from(["UTC", "Asia/Tokyo"])}
    ),
    "in_segment": st.fixed_dictionaries({"segment": st.sampled_from(["vips", "gone"])}),
    "reply": st.fixed_dictionaries({"text": _TEXTS}, optional={"as": st.sampled_from(["robot", "a1"])})
    | st.fixed_dictionaries({"canned": st.sampled_from(["hello", "gone"])})
    | st.fixed_dictionaries(
        {"text": _TEXTS, "quick_replies": st.lists(st.sampled_from(["yes", "no", "满意"]), min_size=1, unique=True)}
    )
    | st.fixed_dictionaries(
        {"text": _TEXTS, "form": st.lists(st.sampled_from(["score", "plan"]), min_size=1, unique=True)}
    )
    | st.fixed_dictionaries({"text": _TEXTS, "survey": st.just(True)})
    | st.fixed_dictionaries({"text": _TEXTS, "channel": st.just("email")}),
    "assign_any": st.fixed_dictionaries({}, optional={"online_only": st.booleans()}),
    "assign_agent": st.fixed_dictionaries({"agent": st.sampled_from(["a1", "gone"])}),
    "assign_group": st.fixed_dictionaries(
        {"group": st.sampled_from(["sales", "gone"])},
        optional={"method": st.sampled_from(["all", "one"]), "online": st.sampled_from(["any", "prefer", "require"])},
    ),
    "convert": st.fixed_dictionaries({"customer_type": st.sampled_from(["lead", "gone"])}),
    "set_field": st.fixed_dictionaries(
        {"field": st.sampled_from(["score", "plan", "note"]), "value": st.sampled_from(["7", "{{message_body}}", "x"])}
    ),
    "appearance": st.fixed_dictionaries({"title": _TEXTS}, optional={"colour": st.just("#1677ff")}),
    "predict_answer": st.fixed_dictionaries({"threshold": st.sampled_from([0.2, 0.8])}),
    "http_request": st.fixed_dictionaries(
        {"url": st.sampled_from(["https://a.example/{{message_body}}", "https://a.example/{{nobody_knows}}"])},
        optional={
            "save_as": st.just("var_found"),
            "headers": st.just({"X-A": "{{user_city}}"}),
            "body": st.sampled_from(["{{message_body}}", '{"a": "{{message_body}}"}', {"a": ["{{message_body}}", 1]}]),
        },
    ),
    "send_email": st.fixed_dictionaries(
        {"to": st.sampled_from(["{{user_email}}", "a@b.example"]), "subject": _TEXTS, "text": _TEXTS}
    ),
    "notify_agents": st.fixed_dictionaries({"text": _TEXTS}),
}  # fmt: skip

SETTINGS: dict[str, object] = {
    "agents": [{"id": "a1", "groups": ["sales"]}, {"id": "a2", "groups": ["sales"]}, {"id": "a3"}],
    "customer_types": [{"id": "lead"}],
    "custom_fields": [
        {"id": "score", "type": "INTEGER"}, {"id": "plan", "type": "SELECT", "options": ["basic", "pro"]}
    ],
    "segments": [{"id": "vips", "filter": "score > 5 or plan == 'pro'"}],
    "canned_messages": [{"id": "hello", "text": {"en": "Hello {{user_city or ''}}!", "zh": "您好"}}],
    "working_hours": {"wed": ["13:00-18:00"]},
    "time_zone": "Asia/Shanghai",
}  # fmt: skip
"""Of a team that has some of what `any_flows` refer to."""


def flows() -> st.SearchStrategy[FlowDefinition]:
    """Valid flows of up to seven nodes between start and end, with loops through waits.

    Edges lead forward, or back to an earlier node from a wait, or nowhere.
    """
    return _flows(_CONFIGS)


def any_flows() -> st.SearchStrategy[FlowDefinition]:
    """The same of all node types."""
    assert _ALL_CONFIGS.keys() == CATALOGUE.keys() - {"start", "end"}
    return _flows(_ALL_CONFIGS)


@st.composite
def _flows(draw: st.DrawFn, configs: Mapping[str, st.SearchStrategy[Mapping[str, object]]]) -> FlowDefinition:
    kinds = draw(st.lists(st.sampled_from(sorted(configs)), min_size=1, max_size=7))
    keys = [f"n{i}" for i in range(len(kinds))]
    nodes: dict[str, dict[str, object]] = {"start": {"type": "start", "next": {"SUCCESS": "n0"}}}
    for i, (key, kind) in enumerate(zip(keys, kinds, strict=True)):
        node = {"type": kind, **draw(configs[kind])}
        yields, waits = _nature(node)
        ahead = [*keys[i + 1 :], "end"]
        targets = st.sampled_from([*keys, "end"] if waits else ahead)
        following = {outcome: draw(targets) for outcome in yields if draw(st.integers(0, 5))}
        following[yields[0]] = ahead[0]  # so that every node is reached
        nodes[key] = {**node, "next": following}
    nodes["end"] = {"type": "end"}
    found, problems = examine({"flow": "any", "name": "any", "trigger": "message_sent", "nodes": nodes})
    assert found is not None, problems
    return found


def _nature(node: Mapping[str, object]) -> tuple[tuple[str, ...], bool]:
    """What the node yields, and whether it holds up the run."""
    config, problems = typed_node("n", node)
    assert config is not None, problems
    node_type = CATALOGUE[config.type]
    return node_type.yields(config), node_type.waits(config)


def agents() -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the agents."""
    return st.sets(st.sampled_from(AGENTS)).map(lambda found: tuple(sorted(found)))


def variables() -> st.SearchStrategy[dict[str, object]]:
    """Values for some of the variables; `score` is a number or not there."""
    fields = {
        "message_body": st.sampled_from(["yes", "no", ""]),
        "user_country": st.sampled_from(["DE", "FR", None]),
        "score": st.integers(0, 10),
    }
    return cast("st.SearchStrategy[dict[str, object]]", st.fixed_dictionaries({}, optional=fields))
