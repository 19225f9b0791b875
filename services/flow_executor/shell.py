"""The executor's shell: decode, look up, decide, append in one transaction, publish; the intake then acks.

The unacknowledged source message is the outbox. A crash anywhere before the ack means another delivery, and a
message whose cause is recorded decides nothing: its effects are repaired (`repair`), and it is acked. So each
accepted message has its effects once, however often it comes and whoever dies.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UNSET
from structlog.stdlib import get_logger

from contracts.ids import EventId, FlowId, TeamId, VisitorId
from contracts.subjects import run_feed
from contracts.visitor import EventTracked, FormSubmitted, ProfileUpdated
from services.chassis.bus import Bus, Delivery
from services.chassis.database import Database, Transaction
from services.chassis.errors import Conflict, Retryable
from services.flow_executor import journal, noting, profile, tallies, visitors
from services.flow_executor.engine.decide import cancel, resume, start
from services.flow_executor.engine.facts import Facts, Post
from services.flow_executor.engine.graph import ALL_VARIABLES, CompiledFlow
from services.flow_executor.engine.run import fold
from services.flow_executor.engine.stimuli import AgentAnswered, FormFilled, TaskEnded, TimerDue
from services.flow_executor.journal import Append, CauseOf, Known, Skip, Stored
from services.flow_executor.occasions import Occasion, Read, form_filled
from services.flow_executor.outgoing import Outgoing, outgoing, send
from services.flow_executor.registry import Registry
from services.flow_executor.repair import missing
from services.flow_executor.visitors import Key, VisitorRow
from services.flow_executor.world import World

_RACES = 5
"""How often a batch that lost a race begins again before it waits like one whose server is away."""

_OF_VISITORS = frozenset({"assigned", "variables", ALL_VARIABLES})
"""What flows read that lies in the visitor's row."""

Starting = tuple[Occasion, CompiledFlow]

_log = get_logger()


class Batch(msgspec.Struct, kw_only=True):
    """What one transaction decided."""

    appends: list[Append] = []
    skips: list[Skip] = []
    repeats: list[CauseOf] = []
    repeated: list[Stored] = []


