"""Any flow, any order of what can happen: the engine agrees with a plain model, with its own replay, and with itself.

The model is a dozen lines without events: it follows edges in dictionaries. The machine gives both the same triggers,
timers, answers, repeats and cancellations.
"""

from datetime import datetime, timedelta
from typing import cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts.flow import FlowDefinition
from contracts.run import Json, MessagePosted, NodeCompleted, RunEvent, effects_of, merge, split
from services.flow_executor.engine.decide import cancel, resume, start
from services.flow_executor.engine.facts import Facts
from services.flow_executor.engine.graph import CompiledFlow, compile_flow
from services.flow_executor.engine.replay import redecide
from services.flow_executor.engine.run import Ended, Waiting, fold
from services.flow_executor.engine.stimuli import AgentAnswered, Stimulus, TimerDue, VisitorAnswered
from tests import strategies
from tests.engine.worlds import NOW, RUN, facts, trigger


class Model:
    """A run as one would explain it: where it is, what it said, which outcomes it took."""

    def __init__(self, nodes: dict[str, dict[str, object]], variables: dict[str, Json]) -> None:
        self.nodes = nodes
        self.variables = variables
        self.taken: list[str] = []
        self.said: list[str] = []
        self.assigned: tuple[str, ...] | None = None
        self.waits_at: str | None = None
        self.status = "running"

    def go(self, key: str, world: Facts) -> None:
        """Follow the edges from this node on."""
        while self.nodes[key]["type"] != "end":
            if self.nodes[key]["type"] == "wait":
                self.waits_at, self.status = key, "waiting"
                return
            following = self.leave(key, self._outcome(self.nodes[key], world))
            if following is None:
                return
            key = following
        self.status = "completed"

    def leave(self, key: str, outcome: str) -> str | None:
        """Take the outcome; None when it leads nowhere."""
        self.taken.append(f"{key} {outcome}")
        edges = cast("dict[str, str]", self.nodes[key]["next"])
        if outcome in edges:
            return edges[outcome]
        self.status = "failed" if outcome == "FAILED" else "completed"
        return None

    def answer(self, outcome: str, world: Facts) -> None:
        """End the wait."""
        key, self.waits_at = self.waits_at, None
        assert key is not None
        following = self.leave(key, outcome)
        if following is not None:
            self.go(following, world)

    def _outcome(self, node: dict[str, object], world: Facts) -> str:
        online = tuple(world.agents_online or ())
        known = {**world.variables, **self.variables}
        match node:
            case {"type": "start"}:
                return "SUCCESS"
            case {"type": "agents_offline"}:
                return "FALSE" if online else "TRUE"
            case {"type": "has_agent"}:
                assigned = self.assigned if self.assigned is not None else tuple(world.assigned or ())
                return "TRUE" if assigned else "FALSE"
            case {"type": "assign_all"}:
                self.assigned = tuple(world.team_agents or ())
                return "SUCCESS"
            case {"type": "logic", "expression": "score > 5"}:
                score = known.get("score")
                return "FAILED" if not isinstance(score, int) else str(score > 5).upper()
            case {"type": "logic", "expression": "agents_online_count > 1"}:
                return str(len(online) > 1).upper()
            case {"type": "logic"}:
                truth = known.get("user_country") == "DE" or known.get("message_body") == "yes"
                return str(truth).upper()
            case _:
                return self._say(node["text"], str(world.locale), known)

    def _say(self, text: object, locale: str, known: dict[str, Json]) -> str:
        if text == "{{message_body}}!":
            text = f"{known.get('message_body', '')}!"
        elif isinstance(text, dict) and locale == "de":
            text = "Hallo"
        elif isinstance(text, dict):
            if "score" not in known:
                return "FAILED"
            text = f"Hello {known['score']}"
        self.said.append(str(text))
        return "SUCCESS"


