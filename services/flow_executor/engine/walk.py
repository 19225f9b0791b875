"""One decision: a run walks from node to node until one parks, the flow ends, or a node fails and nobody minds.

Events are dated by `facts.now`. A node that parks looks back first: what was written after its wait began ends it at
once (the answer overtook the wait), and the walk goes on, dated by that answer, as if it had come a moment later.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from contracts.ids import RunId
from contracts.run import (
    ConversationAssigned,
    Json,
    NodeCompleted,
    NodeId,
    RunCompleted,
    RunEvent,
    RunFailed,
    RunStarted,
    RunWaiting,
    TimerSet,
)
from services.flow_executor.engine.expressions import EvaluationError
from services.flow_executor.engine.facts import Facts, Look, UnknownVariable
from services.flow_executor.engine.graph import CompiledFlow, Node
from services.flow_executor.engine.hindsight import Hindsight
from services.flow_executor.engine.node import Done, Failure, Parked, Result
from services.flow_executor.engine.run import Waiting
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    Stimulus,
    Triggered,
    VisitorAnswered,
)

MAX_STEPS_AT_ONCE = 1_000
"""Nodes that a run may complete without parking."""
MAX_STEPS = 10_000
MAX_AGE = timedelta(days=90)


class Walk:
    """The events of one decision, in the making."""

    __slots__ = (
        "_cause",
        "_facts",
        "_flow",
        "_hindsight",
        "_look",
        "_now",
        "_run",
        "_seq",
        "_started_at",
        "_steps",
        "events",
    )

    def __init__(
        self,
        flow: CompiledFlow,
        facts: Facts,
        *,
        run: RunId,
        seq: int,
        cause: str,
        started_at: datetime,
        steps: int,
        variables: Mapping[str, Json],
        hindsight: Hindsight | None,
    ) -> None:
        self._flow = flow
        self._facts = facts
        self._look = Look(facts, variables, hindsight.unknown if hindsight else None)
        self._hindsight = hindsight
        self._run = run
        self._seq = seq
        self._cause = cause
        self._now = facts.now
        self._started_at = started_at
        self._steps = steps
        self.events: list[RunEvent] = []

    @classmethod
    def from_start(
        cls, flow: CompiledFlow, trigger: Triggered, facts: Facts, hindsight: Hindsight | None = None
    ) -> Self:
        """A walk of a new run; its first event is there."""
        cause = trigger.cause
        walk = cls(
            flow,
            facts,
            run=trigger.run,
            seq=1,
            cause=cause,
            started_at=facts.now,
            steps=0,
            variables=trigger.variables,
            hindsight=hindsight,
        )
        walk.events.append(
            RunStarted(
                run=trigger.run,
                seq=1,
                at=facts.now,
                cause=cause,
                flow=flow.flow,
                version=flow.version,
                hash=flow.hash,
                team=trigger.team,
                visitor=trigger.visitor,
                trigger=trigger.trigger,
                variables=dict(trigger.variables),
            )
        )
        return walk

    @classmethod
    def from_wait(
        cls, flow: CompiledFlow, run: Waiting, cause: str, facts: Facts, hindsight: Hindsight | None = None
    ) -> Self:
        """A walk that goes on from where the run waits."""
        return cls(
            flow,
            facts,
            run=run.run,
            seq=run.seq,
            cause=cause,
            started_at=run.started_at,
            steps=run.steps,
            variables=run.variables,
            hindsight=hindsight,
        )

    def wake(self, node: Node, stimulus: Stimulus) -> bool:
        """End the node's wait by the stimulus, if it is one that ends it, and go on."""
        self._begin_look()
        done = self._hindsight.result(self._seq + 1, node, self._look) if self._hindsight else None
        if done is None and node.wake is not None:
            done = node.wake(node.config, stimulus)
        if done is None or isinstance(done, Parked):
            return False
        self._look.facts.update(stimulus.record())
        self.go(self._complete(node, done))
        return True

    def go(self, node_id: NodeId | None) -> None:
        """Take node after node, from this one on."""
        nodes, look = self._flow.nodes, self._look
        last = self._steps + MAX_STEPS_AT_ONCE
        while node_id is not None:
            node = nodes[node_id]
            if node.is_end:
                self._end(node_id)
                return
            if self._is_exhausted(node_id, last):
                return
            self._begin_look()
            result = self._hindsight.result(self._seq + 1, node, look) if self._hindsight else None
            if result is None:
                result = _decided(node, look)
            if isinstance(result, Parked):
                self._park(node, result)
                return
            node_id = self._complete(node, result)

    def _complete(self, node: Node, result: Done | Failure) -> NodeId | None:
        """Record the outcome and give the next node; None when the run is over, which is recorded too."""
        look = self._look
        self._seq = seq = self._seq + 1
        self._steps += 1
        if isinstance(result, Done):
            if result.facts:
                look.facts.update(result.facts)
            following = node.next.get(result.outcome)
            self.events.append(
                NodeCompleted(
                    run=self._run,
                    seq=seq,
                    at=self._now,
                    cause=self._cause,
                    node=node.id,
                    node_type=node.type,
                    outcome=result.outcome,
                    next=following,
                    facts=look.facts,
                    variables=look.variables,
                    sets=dict(result.sets),
                    effects=result.effects,
                )
            )
            if result.effects or result.sets:
                self._remember(result)
            if following is None:
                self._end(node.id)
            return following
        following = node.next.get("FAILED")
        self.events.append(
            NodeCompleted(
                run=self._run,
                seq=seq,
                at=self._now,
                cause=self._cause,
                node=node.id,
                node_type=node.type,
                outcome="FAILED",
                next=following,
                code=result.code,
                detail=result.detail,
                facts=look.facts,
                variables=look.variables,
                sets=dict(result.sets),
            )
        )
        if result.sets:
            look.set(result.sets)
        if following is None:
            self._fail(node.id, result.code, result.detail)
        return following

    def _park(self, node: Node, parked: Parked) -> None:
        """Wait at the node, or go on at once when the answer is there already."""
        self._seq += 1
        until = self._now + parked.at_most
        timer = TimerSet(k=len(parked.effects) + 1, at=until)
        self.events.append(
            RunWaiting(
                run=self._run,
                seq=self._seq,
                at=self._now,
                cause=self._cause,
                node=node.id,
                node_type=node.type,
                since=self._now,
                until=until,
                waits_for=parked.waits_for,
                facts=self._look.facts,
                variables=self._look.variables,
                effects=(*parked.effects, timer),
            )
        )
        since = self._now
        for answer in self._answers_since(since):
            self._now = answer.at
            if self.wake(node, answer):
                return
        self._now = since

    def _answers_since(self, since: datetime) -> list[AgentAnswered | VisitorAnswered]:
        """What was written after that time, the earlier of both sides first."""
        agent, visitor = self._facts.last_agent_post, self._facts.last_visitor_message
        answers: list[AgentAnswered | VisitorAnswered] = []
        if agent is not None and agent.at > since:
            answers.append(AgentAnswered(agent.id, agent.at))
        if visitor is not None and visitor.at > since:
            answers.append(VisitorAnswered(visitor.id, visitor.at, visitor.variables))
        return sorted(answers, key=lambda answer: answer.at)

    def _begin_look(self) -> None:
        self._look.begin(f"{self._run}.{self._seq + 1}")

    def _remember(self, done: Done) -> None:
        """What a node did is seen by the nodes after it."""
        for effect in done.effects:
            if isinstance(effect, ConversationAssigned):
                self._look.assign(effect.agents)
        if done.sets:
            self._look.set(done.sets)

    def _is_exhausted(self, node: NodeId, last: int) -> bool:
        if self._steps >= last:
            detail = f"{MAX_STEPS_AT_ONCE} nodes without a wait; put one into the loop"
            self._fail(node, "step_limit", detail)
        elif self._steps >= MAX_STEPS or self._now - self._started_at > MAX_AGE:
            detail = f"a run takes at most {MAX_STEPS} steps and {MAX_AGE.days} days"
            self._fail(node, "run_too_long", detail)
        else:
            return False
        return True

    def _end(self, node: NodeId) -> None:
        self._seq += 1
        self.events.append(
            RunCompleted(run=self._run, seq=self._seq, at=self._now, cause=self._cause, node=node)
        )

    def _fail(self, node: NodeId, code: str, detail: str) -> None:
        self._seq += 1
        self.events.append(
            RunFailed(
                run=self._run,
                seq=self._seq,
                at=self._now,
                cause=self._cause,
                node=node,
                code=code,
                detail=detail,
            )
        )


def _decided(node: Node, look: Look) -> Result:
    """The node's turn. What its expressions and texts cannot come to is its failure, whatever its type."""
    try:
        return node.decide(node.config, look)
    except UnknownVariable as exc:
        return Failure("unknown_variable", str(exc))
    except EvaluationError as exc:
        return Failure(exc.code, exc.detail)