class Shell:
    """Handles batches of every source alike. A batch holds at most one message of a visitor."""

    def __init__(self, bus: Bus, database: Database, world: World, registry: Registry) -> None:
        self._bus = bus
        self._database = database
        self._world = world
        self._registry = registry

    async def handle(self, read: Read, deliveries: Sequence[Delivery]) -> None:
        """Return when everything that these messages lead to is committed and published."""
        batch = await self.commit([read(delivery) for delivery in deliveries])
        await self.publish(batch)
        _log.debug(
            "batch.handled",
            messages=len(deliveries),
            appends=len(batch.appends),
            repeats=len(batch.repeats),
            skips=len(batch.skips),
        )

    async def commit(self, occasions: Sequence[Occasion]) -> Batch:
        """Decide what is not recorded yet, and record it; what is recorded already comes back as `repeats`."""
        for _ in range(_RACES):
            try:
                async with self._database.transaction() as tx:
                    batch = await self._decide(tx, occasions)
            except Conflict as exc:
                # Another executor was first with one of these: what it recorded is there now, so look again.
                _log.info("batch.raced", reason=str(exc))
            else:
                tallies.count(batch.appends)
                return batch
        raise Retryable("another executor is at work on the same visitors; waiting")

    async def publish(self, batch: Batch) -> None:
        """Tell the world what was committed: every effect of new events, and of recorded ones what is missing."""
        messages: list[Outgoing] = []
        if batch.repeats:
            messages += await missing(self._bus, self._world, batch.repeated, batch.repeats)
        for item in batch.appends:
            messages += outgoing(item.team, item.visitor, item.events, self._world)
        await send(self._bus, messages)
        await self._feed(batch.appends)

    async def _decide(self, tx: Transaction, occasions: Sequence[Occasion]) -> Batch:
        occasions = await _with_owners(tx, occasions)
        await journal.lock(tx, {_key(occasion) for occasion in occasions})
        known = await journal.look_up(tx, [occasion.cause for occasion in occasions])
        if known.registry != self._registry.version:
            await self._registry.reload(tx)
        batch = Batch()
        batch.repeats, batch.repeated = await _repeats(tx, occasions, known)
        runs = {stored.no: (stored.team, stored.visitor) for stored in batch.repeated}
        done = {(cause.cause, runs[cause.no]) for cause in batch.repeats}
        fresh = [
            occasion
            for occasion in occasions
            if (occasion.cause, _key(occasion)) not in done and occasion.cause not in known.skipped
        ]
        await noting.occasions(tx, sorted(fresh, key=_key))
        await self._advance(tx, fresh, known, batch)
        await journal.append(tx, batch.appends)
        await journal.skip(tx, batch.skips)
        await noting.effects(tx, batch.appends)
        return batch

    async def _advance(self, tx: Transaction, fresh: Sequence[Occasion], known: Known, batch: Batch) -> None:
        """First resume what waits, the oldest first; then start."""
        starting = [(occasion, flow) for occasion in fresh if (flow := self._flow_for(occasion)) is not None]
        answered = {occasion.cause for occasion, _ in starting}
        # Recorded too: the same event, sent again a day later, must still change nothing.
        batch.skips += [_unanswered(o) for o in fresh if o.leaves_traces and o.cause not in answered]
        waiting = await _waiting(tx, fresh, starting)
        flows = await self._flows_at_work(tx, starting, waiting)
        rows = await _rows(tx, fresh, starting, flows)
        for occasion in fresh:
            if occasion.stimulus is not None:
                key = _key(occasion)
                row = rows.get(key, visitors.UNKNOWN)
                waiting[key] = [
                    await self._resume(tx, occasion, stored, row, batch) for stored in waiting.get(key, ())
                ]
        numbers = iter(known.numbers)
        cooling = await _cooling(tx, starting)
        for occasion, flow in starting:
            key = _key(occasion)
            parked = [
                stored
                for stored in waiting.get(key, ())
                if stored.flow == flow.definition.flow and stored.status == "waiting"
            ]
            reason = cooling.get((key[0], key[1], flow.definition.flow)) or _overlapping(flow, parked)
            if reason is not None:
                batch.skips.append(_skip(occasion, flow, reason))
                continue
            if flow.definition.overlap == "restart":
                batch.appends += [_restarted(occasion, stored) for stored in parked]
            self._start(occasion, flow, rows.get(key, visitors.UNKNOWN), next(numbers), batch)

    def _start(self, occasion: Occasion, flow: CompiledFlow, row: VisitorRow, no: int, batch: Batch) -> None:
        triggered = occasion.triggered
        assert triggered is not None
        team, visitor = _key(occasion)
        if isinstance(occasion.event, EventTracked):
            more = profile.trigger_variables(occasion.event, row, self._world.names_of(team))
            triggered = msgspec.structs.replace(triggered, variables={**triggered.variables, **more})
        events = start(flow, triggered, self._facts(occasion, flow, row))
        batch.appends.append(
            Append(
                no=no,
                run=triggered.run,
                team=team,
                visitor=visitor,
                flow=flow.definition.flow,
                version=flow.version,
                events=events,
                is_new=True,
            )
        )

    async def _resume(
        self, tx: Transaction, occasion: Occasion, stored: Stored, row: VisitorRow, batch: Batch
    ) -> Stored:
        """The run after this; as it was when this is not what it waits for."""
        stimulus = occasion.stimulus
        assert stimulus is not None
        if isinstance(stimulus, AgentAnswered) and occasion.agent_post is not None:
            at = row.answered_at(occasion.agent_post)
            occasion, stimulus = msgspec.structs.replace(occasion, at=at), AgentAnswered(stimulus.id, at)
        if isinstance(stimulus, FormFilled) and row.form is not None and row.form.message == stimulus.message:
            # Filled in field by field: what came before counts too.
            stimulus = form_filled(EventId(stimulus.id), stimulus.at, stimulus.message, row.form.values)
        flow = await self._registry.of_version(tx, stored.team, stored.flow, stored.version)
        events = resume(flow, fold(stored.events), stimulus, self._facts(occasion, flow, row))
        if not events:
            return stored
        batch.appends.append(stored.append(events))
        return stored.after(events)

    def _facts(self, occasion: Occasion, flow: CompiledFlow, row: VisitorRow) -> Facts:
        """What this flow may read, and no more: presence that is not live must not hold a flow that never looks."""
        team, visitor = _key(occasion)
        reads, world = flow.reads, self._world
        wanted = None if ALL_VARIABLES in reads else flow.variables
        return Facts(
            now=occasion.at,
            agents_online=world.agents_online(team) if "agents_online" in reads else UNSET,
            assigned=row.assigned if "assigned" in reads else UNSET,
            team_agents=world.agents_of(team) if "team_agents" in reads else UNSET,
            team=world.lookups_of(team) if "team" in reads else UNSET,
            prediction=None if "prediction" in reads else UNSET,
            variables=profile.variables(visitor, row, occasion.event, world.names_of(team), wanted),
            last_agent_post=row.last_agent_post
            and Post(at=row.answered_at(row.last_agent_post), id=row.last_agent_post.id),
            last_visitor_message=row.last_message and Post(at=row.last_message.at, id=row.last_message.id),
            locale=row.locale if occasion.event is None else occasion.event.locale or row.locale,
        )

    async def _flows_at_work(
        self, tx: Transaction, starting: Sequence[Starting], waiting: Mapping[Key, Sequence[Stored]]
    ) -> list[CompiledFlow]:
        """The flows that this batch may start or go on with."""
        parked = {(run.team, run.flow, run.version) for runs in waiting.values() for run in runs}
        return [flow for _, flow in starting] + [
            await self._registry.of_version(tx, *key) for key in sorted(parked)
        ]

    def _flow_for(self, occasion: Occasion) -> CompiledFlow | None:
        return None if occasion.event is None else self._registry.active_for(occasion.event)

    async def _feed(self, appends: Sequence[Append]) -> None:
        """Tell whoever listens now; the journal has it anyway."""
        for item in appends:
            await self._bus.tell(run_feed(item.team, item.flow, item.run), msgspec.json.encode(item.told()))


