"""Executors as processes: the real code from the intake down, among models."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from contracts.ids import AgentId, FlowId, TeamId
from contracts.streams import (
    EXECUTOR_AGENTS,
    EXECUTOR_STATE,
    EXECUTOR_TASKS_DONE,
    EXECUTOR_TIMERS,
    EXECUTOR_VISITORS,
    Consumer,
)
from services.chassis.bus import Bus, Delivery
from services.chassis.database import Transaction
from services.chassis.errors import Retryable
from services.chassis.intake import Handle, Intake
from services.flow_executor import definitions, occasions, recovery
from services.flow_executor.engine.graph import CompiledFlow
from services.flow_executor.registry import Registry
from services.flow_executor.shell import Shell
from services.flow_executor.timers import Timers
from services.flow_executor.world import World
from tests.simulation.model_bus import ModelBus
from tests.simulation.model_database import ModelDatabase, Tables
from tests.simulation.model_streams import Server
from tests.simulation.repertoire import AGENTS, TEAM, compiled, settings
from tests.simulation.scheduler import Process, Scheduler

T = TypeVar("T")


class Parts(msgspec.Struct, frozen=True):
    """What an executor is made of; a mutation puts something broken in."""

    shell: Callable[..., Shell] = Shell
    timers: Callable[..., Timers] = Timers
    database: Callable[..., ModelDatabase] = ModelDatabase


class Town(World):
    """What flows may ask about the world: who is online changes, what the team has set stays."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._teams, self._lookups, self._names = {}, {}, {}
        self._take(TEAM, msgspec.json.encode(settings()))
        self.online: frozenset[AgentId] = frozenset(AGENTS[:1])

    def agents_online(self, team: TeamId) -> frozenset[AgentId]:
        """Who of this team is online now; now and then nobody can know."""
        if self._scheduler.fate.happens(self._scheduler.rates.away):
            raise Retryable("presence is not live; waiting for the bus")
        return self.online


class WarmRegistry(Registry):
    """A registry that asks for a definition as ever, and finds it compiled."""

    async def of_version(self, tx: Transaction, team: TeamId, flow: FlowId, version: int) -> CompiledFlow:
        """The flow that a run began with."""
        if (team, flow, version) not in self._compiled:
            await tx.row(definitions.FOR_RUN, team, flow, version)
            self._compiled[team, flow, version] = compiled(flow, version)
        return await super().of_version(tx, team, flow, version)


class Executor:
    """One executor: what `app.serve` runs, without its requests."""

    def __init__(
        self, scheduler: Scheduler, server: Server, tables: Tables, town: Town, parts: Parts
    ) -> None:
        self._scheduler = scheduler
        self._server = server
        self._town = town
        self._tables = tables
        self._parts = parts
        self.has_recovered = False

    async def run(self, process: Process, partitions: tuple[int, ...]) -> None:
        """Execute flows until killed."""
        bus: Bus = ModelBus(self._scheduler, self._server, process)
        database = self._parts.database(self._scheduler, self._tables, process)
        registry = WarmRegistry()

        def clock() -> datetime:
            return self._scheduler.at

        await _until_there(lambda: _reloaded(database, registry))
        look = await _until_there(lambda: recovery.begin(bus, database, clock))
        shell = self._parts.shell(bus, database, self._town, registry)
        timers = self._parts.timers(bus, database, shell, at_once=3)
        visitors = [EXECUTOR_VISITORS[number] for number in partitions]
        loops: list[tuple[list[Consumer], Handle, int, int]] = [
            (visitors, partial(shell.handle, occasions.visitor_event), 3, 2),
            ([EXECUTOR_TIMERS], timers.handle, 2, 2),
            ([EXECUTOR_TASKS_DONE], partial(shell.handle, occasions.task_done), 2, 1),
            ([EXECUTOR_AGENTS], partial(shell.handle, occasions.agent_post), 2, 1),
            ([EXECUTOR_STATE], partial(shell.handle, occasions.state_change), 2, 1),
        ]
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
            for consumers, handle, place, hands in loops:
                if consumers:
                    pull = await stack.enter_async_context(bus.pull(consumers))
                    intake = Intake(bus, pull, handle, key=partial(_token, place), limit=8, hands=hands)
                    tasks.create_task(intake.run())
            if look is not None:
                await _until_there(lambda: recovery.recover(bus, database, self._town, clock, look))
            self.has_recovered = True


async def _until_there(work: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await work()
        except (Retryable, TimeoutError):
            await asyncio.sleep(1)


async def _reloaded(database: ModelDatabase, registry: Registry) -> None:
    async with database.transaction() as tx:
        await registry.reload(tx)


def _token(place: int, delivery: Delivery) -> str:
    return delivery.subject.split(".")[place]
