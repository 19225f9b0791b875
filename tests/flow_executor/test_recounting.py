"""Runs told as scenarios hold for the version that ran."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.flow import FlowDefinition, parse_toml
from contracts.flow_toml import to_toml
from contracts.run import Json, RunEvent, RunFailed, split
from services.flow_executor.engine.decide import cancel, resume, start
from services.flow_executor.engine.facts import Facts, Post
from services.flow_executor.engine.graph import compile_flow
from services.flow_executor.engine.run import Ended, Waiting, fold
from services.flow_executor.engine.stimuli import TimerDue
from services.flow_executor.recounting import Untold, recount
from services.flow_executor.scenarios import play, run_scenario
from tests import strategies
from tests.engine.test_any_flow import QUICK, stimuli, worlds
from tests.engine.worlds import NOW, after, facts, flow, trigger


@QUICK
@given(st.data(), strategies.any_flows(), worlds(), strategies.variables())
def test_any_run_becomes_a_scenario(
    data: st.DataObject, definition: FlowDefinition, world: Facts, variables: dict[str, Json]
) -> None:
    """Whatever flow, world and answers: the scenario holds, and takes the path that was recorded."""
    compiled = compile_flow(definition, 1)
    events: tuple[RunEvent, ...] = start(compiled, trigger(variables), world)
    for number in range(6):
        run = fold(events)
        if not isinstance(run, Waiting):
            break
        stimulus = data.draw(stimuli(run, number))
        now = run.until if isinstance(stimulus, TimerDue) else stimulus.at
        events += resume(compiled, run, stimulus, msgspec.structs.replace(world, now=now))
    scenario = recount(compiled, events, "as it was")
    result = run_scenario(compiled, scenario)
    assert result.passed or isinstance(events[-1], RunFailed), result.failures


FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.toml"))


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_scenarios_go_round(path: Path) -> None:
    """What a shipped flow's scenario does is told as one that does the same, also after a way through TOML."""
    definition = parse_toml(path.read_bytes())
    assert isinstance(definition, FlowDefinition)
    compiled = compile_flow(definition, 1)
    for scenario in definition.scenarios:
        played = play(compiled, scenario)
        told = recount(compiled, played, scenario.name)
        again = parse_toml(to_toml(msgspec.structs.replace(definition, scenarios=(told,))).encode())
        assert isinstance(again, FlowDefinition)
        result = run_scenario(compiled, again.scenarios[0])
        assert (result.passed, result.path) == (True, run_scenario(compiled, scenario).path)


NODES = {
    "there": {"type": "agents_offline", "next": {"TRUE": "wait", "FALSE": "wait"}},
    "wait": {"type": "wait", "seconds": 60, "next": {"TIMEOUT": "later", "AGENT_ANSWER": "end"}},
    "later": {"type": "agents_offline", "next": {"TRUE": "sorry", "FALSE": "end"}},
    "sorry": {
        "type": "reply",
        "text": "You wrote {{message_body}} on {{page_title}}",
        "next": {"SUCCESS": "end"},
    },
}
SAID: dict[str, Json] = {"message_body": "hello", "page_title": "Lamps", "referrer": "nobody reads it"}


def test_what_changed_meanwhile() -> None:
    """A step says what is different by then, and what nobody read is left out."""
    compiled = flow(NODES)
    events = start(compiled, trigger(SAID), facts(online=["a1"]))
    waiting = fold(events)
    assert isinstance(waiting, Waiting)
    events += resume(compiled, waiting, TimerDue(waiting.run, waiting.seq), facts(waiting.until))
    told = msgspec.json.encode(recount(compiled, events, "nobody comes"))
    assert msgspec.json.decode(told) == {
        "name": "nobody comes",
        "given": {
            "agents_online": ["a1"],
            "now": NOW.isoformat().replace("+00:00", "Z"),
            "variables": {"message_body": "hello", "page_title": "Lamps"},
        },
        "steps": [{"type": "TIMEOUT", "given": {"agents_online": []}}],
        "path": ["start SUCCESS", "there FALSE", "wait TIMEOUT", "later TRUE", "sorry SUCCESS", "end"],
        "messages": ["You wrote hello on Lamps"],
    }


def test_cancelled_run_waits() -> None:
    """Nobody cancels in a scenario: there the run still waits where it was ended."""
    compiled = flow(NODES)
    events = start(compiled, trigger(SAID), facts())
    events += cancel(fold(events), at=after(5), cause="c", by="mei")
    scenario = recount(compiled, events, "cancelled")
    assert scenario.steps == ()
    assert scenario.path == ("start SUCCESS", "there TRUE", "wait")


def test_answer_that_came_early() -> None:
    """What an agent wrote before the run came to wait is a step."""
    compiled = flow(NODES)
    post = Post(at=after(1), id="p1")
    events = start(compiled, trigger(SAID), msgspec.structs.replace(facts(), last_agent_post=post))
    assert isinstance(fold(events), Ended)
    scenario = recount(compiled, events, "quick")
    assert scenario.steps == ("AGENT_ANSWER",)


def test_deleted_person() -> None:
    """Where what a run knew was deleted there is no world to tell of."""
    compiled = flow(NODES)
    events = [split(event)[0] for event in start(compiled, trigger(SAID), facts())]
    with pytest.raises(Untold, match="deleted"):
        recount(compiled, events, "gone")
