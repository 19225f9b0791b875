"""Flows, triggers and facts for tests of the engine, made in one line."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from contracts.flow import FlowDefinition
from contracts.ids import AgentId, EventId, RunId, TeamId, VisitorId
from contracts.run import Json, NodeCompleted, RunCompleted, RunEvent, RunFailed, RunWaiting, TriggerRef
from contracts.team import TeamSettings, parse
from services.flow_executor.engine.checks import examine
from services.flow_executor.engine.facts import Facts, Post, Prediction
from services.flow_executor.engine.graph import CompiledFlow, compile_flow
from services.flow_executor.engine.stimuli import Triggered
from services.flow_executor.engine.team import lookups

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
RUN = RunId("run-1")

Nodes = Mapping[str, Mapping[str, object]]


def after(seconds: float) -> datetime:
    """That long after `NOW`."""
    return NOW + timedelta(seconds=seconds)


def document(nodes: Nodes, **fields: object) -> dict[str, object]:
    """A definition as it is written; `start` leads to the first node, unless `nodes` says otherwise."""
    first = next(iter(nodes), "end")
    bounds = {"start": {"type": "start", "next": {"SUCCESS": first}}, "end": {"type": "end"}}
    raw: dict[str, object] = {"flow": "a-flow", "name": "A flow", "trigger": "message_sent"}
    return raw | fields | {"nodes": bounds | dict(nodes)}


def definition(nodes: Nodes, **fields: object) -> FlowDefinition:
    """A definition that must be free of errors."""
    found, problems = examine(document(nodes, **fields))
    assert found is not None, problems
    return found


def flow(nodes: Nodes, **fields: object) -> CompiledFlow:
    """A flow that is ready to run."""
    return compile_flow(definition(nodes, **fields), version=1)


def trigger(
    variables: Mapping[str, Json] | None = None, *, run: RunId = RUN, at: datetime = NOW
) -> Triggered:
    """A visitor's event."""
    ref = TriggerRef(name="message_sent", event_id=EventId("event-1"), stream_seq=7, at=at)
    return Triggered(
        run=run, team=TeamId("default"), visitor=VisitorId("v1"), trigger=ref, variables=variables or {}
    )


def facts(
    now: datetime = NOW,
    *,
    online: Sequence[str] = (),
    assigned: Sequence[str] = (),
    team: Sequence[str] = ("a1", "a2"),
    locale: str = "",
    agent_post: Post | None = None,
    visitor_message: Post | None = None,
    variables: Mapping[str, Json] | None = None,
    settings: Mapping[str, Json] | None = None,
    prediction: Prediction | None = None,
) -> Facts:
    """A whole world: nothing is missing. `settings` are the team's, as in its file."""
    return Facts(
        now=now,
        agents_online=frozenset(AgentId(agent) for agent in online),
        assigned=tuple(AgentId(agent) for agent in assigned),
        team_agents=tuple(AgentId(agent) for agent in team),
        team=lookups(settled(settings or {})),
        prediction=prediction,
        locale=locale,
        variables=variables or {},
        last_agent_post=agent_post,
        last_visitor_message=visitor_message,
    )


def settled(settings: Mapping[str, Json]) -> TeamSettings:
    """Settings that must be free of problems."""
    found, problems = parse({"team": "default", **settings})
    assert found is not None, problems
    return found


def path(events: Sequence[RunEvent]) -> list[str]:
    """What happened, in one word or two per event."""
    return [_word(event) for event in events]


def _word(event: RunEvent) -> str:
    match event:
        case NodeCompleted(node=node, outcome=outcome):
            return f"{node} {outcome}"
        case RunWaiting(node=node):
            return f"{node} waits"
        case RunCompleted(node=node):
            return f"completed at {node}"
        case RunFailed(node=node, code=code):
            return f"failed at {node}: {code}"
        case _:
            return type(event).__name__
