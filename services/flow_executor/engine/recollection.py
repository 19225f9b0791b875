"""What a recorded decision was made by: its stimulus and its facts, rebuilt from its events, with a what-if's changes.

A `group` is the events of one cause: one decision.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

from contracts.ids import AgentId, effect_id
from contracts.run import Json, NodeCompleted, RunEvent, RunStarted, RunWaiting
from services.flow_executor.engine.facts import Facts, Post, Prediction
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.overrides import AGENTS, FACTS, Changes, typed
from services.flow_executor.engine.run import Waiting
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    FormFilled,
    ReplyChosen,
    Stimulus,
    TaskEnded,
    TimerDue,
    Triggered,
    VisitorAnswered,
)
from services.flow_executor.engine.variables import STATUS

_Agents = AGENTS | UnsetType


def snapshot(group: list[RunEvent], changed: Changes) -> Facts:
    """The snapshot that the group was decided by, as far as it was read, with the overrides."""
    recorded: dict[str, Json] = {}
    variables: dict[str, Json] = {}
    team: dict[str, Json] = {}
    groups: dict[str, tuple[AgentId, ...]] = {}
    own: set[str] = set()  # what the run has set itself by then is no fact, and may have been unknown before
    for event in group:
        if isinstance(event, (NodeCompleted, RunWaiting)):
            recorded = {**event.facts, **recorded}
            read = {name: value for name, value in event.variables.items() if name not in own}
            variables = {**read, **variables}
            own.update(event.sets if isinstance(event, NodeCompleted) else ())
            team |= cast("dict[str, Json]", event.facts.get("team", {}))
            groups |= cast("dict[str, tuple[AgentId, ...]]", event.facts.get("group_online", {}))
    known = {name: typed(name, recorded[name]) for name in FACTS if name in recorded} | changed.facts
    return Facts(
        now=group[0].at + changed.later_by,
        agents_online=cast("_Agents", known.get("agents_online", UNSET)),
        assigned=cast("_Agents", known.get("assigned", UNSET)),
        team_agents=cast("_Agents", known.get("team_agents", UNSET)),
        team=team | changed.team,
        group_online=changed.group_online(groups, team),
        prediction=cast("Prediction | UnsetType | None", known.get("prediction", UNSET)),
        locale=cast("str | UnsetType", known.get("locale", UNSET)),
        variables={**variables, **changed.variables},
        last_agent_post=_overtaken(group, "AGENT_ANSWER", changed),
        last_visitor_message=_overtaken(group, "VISITOR_ANSWER", changed),
    )


def _overtaken(group: list[RunEvent], outcome: str, changed: Changes) -> Post | None:
    """The answer that was there before the group's wait."""
    for event in group[1:]:
        if isinstance(event, NodeCompleted) and "answer" in event.facts and _side(event) == outcome:
            answer = _answer(event)
            return Post(id=answer.id, at=answer.at + changed.later_by, variables=event.sets)
    return None


def _side(event: NodeCompleted) -> str:
    """Whose answer ended the wait: only an agent's has an outcome of its own everywhere."""
    return "AGENT_ANSWER" if event.outcome == "AGENT_ANSWER" else "VISITOR_ANSWER"


class _Answer(Struct, frozen=True):
    id: str
    at: datetime


def _answer(event: NodeCompleted) -> _Answer:
    return msgspec.convert(event.facts["answer"], _Answer)


def unknown_names(group: list[RunEvent]) -> dict[str, str | None]:
    """The names that did not exist, each with the nearest."""
    facts = (event.facts for event in group if isinstance(event, NodeCompleted))
    pairs = (msgspec.convert(f["unknown"], tuple[str, str | None]) for f in facts if "unknown" in f)
    return dict(pairs)


def standing(
    flow: CompiledFlow, group: list[RunEvent], changed: Changes
) -> dict[int, NodeCompleted | RunWaiting]:
    """The nodes that cannot be decided any more, because what they read was deleted."""
    return {
        event.seq: event
        for event in group
        if isinstance(event, (NodeCompleted, RunWaiting))
        and event.withheld
        and (node := flow.nodes.get(event.node)) is not None
        and (node.reads_profile or node.names - changed.variables.keys())
    }


def triggered(started: RunStarted, changed: Changes) -> Triggered:
    """The visitor's event that started the run."""
    variables = {name: changed.variables.get(name, value) for name, value in started.variables.items()}
    return Triggered(
        run=started.run,
        team=started.team,
        visitor=started.visitor,
        trigger=started.trigger,
        variables=variables,
    )


def stimulus(event: NodeCompleted, run: Waiting, changed: Changes) -> Stimulus:
    """What ended the wait, as the record has it."""
    later_by = changed.later_by
    match event.facts:
        case {"reply": reply}:
            chosen = msgspec.convert(reply, _Chosen)
            message = effect_id(run.run, run.seq, 1)
            choice = chosen.choice if changed.choice is None else changed.choice
            return ReplyChosen(chosen.id, chosen.at + later_by, message, choice)
        case {"form": form}:
            filled = msgspec.convert(form, _Filled)
            message = effect_id(run.run, run.seq, 1)
            return FormFilled(
                filled.id, filled.at + later_by, message, filled.fields, _changed(event.sets, changed)
            )
        case {"task": task}:
            ended = msgspec.convert(task, _Ended)
            sets = _changed(event.sets, changed)
            status = cast("int | None", changed.variables.get(STATUS, ended.status))
            # Beside the status there is at most one value that a task gives to its run.
            value = next((value for name, value in sets.items() if name != STATUS), None)
            return TaskEnded(
                run.run, run.seq, ended.at + later_by, ended.ok, status, ended.code, ended.detail, value
            )
        case {"answer": _} if event.outcome == "AGENT_ANSWER":
            answer = _answer(event)
            return AgentAnswered(answer.id, answer.at + later_by)
        case {"answer": _}:
            answer = _answer(event)
            return VisitorAnswered(answer.id, answer.at + later_by, _changed(event.sets, changed))
        case _:
            return TimerDue(run.run, run.seq)


def _changed(sets: Mapping[str, Json], changed: Changes) -> dict[str, Json]:
    return {name: changed.variables.get(name, value) for name, value in sets.items()}


class _Chosen(Struct, frozen=True):
    id: str
    at: datetime
    choice: str


class _Filled(Struct, frozen=True):
    id: str
    at: datetime
    fields: tuple[str, ...]


class _Ended(Struct, frozen=True):
    at: datetime
    ok: bool
    status: int | None = None
    code: str = ""
    detail: str = ""
