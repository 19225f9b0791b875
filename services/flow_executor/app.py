"""Builds the flow executor from its configuration, and is the only file that does."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from structlog.stdlib import get_logger

from contracts.requests import (
    CheckTeam,
    FlowRequest,
    LayOutFlow,
    Request,
    RunReplay,
    RunRequest,
    RunsCancel,
    RunScenario,
    RunsExplain,
    RunsHeat,
    RunsList,
    RunsWaiting,
    SeedFlow,
    VisitorRequest,
)
from contracts.streams import (
    EXECUTOR_AGENTS,
    EXECUTOR_STATE,
    EXECUTOR_SUBMISSIONS,
    EXECUTOR_TASKS_DONE,
    EXECUTOR_TIMERS,
    EXECUTOR_VISITORS,
    Consumer,
)
from services.chassis import health, metrics
from services.chassis.bus import Bus, Delivery, answer, answer_raw
from services.chassis.clock import system_clock
from services.chassis.database import Database
from services.chassis.errors import Retryable
from services.chassis.intake import Handle, Intake
from services.flow_executor import occasions, recovery, tallies
from services.flow_executor.config import Config
from services.flow_executor.counting import Counting
from services.flow_executor.describing import Describing
from services.flow_executor.editing import Editing
from services.flow_executor.envelope import push_request
from services.flow_executor.explaining import Explaining
from services.flow_executor.flows import Flows
from services.flow_executor.occasions import Read
from services.flow_executor.partitions import tend
from services.flow_executor.registry import Registry
from services.flow_executor.runs import Runs
from services.flow_executor.shell import Shell
from services.flow_executor.submissions import Submissions
from services.flow_executor.tasks import mail
from services.flow_executor.tasks.worker import Manner
from services.flow_executor.tasks.workers import Workers
from services.flow_executor.team_checks import TeamChecks
from services.flow_executor.timers import Timers
from services.flow_executor.verdicts import Verdicts
from services.flow_executor.world import World

QUEUE = "flow-executor"
_RETRY_S = 1.0

_log = get_logger()


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Execute flows until `stop` is set; what is in hand is finished."""
    mail_server = mail.server(config.smtp_url, config.mail_from)
    async with (
        metrics.exposed(config.metrics_host, config.metrics_port),
        Database(config.postgres_dsn) as database,
        Database(config.postgres_dsn, keeps_plans=True) as journal,
        Bus(config.nats_url, QUEUE) as bus,
    ):
        if config.metrics_port:
            await tallies.DeadLetters().follow(bus)
        world = World(bus)
        registry = Registry()
        verdicts = Verdicts(bus, database)
        flows = Flows(database, world, verdicts, system_clock)
        _answer_requests(bus, database, world, flows)
        _answer_people(bus, Describing(database, world, system_clock))
        async with _running(world.follow()), _running(tend(database)):
            await world.wait_until_complete()
            async with database.transaction() as tx:
                await registry.reload(tx)
            await verdicts.send()
            look = await recovery.begin(bus, database, system_clock)
            shell = Shell(bus, journal, world, registry)
            timers = Timers(bus, journal, shell, config.executor_batch)
            workers = Workers(
                bus,
                database,
                world,
                mail_server=mail_server,
                allow_private=config.tasks_private_hosts,
                manner=_manner(config),
                clock=system_clock,
            )
            # What takes a while to begin comes before the first visitor is answered.
            await bus.start()
            async with (
                _running(workers.run()),
                _loops(config, bus, shell, timers, Submissions(flows)),
            ):
                health.ready()
                # What is new need not wait for a look at what was.
                async with _running(_recover(bus, database, world, look)):
                    await stop.wait()


def _manner(config: Config) -> Manner:
    return Manner(
        at_once=config.tasks_at_once,
        pause_s=config.tasks_pause_s,
        # The rest is for what else must stop in order.
        grace_s=config.stop_s / 2,
    )


