"""How a run goes: from its trigger, through waits, to its end; what is ignored; what ends it by force."""

from datetime import timedelta
from pathlib import Path

import pytest

from contracts.flow import FlowDefinition, parse, parse_toml
from contracts.run import Json, MessagePosted, NodeCompleted, RunCancelled, RunEvent, RunStarted, RunWaiting
from services.flow_executor.engine.decide import cancel, resume, start
from services.flow_executor.engine.facts import Facts, MissingFact, Post
from services.flow_executor.engine.graph import CompiledFlow, compile_flow
from services.flow_executor.engine.run import Run, Waiting, evolve, fold
from services.flow_executor.engine.stimuli import AgentAnswered, Stimulus, TimerDue, VisitorAnswered
from tests.engine.worlds import NOW, RUN, after, document, facts, flow, path, trigger

FLOWS = Path(__file__).parents[2] / "flows"


def shipped(name: str) -> CompiledFlow:
    """A flow of `flows/`."""
    found = parse_toml((FLOWS / f"{name}.toml").read_bytes())
    assert isinstance(found, FlowDefinition)
    return compile_flow(found, version=3)


TUTORIAL = shipped("agents-offline-message")
BUSY = shipped("busy-agents")
PARKED = start(BUSY, trigger(), facts(online=["a1"]))
"""A run of `busy-agents` that waits, with seq 4."""


def waiting() -> Waiting:
    """The run that `PARKED` is."""
    run = fold(PARKED)
    assert isinstance(run, Waiting)
    return run


def test_the_tutorial() -> None:
    """Nobody is online: exactly these five events, with the fact and the message."""
    events = start(TUTORIAL, trigger({"page_url": "/"}), facts())
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert {(event.run, event.at, event.cause) for event in events} == {(RUN, NOW, "event-1")}
    assert path(events) == [
        "RunStarted", "start SUCCESS", "check TRUE", "apologise SUCCESS", "completed at end",
    ]  # fmt: skip
    started, _, check, apologise, _ = events
    assert isinstance(started, RunStarted)
    assert (started.flow, started.version, started.hash) == (TUTORIAL.flow, 3, TUTORIAL.hash)
    assert started.variables == {"page_url": "/"}
    assert isinstance(check, NodeCompleted)
    assert (check.node_type, check.next, check.facts) == (
        "agents_offline",
        "apologise",
        {"agents_online": []},
    )
    assert isinstance(apologise, NodeCompleted)
    text = "很抱歉目前没有座席在线，您可以在下方对话框留下联系方式，我们将尽快联系您。"
    assert apologise.effects == (MessagePosted(k=1, author="robot", channel="web", text=text),)


def test_what_a_flow_reads_is_known_before() -> None:
    """The shell learns which facts to gather, and whether a run can wait."""
    assert (TUTORIAL.reads, TUTORIAL.can_wait) == ({"agents_online"}, False)
    assert (BUSY.reads, BUSY.can_wait) == ({"agents_online"}, True)
    counting = flow(
        {"it": {"type": "logic", "expression": "agents_online_count > n", "next": {"TRUE": "end"}}}
    )
    assert counting.reads == {"agents_online", "variables"}
    assert counting.variables == {"n"}


def test_a_fact_that_was_not_gathered_is_missing() -> None:
    """Deciding without a fact that a node reads is an error, never a guess."""
    with pytest.raises(MissingFact) as missing:
        start(TUTORIAL, trigger(), Facts(now=NOW))
    assert missing.value.name == "agents_online"


def test_timeout() -> None:
    """The timer of the wait brings the message; the causes tell the two decisions apart."""
    events = resume(BUSY, waiting(), TimerDue(RUN, 4), facts(after(15.2)))
    assert path(events) == ["pause TIMEOUT", "reassure SUCCESS", "completed at end"]
    assert {(event.at, event.cause) for event in events} == {(after(15.2), f"timer.due.{RUN}.4")}


def test_an_answer_ends_the_wait() -> None:
    """A person's answer brings the run to its end without the message."""
    events = resume(BUSY, waiting(), AgentAnswered("m9", after(3)), facts(after(3)))
    assert path(events) == ["pause AGENT_ANSWER", "completed at end"]
    assert {event.cause for event in events} == {"m9"}


