"""The executor's shell: decode, look up, decide, append in one transaction, publish; the intake then acks.

The unacknowledged source message is the outbox. A crash anywhere before the ack means another delivery, and a
message whose cause is recorded decides nothing: its effects are repaired (`repair`), and it is acked. So each
accepted message has its effects once, however often it comes and whoever dies.
"""

from collections.abc import Sequence

import msgspec
from structlog.stdlib import get_logger

from contracts.ids import FlowId
from contracts.run import RunWaiting
from contracts.subjects import run_feed
from contracts.visitor import FormSubmitted, ProfileUpdated, VisitorEvent
from services.chassis.bus import Bus, Delivery
from services.chassis.database import Database, Transaction
from services.chassis.errors import Conflict, Retryable
from services.flow_executor import journal, noting, tallies
from services.flow_executor.engine.decide import cancel, resume, start
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.engine.run import fold
from services.flow_executor.gathering import Gathered, Gathering, Starting, key_of, started, with_owners
from services.flow_executor.journal import Append, CauseOf, Known, Skip, Stored
from services.flow_executor.occasions import Occasion, Read, fitting
from services.flow_executor.outgoing import Outgoing, outgoing, send
from services.flow_executor.registry import Registry
from services.flow_executor.repair import missing, unsaid
from services.flow_executor.world import World

_RACES = 5
"""How often a batch that lost a race begins again before it waits like one whose server is away."""

_log = get_logger()

Answering = dict[str, CompiledFlow]
"""By cause, the flows that begin with it."""


class Batch(msgspec.Struct, kw_only=True):
    """What one transaction decided."""

    appends: list[Append] = []
    skips: list[Skip] = []
    repeats: list[CauseOf] = []
    repeated: list[Stored] = []
    parked: list[VisitorEvent] = []
    """What started runs that wait now: where the visitor is must be known when they go on."""
    resumed: list[Stored] = []
    """As these runs were before they went on."""