def _answer_requests(bus: Bus, database: Database, world: World, flows: Flows) -> None:
    broker = bus.broker
    _answer_editors(bus, database, world, flows)
    checks, runs = TeamChecks(database), Runs(bus, database, system_clock)
    explaining = Explaining(bus, database, system_clock)
    answer_raw(broker, "contracts.flows.push", push_request, flows.push, queue=QUEUE)
    answer(broker, "contracts.flows.seed", SeedFlow, flows.seed, queue=QUEUE)
    answer(broker, "contracts.flows.activate", FlowRequest, flows.activate, queue=QUEUE)
    answer(broker, "contracts.flows.deactivate", FlowRequest, flows.deactivate, queue=QUEUE)
    answer(broker, "contracts.flows.delete", FlowRequest, flows.delete, queue=QUEUE)
    answer(broker, "contracts.flows.list", Request, flows.list, queue=QUEUE)
    answer(broker, "contracts.flows.get", FlowRequest, flows.get, queue=QUEUE)
    answer(broker, "contracts.flows.history", FlowRequest, flows.history, queue=QUEUE)
    answer(broker, "contracts.flows.check_team", CheckTeam, checks.check, queue=QUEUE)
    answer(broker, "query.runs.list", RunsList, runs.list, queue=QUEUE)
    answer(broker, "query.runs.events", RunRequest, runs.events, queue=QUEUE)
    answer(broker, "query.runs.replay", RunReplay, runs.replay, queue=QUEUE)
    answer(broker, "query.runs.scenario", RunScenario, runs.scenario, queue=QUEUE)
    answer(broker, "query.runs.cancel", RunsCancel, runs.cancel, queue=QUEUE)
    answer(broker, "query.runs.explain", RunsExplain, explaining.explain, queue=QUEUE)


def _answer_people(bus: Bus, describing: Describing) -> None:
    answer(bus.broker, "query.visitors.describe", VisitorRequest, describing.describe, queue=QUEUE)
    answer(bus.broker, "query.visitors.canned", VisitorRequest, describing.canned, queue=QUEUE)


def _answer_editors(bus: Bus, database: Database, world: World, flows: Flows) -> None:
    broker = bus.broker
    editing, counting = Editing(database, world), Counting(database)
    answer_raw(broker, "contracts.flows.validate", push_request, flows.validate, queue=QUEUE)
    answer_raw(broker, "contracts.flows.test", push_request, editing.test, queue=QUEUE)
    answer(broker, "contracts.flows.layout", LayOutFlow, editing.layout, queue=QUEUE)
    answer(broker, "query.runs.waiting", RunsWaiting, counting.waiting, queue=QUEUE)
    answer(broker, "query.runs.heat", RunsHeat, counting.heat, queue=QUEUE)


@asynccontextmanager
async def _loops(
    config: Config, bus: Bus, shell: Shell, timers: Timers, submissions: Submissions
) -> AsyncGenerator[None]:
    """One loop per source. A batch of visitors' events or posts holds at most one message of a visitor."""
    async with AsyncExitStack() as stack:

        async def begin(
            consumers: Sequence[Consumer],
            handle: Handle,
            key: Callable[[Delivery], str] | None,
            limit: int,
            hands: int = 1,
        ) -> None:
            pull = await stack.enter_async_context(bus.pull(consumers))
            intake = Intake(bus, pull, handle, key=key, limit=limit, hands=hands)
            await stack.enter_async_context(_running(intake.run()))

        def reading(read: Read) -> Handle:
            return partial(shell.handle, read)

        most = config.executor_batch
        # Under a crowd one hand decides while the other waits for Postgres.
        await begin(EXECUTOR_VISITORS, reading(occasions.visitor_event), partial(_token, 3), most, hands=2)
        # Runs that are due may be of any visitor, and the visitor's lock keeps those of one apart. Whether the other
        # loops have come as far is asked for more than one transaction's timers: it costs like 20 runs.
        await begin([EXECUTOR_TIMERS], timers.handle, partial(_token, 2), 4 * most, hands=2)
        await begin([EXECUTOR_TASKS_DONE], reading(occasions.task_done), partial(_token, 2), most)
        await begin([EXECUTOR_AGENTS], reading(occasions.agent_post), partial(_token, 2), most)
        await begin([EXECUTOR_STATE], reading(occasions.state_change), partial(_token, 2), most)
        await begin([EXECUTOR_SUBMISSIONS], submissions.handle, None, 1)
        yield


def _token(place: int, delivery: Delivery) -> str:
    """One token of the subject: the visitor, or (timers) the run."""
    tokens = delivery.subject.split(".")
    return tokens[place] if place < len(tokens) else delivery.subject


async def _recover(bus: Bus, database: Database, world: World, look: recovery.Look | None) -> None:
    """Once, if a look is due, as soon as the outside is there."""
    while look is not None:
        try:
            await recovery.recover(bus, database, world, system_clock, look)
        except (Retryable, TimeoutError) as exc:
            _log.warning("recovery.delayed", reason=str(exc))
            await asyncio.sleep(_RETRY_S)
        else:
            return


@asynccontextmanager
async def _running(work: Coroutine[None, None, None]) -> AsyncGenerator[None]:
    """Have `work` run beside the block; its failure ends the block, and the block's end cancels it."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work)
        yield
        task.cancel()