def test_an_unconnected_answer_ends_the_run_as_completed() -> None:
    """A wait ends by any of its outcomes; one that leads nowhere ends the run."""
    only_timeout = flow({"it": {"type": "wait", "seconds": 5, "next": {"TIMEOUT": "end"}}})
    run = fold(start(only_timeout, trigger(), facts()))
    events = resume(only_timeout, run, AgentAnswered("m9", after(1)), facts(after(1)))
    assert path(events) == ["it AGENT_ANSWER", "completed at it"]


@pytest.mark.parametrize(
    "stimulus",
    [
        TimerDue(RUN, 3),
        TimerDue(RUN, 5),
        TimerDue(type(RUN)("another"), 4),
        AgentAnswered("m9", NOW),
        AgentAnswered("m9", after(-1)),
        VisitorAnswered("event-1", NOW),
    ],
)
def test_what_does_not_fit_is_ignored(stimulus: Stimulus) -> None:
    """A timer of another wait, and what was written up to the wait's beginning, change nothing."""
    assert resume(BUSY, waiting(), stimulus, facts(after(20))) == ()


def test_an_ended_run_stays_ended() -> None:
    """Nothing wakes what is over, and nobody can cancel it."""
    run = fold((*PARKED, *resume(BUSY, waiting(), TimerDue(RUN, 4), facts(after(15)))))
    for stimulus in (TimerDue(RUN, 4), AgentAnswered("m9", after(99)), VisitorAnswered("m9", after(99))):
        assert resume(BUSY, run, stimulus, facts(after(99))) == ()
    assert cancel(run, at=after(99), cause="c", by="admin") == ()


def test_another_version_cannot_go_on() -> None:
    """A run keeps the version that it began with."""
    with pytest.raises(ValueError, match="began with busy-agents"):
        resume(TUTORIAL, waiting(), TimerDue(RUN, 4), facts())


@pytest.mark.parametrize(
    ("agent", "visitor", "outcome", "at"),
    [
        (Post(id="m1", at=after(2)), None, "AGENT_ANSWER", after(2)),
        (None, Post(id="m2", at=after(3), variables={"message_body": "hey"}), "VISITOR_ANSWER", after(3)),
        (Post(id="m1", at=after(4)), Post(id="m2", at=after(3)), "VISITOR_ANSWER", after(3)),
        (Post(id="m1", at=after(2)), Post(id="m2", at=after(3)), "AGENT_ANSWER", after(2)),
    ],
)
def test_an_answer_that_overtook_the_wait(
    agent: Post | None, visitor: Post | None, outcome: str, at: object
) -> None:
    """What was written after the wait's beginning but seen before it ends the wait at once, as if it came later."""
    world = facts(online=["a1"], agent_post=agent, visitor_message=visitor)
    events = start(BUSY, trigger(), world)
    assert path(events)[3:] == ["pause waits", f"pause {outcome}", "completed at end"]
    done = events[4]
    assert isinstance(done, NodeCompleted)
    assert (done.at, done.cause) == (at, "event-1")
    assert isinstance(done.facts["answer"], dict)


@pytest.mark.parametrize("post", [Post(id="m1", at=NOW), Post(id="m1", at=after(-5))])
def test_what_came_before_the_wait_does_not_count(post: Post) -> None:
    """The very message that started the run is no answer to it."""
    events = start(BUSY, trigger(), facts(online=["a1"], agent_post=post, visitor_message=post))
    assert path(events)[-1] == "pause waits"


def test_both_orders_of_a_race_lead_to_the_same_path() -> None:
    """Whether the answer is seen before or after the run parks, the path is the same."""
    answer = Post(id="m1", at=after(2))
    overtaken = start(BUSY, trigger(), facts(online=["a1"], agent_post=answer))
    later = (*PARKED, *resume(BUSY, waiting(), AgentAnswered("m1", after(2)), facts(after(2))))
    assert path(overtaken) == path(later)
    assert [event.at for event in overtaken] == [event.at for event in later]


LOOP: dict[str, dict[str, object]] = {
    "it": {
        "type": "wait",
        "seconds": 1,
        "next": {"TIMEOUT": "it", "AGENT_ANSWER": "it", "VISITOR_ANSWER": "end"},
    },
}


def test_one_answer_ends_one_wait() -> None:
    """A loop of waits takes an overtaking answer once and then waits."""
    events = start(flow(LOOP), trigger(), facts(agent_post=Post(id="m1", at=after(2))))
    assert path(events)[2:] == ["it waits", "it AGENT_ANSWER", "it waits"]
    last = events[-1]
    assert isinstance(last, RunWaiting)
    assert (last.since, last.until) == (after(2), after(3))