class Shell:
    """Handles batches of every source alike. A batch holds at most one message of a visitor."""

    def __init__(self, bus: Bus, database: Database, world: World, registry: Registry) -> None:
        self._bus = bus
        self._database = database
        self._world = world
        self._registry = registry
        self._gathering = Gathering(world, registry)

    async def handle(self, read: Read, deliveries: Sequence[Delivery]) -> None:
        """Return when everything that these messages lead to is committed and published."""
        await self.see_through([read(delivery) for delivery in deliveries])

    async def see_through(self, occasions: Sequence[Occasion]) -> None:
        """The same for messages that are read already."""
        batch = await self.commit(occasions)
        await self.publish(batch)
        _log.debug(
            "batch.handled",
            messages=len(occasions),
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
        """Tell the world what was committed: every effect of new events, and of recorded ones what is missing. What a
        run said before it was resumed comes first, should it not be told yet.
        """
        messages: list[Outgoing] = []
        if batch.repeats:
            messages += await missing(self._bus, self._world, batch.repeated, batch.repeats)
        if batch.resumed:
            messages += await unsaid(self._bus, self._world, batch.resumed)
        for item in batch.appends:
            messages += outgoing(item.team, item.visitor, item.events, self._world)
        await send(self._bus, messages)
        await self._feed(batch.appends)

    async def _decide(self, tx: Transaction, occasions: Sequence[Occasion]) -> Batch:
        occasions = await with_owners(tx, occasions)
        await journal.lock(tx, {key_of(occasion) for occasion in occasions})
        known, answering = await self._look_up(tx, occasions)
        batch = Batch()
        batch.repeats, batch.repeated = await _repeats(tx, occasions, known)
        runs = {stored.no: (stored.team, stored.visitor) for stored in batch.repeated}
        done = {(cause.cause, runs[cause.no]) for cause in batch.repeats}
        fresh = [
            fitting(occasion, self._world.names_of(key_of(occasion)[0]))
            for occasion in occasions
            if (occasion.cause, key_of(occasion)) not in done and occasion.cause not in known.skipped
        ]
        await noting.occasions(tx, sorted(fresh, key=key_of))
        await self._advance(tx, fresh, _starting(fresh, answering), known, batch)
        await journal.append(tx, batch.appends)
        await journal.skip(tx, batch.skips)
        await journal.renew(tx, batch.repeats)
        await noting.effects(tx, batch.appends)
        await noting.seen(tx, batch.parked)
        return batch

    async def _look_up(self, tx: Transaction, occasions: Sequence[Occasion]) -> tuple[Known, Answering]:
        """What is recorded, and what answers by the registry that the database had then."""
        causes = [occasion.cause for occasion in occasions]
        while True:
            version, answering = self._registry.version, self._answering(occasions)
            starts = [
                started(*pair) for pair in _starting(occasions, answering) if pair[1].definition.cooldown_s
            ]
            known = await journal.look_up(tx, causes, starts)
            # Other loops reload it too; cool-downs must be those of the flows that begin.
            if known.registry == version:
                return known, answering
            if known.registry != self._registry.version:
                await self._registry.reload(tx)

    def _answering(self, occasions: Sequence[Occasion]) -> Answering:
        flows = ((occasion.cause, self._flow_for(occasion)) for occasion in occasions)
        return {cause: flow for cause, flow in flows if flow is not None}

    async def _advance(
        self,
        tx: Transaction,
        fresh: Sequence[Occasion],
        starting: Sequence[Starting],
        known: Known,
        batch: Batch,
    ) -> None:
        """First resume what waits, the oldest first; then start."""
        answered = {occasion.cause for occasion, _ in starting}
        # Recorded too: the same event, sent again a day later, must still change nothing.
        batch.skips += [_unanswered(o) for o in fresh if o.leaves_traces and o.cause not in answered]
        known_of = await self._gathering.gather(tx, fresh, starting, known.last_starts)
        waiting = known_of.waiting
        for occasion in fresh:
            if occasion.stimulus is not None:
                key = key_of(occasion)
                waiting[key] = [
                    await self._resume(tx, occasion, stored, known_of, batch)
                    for stored in waiting.get(key, ())
                ]
        numbers = iter(known.numbers)
        for occasion, flow in starting:
            key = key_of(occasion)
            parked = [
                stored
                for stored in waiting.get(key, ())
                if stored.flow == flow.definition.flow and stored.status == "waiting"
            ]
            reason = known_of.cooling.get(started(occasion, flow)) or _overlapping(flow, parked)
            if reason is not None:
                batch.skips.append(_skip(occasion, flow, reason))
                continue
            if flow.definition.overlap == "restart":
                batch.appends += [_restarted(occasion, stored) for stored in parked]
            self._start(occasion, flow, known_of, next(numbers), batch)

    def _start(
        self, occasion: Occasion, flow: CompiledFlow, known_of: Gathered, no: int, batch: Batch
    ) -> None:
        team, visitor = key_of(occasion)
        triggered = known_of.triggered(occasion)
        events = start(flow, triggered, known_of.facts(occasion, flow, triggered.variables))
        if isinstance(events[-1], RunWaiting) and occasion.event is not None:
            batch.parked.append(occasion.event)
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
        self, tx: Transaction, occasion: Occasion, stored: Stored, known_of: Gathered, batch: Batch
    ) -> Stored:
        """The run after this; as it was when this is not what it waits for."""
        occasion, stimulus = known_of.stimulus(occasion)
        flow = await self._registry.of_version(tx, stored.team, stored.flow, stored.version)
        run = fold(stored.events)
        events = resume(flow, run, stimulus, known_of.facts(occasion, flow, run.variables))
        if not events:
            return stored
        batch.appends.append(stored.append(events))
        batch.resumed.append(stored)
        return stored.after(events)

    def _flow_for(self, occasion: Occasion) -> CompiledFlow | None:
        return None if occasion.event is None else self._registry.active_for(occasion.event)

    async def _feed(self, appends: Sequence[Append]) -> None:
        """Tell whoever listens now; the journal has it anyway."""
        for item in appends:
            await self._bus.tell(run_feed(item.team, item.flow, item.run), msgspec.json.encode(item.told()))


def _starting(occasions: Sequence[Occasion], answering: Answering) -> list[Starting]:
    return [(occasion, answering[occasion.cause]) for occasion in occasions if occasion.cause in answering]


async def _repeats(
    tx: Transaction, occasions: Sequence[Occasion], known: Known
) -> tuple[list[CauseOf], list[Stored]]:
    """What these messages led to when they came before. An agent's post id is unique for its visitor only."""
    runs = {stored.no: stored for stored in await journal.load(tx, [cause.no for cause in known.causes])}
    asked = {(occasion.cause, key_of(occasion)) for occasion in occasions}
    repeats = [
        cause
        for cause in known.causes
        if (stored := runs.get(cause.no)) is not None
        and (cause.cause, (stored.team, stored.visitor)) in asked
    ]
    return repeats, list(runs.values())


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
    team, visitor = key_of(occasion)
    return Skip(
        cause=occasion.cause,
        team=team,
        visitor=visitor,
        at=occasion.at,
        trigger=occasion.triggered.trigger.name,
        flow=flow,
        reason=reason,
    )
