"""Picks: even over many runs, the same for the same run, and the same again when it is replayed."""

from collections import Counter

from contracts.ids import RunId
from contracts.run import ConversationAssigned, NodeCompleted, RunEvent
from services.flow_executor.engine.decide import start
from services.flow_executor.engine.replay import redecide
from tests.engine.nodes.conditions import SALES
from tests.engine.worlds import facts, flow, trigger

AGENTS = ("a", "b", "c", "d")
ANY = flow({"it": {"type": "assign_any", "next": {"SUCCESS": "end"}}})
TWICE = flow(
    {
        "it": {"type": "assign_any", "next": {"SUCCESS": "again"}},
        "again": {"type": "assign_any", "next": {"SUCCESS": "end"}},
    }
)
RUNS = 1_000


def picked(events: tuple[RunEvent, ...]) -> list[str]:
    """Who got the visitor, assignment by assignment."""
    effects = [effect for event in events if isinstance(event, NodeCompleted) for effect in event.effects]
    return [effect.agents[0] for effect in effects if isinstance(effect, ConversationAssigned)]


def test_picks_are_even() -> None:
    """Over many runs each of four agents gets a quarter, give or take a tenth."""
    found = Counter(
        picked(start(ANY, trigger(run=RunId(f"run-{number}")), facts(team=AGENTS)))[0]
        for number in range(RUNS)
    )
    assert set(found) == set(AGENTS)
    assert max(found.values()) - min(found.values()) < RUNS / 4 / 4


def test_the_same_run_picks_the_same() -> None:
    """Whoever decides it, and in whatever order the agents are told."""
    for number in range(50):
        run = trigger(run=RunId(f"run-{number}"))
        events = start(ANY, run, facts(team=AGENTS))
        assert picked(events) == picked(start(ANY, run, facts(team=AGENTS[::-1])))
        assert redecide(ANY, events).equal


def test_two_picks_of_a_run_are_two_draws() -> None:
    """The second assignment of a run does not always choose whom the first one chose."""
    pairs = {
        tuple(picked(start(TWICE, trigger(run=RunId(f"run-{number}")), facts(team=AGENTS))))
        for number in range(400)
    }
    assert len(pairs) == len(AGENTS) ** 2


def test_one_of_those_who_are_online() -> None:
    """A group's pick is among the online ones, evenly too."""
    node = {
        "type": "assign_group",
        "group": "sales",
        "method": "one",
        "online": "prefer",
        "next": {"SUCCESS": "end"},
    }
    of_sales = flow({"it": node})
    found = Counter(
        picked(start(of_sales, trigger(run=RunId(f"r{n}")), facts(settings=SALES, online=["a1", "a2", "b"])))[
            0
        ]
        for n in range(400)
    )
    assert set(found) == {"a1", "a2"}
    assert min(found.values()) > 150