def _key(occasion: Occasion) -> Key:
    assert occasion.team is not None
    assert occasion.visitor is not None
    return occasion.team, occasion.visitor


async def _with_owners(tx: Transaction, occasions: Sequence[Occasion]) -> list[Occasion]:
    """Timers and tasks' answers with the visitor of their run; one whose run is not there is left out (a run's first
    rows are never deleted).
    """
    runs = [o.stimulus.run for o in occasions if isinstance(o.stimulus, (TimerDue, TaskEnded))]
    if not runs:
        return list(occasions)
    owners = await journal.owners(tx, runs)
    found: list[Occasion] = []
    for occasion in occasions:
        if not isinstance(occasion.stimulus, (TimerDue, TaskEnded)):
            found.append(occasion)
        elif occasion.stimulus.run in owners:
            team, visitor, _ = owners[occasion.stimulus.run]
            found.append(msgspec.structs.replace(occasion, team=team, visitor=visitor))
    return found


async def _repeats(
    tx: Transaction, occasions: Sequence[Occasion], known: Known
) -> tuple[list[CauseOf], list[Stored]]:
    """What these messages led to when they came before. An agent's post id is unique for its visitor only."""
    runs = {stored.no: stored for stored in await journal.load(tx, [cause.no for cause in known.causes])}
    asked = {(occasion.cause, _key(occasion)) for occasion in occasions}
    repeats = [
        cause
        for cause in known.causes
        if (stored := runs.get(cause.no)) is not None
        and (cause.cause, (stored.team, stored.visitor)) in asked
    ]
    return repeats, list(runs.values())


async def _rows(
    tx: Transaction, fresh: Sequence[Occasion], starting: Sequence[Starting], flows: Sequence[CompiledFlow]
) -> dict[Key, VisitorRow]:
    """The visitors' rows, where a flow may look at them."""
    resuming = {_key(occasion) for occasion in fresh if occasion.stimulus is not None}
    looking = {_key(occasion) for occasion, flow in starting if _looks(flow)}
    keys = sorted(resuming | looking)
    if not keys:
        return {}
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


async def _waiting(
    tx: Transaction, fresh: Sequence[Occasion], starting: Sequence[Starting]
) -> dict[Key, list[Stored]]:
    """The runs that these may resume, or that the flows they start look at."""
    resuming = {_key(occasion) for occasion in fresh if occasion.stimulus is not None}
    overlapping = {_key(occasion) for occasion, flow in starting if flow.definition.overlap != "allow"}
    keys = sorted(resuming | overlapping)
    return await journal.waiting_runs(tx, keys) if keys else {}


async def _cooling(
    tx: Transaction, starting: Sequence[Starting]
) -> dict[tuple[TeamId, VisitorId, FlowId], str]:
    """Which visitors' flows may not start again yet, with the reason."""
    asked = {
        (*_key(occasion), flow.definition.flow): (occasion.at, flow.definition.cooldown_s)
        for occasion, flow in starting
        if flow.definition.cooldown_s
    }
    if not asked:
        return {}
    began = await journal.last_starts(tx, list(asked))
    return {
        key: f"cooldown: the last run began {ago:.0f} s before, and cooldown_s is {cooldown_s}"
        for key, (at, cooldown_s) in asked.items()
        if key in began and (ago := (at - began[key]).total_seconds()) < cooldown_s
    }


def _overlapping(flow: CompiledFlow, parked: Sequence[Stored]) -> str | None:
    """Why the flow does not start beside its own waiting run, if it does not."""
    if flow.definition.overlap != "skip" or not parked:
        return None
    return f"overlap: run {parked[0].run} still waits"


def _restarted(occasion: Occasion, stored: Stored) -> Append:
    """The end of a waiting run whose flow begins again."""
    reason = "overlap: the flow was started again"
    # The same message may have resumed the run just now: what it adds twice to a run are two causes.
    was_resumed = stored.events[-1].cause == occasion.cause
    cause = f"{occasion.cause}.restart" if was_resumed else occasion.cause
    return stored.append(cancel(fold(stored.events), at=occasion.at, cause=cause, by="flow", reason=reason))


def _unanswered(occasion: Occasion) -> Skip:
    starts = isinstance(occasion.event, (ProfileUpdated, FormSubmitted))
    return _skipped(occasion, FlowId(""), "it starts no flow" if starts else "no flow answers it")


def _skip(occasion: Occasion, flow: CompiledFlow, reason: str) -> Skip:
    return _skipped(occasion, FlowId(flow.definition.flow), reason)


def _skipped(occasion: Occasion, flow: FlowId, reason: str) -> Skip:
    assert occasion.triggered is not None
    team, visitor = _key(occasion)
    return Skip(
        cause=occasion.cause,
        team=team,
        visitor=visitor,
        at=occasion.at,
        trigger=occasion.triggered.trigger.name,
        flow=flow,
        reason=reason,
    )
