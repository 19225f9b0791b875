"""What the executor knows of settings that a team is about to get: `contracts.flows.check_team`."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from contracts.flow import FlowDefinition, Problem
from contracts.requests import CheckTeam, TeamChecked
from contracts.team import TeamSettings, parse
from services.chassis.database import Database
from services.flow_executor import definitions
from services.flow_executor.definitions import Current
from services.flow_executor.engine.checks import MOST_PROBLEMS
from services.flow_executor.engine.settings import examine_settings, without_reference
from services.flow_executor.engine.team import known

_decoder = msgspec.json.Decoder(FlowDefinition)


class TeamChecks:
    """Looks at settings; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, request: CheckTeam) -> TeamChecked:
        """Errors of filters and messages; a warning for each flow that refers to what the team would not have."""
        raw = msgspec.json.decode(request.settings)
        async with self._database.statement() as tx:
            current = await definitions.current(tx, request.team)
        # In a thread: a team with many large flows takes longer than visitors should wait.
        return await asyncio.to_thread(_checked, raw, current)


def _checked(raw: object, current: Sequence[Current]) -> TeamChecked:
    settings, _ = parse(raw)
    warnings = () if settings is None else islice(_dangling(settings, current), MOST_PROBLEMS)
    return TeamChecked(problems=[*examine_settings(raw), *warnings])


def _dangling(settings: TeamSettings, current: Sequence[Current]) -> Iterator[Problem]:
    there = known(settings)
    for flow, version, is_active, definition in current:
        yield from without_reference(flow, version, _decoder.decode(definition), there, is_active=is_active)
