"""Runs a flow's scenarios: its promises, in virtual worlds, without any server. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import UNSET, UnsetType, structs

from contracts.flow import FlowDefinition, Given, Predicted, Problem, Scenario, Step
from contracts.ids import EventId, RunId, TeamId, VisitorId, effect_id
from contracts.requests import Difference, ScenarioResult
from contracts.run import (
    MessagePosted,
    NodeCompleted,
    RunCompleted,
    RunEvent,
    RunFailed,
    RunWaiting,
    TriggerRef,
    effects_of,
)
from contracts.team import parse
from services.flow_executor.engine.decide import resume, start
from services.flow_executor.engine.facts import Facts, MissingFact, Prediction
from services.flow_executor.engine.graph import CompiledFlow, compile_flow
from services.flow_executor.engine.run import Waiting, fold
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
from services.flow_executor.engine.team import Lookups, lookups

RUN = RunId("scenario")
MONDAY = datetime(2024, 1, 1, 9, tzinfo=UTC)


def run_scenarios(definition: FlowDefinition) -> tuple[ScenarioResult, ...]:
    """The result of each scenario, in order. Raises `RejectedFlow` for a flow that does not compile."""
    flow = compile_flow(definition)
    return tuple(run_scenario(flow, scenario) for scenario in definition.scenarios)


def run_scenario(flow: CompiledFlow, scenario: Scenario) -> ScenarioResult:
    """The scenario's run from its trigger through all its steps, compared with what it promises."""
    events: list[RunEvent] = []
    failures: list[str] = []
    try:
        _play(flow, scenario, events)
    except MissingFact as exc:
        events += exc.events
        failures.append(str(exc))
    except (_LeftOver, _TooLate, _Ignored, _BadGiven) as exc:
        failures.append(str(exc))
    path, messages = tuple(path_of(events)), tuple(_messages(events))
    failures.extend(f"{e.node} failed: {e.detail}" for e in events if isinstance(e, RunFailed))
    differences = (
        *_compared("path", scenario.path, path),
        *_compared("messages", scenario.messages, messages),
    )
    failures.extend(map(str, differences))
    return ScenarioResult(
        name=scenario.name,
        passed=not failures,
        path=path,
        messages=messages,
        failures=tuple(failures),
        differences=differences,
    )


def play(flow: CompiledFlow, scenario: Scenario) -> list[RunEvent]:
    """The events of the scenario's run; raises `LookupError` when its world or its steps do not fit."""
    events: list[RunEvent] = []
    _play(flow, scenario, events)
    return events


class _LeftOver(LookupError):  # noqa: N818 (said of a step)
    def __init__(self, number: int, step: Step) -> None:
        super().__init__(f"step {number} ({step.type}) comes when the run waits for nothing; remove it")


class _Ignored(LookupError):  # noqa: N818 (said of a step)
    def __init__(self, number: int, step: Step, run: Waiting) -> None:
        waits = " or ".join(run.waits_for)
        super().__init__(f"step {number} ({step.type}) is not what {run.node} waits for: it ends by {waits}")


class _TooLate(LookupError):  # noqa: N818 (said of a step)
    def __init__(self, number: int, step: Step, run: Waiting) -> None:
        waited = (run.until - run.since).total_seconds()
        super().__init__(
            f"step {number} ({step.type}) comes after {step.after_s} s, and {run.node} waits for {waited:g} s only;"
            " write TIMEOUT, or a smaller after_s"
        )


class _BadGiven(LookupError):  # noqa: N818 (said of a world)
    def __init__(self, problem: Problem) -> None:
        super().__init__(f"given.team.{problem.at}: {problem.detail}; {problem.hint}")


