"""What the executor knows of settings that a team is about to get: `contracts.flows.check_team`."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from contracts.flow import FlowDefinition, Problem
from contracts.requests import CheckTeam, TeamChecked
from contracts.team import TeamSettings, parse
from services.chassis.database import Database
from services.flow_executor.definitions import Current, current
from services.flow_executor.engine.checks import MOST_PROBLEMS
from services.flow_executor.engine.settings import (
    examine_settings,
    fields_written,
    without_reference,
    without_variable,
)
from services.flow_executor.engine.team import known

_decoder = msgspec.json.Decoder(FlowDefinition)


class TeamChecks:
    """Looks at settings; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, request: CheckTeam) -> TeamChecked:
        """Errors of filters and messages; warnings for what segments and flows refer to and is not there."""
        raw = msgspec.json.decode(request.settings)
        async with self._database.statement() as tx:
            flows = await current(tx, request.team)
        # In a thread: a team with many large flows takes longer than visitors should wait.
        return await asyncio.to_thread(_checked, raw, flows)


def _checked(raw: object, flows: Sequence[Current]) -> TeamChecked:
    settings, _ = parse(raw)
    warnings = () if settings is None else islice(_warnings(settings, flows), MOST_PROBLEMS)
    return TeamChecked(problems=[*examine_settings(raw), *warnings])


def _warnings(settings: TeamSettings, flows: Sequence[Current]) -> Iterator[Problem]:
    there, definitions = known(settings), [_decoder.decode(each.definition) for each in flows]
    written = {name for definition in definitions for name in fields_written(definition)}
    yield from without_variable(settings, written)
    for each, definition in zip(flows, definitions, strict=True):
        yield from without_reference(each.flow, each.version, definition, there, is_active=each.is_active)
