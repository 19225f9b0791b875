"""What a batch needs to know before it decides: each kind of thing in one query, and only what its flows read.

Gathering.gather() ─▶ Gathered ─▶ facts(occasion, flow) for each decision
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import UNSET, Struct, structs

from contracts.ids import EventId, RunId
from contracts.run import Json
from contracts.visitor import EventTracked
from services.chassis.database import Transaction
from services.flow_executor import answers, journal, profile, visitors
from services.flow_executor.answers import Asked
from services.flow_executor.engine.facts import Facts, Post, Prediction
from services.flow_executor.engine.graph import ALL_VARIABLES, CompiledFlow
from services.flow_executor.engine.run import fold
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    FormFilled,
    Stimulus,
    TaskEnded,
    TimerDue,
    Triggered,
    VisitorAnswered,
)
from services.flow_executor.journal import Started, Stored
from services.flow_executor.occasions import Occasion, form_filled
from services.flow_executor.registry import Registry
from services.flow_executor.visitors import Key, VisitorRow
from services.flow_executor.world import World

Starting = tuple[Occasion, CompiledFlow]
"""An event and the flow that answers it."""

_OF_VISITORS = frozenset({"assigned", "variables", ALL_VARIABLES})
"""What flows read that lies in the visitor's row."""
_BODY = "message_body"


class Gathered(Struct, kw_only=True):
    """What is known for one batch. `waiting` changes as its runs go on."""

    world: World
    rows: Mapping[Key, VisitorRow]
    waiting: dict[Key, list[Stored]]
    """The runs that this batch may resume, or that its flows look at; the oldest first."""
    cooling: Mapping[Started, str]
    """Which visitors' flows may not start again yet, with the reason."""
    predictions: Mapping[Asked, Prediction | None]

    def row(self, occasion: Occasion) -> VisitorRow:
        """What is known of the occasion's visitor."""
        return self.rows.get(key_of(occasion), visitors.UNKNOWN)

    def triggered(self, occasion: Occasion) -> Triggered:
        """The start that this event is, with what only the team and the visitor's past can say of it."""
        triggered = occasion.triggered
        assert triggered is not None
        if not isinstance(occasion.event, EventTracked):
            return triggered
        names = self.world.names_of(triggered.team)
        more = profile.trigger_variables(occasion.event, self.row(occasion), names)
        return structs.replace(triggered, variables={**triggered.variables, **more})

    def stimulus(self, occasion: Occasion) -> tuple[Occasion, Stimulus]:
        """What the occasion is to a run that waits, and when: see `VisitorRow.answered_at`, and forms in parts."""
        stimulus, row = occasion.stimulus, self.row(occasion)
        assert stimulus is not None
        if isinstance(stimulus, AgentAnswered) and occasion.agent_post is not None:
            at = row.answered_at(occasion.agent_post)
            return structs.replace(occasion, at=at), AgentAnswered(stimulus.id, at)
        if isinstance(stimulus, FormFilled) and row.form is not None and row.form.message == stimulus.message:
            # Filled in field by field: what came before counts too.
            whole = form_filled(EventId(stimulus.id), stimulus.at, stimulus.message, row.form.values)
            return occasion, whole
        return occasion, stimulus

    def facts(self, occasion: Occasion, flow: CompiledFlow, run: Mapping[str, Json]) -> Facts:
        """What this flow may read, and no more: presence that is not live must not hold a flow that never looks.

        `run` are the variables that the run has by itself.
        """
        team, visitor = key_of(occasion)
        reads, world, row, event = flow.reads, self.world, self.row(occasion), occasion.event
        wanted = None if ALL_VARIABLES in reads else flow.variables
        return Facts(
            now=occasion.at,
            agents_online=world.agents_online(team) if "agents_online" in reads else UNSET,
            assigned=row.assigned if "assigned" in reads else UNSET,
            team_agents=world.agents_of(team) if "team_agents" in reads else UNSET,
            team=world.lookups_of(team) if "team" in reads else UNSET,
            prediction=self.predictions.get((team, _said(occasion, run))) if "prediction" in reads else UNSET,
            variables=profile.variables(visitor, row, event, world.names_of(team), wanted),
            last_agent_post=row.last_agent_post
            and Post(at=row.answered_at(row.last_agent_post), id=row.last_agent_post.id),
            last_visitor_message=row.last_message and Post(at=row.last_message.at, id=row.last_message.id),
            locale=row.locale if event is None else event.locale or row.locale,
        )


class Gathering:
    """Reads for batches; every call is inside the transaction of its batch, whose visitors are locked."""

    def __init__(self, world: World, registry: Registry) -> None:
        self._world = world
        self._registry = registry

    async def gather(
        self,
        tx: Transaction,
        fresh: Sequence[Occasion],
        starting: Sequence[Starting],
        last_starts: Mapping[Started, datetime],
    ) -> Gathered:
        """Everything that these occasions, and the flows that they start, can need."""
        waiting = await _waiting(tx, fresh, starting)
        resuming = [
            (run, await self._registry.of_version(tx, run.team, run.flow, run.version))
            for runs in waiting.values()
            for run in runs
        ]
        return Gathered(
            world=self._world,
            rows=await _rows(tx, fresh, starting, [flow for _, flow in resuming]),
            waiting=waiting,
            cooling=_cooling(starting, last_starts),
            predictions=await self._predictions(tx, set(_asked(fresh, starting, resuming))),
        )

    async def _predictions(self, tx: Transaction, asked: set[Asked]) -> dict[Asked, Prediction | None]:
        if not asked:
            return {}
        settings = {team: self._world.settings_of(team) for team, _ in asked}
        return await answers.best(tx, asked, settings)


