"""What flows know of a visitor, told to people: segments, tracked events, canned messages filled in.

Everything is what a flow would get now. Nothing is written, and no flow runs.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import cast

from msgspec import UNSET

from contracts.forms import Unfit
from contracts.requests import (
    CannedMessagePreview,
    CannedPreviewed,
    EventCount,
    SegmentState,
    VisitorDescribed,
    VisitorRequest,
)
from contracts.run import Json
from contracts.team import CannedMessage, Segment
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.errors import Retryable
from services.flow_executor import profile, visitors
from services.flow_executor.engine.expressions import EvaluationError, expression
from services.flow_executor.engine.facts import Facts, Look, MissingFact, UnknownVariable
from services.flow_executor.engine.texts import plain, text
from services.flow_executor.visitors import VisitorRow
from services.flow_executor.world import World

_REFUSALS = (Unfit, UnknownVariable, MissingFact, EvaluationError)


class Describing:
    """Serves `query.visitors.*`."""

    def __init__(self, database: Database, world: World, clock: Clock) -> None:
        self._database = database
        self._world = world
        self._clock = clock

    async def describe(self, request: VisitorRequest) -> VisitorDescribed:
        """Segments, events and what the browser said; of somebody unknown, that nothing is known."""
        row, look = await self._look(request)
        segments = self._world.settings_of(request.team).segments
        agent = profile.agent_of(row.user_agent)
        return VisitorDescribed(
            # In a thread, as below: how many there are is the team's business.
            segments=await asyncio.to_thread(lambda: [_state(segment, look()) for segment in segments]),
            events=_events(row),
            sessions=row.sessions,
            country=row.country,
            city=row.city,
            browser=" ".join(part for part in (agent.browser, agent.version) if part) or None,
            system=agent.system,
            device=agent.device,
        )

    async def canned(self, request: VisitorRequest) -> CannedPreviewed:
        """Each canned message as the visitor would get it."""
        _, look = await self._look(request)
        messages = self._world.settings_of(request.team).canned_messages
        previews = await asyncio.to_thread(lambda: [_preview(message, look()) for message in messages])
        return CannedPreviewed(messages=previews)

    async def _look(self, request: VisitorRequest) -> tuple[VisitorRow, Callable[[], Look]]:
        """What is known of the visitor, and fresh eyes on it."""
        key = (request.team, request.visitor)
        async with self._database.statement() as tx:
            row = (await visitors.load(tx, [key], with_events=True)).get(key, visitors.UNKNOWN)
        facts, page = self._facts(request, row), _page(request)
        return row, lambda: Look(facts, page)

    def _facts(self, request: VisitorRequest, row: VisitorRow) -> Facts:
        world, team = self._world, request.team
        try:
            online = world.agents_online(team)
        except Retryable:
            # Then only what asks for it has no answer.
            online = UNSET
        return Facts(
            now=self._clock(),
            agents_online=online,
            assigned=row.assigned,
            team_agents=world.agents_of(team),
            team=world.lookups_of(team),
            variables=profile.variables(request.visitor, row, None, world.names_of(team), None),
            locale=request.locale or row.locale,
        )


def _page(request: VisitorRequest) -> Mapping[str, Json]:
    said = {
        "page_url": request.page.url,
        "page_title": request.page.title,
        "referrer": request.page.referrer,
        "browser_language": request.locale,
    }
    return {name: value for name, value in said.items() if value}


def _state(segment: Segment, look: Look) -> SegmentState:
    is_in, problem = None, None
    try:
        is_in = expression(segment.filter).holds(look)
    except _REFUSALS as exc:
        problem = _sentence(exc)
    return SegmentState(segment=segment.id, name=segment.name or segment.id, is_in=is_in, problem=problem)


def _preview(message: CannedMessage, look: Look) -> CannedMessagePreview:
    try:
        filled = text(message.text).render(look)
    except _REFUSALS as exc:
        as_it_stands = plain(cast("Json", message.text), look)
        return CannedMessagePreview(id=message.id, text=as_it_stands, problem=_sentence(exc))
    empty = sorted(name for name, value in look.variables.items() if value is None)
    return CannedMessagePreview(id=message.id, text=filled, empty=empty)


def _sentence(exc: Exception) -> str:
    if isinstance(exc, MissingFact):
        return f"{exc.name} is not known now"
    return exc.detail if isinstance(exc, Unfit) else str(exc)


def _events(row: VisitorRow) -> list[EventCount]:
    counted = [
        EventCount(event=name, count=tracked.count, first_at=tracked.first_at, last_at=tracked.last_at)
        for name, tracked in row.events.items()
    ]
    return sorted(counted, key=lambda one: one.last_at, reverse=True)
