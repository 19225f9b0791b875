"""What people ask of flow definitions: push, validate, activate, deactivate, delete, list, get, history, seed.

Each change is one transaction: the version, what is active and the recorded change together. Stream FLOW is
told afterwards.
"""

import asyncio
from collections.abc import Iterable, Iterator

import msgspec

from contracts.errors import Error
from contracts.flow import FlowDefinition, Problem
from contracts.ids import FlowId, TeamId
from contracts.requests import (
    FlowActivated,
    FlowHistory,
    FlowList,
    FlowPushed,
    FlowRequest,
    FlowValidated,
    FlowVerdict,
    FlowVersion,
    PushFlow,
    Request,
    SeedFlow,
)
from contracts.subjects import FlowVerdict as Verdict
from services.chassis.bus import Refusal
from services.chassis.clock import Clock
from services.chassis.database import Database, Transaction
from services.chassis.errors import Rejected
from services.flow_executor import definitions
from services.flow_executor.definitions import Version
from services.flow_executor.engine.checks import Examined, dangling, examine_json
from services.flow_executor.envelope import flow_of, push_request
from services.flow_executor.scenarios import run_scenarios
from services.flow_executor.verdicts import Verdicts
from services.flow_executor.world import World


class Flows:
    """Serves `contracts.flows.*`. Every method raises `Rejected` to refuse."""

    def __init__(self, database: Database, world: World, verdicts: Verdicts, clock: Clock) -> None:
        self._database = database
        self._world = world
        self._verdicts = verdicts
        self._clock = clock

    async def push(self, request: PushFlow, *, submission: int | None = None) -> FlowPushed:
        """Store a version of the flow, and activate it if asked. Pushing equal content again changes nothing."""
        definition, warnings = await self._checked(request.team, request.definition)
        replaced: FlowId | None = None
        if request.activate:
            _prove(definition)
        async with self._database.transaction() as tx:
            await definitions.begin_change(tx)
            await _expect(tx, request, definition.flow)
            version, is_new = await definitions.store(tx, request.team, definition, request.by)
            if is_new or submission is not None:
                await definitions.record(
                    tx, self._change(version, "published", request.by, submission=submission)
                )
            if request.activate:
                replaced = await self._activate(tx, version, request.by)
            is_active = await _is_active(tx, version)
        await self._verdicts.send()
        return _pushed(version, warnings, is_active=is_active, replaced=replaced)

    async def validate(self, request: PushFlow) -> FlowValidated:
        """Every problem of the definition, warnings too; stores nothing."""
        _, problems = await self._examined(request.team, request.definition)
        return FlowValidated(problems=list(problems))

    async def seed(self, request: SeedFlow) -> FlowPushed:
        """Store a flow that ships, unless the team ever had it; activate it, if asked, unless the team ever chose for
        its trigger.
        """
        async with self._database.transaction() as tx:
            await definitions.begin_change(tx)
            known = await definitions.newest(tx, request.team, flow_of(bytes(request.definition)))
            if known is not None:
                # Not examined again: the team may have removed since what it refers to.
                return _pushed(known, (), is_active=await _is_active(tx, known))
            definition, warnings = await self._checked(request.team, request.definition)
            version, _ = await definitions.store(tx, request.team, definition, request.by)
            await definitions.record(tx, self._change(version, "published", request.by))
            key = definitions.key_of(request.team, definition)
            if request.activate and not await definitions.was_ever_answered(tx, key):
                await self._activate(tx, version, request.by)
            is_active = await _is_active(tx, version)
        await self._verdicts.send()
        return _pushed(version, warnings, is_active=is_active)

    async def activate(self, request: FlowRequest) -> FlowActivated:
        """Let a version (the newest unless said) answer its trigger. Its scenarios must hold."""
        async with self._database.transaction() as tx:
            await definitions.begin_change(tx)
            version = await self._wanted(tx, request)
            _prove(version.definition)
            replaced = await self._activate(tx, version, request.by)
        await self._verdicts.send()
        return FlowActivated(
            flow=version.flow,
            version=version.version,
            active=True,
            replaced=replaced,
            warnings=list(self._gone(version)),
        )

    async def deactivate(self, request: FlowRequest) -> FlowActivated:
        """Let the flow answer nothing; runs that wait go on."""
        async with self._database.transaction() as tx:
            await definitions.begin_change(tx)
            await self._existing(tx, request)
            version = await definitions.deactivate(tx, request.team, request.flow)
            if version is not None:
                await definitions.record(tx, self._bare(request, "deactivated", version))
        await self._verdicts.send()
        return FlowActivated(flow=request.flow, version=version, active=False)

    async def delete(self, request: FlowRequest) -> FlowActivated:
        """Deactivate the flow and take it out of every list; what ran stays replayable."""
        async with self._database.transaction() as tx:
            await definitions.begin_change(tx)
            await self._existing(tx, request)
            version = await definitions.deactivate(tx, request.team, request.flow)
            await definitions.delete(tx, request.team, request.flow)
            await definitions.record(tx, self._bare(request, "deleted", version))
        await self._verdicts.send()
        return FlowActivated(flow=request.flow, version=version, active=False)

    async def list(self, request: Request) -> FlowList:
        """The team's flows."""
        async with self._database.statement() as tx:
            return FlowList(flows=await definitions.list_flows(tx, request.team))

    async def get(self, request: FlowRequest) -> FlowVersion:
        """A version (the active one, else the newest, unless said) with its definition."""
        async with self._database.statement() as tx:
            # A version that was asked for by number is shown even if its flow was deleted: its runs are still
            # there.
            version = await definitions.find(
                tx, request.team, request.flow, request.version, with_deleted=request.version is not None
            )
            if version is None:
                raise _unknown(request)
            is_active = await _is_active(tx, version)
        return FlowVersion(
            flow=version.flow,
            version=version.version,
            hash=version.hash,
            active=is_active,
            published_at=version.published_at,
            published_by=version.published_by,
            definition=version.definition,
        )

    async def history(self, request: FlowRequest) -> FlowHistory:
        """What happened to the flow."""
        async with self._database.statement() as tx:
            entries = await definitions.history(tx, request.team, request.flow)
        if not entries:
            raise _unknown(request)
        return FlowHistory(flow=request.flow, history=entries)

    async def take_submission(self, team: TeamId, sequence: int, data: bytes) -> None:
        """Push what came by the durable topic; its verdict, either way, is recorded once."""
        async with self._database.statement() as tx:
            if await definitions.was_submitted(tx, sequence):
                await self._verdicts.send()
                return
        try:
            request = msgspec.structs.replace(push_request(data), team=team)
            await self.push(request, submission=sequence)
        except Rejected as exc:
            error = exc.error if isinstance(exc, Refusal) else Error(code=exc.code, detail=exc.detail)
            refused = FlowVerdict(
                team=team,
                flow=flow_of(data),
                verdict="refused",
                at=self._clock(),
                submission=sequence,
                error=error,
            )
            async with self._database.transaction() as tx:
                await definitions.begin_change(tx)
                await definitions.record(tx, refused)
            await self._verdicts.send()

    async def _checked(self, team: TeamId, data: msgspec.Raw) -> tuple[FlowDefinition, tuple[Problem, ...]]:
        """The definition and its warnings; raises `Refusal` with every problem at once."""
        if not self._world.has_team(team):
            raise Rejected(
                "unknown_team",
                f"there is no team {team}; make it with `frontdesk team push FILE`, or mend its name",
            )
        definition, problems = await self._examined(team, data)
        if definition is None:
            raise _refused(problems)
        return definition, problems

    async def _examined(self, team: TeamId, data: msgspec.Raw) -> Examined:
        """In a thread: a large definition takes longer than visitors should wait for it."""
        return await asyncio.to_thread(examine_json, bytes(data), self._world.known(team))

    def _gone(self, version: Version) -> Iterator[Problem]:
        """A warning for each thing that the flow refers to and the team has no more: its node would be FAILED."""
        for problem in dangling(version.definition, self._world.known(version.team)):
            yield msgspec.structs.replace(problem, level="warning")

    async def _activate(self, tx: Transaction, version: Version, by: str) -> FlowId | None:
        activation = await definitions.activate(tx, version)
        if activation.is_changed:
            change = self._change(version, "activated", by, replaced=activation.replaced)
            await definitions.record(tx, change, definitions.key_of(version.team, version.definition))
        return activation.replaced

    async def _existing(self, tx: Transaction, request: FlowRequest) -> Version:
        version = await definitions.find(tx, request.team, request.flow, request.version)
        if version is None:
            raise _unknown(request)
        return version

    async def _wanted(self, tx: Transaction, request: FlowRequest) -> Version:
        """The version to activate: the newest unless said."""
        await self._existing(tx, request)
        if request.version is None:
            version = await definitions.newest(tx, request.team, request.flow)
            assert version is not None
            return version
        return await self._existing(tx, request)

    def _change(
        self,
        version: Version,
        verdict: Verdict,
        by: str,
        *,
        replaced: FlowId | None = None,
        submission: int | None = None,
    ) -> FlowVerdict:
        return FlowVerdict(
            team=version.team,
            flow=version.flow,
            verdict=verdict,
            at=self._clock(),
            by=by,
            version=version.version,
            hash=version.hash,
            replaced=replaced,
            submission=submission,
        )

    def _bare(self, request: FlowRequest, verdict: Verdict, version: int | None) -> FlowVerdict:
        return FlowVerdict(
            team=request.team,
            flow=request.flow,
            verdict=verdict,
            at=self._clock(),
            by=request.by,
            version=version,
        )