def key_of(occasion: Occasion) -> Key:
    """Whose occasion it is; timers and tasks have been looked up by now."""
    assert occasion.team is not None
    assert occasion.visitor is not None
    return occasion.team, occasion.visitor


async def with_owners(tx: Transaction, occasions: Sequence[Occasion]) -> list[Occasion]:
    """Timers and tasks' answers with the visitor of their run; one whose run is not there is left out (a run's first
    rows are never deleted).
    """
    runs = [run for occasion in occasions if (run := _unowned(occasion)) is not None]
    owners = await journal.owners(tx, runs) if runs else {}
    found: list[Occasion] = []
    for occasion in occasions:
        run = _unowned(occasion)
        if run is None:
            found.append(occasion)
        elif run in owners:
            team, visitor = owners[run]
            found.append(structs.replace(occasion, team=team, visitor=visitor))
    return found


def _unowned(occasion: Occasion) -> RunId | None:
    """The run that must say whose occasion it is."""
    stimulus = occasion.stimulus
    return stimulus.run if occasion.team is None and isinstance(stimulus, (TimerDue, TaskEnded)) else None


async def _waiting(
    tx: Transaction, fresh: Sequence[Occasion], starting: Sequence[Starting]
) -> dict[Key, list[Stored]]:
    resuming = {key_of(occasion) for occasion in fresh if occasion.stimulus is not None}
    overlapping = {key_of(occasion) for occasion, flow in starting if flow.definition.overlap != "allow"}
    keys = sorted(resuming | overlapping)
    return await journal.waiting_runs(tx, keys) if keys else {}


async def _rows(
    tx: Transaction, fresh: Sequence[Occasion], starting: Sequence[Starting], resuming: Sequence[CompiledFlow]
) -> dict[Key, VisitorRow]:
    """The visitors' rows, where a flow may look at them."""
    woken = {key_of(occasion) for occasion in fresh if occasion.stimulus is not None}
    looking = {key_of(occasion) for occasion, flow in starting if _looks(flow)}
    keys = sorted(woken | looking)
    if not keys:
        return {}
    flows = [*resuming, *(flow for _, flow in starting)]
    return await visitors.load(tx, keys, with_events=any(_counts(flow) for flow in flows))


def _looks(flow: CompiledFlow) -> bool:
    """Whether a run that starts may want the visitor's row: to park, or to know something of the visitor."""
    return flow.can_wait or bool(flow.reads & _OF_VISITORS) or flow.definition.trigger == "event_tracked"


def _counts(flow: CompiledFlow) -> bool:
    """Whether it may ask how often the visitor did what."""
    return (
        ALL_VARIABLES in flow.reads
        or flow.definition.trigger == "event_tracked"
        or any(name.startswith("event_") for name in flow.variables)
    )


def started(occasion: Occasion, flow: CompiledFlow) -> Started:
    """What the start of this flow would be another one of."""
    return (*key_of(occasion), flow.definition.flow)


def _cooling(starting: Sequence[Starting], last_starts: Mapping[Started, datetime]) -> dict[Started, str]:
    found: dict[Started, str] = {}
    for occasion, flow in starting:
        key, cooldown_s = started(occasion, flow), flow.definition.cooldown_s
        if cooldown_s and key in last_starts:
            ago = (occasion.at - last_starts[key]).total_seconds()
            if ago < cooldown_s:
                found[key] = (
                    f"cooldown: the last run began {ago:.0f} s before, and cooldown_s is {cooldown_s}"
                )
    return found


def _asked(
    fresh: Sequence[Occasion], starting: Sequence[Starting], resuming: Sequence[tuple[Stored, CompiledFlow]]
) -> Iterator[Asked]:
    """What visitors wrote that a flow may want an answer to."""
    for occasion, flow in starting:
        if "prediction" in flow.reads and occasion.triggered is not None:
            yield occasion.triggered.team, _said(occasion, occasion.triggered.variables)
    woken = {key_of(occasion): occasion for occasion in fresh if occasion.stimulus is not None}
    for run, flow in resuming:
        if "prediction" in flow.reads and (run.team, run.visitor) in woken:
            yield run.team, _said(woken[run.team, run.visitor], fold(run.events).variables)


def _said(occasion: Occasion, run: Mapping[str, Json]) -> str:
    """The visitor's last message as the run will know it."""
    stimulus = occasion.stimulus
    if isinstance(stimulus, VisitorAnswered) and _BODY in stimulus.variables:
        return str(stimulus.variables[_BODY])
    return str(run.get(_BODY) or "")
