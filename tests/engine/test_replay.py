"""Deciding recorded runs again: equal, or another path when something was changed, or what deletion leaves."""

import pytest
from msgspec import structs

from contracts.run import Json, MessagePosted, NodeCompleted, RunEvent, effects_of, merge, split
from services.flow_executor.engine.decide import cancel, resume, start
from services.flow_executor.engine.facts import Facts, Post
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.replay import redecide
from services.flow_executor.engine.run import fold
from services.flow_executor.engine.stimuli import AgentAnswered, Stimulus, TimerDue, VisitorAnswered
from tests.engine.test_decide import BUSY, TUTORIAL
from tests.engine.worlds import NOW, RUN, after, facts, flow, path, trigger

GREETING = flow(
    {
        "ask": {
            "type": "logic",
            "expression": "user_country == 'DE'",
            "next": {"TRUE": "german", "FALSE": "pause"},
        },
        "german": {"type": "reply", "text": "Hallo {{name or 'Sie'}}", "next": {"SUCCESS": "end"}},
        "pause": {
            "type": "wait",
            "seconds": 60,
            "next": {"TIMEOUT": "check", "AGENT_ANSWER": "end", "VISITOR_ANSWER": "echo"},
        },
        "check": {"type": "agents_offline", "next": {"TRUE": "end", "FALSE": "assign"}},
        "assign": {"type": "assign_all", "next": {"SUCCESS": "owned"}},
        "owned": {"type": "has_agent", "next": {"TRUE": "end", "FALSE": "german"}},
        "echo": {"type": "reply", "text": "You said {{message_body}}", "next": {"SUCCESS": "end"}},
    }
)
TRIGGER: dict[str, Json] = {"message_body": "hello"}


def record(compiled: CompiledFlow, world: Facts, *then: tuple[Stimulus, Facts]) -> tuple[RunEvent, ...]:
    """A run as it was lived."""
    events = start(compiled, trigger(TRIGGER), world)
    for stimulus, changed in then:
        following = resume(compiled, fold(events), stimulus, changed)
        assert following
        events += following
    return events


ABROAD = facts(variables={"user_country": "FR", "name": "Ann"}, online=["a1"])
AT_HOME = facts(variables={"user_country": "DE", "name": "Ann"})
LATER = facts(after(60), online=["a1"])
PARKED_AT = 4
RUNS: dict[str, tuple[RunEvent, ...]] = {
    "greeted": record(GREETING, AT_HOME),
    "waiting": record(GREETING, ABROAD),
    "timed out": record(GREETING, ABROAD, (TimerDue(RUN, PARKED_AT), LATER)),
    "answered": record(GREETING, ABROAD, (AgentAnswered("m1", after(5)), facts(after(5)))),
    "echoed": record(GREETING, ABROAD, (VisitorAnswered("e2", after(5), {"message_body": "hey"}), facts(after(5)))),
    "overtaken": record(
        GREETING,
        structs.replace(ABROAD, last_visitor_message=Post(id="e2", at=after(3), variables={"message_body": "hey"})),
    ),
    "unknown": start(
        flow({"it": {"type": "logic", "expression": "nmae == 1", "next": {"TRUE": "end"}}}), trigger(), ABROAD
    ),
}  # fmt: skip


def compiled_for(name: str) -> CompiledFlow:
    """The flow of one of `RUNS`."""
    if name == "unknown":
        return flow({"it": {"type": "logic", "expression": "nmae == 1", "next": {"TRUE": "end"}}})
    return GREETING


@pytest.mark.parametrize("name", RUNS)
def test_an_untouched_run_replays_equal(name: str) -> None:
    """The recorded facts are all that it takes to decide the same, byte for byte."""
    replay = redecide(compiled_for(name), RUNS[name])
    assert (replay.equal, replay.differs_at, replay.missing, replay.taken_as_recorded) == (
        True,
        None,
        None,
        (),
    )
    assert replay.events == RUNS[name]


