"""Hypothesis strategies: valid flows and worlds."""

from collections.abc import Mapping
from typing import cast

from hypothesis import strategies as st

from contracts.flow import FlowDefinition
from services.flow_executor.engine.checks import examine
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


@st.composite
def flows(draw: st.DrawFn) -> FlowDefinition:
    """Valid flows of up to seven nodes between start and end, with loops through waits.

    Edges lead forward, or back to an earlier node from a wait, or nowhere.
    """
    kinds = draw(st.lists(st.sampled_from(sorted(_CONFIGS)), min_size=1, max_size=7))
    keys = [f"n{i}" for i in range(len(kinds))]
    nodes: dict[str, dict[str, object]] = {"start": {"type": "start", "next": {"SUCCESS": "n0"}}}
    for i, (key, kind) in enumerate(zip(keys, kinds, strict=True)):
        ahead = [*keys[i + 1 :], "end"]
        targets = st.sampled_from([*keys, "end"] if kind == "wait" else ahead)
        outcomes = [name for name in CATALOGUE[kind].outcomes if draw(st.integers(0, 5))]
        following = {outcome: draw(targets) for outcome in outcomes}
        following[CATALOGUE[kind].outcomes[0]] = ahead[0]  # so that every node is reached
        nodes[key] = {"type": kind, "next": following, **draw(_CONFIGS[kind])}
    nodes["end"] = {"type": "end"}
    found, problems = examine({"flow": "any", "name": "any", "trigger": "message_sent", "nodes": nodes})
    assert found is not None, problems
    return found


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