def test_what_the_visitor_answered_is_the_message_from_then_on() -> None:
    """After VISITOR_ANSWER `message_body` is the answer."""
    asking = flow(
        {
            "it": {"type": "wait", "seconds": 9, "next": {"VISITOR_ANSWER": "is_yes", "TIMEOUT": "end"}},
            "is_yes": {
                "type": "logic",
                "expression": 'message_body == "yes"',
                "next": {"TRUE": "end", "FALSE": "end"},
            },
        }
    )
    run = fold(start(asking, trigger({"message_body": "hello"}), facts()))
    answer = VisitorAnswered("e2", after(1), {"message_body": "yes"})
    assert path(resume(asking, run, answer, facts(after(1))))[1] == "is_yes TRUE"


def _long(size: int) -> CompiledFlow:
    chain = {
        f"n{i}": {"type": "has_agent", "next": dict.fromkeys(("TRUE", "FALSE"), f"n{i + 1}")}
        for i in range(size)
    }
    wait = {"type": "wait", "seconds": 1, "next": {"TIMEOUT": "n0", "AGENT_ANSWER": "end"}}
    return flow({**chain, f"n{size}": wait})


def test_run_too_long_by_steps() -> None:
    """A run that waits in between may still not take more than 10,000 steps."""
    long, world = _long(400), facts()
    events = list(start(long, trigger(), world))
    run: Run = fold(events)
    while isinstance(run, Waiting):
        for event in resume(long, run, TimerDue(RUN, run.seq), world):
            events.append(event)
            run = evolve(run, event)
    assert path(events)[-1].endswith("run_too_long")
    assert sum(isinstance(event, NodeCompleted) for event in events) == 10_000


def test_run_too_long_by_age() -> None:
    """A run that is woken after 90 days ends as failed."""
    looping = flow(LOOP)
    run = fold(start(looping, trigger(), facts()))
    late = NOW + timedelta(days=90, seconds=1)
    events = resume(looping, run, TimerDue(RUN, 3), facts(late))
    assert path(events) == ["it TIMEOUT", "failed at it: run_too_long"]


def test_step_limit() -> None:
    """The checks refuse a loop without a wait; should one run, it is stopped."""
    endless = {"it": {"type": "has_agent", "next": {"TRUE": "end", "FALSE": "it"}}}
    parsed = parse(document(endless))
    assert isinstance(parsed, FlowDefinition)
    events = start(compile_flow(parsed), trigger(), facts())
    assert path(events)[-2:] == ["it FALSE", "failed at it: step_limit"]
    assert len(events) == 1002


def test_cancel() -> None:
    """A waiting run ends as cancelled, with who and why."""
    (event,) = cancel(waiting(), at=after(5), cause="c1", by="admin", reason="spam")
    assert event == RunCancelled(
        run=RUN, seq=5, at=after(5), cause="c1", node="pause", by="admin", reason="spam"
    )
    assert path([event]) == ["RunCancelled"]


def test_the_same_inputs_give_the_same_events() -> None:
    """Deciding twice is deciding once."""
    variables: dict[str, Json] = {"message_body": "hi"}
    pairs: list[tuple[RunEvent, ...]] = [
        start(BUSY, trigger(variables), facts(online=["b", "a"])) for _ in range(2)
    ]
    assert pairs[0] == pairs[1]


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        ({"type": "has_agent"}, "assigned is not known here; write given.assigned = …"),
        (
            {"type": "agents_offline", "group": "sales"},
            (
                "groups.sales is not known here; write given.team = "
                '{ agents = [{ id = "…", groups = ["…"] }] }, as in the team\'s file'
            ),
        ),
        (
            {"type": "working_hours"},
            "working_hours is not known here; write given.team = { working_hours = … }, as in the team's file",
        ),
    ],
)
def test_what_is_missing_is_asked_for(node: dict[str, object], sentence: str) -> None:
    """A world that says too little is told where a scenario says it, and what had happened by then."""
    asks = flow({"it": node | {"next": {"TRUE": "end", "FALSE": "end"}}})
    with pytest.raises(MissingFact) as missing:
        start(asks, trigger(), Facts(now=NOW))
    assert str(missing.value) == sentence
    assert path(missing.value.events) == ["RunStarted", "start SUCCESS"]
