"""Why a visitor got what they got: each event beside the run that it started, those that it woke, or why none."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from contracts.flow import TRIGGERS
from contracts.ids import EventId, FlowId, RunId
from contracts.requests import EventExplained, RunsExplain, RunsExplained
from contracts.streams import EXECUTOR_VISITORS, VISITOR
from contracts.subjects import events_of_visitor, partition
from contracts.visitor import EventTracked, FormSubmitted, ReplyChosen, VisitorEvent
from services.chassis.bus import Bus, StoredMessage
from services.chassis.clock import Clock
from services.chassis.database import Database, Row, Transaction

_DEFAULT = timedelta(hours=1)

_event_decoder = msgspec.json.Decoder(VisitorEvent)


class Explaining:
    """Serves `query.runs.explain`, from the stream of events and the journal."""

    def __init__(self, bus: Bus, database: Database, clock: Clock) -> None:
        self._bus = bus
        self._database = database
        self._clock = clock

    async def explain(self, request: RunsExplain) -> RunsExplained:
        """The events of the visitor since that time, oldest first; one that was sent again stands once."""
        since = request.since or self._clock() - _DEFAULT
        subject = events_of_visitor(request.team, request.visitor)
        told = await self._bus.read.since(VISITOR.name, subject, since)
        events: dict[EventId, tuple[StoredMessage, VisitorEvent]] = {}
        for message in told:
            event = _decoded(message)
            if event is not None:
                events.setdefault(event.id, (message, event))
        async with self._database.statement() as tx:
            runs, skips = await _runs(tx, list(events), request.team), await _skips(tx, list(events))
        taken = await self._taken(request)
        return RunsExplained(
            events=[
                _explained(message, event, runs.get(key, []), skips.get(key), is_taken=message.seq <= taken)
                for key, (message, event) in events.items()
            ]
        )

    async def _taken(self, request: RunsExplain) -> int:
        """Up to where the executors have handled this visitor's partition."""
        consumer = EXECUTOR_VISITORS[partition(request.visitor)]
        info = await self._bus.api.consumer(consumer.stream, consumer.durable)
        is_done = info.num_pending == info.num_ack_pending == 0
        return info.delivered.stream_seq if is_done else info.ack_floor.stream_seq


async def _runs(tx: Transaction, events: list[EventId], team: str) -> Mapping[str, list[Row]]:
    rows = await tx.rows(
        """select c.cause, c.first_seq, r.run_id, r.flow from flow_executor.run_causes c
             join flow_executor.runs r using (no)
            where c.cause = any($1::text[]) and r.team = $2 order by r.no""",
        events,
        team,
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["cause"], []).append(row)
    return found


async def _skips(tx: Transaction, events: list[EventId]) -> Mapping[str, Row]:
    rows = await tx.rows("select * from flow_executor.skips where cause = any($1::text[])", events)
    return {row["cause"]: row for row in rows}


def _explained(
    message: StoredMessage, event: VisitorEvent, runs: list[Row], skip: Row | None, *, is_taken: bool
) -> EventExplained:
    started = next((row for row in runs if row["first_seq"] == 1), None)
    woke = tuple(RunId(row["run_id"]) for row in runs if row["first_seq"] != 1)
    flow, reason = None, ""
    if started is not None:
        flow = FlowId(started["flow"])
    elif skip is not None:
        flow, reason = FlowId(skip["flow"]) or None, skip["reason"]
    elif is_taken:
        reason = _why_not(event, woke=bool(woke))
    else:
        reason = "no executor has taken it yet; is one running?"
    return EventExplained(
        event=event.id,
        type=_kind(event),
        at=message.at,
        started=None if started is None else RunId(started["run_id"]),
        flow=flow,
        woke=woke,
        reason=reason,
    )


def _why_not(event: VisitorEvent, *, woke: bool) -> str:
    """Why an event of which nothing is recorded started nothing."""
    if str(event.__struct_config__.tag) in TRIGGERS:
        return "no flow answers it"
    if woke or not isinstance(event, (ReplyChosen, FormSubmitted)):
        return "it starts no flow"
    return "no run waits for it any more"


def _kind(event: VisitorEvent) -> str:
    """The event's type, and the name of a tracked one."""
    kind = str(event.__struct_config__.tag)
    return f"{kind} {event.event}" if isinstance(event, EventTracked) else kind


def _decoded(message: StoredMessage) -> VisitorEvent | None:
    """None for what is no event: it lies among the dead letters."""
    try:
        return _event_decoder.decode(message.data)
    except msgspec.DecodeError:
        return None
