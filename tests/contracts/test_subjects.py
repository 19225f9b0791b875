"""Every subject that is built is parsed into what it was built from, and matched by its filters."""

from collections.abc import Callable
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import subjects
from contracts.ids import FlowId, RunId, TeamId, VisitorId
from contracts.streams import CONSUMERS, STREAMS, TASK_KINDS

_tokens = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
_teams = _tokens.map(TeamId)
_visitors = _tokens.map(VisitorId)
_runs = _tokens.map(RunId)


@given(_teams, _visitors, _tokens)
def test_visitor_events(team: TeamId, visitor: VisitorId, event: str) -> None:
    """The partition is the visitor's alone, and its filter matches."""
    subject = subjects.visitor_event(team, visitor, event)
    number = crc32(visitor.encode()) % 16
    assert subjects.parse_visitor_event(subject) == (number, team, visitor, event)
    assert matches(subjects.visitor_partition(number), subject)


@given(_teams, _visitors, st.sampled_from(["visitor", "agent", "robot", "state"]))
def test_chat(team: TeamId, visitor: VisitorId, kind: subjects.ChatKind) -> None:
    """Live or stored, the parts are the same."""
    subject = subjects.chat(team, visitor, kind)
    assert subjects.parse_chat(subject) == (team, visitor, kind)
    assert subjects.parse_chat(f"live.{subject}") == (team, visitor, kind)
    assert matches(subjects.chat_of_visitor(team, visitor), subject)
    assert matches(subjects.live_chat_of_visitor(team, visitor), f"live.{subject}")
    assert matches(subjects.CHAT_AGENT_POSTS, subject) == (kind == "agent")
    assert matches(subjects.CHAT_STATE, subject) == (kind == "state")


@given(_teams, _visitors, st.sampled_from(["visitor", "agent"]))
def test_hints(team: TeamId, visitor: VisitorId, side: subjects.HintSide) -> None:
    """Each side hears the other alone."""
    subject = subjects.hint(team, visitor, side)
    assert subjects.parse_hint(subject) == (team, visitor, side)
    assert matches(subjects.AGENTS_HINTS, subject) == (side == "agent")
    assert matches(subjects.hints_of_visitors(team), subject) == (side == "visitor")


@given(_runs, st.integers(1, 10_000))
def test_timers(run: RunId, seq: int) -> None:
    """What is due says which wait is over."""
    due = subjects.timer_due(run, seq)
    assert subjects.parse_timer_due(due) == (run, seq)
    assert matches(subjects.TIMERS_DUE, due)
    assert not matches(subjects.TIMERS_DUE, subjects.timer_set(run, seq))


@given(_runs, st.integers(1, 10_000), st.sampled_from(TASK_KINDS))
def test_tasks(run: RunId, seq: int, kind: str) -> None:
    """A task is found by its kind alone, its answer by neither."""
    task, done = subjects.task(kind, run, seq), subjects.task_done(run, seq)
    assert subjects.parse_task(task) == subjects.parse_task_done(done) == (run, seq)
    assert [other for other in TASK_KINDS if matches(subjects.tasks_of(other), task)] == [kind]
    assert matches(subjects.TASKS_DONE, done)
    assert not any(matches(subjects.tasks_of(other), done) for other in TASK_KINDS)


@given(_teams, _tokens.map(FlowId), _runs)
def test_submissions_and_feeds(team: TeamId, flow: FlowId, run: RunId) -> None:
    """A submission names its team; a feed is found by team, and by flow."""
    assert subjects.parse_submission(subjects.submission(team)) == team
    assert matches(subjects.SUBMISSIONS, subjects.submission(team))
    assert matches(subjects.run_feed_of(team), subjects.run_feed(team, flow, run))
    assert matches(subjects.run_feed_of(team, flow), subjects.run_feed(team, flow, run))


@given(_teams, st.sampled_from(["agent", "visitor"]), _tokens, st.booleans(), _tokens)
def test_presence(team: TeamId, kind: subjects.PersonKind, person: str, online: bool, session: str) -> None:
    """A person's transitions are found by person; a team's agents by team."""
    subject = subjects.presence(team, kind, person, online=online)
    assert matches(subjects.presence_of_person(team, kind, person), subject)
    assert matches(subjects.presence_of_agents(team), subject) == (kind == "agent")
    key = subjects.session_key(team, kind, person, session)
    assert matches(subjects.sessions_of(kind), key)
    assert subjects.parse_session_key(key) == (team, kind, person, session)


@given(_teams, _visitors, _tokens.map(FlowId), _runs)
def test_each_stored_subject_has_one_stream(
    team: TeamId, visitor: VisitorId, flow: FlowId, run: RunId
) -> None:
    """What is to be kept is kept once."""
    stored = {
        "VISITOR": subjects.visitor_event(team, visitor, "widget_opened"),
        "CHAT": subjects.chat(team, visitor, "robot"),
        "PRESENCE": subjects.presence(team, "agent", "a", online=True),
        "CONTRACTS": subjects.submission(team),
        "FLOW": subjects.flow_verdict(team, flow, "published"),
        "TIMER": subjects.timer_set(run, 3),
        "TASK": subjects.task("send_email", run, 3),
        "DEAD": subjects.dead("VISITOR"),
    }
    for name, subject in stored.items():
        assert [stream.name for stream in STREAMS if any(matches(f, subject) for f in stream.subjects)] == [
            name
        ]
    for subject in (subjects.run_feed(team, flow, run), f"live.{stored['CHAT']}"):
        assert not any(matches(f, subject) for stream in STREAMS for f in stream.subjects)


def test_every_consumer_reads_its_stream() -> None:
    """Sixteen pinned readers of VISITOR, and no filter that its stream does not have."""
    assert len([consumer for consumer in CONSUMERS if consumer.is_pinned]) == subjects.PARTITIONS == 16
    for consumer in CONSUMERS:
        stream = next(stream for stream in STREAMS if stream.name == consumer.stream)
        example = consumer.filter.replace("*", "x").replace(">", "x")
        assert any(matches(pattern, example) for pattern in stream.subjects)


@pytest.mark.parametrize(
    ("parse", "subject"),
    [
        (subjects.parse_visitor_event, "visitor.1.t.v"),
        (subjects.parse_visitor_event, "chat.1.t.v.e"),
        (subjects.parse_visitor_event, "visitor.x.t.v.e"),
        (subjects.parse_chat, "chat.t.v"),
        (subjects.parse_timer_due, "timer.set.r.1"),
        (subjects.parse_timer_due, "timer.due.r.x"),
        (subjects.parse_task, "task.done.r.1"),
        (subjects.parse_task, "task.send_email.r.x"),
        (subjects.parse_task_done, "task.send_email.r.1"),
        (subjects.parse_submission, "contracts.flows.push.t"),
    ],
)
def test_another_subject_is_refused(parse: Callable[[str], object], subject: str) -> None:
    """A subject of another kind raises ValueError."""
    with pytest.raises(ValueError, match=r".+"):
        parse(subject)


def matches(pattern: str, subject: str) -> bool:
    """NATS's rule: `*` is one token, `>` one or more at the end."""
    wanted, tokens = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted, tokens = wanted[:-1], tokens[: max(len(wanted) - 1, 0)] if len(tokens) >= len(wanted) else []
    return len(wanted) == len(tokens) and all(w in {"*", t} for w, t in zip(wanted, tokens, strict=True))