def _pushed(
    version: Version, warnings: Iterable[Problem], *, is_active: bool, replaced: FlowId | None = None
) -> FlowPushed:
    return FlowPushed(
        flow=version.flow,
        version=version.version,
        hash=version.hash,
        active=is_active,
        replaced=replaced,
        warnings=list(warnings),
    )


def _refused(problems: Iterable[Problem]) -> Refusal:
    found = list(problems)
    errors = [problem for problem in found if problem.level == "error"]
    first = errors[0]
    count = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    place = f"{first.at}: " if first.at else ""
    return Refusal(
        Error(
            code="flow_refused", detail=f"the flow was refused: {place}{first.detail}{count}", problems=found
        )
    )


def _prove(definition: FlowDefinition) -> None:
    """Raise `Refusal` unless every scenario of the flow holds."""
    failures = [result for result in run_scenarios(definition) if not result.passed]
    if failures:
        names = ", ".join(f'"{result.name}"' for result in failures)
        which = f"scenario {names} fails" if len(failures) == 1 else f"scenarios {names} fail"
        raise Refusal(
            Error(
                code="scenario_failed",
                detail=f"flow {definition.flow} is not active: its {which}; see `frontdesk flows test`",
            )
        )


async def _expect(tx: Transaction, request: PushFlow, flow: FlowId) -> None:
    if request.expect_version is None:
        return
    newest = await definitions.newest(tx, request.team, flow)
    actual = 0 if newest is None else newest.version
    if actual != request.expect_version:
        raise Rejected(
            "version_conflict",
            f"flow {flow} is at version {actual}, not {request.expect_version}: somebody pushed meanwhile; "
            "look at `frontdesk flows diff` and push again",
        )


async def _is_active(tx: Transaction, version: Version) -> bool:
    active = await definitions.active_versions(tx)
    return active.get(definitions.key_of(version.team, version.definition)) == (version.flow, version.version)


def _unknown(request: FlowRequest) -> Rejected:
    which = request.flow if request.version is None else f"{request.flow}@{request.version}"
    return Rejected(
        "unknown_flow", f"team {request.team} has no flow {which}; `frontdesk flows list` shows what it has"
    )