class RunMachine(RuleBasedStateMachine):
    """One run of one flow, lived in any way it can be."""

    flow: CompiledFlow
    model: Model

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.events: tuple[RunEvent, ...] = ()
        self.given: list[tuple[Stimulus, Facts]] = []

    @initialize(
        definition=strategies.flows(),
        variables=strategies.variables(),
        online=strategies.agents(),
        assigned=strategies.agents(),
        known=strategies.variables(),
        locale=st.sampled_from(["", "de", "en-GB"]),
    )
    def begin(
        self,
        *,
        definition: FlowDefinition,
        variables: dict[str, Json],
        online: tuple[str, ...],
        assigned: tuple[str, ...],
        known: dict[str, Json],
        locale: str,
    ) -> None:
        """A visitor's event starts the run."""
        self.flow = compile_flow(definition, 1)
        self.known, self.locale = known, locale
        world = self.world(online, assigned)
        self.events = start(self.flow, trigger(variables), world)
        assert self.events == start(self.flow, trigger(variables), world)
        self.model = Model(definition.nodes, variables)
        self.model.go("start", world)

    def world(self, online: tuple[str, ...], assigned: tuple[str, ...]) -> Facts:
        """What the shell would gather now."""
        return facts(
            self.now,
            online=online,
            assigned=assigned,
            team=strategies.AGENTS,
            locale=self.locale,
            variables=self.known,
        )

    def is_waiting(self) -> bool:
        """Whether there is something to wake."""
        return isinstance(fold(self.events), Waiting)

    @precondition(is_waiting)
    @rule(
        kind=st.sampled_from(["TIMEOUT", "AGENT_ANSWER", "VISITOR_ANSWER"]),
        seconds=st.integers(1, 60),
        body=st.sampled_from(["yes", "no"]),
        online=strategies.agents(),
        assigned=strategies.agents(),
    )
    def wake(
        self, *, kind: str, seconds: int, body: str, online: tuple[str, ...], assigned: tuple[str, ...]
    ) -> None:
        """The timer is due, or somebody answers."""
        run = fold(self.events)
        assert isinstance(run, Waiting)
        self.now = max(run.until, self.now) if kind == "TIMEOUT" else self.now + timedelta(seconds=seconds)
        world = self.world(online, assigned)
        stimulus = self.stimulus(kind, run.seq, self.now, body)
        following = resume(self.flow, run, stimulus, world)
        assert following
        assert {event.cause for event in following} == {stimulus.cause}
        self.events += following
        self.given.append((stimulus, world))
        if kind == "VISITOR_ANSWER":
            self.model.variables = {**self.model.variables, "message_body": body}
        self.model.assigned = None  # the world has taken note
        self.model.answer(kind, world)

    def stimulus(self, kind: str, seq: int, at: datetime, body: str) -> Stimulus:
        """What wakes the run."""
        match kind:
            case "TIMEOUT":
                return TimerDue(RUN, seq)
            case "AGENT_ANSWER":
                return AgentAnswered(f"m{seq}", at)
            case _:
                return VisitorAnswered(f"e{seq}", at, {"message_body": body})

    @precondition(lambda self: bool(self.given))
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """A stimulus that was handled once comes again and changes nothing."""
        stimulus, world = data.draw(st.sampled_from(self.given))
        assert resume(self.flow, fold(self.events), stimulus, world) == ()

    @precondition(is_waiting)
    @rule(chance=st.integers(0, 4))
    def end_it(self, chance: int) -> None:
        """Somebody cancels the run, now and then."""
        if chance == 0:
            run = fold(self.events)
            self.events += cancel(run, at=self.now, cause="cancel-1", by="admin")
            self.model.status = "cancelled"

    @precondition(lambda self: not self.is_waiting())
    @rule(seconds=st.integers(1, 60))
    def knock(self, seconds: int) -> None:
        """Nothing wakes what is over."""
        run = fold(self.events)
        late = self.now + timedelta(seconds=seconds)
        for kind in ("TIMEOUT", "AGENT_ANSWER", "VISITOR_ANSWER"):
            assert resume(self.flow, run, self.stimulus(kind, run.seq, late, "yes"), facts(late)) == ()
        assert cancel(run, at=late, cause="cancel-2", by="admin") == ()

    @invariant()
    def the_model_agrees(self) -> None:
        """Same path, same words, same state."""
        if not self.events:
            return
        taken = [f"{e.node} {e.outcome}" for e in self.events if isinstance(e, NodeCompleted)]
        effects = [effect for event in self.events for _, effect in effects_of(event)]
        assert taken == self.model.taken
        assert [effect.text for effect in effects if isinstance(effect, MessagePosted)] == self.model.said
        run = fold(self.events)
        assert (run.status if isinstance(run, Ended) else "waiting") == self.model.status

    @invariant()
    def replay_equals_live(self) -> None:
        """The record alone leads to the same events, with and without the personal part."""
        if not self.events:
            return
        assert [event.seq for event in self.events] == list(range(1, len(self.events) + 1))
        assert redecide(self.flow, self.events).equal
        assert redecide(self.flow, [merge(*split(event)) for event in self.events]).equal
        bare = redecide(self.flow, [split(event)[0] for event in self.events])
        assert bare.equal
        assert bare.missing is None


TestRun = RunMachine.TestCase
TestRun.settings = settings(
    max_examples=60,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
