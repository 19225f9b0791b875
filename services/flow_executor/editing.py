"""What an editor asks beside pushing: what the scenarios of a definition in hand come to, and where nodes stand."""

import asyncio

import msgspec

from contracts.flow import Place, Problem
from contracts.requests import FlowLaidOut, FlowTested, LayOutFlow, PushFlow, Uncovered
from services.chassis.database import Database
from services.chassis.errors import Rejected
from services.flow_executor import definitions
from services.flow_executor.coverage import coverage
from services.flow_executor.engine.checks import examine_json
from services.flow_executor.engine.team import Known
from services.flow_executor.scenarios import run_scenarios
from services.flow_executor.world import World


class Editing:
    """Serves `contracts.flows.test` and `.layout`. Every method raises `Rejected` to refuse."""

    def __init__(self, database: Database, world: World) -> None:
        self._database = database
        self._world = world

    async def test(self, request: PushFlow) -> FlowTested:
        """What each scenario comes to, and what none of them shows; a definition with an error has no results."""
        # In a thread: visitors should not wait for it.
        return await asyncio.to_thread(_tested, bytes(request.definition), self._world.known(request.team))

    async def layout(self, request: LayOutFlow) -> FlowLaidOut:
        """Move nodes of a version; the others keep their places."""
        async with self._database.transaction() as tx:
            version = await definitions.find(tx, request.team, request.flow, request.version)
            if version is None:
                raise Rejected(
                    "unknown_flow", f"team {request.team} has no flow {request.flow}@{request.version}"
                )
            strangers = sorted(request.layout.keys() - version.definition.nodes.keys())
            if strangers:
                raise Rejected(
                    "bad_request",
                    f"{request.flow}@{request.version} has no node {strangers[0]}; publish it first",
                )
            moved = msgspec.json.encode(request.layout)
            layout = await definitions.lay_out(tx, request.team, request.flow, moved)
        return FlowLaidOut(flow=request.flow, layout=msgspec.json.decode(layout, type=dict[str, Place]))


def _tested(definition: bytes, known: Known) -> FlowTested:
    found, problems = examine_json(definition, known)
    if found is None:
        return _untested(problems)
    results = run_scenarios(found)
    shown = coverage(found, results)
    missing = Uncovered(nodes=shown.nodes.missing, outcomes=shown.outcomes.missing)
    return FlowTested(results=list(results), coverage=missing, problems=list(problems))


def _untested(problems: tuple[Problem, ...]) -> FlowTested:
    return FlowTested(results=[], coverage=Uncovered(), problems=list(problems))
