"""How runs, replays and what-ifs look to people."""

from collections.abc import Sequence
from io import StringIO

import pytest
from msgspec import structs
from rich.console import Console

from contracts.ids import FlowId, TeamId, VisitorId
from contracts.requests import RunHistory, RunReplayed, RunSummary
from contracts.run import Json, NodeCompleted, RunEvent
from services.cli.runs import comparison, timeline
from services.flow_executor.engine.decide import resume, start
from services.flow_executor.engine.replay import redecide
from services.flow_executor.engine.run import fold
from services.flow_executor.engine.stimuli import AgentAnswered
from tests.engine.worlds import NOW, RUN, after, facts, flow, trigger

FLOW = flow(
    {
        "it": {"type": "agents_offline", "group": "sales", "next": {"TRUE": "patience", "FALSE": "other"}},
        "other": {"type": "wait", "seconds": 60, "next": {}},
        "patience": {"type": "wait", "seconds": 60, "next": {"AGENT_ANSWER": "long"}},
        "long": {"type": "logic", "expression": "var_big and user_country", "next": {"TRUE": "end"}},
    }
)
SALES: dict[str, Json] = {"agents": [{"id": "ann", "groups": ["sales"]}]}
WORLD = facts(settings=SALES, online=[], variables={"var_big": "x" * 65_536, "user_country": "DE"})


def _lived() -> list[RunEvent]:
    events = list(start(FLOW, trigger(), WORLD))
    return events + list(resume(FLOW, fold(events), AgentAnswered("e2", after(4)), WORLD))


def _history(events: Sequence[RunEvent]) -> RunHistory:
    trigger_name = FLOW.definition.trigger
    summary = RunSummary(
        run=RUN, team=TeamId("default"), visitor=VisitorId("v1"), flow=FlowId("a-flow"), version=1, hash=FLOW.hash,
        trigger=trigger_name, status="completed", node="end", started_at=NOW,
        ended_at=NOW, error=None,
    )  # fmt: skip
    return RunHistory(run=summary, events=list(events))


def _compared(recorded: Sequence[RunEvent], changed: dict[str, Json] | None) -> str:
    replay = redecide(FLOW, recorded, changed)
    reply = RunReplayed(
        run=RUN, equal=False, differs_at=replay.differs_at, events=list(replay.events), missing=replay.missing
    )
    out = StringIO()
    comparison.show(Console(file=out, width=400), _history(recorded), reply, changed)
    return out.getvalue()


def _turned(event: RunEvent) -> RunEvent:
    """The event with its names in another order."""
    if not isinstance(event, NodeCompleted):
        return event
    turned = {name: event.variables[name] for name in reversed(event.variables)}
    return structs.replace(event, variables=turned, facts=dict(reversed(event.facts.items())))


def test_the_order_of_names_is_no_difference() -> None:
    """Rows differ by what they say, in whatever order it was stored."""
    assert "≠" not in _compared([_turned(event) for event in _lived()], {})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (
            {"agents_online": ["ann"]},
            "the other path waits at seq 4: what people would have answered there is not invented",
        ),
        (
            {"groups.sales": None},
            "the other path is over at seq 4; what is recorded after it does not happen there",
        ),
    ],
)
def test_where_a_what_if_ends(changed: dict[str, Json], why: str) -> None:
    """What was recorded after that is not marked as lost, and one line says why it is not there."""
    told = _compared(_lived(), changed)
    assert why in told
    assert [line[0] for line in told.splitlines() if "≠" in line] == ["3", "4"]
    assert [line[0] for line in told.splitlines() if line[:1] in "567" and line[1:2] == " "] == [
        "5",
        "6",
        "7",
    ]


def test_values_are_cut_and_the_teams_named() -> None:
    """A value of 64 KiB takes no more than a glance, and what the team had set stands as `--set` names it."""
    out = StringIO()
    timeline.show(Console(file=out, width=400), _history(_lived()))
    shown = out.getvalue()
    assert len(shown) < 5_000
    assert "xxx… (65536 characters; --json has them all)" in shown
    assert "  groups.sales ann" in shown
    assert "  group_online.sales nobody" in shown