def test_what_a_run_changes_itself_is_not_a_fact_of_its_beginning() -> None:
    """A fact that was read before and after the run changed it is rebuilt as it was before."""
    taking = flow(
        {
            "before": {"type": "has_agent", "next": {"TRUE": "end", "FALSE": "assign"}},
            "assign": {"type": "assign_all", "next": {"SUCCESS": "after"}},
            "after": {"type": "has_agent", "next": {"TRUE": "end", "FALSE": "end"}},
        }
    )
    events = start(taking, trigger(), facts())
    assert path(events)[2:5] == ["before FALSE", "assign SUCCESS", "after TRUE"]
    assert redecide(taking, events).equal


def test_what_a_run_sets_itself_was_unknown_before() -> None:
    """A variable that did not exist, and that a later node of the same decision set, is unknown again at first."""
    nodes = {
        "ask": {"type": "logic", "expression": "nickname == 'Ann'", "next": {"FAILED": "set", "TRUE": "end"}},
        "set": {"type": "set_field", "field": "nickname", "value": "Ann", "next": {"SUCCESS": "again"}},
        "again": {"type": "logic", "expression": "nickname == 'Ann'", "next": {"TRUE": "end"}},
    }
    setting = flow(nodes)
    events = start(setting, trigger(), facts())
    assert path(events)[2:5] == ["ask FAILED", "set SUCCESS", "again TRUE"]
    assert redecide(setting, events).equal
    assert redecide(setting, [split(event)[0] for event in events]).equal


@pytest.mark.parametrize("name", RUNS)
def test_a_run_kept_apart_from_its_person_replays_equal(name: str) -> None:
    """Stored in two tables and read back, the run is the same."""
    restored = [merge(*split(event)) for event in RUNS[name]]
    assert redecide(compiled_for(name), restored).equal


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("greeted", (3, 4)),
        ("waiting", (3,)),
        ("timed out", (3,)),
        ("echoed", (3, 6)),
        ("overtaken", (3, 6)),
        ("unknown", ()),
    ],
)
def test_a_run_without_its_person_still_replays(name: str, taken: tuple[int, ...]) -> None:
    """When the personal part was deleted the path replays; nodes that read it are taken as recorded, and said so."""
    bare = [split(event)[0] for event in RUNS[name]]
    replay = redecide(compiled_for(name), bare)
    assert (replay.equal, replay.missing, replay.taken_as_recorded) == (True, None, taken)
    assert path(replay.events) == path(RUNS[name])


def test_a_cancelled_run_replays() -> None:
    """What people did is taken from the record."""
    events = (
        *RUNS["waiting"],
        *cancel(fold(RUNS["waiting"]), at=after(9), cause="c1", by="admin", reason="spam"),
    )
    assert redecide(GREETING, events).equal


def test_a_tampered_record_differs() -> None:
    """The first event that today's engine would not have made is named."""
    events = list(RUNS["timed out"])
    check = events[5]
    assert isinstance(check, NodeCompleted)
    events[5] = structs.replace(check, outcome="TRUE", next="end")
    replay = redecide(GREETING, events)
    assert (replay.equal, replay.differs_at) == (False, 6)


def test_a_record_cut_short_differs() -> None:
    """An event that is missing at the end is a difference too."""
    events = RUNS["greeted"][:-1]
    assert redecide(GREETING, events).differs_at == len(events) + 1


def test_what_if_an_agent_were_online() -> None:
    """The tutorial's run with an agent online takes the other path and posts nothing."""
    events = start(TUTORIAL, trigger(), facts())
    for value in (["agent-1"], "agent-1"):
        replay = redecide(TUTORIAL, events, {"agents_online": value})
        assert path(replay.events)[2:] == ["check FALSE", "completed at end"]
        assert (replay.equal, replay.differs_at, replay.missing) == (False, 3, None)


def test_what_if_a_variable_were_different() -> None:
    """A variable can be changed; what the new path needs and nobody recorded is named, not guessed."""
    replay = redecide(GREETING, RUNS["waiting"], {"user_country": "DE"})
    assert (path(replay.events)[2:], replay.missing) == (["ask TRUE"], "name")
    replay = redecide(GREETING, RUNS["waiting"], {"user_country": "DE", "name": "Bob"})
    assert path(replay.events)[2:] == ["ask TRUE", "german SUCCESS", "completed at end"]


