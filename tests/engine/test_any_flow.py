"""Any flow of all node types, any world, anything that can happen while it waits."""

from datetime import timedelta
from typing import cast

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.flow import FlowDefinition, content_hash, parse_json
from contracts.ids import effect_id
from contracts.run import Json, NodeCompleted, RunEvent, RunFailed, merge, split
from services.flow_executor.engine.decide import resume, start
from services.flow_executor.engine.facts import Facts, Prediction
from services.flow_executor.engine.graph import CompiledFlow, compile_flow
from services.flow_executor.engine.replay import redecide
from services.flow_executor.engine.run import Ended, Waiting, fold
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    FormFilled,
    ReplyChosen,
    Stimulus,
    TaskEnded,
    TimerDue,
    VisitorAnswered,
)
from tests import strategies
from tests.engine.worlds import NOW, RUN, facts, trigger

QUICK = settings(
    max_examples=70, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
ANSWERS: tuple[Json, ...] = ("sent", 3, None, {"open": True})


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    """A world in which some things are known and some are not."""
    known = draw(strategies.variables())
    return facts(
        NOW,
        online=draw(strategies.agents()),
        assigned=draw(strategies.agents()),
        team=strategies.AGENTS,
        locale=draw(st.sampled_from(["", "zh-TW", "en"])),
        settings=draw(st.sampled_from([strategies.SETTINGS, {}])),
        prediction=draw(st.sampled_from([None, Prediction(answer="a", score=0.5, text={"en": "Yes", "zh": "是"})])),
        variables=known | draw(st.sampled_from([{}, {"user_email": "a@b.example"}])),
    )  # fmt: skip


@st.composite
def stimuli(draw: st.DrawFn, run: Waiting, number: int) -> Stimulus:
    """Something that may end the wait, or not."""
    at, cause = run.since + timedelta(seconds=draw(st.integers(1, 30))), f"e{number}"
    message = effect_id(run.run, run.seq, 1)
    values: dict[str, Json] = draw(st.sampled_from([{"score": 7, "plan": "pro"}, {"plan": "basic"}]))
    ok, value = draw(st.booleans()), draw(st.sampled_from(ANSWERS))
    body: dict[str, Json] = {
        "message_body": draw(st.sampled_from(["yes", "DE", "", '{{x}}"'])),
        "message_subtype": "TEXT",
    }
    everything: list[Stimulus] = [
        TimerDue(RUN, run.seq),
        AgentAnswered(cause, at),
        VisitorAnswered(cause, at, body),
        FormFilled(cause, at, message, tuple(sorted(values)), values),
        TaskEnded(RUN, run.seq, at, True, 200, "", "", value)
        if ok
        else TaskEnded(
            RUN, run.seq, at, False, draw(st.sampled_from([None, 500])), "http_status", "500", value
        ),
    ]
    choices = [*run.waits_for, "满意", "nonsense"]
    everything += [ReplyChosen(cause, at, message, choice) for choice in choices]
    return draw(st.sampled_from(everything))  # fmt: skip


@QUICK
@given(st.data(), strategies.any_flows(), worlds(), strategies.variables())
def test_any_flow(
    data: st.DataObject, definition: FlowDefinition, world: Facts, variables: dict[str, Json]
) -> None:
    """Every run ends, waits, or fails with a code; a repeat changes nothing; its record leads to the same again."""
    compiled = compile_flow(definition, 1)
    events: tuple[RunEvent, ...] = start(compiled, trigger(variables), world)
    for number in range(6):
        run = fold(events)
        if not isinstance(run, Waiting):
            break
        stimulus = data.draw(stimuli(run, number))
        now = run.until if isinstance(stimulus, TimerDue) else stimulus.at
        later = msgspec.structs.replace(world, now=now)
        following = resume(compiled, run, stimulus, later)
        assert following == resume(compiled, run, stimulus, later)
        assert {event.cause for event in following} <= {stimulus.cause}
        events += following
        if following:
            assert resume(compiled, fold(events), stimulus, later) == ()
    assert isinstance(fold(events), (Waiting, Ended))
    for event in events:
        if isinstance(event, RunFailed) or (isinstance(event, NodeCompleted) and event.outcome == "FAILED"):
            assert event.code
            assert event.detail
    _replays(compiled, events)


def _replays(compiled: CompiledFlow, events: tuple[RunEvent, ...]) -> None:
    """As it was lived, as it comes back from where it is stored, and without its person."""
    apart = [split(event) for event in events]
    stored = msgspec.json.decode(msgspec.json.encode([event for event, _ in apart]), type=list[RunEvent])
    whole = [merge(event, personal) for event, (_, personal) in zip(stored, apart, strict=True)]
    for record in (events, whole, stored):
        replay = redecide(compiled, record)
        assert (replay.equal, replay.differs_at, replay.missing) == (True, None, None)


@QUICK
@given(strategies.any_flows())
def test_any_flow_reads_the_same_again(definition: FlowDefinition) -> None:
    """Written as JSON and read again a flow is the same version, and says beforehand which facts it may read."""
    again = parse_json(msgspec.json.encode(definition))
    assert again == definition
    assert content_hash(cast("FlowDefinition", again)) == content_hash(definition)
    compiled = compile_flow(definition)
    assert compiled.reads <= {*Facts.__struct_fields__, "profile"}
