"""What-ifs over the facts of the whole language: groups, the team's settings, predictions, choices, tasks."""

import pytest

from contracts.ids import AgentId
from contracts.run import (
    ConversationAssigned,
    Json,
    MessagePosted,
    NodeCompleted,
    RunEvent,
    effects_of,
    split,
)
from services.flow_executor.engine.decide import resume, start
from services.flow_executor.engine.facts import Facts, Prediction
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.replay import Replay, redecide
from services.flow_executor.engine.run import fold
from services.flow_executor.engine.stimuli import ReplyChosen, Stimulus, TaskEnded, TimerDue
from tests.engine.nodes.case import POSTED
from tests.engine.nodes.conditions import SALES, VIPS
from tests.engine.worlds import RUN, after, facts, flow, path, trigger

BOTH = {"TRUE": "end", "FALSE": "end"}
GROUP = flow({"it": {"type": "agents_offline", "group": "sales", "next": BOTH}})
ASSIGN = flow(
    {"it": {"type": "assign_group", "group": "sales", "online": "require", "next": {"SUCCESS": "end"}}}
)
HOURS = flow({"it": {"type": "working_hours", "next": BOTH}})
NOW = flow({"it": {"type": "reply", "text": "{{now}}", "next": {"SUCCESS": "end"}}})
SEGMENT = flow({"it": {"type": "in_segment", "segment": "vips", "next": BOTH}})
CANNED = flow({"it": {"type": "reply", "canned": "hello", "next": {"SUCCESS": "end"}}})
LEAD = flow({"it": {"type": "convert", "customer_type": "lead", "next": {"SUCCESS": "end", "FAILED": "end"}}})
ANSWER = flow({"it": {"type": "predict_answer", "next": {"HAS_ANSWER": "end", "NO_ANSWER": "end"}}})
TRIAGE = flow(
    {
        "it": {
            "type": "reply",
            "text": "?",
            "quick_replies": ["Sales", "Help"],
            "next": {"Sales": "end", "Help": "say"},
        },
        "say": {"type": "reply", "text": "You chose {{message_body}}", "next": {"SUCCESS": "end"}},
    }
)
ORDER = flow(
    {
        "it": {
            "type": "http_request", "url": "https://api.shop.example/", "save_as": "var_order",
            "next": {"SUCCESS": "ask", "FAILED": "ask"},
        },
        "ask": {"type": "logic", "expression": "var_status == 200 and var_order.open", "next": BOTH},
    }
)  # fmt: skip
WORKING: dict[str, Json] = {"working_hours": {"wed": ["09:00-17:00"]}}


def record(compiled: CompiledFlow, world: Facts, *then: Stimulus) -> list[RunEvent]:
    """A run as it was lived."""
    events = list(start(compiled, trigger(), world))
    for stimulus in then:
        following = resume(compiled, fold(events), stimulus, world)
        assert following
        events += following
    return events


OF_SALES = facts(settings=SALES, online=["a1", "b"])
CHOSEN = record(TRIAGE, facts(), ReplyChosen("e2", after(4), POSTED, "Sales"))
ORDERED = record(ORDER, facts(), TaskEnded(RUN, 3, after(2), ok=True, status=200, value={"open": True}))
FOUND = facts(prediction=Prediction(answer="a", score=0.9, text="At nine."))


def outcome(replay: Replay) -> str:
    """What the node yielded this time."""
    assert replay.missing is None
    return next(e.outcome for e in replay.events if isinstance(e, NodeCompleted) and e.node == "it")


@pytest.mark.parametrize(
    ("compiled", "world", "was", "overrides", "would_be"),
    [
        (GROUP, OF_SALES, "FALSE", {"groups.sales": "a2"}, "TRUE"),
        (GROUP, OF_SALES, "FALSE", {"groups.sales": ["a1"]}, "FALSE"),
        (GROUP, OF_SALES, "FALSE", {"groups.sales": ""}, "TRUE"),
        (GROUP, OF_SALES, "FALSE", {"groups.sales": None}, "FAILED"),
        (GROUP, OF_SALES, "FALSE", {"groups.sales": "b", "agents_online": "b"}, "FALSE"),
        (GROUP, OF_SALES, "FALSE", {"agents_online": []}, "TRUE"),
        (HOURS, facts(settings=WORKING), "FALSE", {"time_zone": "Asia/Shanghai"}, "TRUE"),
        (HOURS, facts(settings=WORKING), "FALSE", {"now": "2026-03-04T10:00:00Z"}, "TRUE"),
        (HOURS, facts(settings=WORKING), "FALSE", {"working_hours": {"wed": ["05:00-06:00"]}}, "TRUE"),
        (HOURS, facts(settings=WORKING), "FALSE", {"working_hours": None}, "FAILED"),
        (
            HOURS,
            facts(settings={**WORKING, "time_zone": "Asia/Shanghai"}),
            "TRUE",
            {"holidays": "2026-03-04"},
            "FALSE",
        ),
        (SEGMENT, facts(settings=VIPS), "FALSE", {"user_web_sessions": 9, "customer_user_type": "lead"}, "TRUE"),
        (SEGMENT, facts(settings=VIPS), "FALSE", {"segments.vips": "1 > 0"}, "TRUE"),
        (SEGMENT, facts(settings=VIPS), "FALSE", {"segments.vips": "plan == 'gold'", "plan": "gold"}, "TRUE"),
        (LEAD, facts(), "FAILED", {"customer_types.lead": "Leads"}, "SUCCESS"),
        (ANSWER, FOUND, "HAS_ANSWER", {"prediction": None}, "NO_ANSWER"),
        (ANSWER, FOUND, "HAS_ANSWER", {"prediction": ""}, "NO_ANSWER"),
        (ANSWER, FOUND, "HAS_ANSWER", {"prediction": {"answer": "a", "score": 0.1, "text": "x"}}, "NO_ANSWER"),
    ],
)  # fmt: skip
def test_what_if(
    compiled: CompiledFlow, world: Facts, was: str, overrides: dict[str, Json], would_be: str
) -> None:
    """A fact that was recorded can be another one."""
    events = record(compiled, world)
    assert outcome(redecide(compiled, events)) == was
    assert outcome(redecide(compiled, events, overrides)) == would_be


