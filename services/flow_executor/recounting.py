"""A run told as a scenario: what it read becomes the world, what ended its waits the steps. Pure.

The events are taken in groups of one cause, as a replay takes them (`engine.recollection`). The first group's facts are
the scenario's `given`; where a later group saw something else, its step says so. An answer that was there before the
wait began is a step as well: in a scenario nothing comes early.

What the scenario promises is what it does when it is played, which is made sure to be the path that was recorded. Who
is picked of several agents depends on the run's id, so texts that name them may differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from math import ceil
from typing import cast

from msgspec import UNSET, Struct, UnsetType, structs

from contracts.flow import Answer, Given, Predicted, Scenario, Step
from contracts.forms import Json
from contracts.ids import AgentId
from contracts.run import NodeCompleted, RunCancelled, RunEvent, RunFailed, RunStarted, RunWaiting
from services.flow_executor.engine.facts import Facts, Look, MissingFact, Prediction
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.overrides import Changes
from services.flow_executor.engine.recollection import snapshot, stimulus
from services.flow_executor.engine.run import Run, Waiting, evolve
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    FormFilled,
    ReplyChosen,
    Stimulus,
    TaskEnded,
    TimerDue,
    VisitorAnswered,
)
from services.flow_executor.engine.texts import plain
from services.flow_executor.recounted_team import settings_of
from services.flow_executor.scenarios import path_of, run_scenario

_Agents = tuple[AgentId, ...] | UnsetType


class Untold(ValueError):  # noqa: N818 (said of a run)
    """The run cannot be told as a scenario; the text says why."""


class _World(Struct, frozen=True, kw_only=True):
    """What has been seen of the world by some point of the run; `team` by the keys of `engine.team`."""

    agents_online: _Agents = UNSET
    assigned: _Agents = UNSET
    team_agents: _Agents = UNSET
    team: Mapping[str, Json] | None = None
    prediction: Predicted | UnsetType | None = UNSET
    locale: str = ""
    variables: Mapping[str, Json] = {}


def recount(flow: CompiledFlow, events: Sequence[RunEvent], name: str) -> Scenario:
    """The scenario; raises `Untold`. Of a failed run it promises only that no node fails, so it fails until one does
    not any more.
    """
    if any(getattr(event, "withheld", False) for event in events):
        raise Untold("what it knew of the visitor has been deleted")
    told, went = "", tuple(_path(events))
    # TOML has no word for null, and most variables without a value need not be named.
    for with_nulls in (False, True):
        scenario = _told(flow, events, name, with_nulls=with_nulls)
        result = run_scenario(flow, scenario)
        if result.path == went:
            if isinstance(events[-1], RunFailed):
                return scenario
            return structs.replace(scenario, path=result.path, messages=result.messages)
        told = "; ".join(result.failures) or f"it would take {', '.join(result.path)}"
    raise Untold(f"what it met cannot be told as a scenario: {told}")


def _path(events: Sequence[RunEvent]) -> Iterator[str]:
    """The path of a scenario that does the same: there a run that was cancelled still waits."""
    yield from path_of(events)
    if isinstance(events[-1], RunCancelled):
        yield events[-1].node


def _told(flow: CompiledFlow, events: Sequence[RunEvent], name: str, *, with_nulls: bool) -> Scenario:
    groups = [list(group) for _, group in groupby(events, key=lambda event: event.cause)]
    changed = Changes(flow, {}, events)
    world, own = _World(variables=_of_trigger(events)), set[str]()
    run: Run | None = None
    steps: list[Step] = []
    given = Given()
    for number, group in enumerate(groups):
        before = _given(world, with_nulls=with_nulls)
        world = _seen(world, snapshot(group, changed), own)
        after = _given(world, with_nulls=with_nulls)
        if number == 0:
            given = structs.replace(after, now=events[0].at)
        elif isinstance(run, Waiting) and isinstance(group[0], NodeCompleted):
            step = _step(stimulus(group[0], run, changed), run)
            news = _news(before, after)
            steps.append(step if news == Given() else structs.replace(step, given=news))
        steps.extend(_early(group))
        for event in group:
            run = evolve(run, event)
            own.update(event.sets if isinstance(event, NodeCompleted) else ())
    return Scenario(name=name, given=given, steps=tuple(_short(step) for step in steps))


def _of_trigger(events: Sequence[RunEvent]) -> dict[str, Json]:
    """What the trigger brought, as far as the run read it at some time."""
    first = events[0]
    read = {name for e in events if isinstance(e, (NodeCompleted, RunWaiting)) for name in e.variables}
    brought = first.variables if isinstance(first, RunStarted) else {}
    return {name: value for name, value in brought.items() if name in read}


def _seen(world: _World, facts: Facts, own: set[str]) -> _World:
    """What is known of the world with what these facts say; what the run has set itself, `own`, is none of it."""
    online = facts.agents_online
    if online is UNSET and facts.group_online:
        online = {agent for agents in facts.group_online.values() for agent in agents}
    has_team = bool(facts.team) or facts.prediction is None or world.team is not None
    team = cast("Mapping[str, Json]", facts.team)
    news: dict[str, object] = {
        "agents_online": _sorted(online),
        "assigned": _sorted(facts.assigned),
        "team_agents": _sorted(facts.team_agents),
        "team": {**(world.team or {}), **team} if has_team else UNSET,
        "prediction": _predicted(facts),
        "locale": facts.locale or UNSET,
        "variables": {
            **world.variables,
            **{name: value for name, value in facts.variables.items() if name not in own},
        },
    }
    return structs.replace(world, **{name: value for name, value in news.items() if value is not UNSET})


def _sorted(agents: object) -> _Agents:
    return UNSET if agents is UNSET else tuple(sorted(cast("Sequence[AgentId]", agents)))


def _predicted(facts: Facts) -> Predicted | UnsetType | None:
    found = facts.prediction
    if not isinstance(found, Prediction):
        return found
    try:
        text = plain(found.text, Look(facts, {}))
    except MissingFact:
        # Nobody said it, so nobody looked for the visitor's language.
        text = ""
    return Predicted(answer=found.answer, score=found.score, text=text or "…")


def _given(world: _World, *, with_nulls: bool) -> Given:
    variables = {name: v for name, v in world.variables.items() if with_nulls or v is not None}
    return Given(
        agents_online=world.agents_online,
        assigned=world.assigned,
        team_agents=world.team_agents,
        team=UNSET if world.team is None else settings_of(world.team),
        # Nothing fits when only the team is given.
        prediction=UNSET if world.prediction is None else world.prediction,
        locale=world.locale,
        variables=variables,
    )


def _news(before: Given, after: Given) -> Given:
    """What a step has to say: the facts that are different now."""
    changed = {
        field: getattr(after, field)
        for field in Given.__struct_fields__
        if field != "variables" and getattr(after, field) != getattr(before, field)
    }
    if before.prediction is not UNSET and after.prediction is UNSET:
        changed["prediction"] = None
    old = before.variables
    variables = {n: v for n, v in after.variables.items() if n not in old or old[n] != v}
    return structs.replace(Given(variables=variables), **changed)


def _step(came: Stimulus, run: Waiting) -> Step:
    """The step that gives the run what ended its wait."""
    match came:
        case TimerDue():
            return Step(type="TIMEOUT")
        case AgentAnswered(at=at):
            return Step(type="AGENT_ANSWER", after_s=_after_s(at, run))
        case VisitorAnswered(at=at, variables=variables):
            text = str(variables.get("message_body", ""))
            return Step(type="VISITOR_ANSWER", text=text, after_s=_after_s(at, run))
        case ReplyChosen(at=at, choice=choice):
            return Step(type="REPLY_CHOSEN", choice=choice, after_s=_after_s(at, run))
        case FormFilled(at=at, fields=fields, values=values):
            filled = {field: values.get(field, "") for field in fields}
            return Step(type="FORM_FILLED", values=filled, after_s=_after_s(at, run))
        case TaskEnded(at=at, ok=ok, status=status, value=value):
            return Step(type="TASK_DONE", ok=ok, status=status, value=value, after_s=_after_s(at, run))


def _after_s(at: datetime, run: Waiting) -> int:
    """Whole seconds, within the wait; what a person says comes after its beginning."""
    most = int((run.until - run.since).total_seconds())
    return max(1, min(ceil((at - run.since).total_seconds()), most))


def _early(group: list[RunEvent]) -> Iterator[Step]:
    """What had been said before the run came to wait for it."""
    for event in group[1:]:
        if isinstance(event, NodeCompleted) and "answer" in event.facts:
            if event.outcome == "AGENT_ANSWER":
                yield Step(type="AGENT_ANSWER")
            else:
                yield Step(type="VISITOR_ANSWER", text=str(event.sets.get("message_body", "")))


def _short(step: Step) -> Step | Answer:
    """A step of which the type says all, as people write it."""
    return step.type if step == Step(type=step.type) else step