def test_what_if_leaves_the_recorded_path() -> None:
    """Past the point where the paths part, recorded answers are not given to the other path."""
    replay = redecide(GREETING, RUNS["greeted"], {"user_country": "FR"})
    assert path(replay.events)[2:] == ["ask FALSE", "pause waits"]
    replay = redecide(BUSY, record(BUSY, ABROAD, (TimerDue(RUN, 4), LATER)), {"agents_online": []})
    assert path(replay.events)[2:] == ["check TRUE", "completed at end"]


def test_what_if_waits_elsewhere() -> None:
    """A path that waits at another node does not get the answer that the recorded one got."""
    ends = dict.fromkeys(("TIMEOUT", "AGENT_ANSWER", "VISITOR_ANSWER"), "end")
    forked = flow(
        {
            "ask": {"type": "agents_offline", "next": {"TRUE": "long", "FALSE": "short"}},
            "short": {"type": "wait", "seconds": 5, "next": ends},
            "long": {"type": "wait", "seconds": 60, "next": ends},
        }
    )
    events = record(forked, facts(online=["a1"]), (AgentAnswered("m1", after(2)), facts(after(2))))
    replay = redecide(forked, events, {"agents_online": []})
    assert path(replay.events)[2:] == ["ask TRUE", "long waits"]
    assert replay.differs_at == 3


def test_what_if_speaks_to_somebody() -> None:
    """The visitor's language is a fact like others: unrecorded, it is missing, and it can be given."""
    greets = flow(
        {
            "ask": {"type": "agents_offline", "next": {"TRUE": "say", "FALSE": "end"}},
            "say": {"type": "reply", "text": {"en": "Hi", "de": "Hallo"}, "next": {"SUCCESS": "end"}},
        }
    )
    events = start(greets, trigger(), facts(online=["a1"], locale="de"))
    assert redecide(greets, events, {"agents_online": []}).missing == "locale"
    replay = redecide(greets, events, {"agents_online": [], "locale": "de-AT"})
    assert effects_of(replay.events[3])[0][1] == MessagePosted(k=1, author="robot", text="Hallo")


def test_what_if_after_a_wait() -> None:
    """A fact that is read after a wait can be changed, and what was decided before stays."""
    replay = redecide(GREETING, RUNS["timed out"], {"agents_online": []})
    assert path(replay.events)[4:] == ["pause TIMEOUT", "check TRUE", "completed at end"]
    assert replay.differs_at == 6


def test_what_if_it_were_later() -> None:
    """With another `now` the whole run moves."""
    replay = redecide(GREETING, RUNS["answered"], {"now": "2026-03-04T06:06:07.890123Z"})
    assert path(replay.events) == path(RUNS["answered"])
    assert [event.at - old.at for event, old in zip(replay.events, RUNS["answered"], strict=True)] == [
        after(3600) - NOW
    ] * len(replay.events)


def test_deleted_variables_can_be_given() -> None:
    """A what-if that names all that a node reads decides it again, although its record was deleted."""
    bare = [split(event)[0] for event in RUNS["greeted"]]
    replay = redecide(GREETING, bare, {"user_country": "FR"})
    assert path(replay.events)[2:] == ["ask FALSE", "pause waits"]


def test_another_version_can_be_tried() -> None:
    """A run replays by a flow that it did not run: its path is compared, not the version's name."""
    same = structs.replace(GREETING, version=9, hash="other")
    assert redecide(same, RUNS["timed out"]).equal
    other = flow({"say": {"type": "reply", "text": "Hi", "next": {"SUCCESS": "end"}}})
    replay = redecide(other, RUNS["timed out"])
    assert (path(replay.events)[2:], replay.differs_at) == (["say SUCCESS", "completed at end"], 2)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"agent_online": ["a1"]}, "agent_online is no fact.*did you mean agents_online"),
        ({"user_contry": "DE"}, "did you mean user_country"),
        ({"agents_online": 3}, "agents_online cannot be 3"),
        ({"now": "soon"}, 'now cannot be "soon"'),
        ({"now": "2026-03-04T06:06:07"}, "now needs its zone"),
    ],
)
def test_bad_overrides(overrides: dict[str, Json], sentence: str) -> None:
    """What cannot be changed is refused with a sentence."""
    with pytest.raises(ValueError, match=sentence):
        redecide(GREETING, RUNS["greeted"], overrides)