def test_nobody_knows_of_new_members() -> None:
    """Who was not in the group then may have been online or not: that is missing, not guessed."""
    events = record(GROUP, OF_SALES)
    assert redecide(GROUP, events, {"groups.sales": "a1,zoe"}).missing == "agents_online"


def test_who_would_have_been_assigned() -> None:
    """A smaller group gives the visitor to those of it who were online."""
    events = record(ASSIGN, facts(settings=SALES, online=["a1", "a2"]))
    replay = redecide(ASSIGN, events, {"groups.sales": ["a2"]})
    assert effects_of(replay.events[2])[0][1] == ConversationAssigned(k=1, agents=(AgentId("a2"),))


def test_now_in_another_zone() -> None:
    """The run's time is told in the zone that the team would have."""
    replay = redecide(NOW, record(NOW, facts()), {"time_zone": "Asia/Shanghai"})
    effect = effects_of(replay.events[2])[0][1]
    assert isinstance(effect, MessagePosted)
    assert effect.text == "2026-03-04T13:06:07.890123+08:00"


def test_another_canned_message() -> None:
    """A text is a text, also one per locale."""
    events = record(CANNED, facts(settings={"canned_messages": [{"id": "hello", "text": "Hi"}]}))
    for value, locale, said in (("Ho", "", "Ho"), ({"en": "Ho", "de": "Na"}, "de", "Na")):
        replay = redecide(CANNED, events, {"canned_messages.hello": value, "locale": locale})
        assert effects_of(replay.events[2])[0][1] == MessagePosted(k=1, author="robot", text=said)


def test_another_choice() -> None:
    """The visitor chooses something else: the path that follows is decided, with that choice as what was written."""
    replay = redecide(TRIAGE, CHOSEN, {"choice": "Help"})
    assert path(replay.events)[2:] == ["it waits", "it Help", "say SUCCESS", "completed at end"]
    assert replay.differs_at == 4
    text = effects_of(replay.events[4])[0][1]
    assert text == MessagePosted(k=1, author="robot", text="You chose Help")


def test_a_choice_that_was_not_offered() -> None:
    """Then the run would still wait."""
    replay = redecide(TRIAGE, CHOSEN, {"choice": "Refund"})
    assert (path(replay.events)[-1], replay.differs_at) == ("it waits", 4)


def test_a_choice_is_not_invented() -> None:
    """Where nobody chose, a changed choice changes nothing."""
    silent = record(TRIAGE, facts(), TimerDue(RUN, 3))
    assert redecide(TRIAGE, silent, {"choice": "Help"}).equal


@pytest.mark.parametrize(
    ("overrides", "asked"),
    [
        ({"var_status": 500}, "FALSE"),
        ({"var_order": {"open": False}}, "FALSE"),
        ({"var_order": {"open": True}}, "TRUE"),
    ],
)
def test_another_response(overrides: dict[str, Json], asked: str) -> None:
    """What a request brought can be changed, by the variables that it set."""
    assert path(redecide(ORDER, ORDERED, overrides).events)[4] == f"ask {asked}"


@pytest.mark.parametrize("events", [CHOSEN, ORDERED])
def test_forgotten_visitors(events: list[RunEvent]) -> None:
    """Without the personal part the path replays; what read it stands as it is recorded."""
    compiled = TRIAGE if events is CHOSEN else ORDER
    replay = redecide(compiled, [split(event)[0] for event in events])
    assert (replay.equal, replay.missing) == (True, None)
    assert path(replay.events) == path(events)


@pytest.mark.parametrize(
    ("compiled", "overrides", "sentence"),
    [
        (GROUP, {"groups.saels": "a1"}, "never looks up groups.saels; did you mean groups.sales?"),
        (GROUP, {"group.sales": "a1"}, "group.sales is no fact.*did you mean groups.sales?"),
        (GROUP, {"groups.sales": 3}, "groups.sales cannot be 3"),
        (HOURS, {"time_zone": "Mars"}, 'time_zone cannot be "Mars": there is no such time zone'),
        (HOURS, {"holidays": "soon"}, "holidays cannot be"),
        (HOURS, {"holidays": "2026-02-30"}, "there are no such days"),
        (HOURS, {"working_hours": {"mon": ["9-17"]}}, "working_hours cannot be a table"),
        (SEGMENT, {"segments.vips": "a >"}, "column 3: unexpected end of input"),
        (CANNED, {"canned_messages.hello": "{{"}, "column 1: unexpected end of input"),
        (ANSWER, {"prediction": 3}, "prediction cannot be 3"),
        (SEGMENT, {"nonsense": 3}, "nonsense is no fact, and no variable that a-flow reads"),
        (SEGMENT, {"agents_onlin": "ann"}, "did you mean agents_online?"),
        (SEGMENT, {"group_online.sales": "ann"}, "set agents_online, from which it follows"),
        (SEGMENT, {"segments.vips": "plan == 'gold'", "paln": "gold"}, "paln is no fact"),
    ],
)
def test_bad_overrides(compiled: CompiledFlow, overrides: dict[str, Json], sentence: str) -> None:
    """What cannot be is refused, and what the flow never looks up."""
    events = record(compiled, facts(settings=SALES))
    with pytest.raises(ValueError, match=sentence):
        redecide(compiled, events, overrides)
