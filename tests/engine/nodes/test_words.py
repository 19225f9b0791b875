"""What expressions and texts come to, and what later nodes see of earlier ones."""

import pytest

from contracts.ids import AgentId
from contracts.run import ConversationAssigned, Json, MessagePosted, NodeCompleted
from services.flow_executor.engine.decide import start
from services.flow_executor.engine.facts import Facts
from tests.engine.worlds import facts, flow, path, trigger

BOTH = {"TRUE": "end", "FALSE": "end"}
REPLY = {"type": "reply", "next": {"SUCCESS": "end"}}
GERMAN_OR_CHINESE = {"de": "Hallo", "zh-CN": "您好"}


def turn(node: dict[str, object], world: Facts) -> NodeCompleted:
    """What the node yields in that world."""
    events = start(flow({"it": node}), trigger(), world)
    return next(e for e in events if isinstance(e, NodeCompleted) and e.node == "it")


@pytest.mark.parametrize(
    ("expression", "outcome", "read"),
    [
        ("n > 8", "TRUE", {"n": 9}),
        ("n > 9", "FALSE", {"n": 9}),
        ('user_country == "DE" or n > 100', "FALSE", {"n": 9, "user_country": None}),
        ("n > 8 and TRUE and True and true", "TRUE", {"n": 9}),
        ("not (FALSE or False or false)", "TRUE", {}),
    ],
)
def test_logic(expression: str, outcome: str, read: dict[str, Json]) -> None:
    """Logic yields what its expression is, and records the variables that it named."""
    done = turn({"type": "logic", "expression": expression, "next": BOTH}, facts(variables={"n": 9, "m": 1}))
    assert (done.outcome, done.variables) == (outcome, read)


def test_logic_reads_presence_and_time() -> None:
    """`agents_online_count` records who is online, `now` is the time of the event and records nothing."""
    expression = 'agents_online_count == 2 and now == "2026-03-04T05:06:07.890123Z"'
    done = turn({"type": "logic", "expression": expression, "next": BOTH}, facts(online=["a", "b"]))
    assert (done.outcome, done.facts, done.variables) == ("TRUE", {"agents_online": ["a", "b"]}, {})


def test_a_failure_that_leads_nowhere_fails_the_run() -> None:
    """FAILED without an edge ends the run as failed, with the same code and sentence."""
    failing = flow({"it": {"type": "logic", "expression": "nothing > 1", "next": BOTH}})
    events = start(failing, trigger(), facts())
    assert path(events)[-2:] == ["it FAILED", "failed at it: unknown_variable"]


def test_assign_all() -> None:
    """All agents of the team get the visitor, and later nodes of the run see it."""
    nodes = {
        "assign": {"type": "assign_all", "next": {"SUCCESS": "it"}},
        "it": {"type": "has_agent", "next": BOTH},
    }
    events = start(flow(nodes), trigger(), facts(team=["b", "a"]))
    assert path(events)[2:4] == ["assign SUCCESS", "it TRUE"]
    assigned = events[2]
    assert isinstance(assigned, NodeCompleted)
    assert assigned.effects == (ConversationAssigned(k=1, agents=(AgentId("a"), AgentId("b"))),)


@pytest.mark.parametrize(
    ("text", "locale", "said"),
    [
        ("很抱歉", "", "很抱歉"),
        ("100 % {% if %} {# # } }}", "", "100 % {% if %} {# # } }}"),
        ("Hi {{name}}!\n", "", "Hi Ann!\n"),
        ("<b>{{markup}}</b>", "", "<b><i>{{name}}</i></b>"),
        ('Hi {{user_fullname or "there"}}', "", "Hi there"),
        ('Hi {{user_fullname|default("there")}}', "", "Hi there"),
        ('Hi {{nobody_knows or "there"}}', "", "Hi there"),
        ('Hi {{nobody_knows|default("there")}}', "", "Hi there"),
        ("Hi{{user_fullname}}.", "", "Hi."),
        (GERMAN_OR_CHINESE, "zh-CN", "您好"),
        (GERMAN_OR_CHINESE, "zh-TW", "您好"),
        (GERMAN_OR_CHINESE, "de-AT", "Hallo"),
        (GERMAN_OR_CHINESE, "fr", "Hallo"),
        ({**GERMAN_OR_CHINESE, "en": "Hello"}, "fr", "Hello"),
        ({"en": "Hello", **GERMAN_OR_CHINESE}, "zh-TW", "您好"),
        ({"en-GB": "Hello", "en-US": "Hi"}, "en-us", "Hi"),
    ],
)
def test_reply(text: object, locale: str, said: str) -> None:
    """A reply posts its text, variables' values as plain text, in the visitor's language where there is one."""
    done = turn(
        {**REPLY, "text": text}, facts(locale=locale, variables={"name": "Ann", "markup": "<i>{{name}}</i>"})
    )
    assert done.effects == (MessagePosted(k=1, author="robot", text=said),)


def test_reply_reads_the_locale_only_when_it_matters() -> None:
    """One text for all records no locale."""
    assert turn({**REPLY, "text": "Hi"}, facts(locale="de")).facts == {}
    assert turn({**REPLY, "text": GERMAN_OR_CHINESE}, facts(locale="de")).facts == {"locale": "de"}


@pytest.mark.parametrize(
    ("node", "name", "value"),
    [
        ({"type": "convert", "customer_type": "lead"}, "customer_user_type", "lead"),
        ({"type": "set_field", "field": "age", "value": "42"}, "age", 42),
        ({"type": "regex", "variable": "message_body", "pattern": "(?P<n>[0-9]+)"}, "var_n", "7"),
    ],
)
def test_what_a_node_sets_is_seen_by_the_next(node: dict[str, object], name: str, value: Json) -> None:
    """Variables of the run come before what was known of the visitor."""
    outcome = "TRUE" if node["type"] == "regex" else "SUCCESS"
    nodes = {
        "set": {**node, "next": {outcome: "it"}},
        "it": {"type": "branch", "variable": name, "options": [str(value)], "next": {str(value): "end"}},
    }
    settings: dict[str, Json] = {
        "customer_types": [{"id": "lead"}],
        "custom_fields": [{"id": "age", "type": "INTEGER"}],
    }
    world = facts(settings=settings, variables={name: "old", "message_body": "no 7"})
    events = start(flow(nodes), trigger(), world)
    assert path(events)[2:] == [f"set {outcome}", f"it {value}", "completed at end"]
