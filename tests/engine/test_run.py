"""What a run is: the fold of its events. What may not follow raises; what is personal comes off and on again."""

from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from contracts.ids import AgentId, FlowId
from contracts.run import (
    ConversationAssigned,
    MessagePosted,
    NodeCompleted,
    Personal,
    RunCancelled,
    RunCompleted,
    RunEvent,
    RunFailed,
    RunStarted,
    RunWaiting,
    TimerSet,
    effects_of,
    merge,
    split,
)
from services.flow_executor.engine.run import Ended, IllegalEvent, Running, Waiting, evolve, fold
from tests.engine.worlds import NOW, RUN, after, trigger

GOLDEN = Path(__file__).parent / "golden"

STARTED = RunStarted(
    run=RUN,
    seq=1,
    at=NOW,
    cause="event-1",
    flow=FlowId("a-flow"),
    version=1,
    hash="abc",
    team=trigger().team,
    visitor=trigger().visitor,
    trigger=trigger().trigger,
    variables={"message_body": "hi"},
)


def done(seq: int, node: str = "it", **fields: object) -> NodeCompleted:
    """A node's turn."""
    event = NodeCompleted(
        run=RUN, seq=seq, at=NOW, cause="c", node=node, node_type="reply", outcome="SUCCESS", next="end"
    )
    return structs.replace(event, **fields)


def parked(seq: int) -> RunWaiting:
    """The run waits at `pause`."""
    return RunWaiting(
        run=RUN,
        seq=seq,
        at=NOW,
        cause="c",
        node="pause",
        node_type="wait",
        since=NOW,
        until=after(5),
        waits_for=("TIMEOUT",),
        effects=(TimerSet(k=1, at=after(5)),),
    )


def completed(seq: int) -> RunCompleted:
    """The run is over."""
    return RunCompleted(run=RUN, seq=seq, at=NOW, cause="c", node="end")


FAILED = RunFailed(run=RUN, seq=2, at=NOW, cause="c", node="it", code="bad", detail="Bad.")
CANCELLED = RunCancelled(run=RUN, seq=3, at=NOW, cause="c", node="pause", by="admin")


def test_a_run_goes_through_its_states() -> None:
    """Started, waiting, woken, ended; steps and variables add up."""
    run = fold([STARTED, done(2)])
    assert isinstance(run, Running)
    run = evolve(run, parked(3))
    assert isinstance(run, Waiting)
    assert (run.node, run.seq, run.since, run.until, run.waits_for) == (
        "pause",
        3,
        NOW,
        after(5),
        ("TIMEOUT",),
    )
    run = evolve(run, done(4, "pause", sets={"message_body": "yes", "var_x": 1}))
    assert (run.steps, run.variables) == (2, {"message_body": "yes", "var_x": 1})
    run = evolve(run, completed(5))
    assert isinstance(run, Ended)
    assert (run.status, run.node, run.seq, run.started_at) == ("completed", "end", 5, NOW)


@pytest.mark.parametrize(
    ("events", "status"), [([STARTED, FAILED], "failed"), ([STARTED, parked(2), CANCELLED], "cancelled")]
)
def test_other_ends(events: list[RunEvent], status: str) -> None:
    """A run can fail, or be cancelled where it waits."""
    run = fold(events)
    assert isinstance(run, Ended)
    assert run.status == status


@pytest.mark.parametrize(
    "events",
    [
        [done(1)],
        [structs.replace(STARTED, seq=2)],
        [STARTED, STARTED],
        [STARTED, done(3)],
        [STARTED, done(1)],
        [STARTED, structs.replace(done(2), run="another")],
        [STARTED, parked(2), done(3, "elsewhere")],
        [STARTED, parked(2), completed(3)],
        [STARTED, parked(2), parked(3)],
        [STARTED, completed(2), done(3)],
        [STARTED, parked(2), CANCELLED, completed(4)],
    ],
)
def test_illegal_events(events: list[RunEvent]) -> None:
    """An event that cannot follow means a broken history, and raises."""
    with pytest.raises(IllegalEvent, match="cannot follow"):
        fold(events)


def test_a_run_has_events() -> None:
    """No events are no run."""
    with pytest.raises(ValueError, match="at least one event"):
        fold([])


POSTED = MessagePosted(k=2, author="robot", text="Hi Ann")
ASSIGNED = ConversationAssigned(k=1, agents=(AgentId("a1"),))
REPLY = done(2, variables={"name": "Ann"}, sets={"var_x": "Ann"}, effects=(ASSIGNED, POSTED))

ASKING = structs.replace(parked(2), variables={"name": "Ann"}, effects=(TimerSet(k=1, at=NOW), POSTED))


@pytest.mark.parametrize(
    ("event", "personal"),
    [
        (STARTED, Personal(variables={"message_body": "hi"})),
        (REPLY, Personal(variables={"name": "Ann"}, sets={"var_x": "Ann"}, texts={2: "Hi Ann"})),
        (ASKING, Personal(variables={"name": "Ann"}, texts={2: "Hi Ann"})),
    ],
)  # fmt: skip
def test_what_is_personal_comes_off_and_on(event: RunEvent, personal: Personal) -> None:
    """`split` leaves nothing of the person in the event, `merge` restores it, also after both were stored."""
    bare, taken = split(event)
    assert taken == personal
    stored = msgspec.json.encode(bare)
    assert b"Ann" not in stored
    assert b"hi" not in stored.replace(b'"hash"', b"")
    assert b'"withheld":true' in stored
    restored = msgspec.json.decode(msgspec.json.encode(personal), type=Personal)
    assert merge(msgspec.json.decode(stored, type=RunEvent), restored) == event
    assert merge(bare, None) == bare


@pytest.mark.parametrize("event", [done(2), parked(2), completed(2), FAILED, CANCELLED])
def test_what_is_not_personal_stays(event: RunEvent) -> None:
    """An event without anything personal is not touched."""
    assert split(event) == (event, None)
    assert merge(event, None) is event


def test_effects_have_derived_ids() -> None:
    """An effect's id is the run, the event's seq and its number."""
    assert effects_of(REPLY) == ((f"{RUN}.2.1", ASSIGNED), (f"{RUN}.2.2", POSTED))
    assert effects_of(completed(3)) == ()


GOLDEN_EVENTS: dict[str, RunEvent] = {
    "started": STARTED,
    "withheld": split(REPLY)[0],
    "node_completed": REPLY,
    "node_failed": done(2, outcome="FAILED", next=None, code="c", detail="D."),
    "waiting": parked(2),
    "completed": completed(2),
    "failed": FAILED,
    "cancelled": CANCELLED,
}


@pytest.mark.parametrize("name", GOLDEN_EVENTS)
def test_golden_bytes(name: str) -> None:
    """The stored bytes of version 1 decode for ever, to the same event; today's bytes are the same."""
    event = GOLDEN_EVENTS[name]
    golden = (GOLDEN / f"run_{name}.json").read_bytes().strip()
    assert msgspec.json.decode(golden, type=RunEvent) == event
    assert msgspec.json.encode(event) == golden