def _play(flow: CompiledFlow, scenario: Scenario, events: list[RunEvent]) -> None:
    """Append the run's events. Raises `MissingFact` and what is defined above."""
    given = scenario.given
    now = MONDAY if given.now is UNSET else given.now
    events += start(flow, _triggered(flow, now), _facts(given, now))
    for number, item in enumerate(scenario.steps, 1):
        step = Step(type=item) if isinstance(item, str) else item
        run = fold(events)
        if not isinstance(run, Waiting):
            raise _LeftOver(number, step)
        if step.given is not UNSET:
            given = _changed(given, step.given)
        now = run.until if step.type == "TIMEOUT" else run.since + timedelta(seconds=step.after_s)
        if now > run.until:
            raise _TooLate(number, step, run)
        following = resume(flow, run, _stimulus(run, number, step, now), _facts(given, now))
        if not following:
            raise _Ignored(number, step, run)
        events += following


def _triggered(flow: CompiledFlow, now: datetime) -> Triggered:
    return Triggered(
        run=RUN,
        team=TeamId("default"),
        visitor=VisitorId("visitor"),
        # Its variables are given like all the others, so that a step can change them.
        trigger=TriggerRef(name=flow.definition.trigger, event_id=EventId("trigger"), stream_seq=1, at=now),
    )


def _facts(given: Given, now: datetime) -> Facts:
    prediction = given.prediction
    return Facts(
        now=now,
        agents_online=given.agents_online,
        assigned=given.assigned,
        team_agents=given.team_agents,
        team=_team(given),
        prediction=Prediction(answer=prediction.answer, score=prediction.score, text=prediction.text)
        if isinstance(prediction, Predicted)
        else (None if given.team is not UNSET else UNSET),
        locale=given.locale,
        variables=given.variables,
    )


def _team(given: Given) -> Lookups | UnsetType:
    """What the nodes may look up. Raises `_BadGiven`."""
    if given.team is UNSET:
        return UNSET
    settings, problems = parse({"team": "default", **given.team})
    if settings is None:
        raise _BadGiven(problems[0])
    return lookups(settings)


def _changed(given: Given, later: Given) -> Given:
    named = {field: getattr(later, field) for field in later.__struct_fields__}
    kept = {field: value for field, value in named.items() if value not in (UNSET, "", {})}
    if later.variables:
        kept["variables"] = {**given.variables, **later.variables}
    return structs.replace(given, **kept)


def _stimulus(run: Waiting, number: int, step: Step, now: datetime) -> Stimulus:
    cause, message = f"step-{number}", effect_id(run.run, run.seq, 1)
    match step.type:
        case "TIMEOUT":
            return TimerDue(run.run, run.seq)
        case "AGENT_ANSWER":
            return AgentAnswered(cause, now)
        case "VISITOR_ANSWER":
            return VisitorAnswered(cause, now, {"message_body": step.text})
        case "REPLY_CHOSEN":
            return ReplyChosen(cause, now, message, step.choice)
        case "FORM_FILLED":
            return FormFilled(cause, now, message, tuple(sorted(step.values)), step.values)
        case "TASK_DONE":
            code, detail = ("", "") if step.ok else ("task_failed", "the scenario says so")
            return TaskEnded(run.run, run.seq, now, step.ok, step.status, code, detail, step.value)


def path_of(events: Sequence[RunEvent]) -> Iterator[str]:
    """`node OUTCOME` for each node, then the bare id of where the run is over or waits."""
    for event in events:
        if isinstance(event, NodeCompleted):
            yield f"{event.node} {event.outcome}"
    match events[-1:]:
        case [RunWaiting(node=node)]:
            yield node
        case [*_, RunCompleted(node=node)] if not any(
            isinstance(e, NodeCompleted) and e.node == node and e.next is None for e in events
        ):
            yield node
        case _:
            return


def _messages(events: list[RunEvent]) -> Iterator[str]:
    for event in events:
        for _, effect in effects_of(event):
            if isinstance(effect, MessagePosted):
                yield effect.text


def _compared(what: str, wanted: tuple[str, ...] | None, found: tuple[str, ...]) -> Iterator[Difference]:
    if wanted is not None and wanted != found:
        yield Difference(what=what, expected=wanted, found=found)
