"""Each node type, outcome by outcome: what it yields, which facts it records, which effects it has."""

import pytest

from contracts.ids import AgentId
from contracts.run import ConversationAssigned, Json, MessagePosted, NodeCompleted, TimerSet, effects_of
from services.flow_executor.engine.decide import resume, start
from services.flow_executor.engine.facts import Facts
from services.flow_executor.engine.nodes import CATALOGUE
from services.flow_executor.engine.run import fold
from services.flow_executor.engine.stimuli import AgentAnswered, Stimulus, TimerDue, VisitorAnswered
from tests.engine.worlds import RUN, after, facts, flow, path, trigger

BOTH = {"TRUE": "end", "FALSE": "end"}
REPLY = {"type": "reply", "next": {"SUCCESS": "end"}}
GERMAN_OR_CHINESE = {"de": "Hallo", "zh-CN": "您好"}


def turn(node: dict[str, object], world: Facts) -> NodeCompleted:
    """What the node yields in that world."""
    events = start(flow({"it": node}), trigger(), world)
    return next(e for e in events if isinstance(e, NodeCompleted) and e.node == "it")


@pytest.mark.parametrize(
    ("kind", "world", "outcome", "recorded"),
    [
        ("agents_offline", facts(), "TRUE", {"agents_online": []}),
        ("agents_offline", facts(online=["b", "a"]), "FALSE", {"agents_online": ["a", "b"]}),
        ("has_agent", facts(assigned=["a1"]), "TRUE", {"assigned": ["a1"]}),
        ("has_agent", facts(), "FALSE", {"assigned": []}),
    ],
)
def test_conditions(kind: str, world: Facts, outcome: str, recorded: dict[str, Json]) -> None:
    """A condition yields TRUE or FALSE and records the fact that it read, and no other."""
    done = turn({"type": kind, "next": BOTH}, world)
    assert (done.outcome, done.facts, done.variables, done.effects) == (outcome, recorded, {}, ())


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


@pytest.mark.parametrize(
    ("node", "code", "detail"),
    [
        (
            {"type": "logic", "expression": "user_contry == 1"},
            "unknown_variable",
            "there is no variable user_contry; did you mean user_country?",
        ),
        (
            {"type": "logic", "expression": "track_event_data.amount > 5"},
            "unknown_variable",
            "track_event_data.amount does not exist here",
        ),
        (
            {"type": "logic", "expression": "name + 1 > 5"},
            "bad_operation",
            "name + 1 cannot be calculated with the values at hand",
        ),
        (
            {"type": "logic", "expression": "name * 3 == 6"},
            "bad_operation",
            "name is not a number, and what multiplies may hold numbers only",
        ),
        (
            {"type": "reply", "text": "Hi {{nmae}}"},
            "unknown_variable",
            "there is no variable nmae; did you mean name?",
        ),
        (
            {"type": "reply", "text": " {{user_email}} "},
            "empty_text",
            "the text came out empty; give its variables a default",
        ),
        (
            {"type": "reply", "text": "{{long}}{{long}}"},
            "text_too_long",
            "the text came out with more than 4000 characters",
        ),
    ],
)
def test_failures(node: dict[str, object], code: str, detail: str) -> None:
    """A node that cannot do its work yields FAILED with a code and a sentence, and the run goes on where it leads."""
    node = {**node, "next": {"FAILED": "end"}}
    done = turn(node, facts(variables={"name": "Ann", "long": "x" * 2001, "track_event_data": {}}))
    assert (done.outcome, done.next, done.code, done.detail) == ("FAILED", "end", code, detail)
    assert done.effects == ()


def test_a_failure_that_leads_nowhere_fails_the_run() -> None:
    """FAILED without an edge ends the run as failed, with the same code and sentence."""
    failing = flow({"it": {"type": "logic", "expression": "nothing > 1", "next": BOTH}})
    events = start(failing, trigger(), facts())
    assert path(events)[-2:] == ["it FAILED", "failed at it: unknown_variable"]


def test_an_assignment_without_agents_fails() -> None:
    """A team without agents cannot be given a visitor."""
    done = turn({"type": "assign_all", "next": {"SUCCESS": "end", "FAILED": "end"}}, facts(team=[]))
    assert (done.outcome, done.code, done.facts) == ("FAILED", "no_agents", {"team_agents": []})


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


def test_reply_in_an_agents_name() -> None:
    """`as` and `notify_agents` are carried to the message."""
    done = turn({**REPLY, "as": "a1", "notify_agents": True, "text": "Hi"}, facts())
    assert done.effects == (MessagePosted(k=1, author=AgentId("a1"), text="Hi", notify_agents=True),)


def test_reply_reads_the_locale_only_when_it_matters() -> None:
    """One text for all records no locale."""
    assert turn({**REPLY, "text": "Hi"}, facts(locale="de")).facts == {}
    assert turn({**REPLY, "text": GERMAN_OR_CHINESE}, facts(locale="de")).facts == {"locale": "de"}


ANSWER = {"answer": {"id": "m1", "at": "2026-03-04T05:06:11.890123Z"}}


@pytest.mark.parametrize(
    ("stimulus", "outcome", "recorded", "sets"),
    [
        (TimerDue(RUN, 3), "TIMEOUT", {}, {}),
        (AgentAnswered("m1", after(4)), "AGENT_ANSWER", ANSWER, {}),
        (
            VisitorAnswered("m1", after(4), {"message_body": "yes"}),
            "VISITOR_ANSWER",
            ANSWER,
            {"message_body": "yes"},
        ),
    ],
)
def test_wait(stimulus: Stimulus, outcome: str, recorded: dict[str, Json], sets: dict[str, Json]) -> None:
    """A wait sets one timer and ends by its timer or an answer; the answer's id and time are recorded."""
    waiting = flow(
        {"it": {"type": "wait", "seconds": 15, "next": dict.fromkeys(("TIMEOUT", "AGENT_ANSWER"), "end")}}
    )
    parked = start(waiting, trigger(), facts())
    assert path(parked) == ["RunStarted", "start SUCCESS", "it waits"]
    assert effects_of(parked[-1]) == ((f"{RUN}.3.1", TimerSet(k=1, at=after(15))),)
    done, over = resume(waiting, fold(parked), stimulus, facts(after(15)))
    assert isinstance(done, NodeCompleted)
    assert (done.seq, done.cause, done.at) == (4, stimulus.cause, after(15))
    assert (done.outcome, done.facts, done.sets) == (outcome, recorded, sets)
    assert path([over]) == ["completed at end" if done.next else "completed at it"]


def test_every_type_is_labelled() -> None:
    """Every type has labels in both languages, an icon and outcomes that end where the design says."""
    assert set(CATALOGUE) == {
        "start", "end", "agents_offline", "has_agent", "logic", "regex", "branch", "working_hours", "in_segment",
        "reply", "wait", "assign_all", "assign_any", "assign_agent", "assign_group", "convert", "set_field",
        "appearance", "predict_answer", "http_request", "send_email", "notify_agents",
    }  # fmt: skip
    for name, kind in CATALOGUE.items():
        assert kind.zh
        assert kind.en
        assert kind.icon
        assert ("FAILED" in kind.outcomes) == (name not in {"start", "end"})
