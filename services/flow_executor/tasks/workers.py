"""The workers of all kinds of tasks, each on a durable of its own: what is slow for one does not hold up another."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeVar

from contracts.streams import EXECUTOR_WORKERS, TASK_KINDS
from contracts.task import HttpRequest, NotifyAgents, SendEmail, Task, TaskKind
from services.chassis.bus import Bus
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.flow_executor.tasks.hosts import Hosts
from services.flow_executor.tasks.http_requests import HttpRequests
from services.flow_executor.tasks.mail import Mail, Server
from services.flow_executor.tasks.notices import Notices
from services.flow_executor.tasks.outcome import Begin
from services.flow_executor.tasks.outside import Outside
from services.flow_executor.tasks.wanted import is_wanted
from services.flow_executor.tasks.worker import Manner, Worker
from services.flow_executor.world import World

T = TypeVar("T", bound=Task)

_DURABLES = dict(zip(TASK_KINDS, EXECUTOR_WORKERS, strict=True))


class Workers:
    """Everything that tasks need to be done. `run()` does them until it is cancelled."""

    def __init__(
        self,
        bus: Bus,
        database: Database,
        world: World,
        *,
        mail_server: Server | None,
        allow_private: bool,
        manner: Manner,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._wanted = partial(is_wanted, bus, database)
        self._outside = Outside(Hosts(allow_private=allow_private))
        self._http_requests = HttpRequests(
            self._outside, lambda team: world.settings_of(team).allowed_hosts, clock
        )
        self._mail = Mail(mail_server)
        self._notices = Notices(bus, self._outside, world.settings_of, clock)
        self._manner = manner

    async def run(self) -> None:
        """Do tasks for ever. Cancelled, it lets those that are under way finish, for a while."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._outside)
            workers = (
                await self._worker(stack, "http_request", HttpRequest, self._http_requests.begin),
                await self._worker(stack, "send_email", SendEmail, self._mail.begin),
                await self._worker(stack, "notify_agents", NotifyAgents, self._notices.begin),
            )
            async with asyncio.TaskGroup() as tasks:
                for worker in workers:
                    tasks.create_task(worker.run())

    async def _worker(
        self, stack: AsyncExitStack, name: TaskKind, kind: type[T], begin: Begin[T]
    ) -> Worker[T]:
        pull = await stack.enter_async_context(self._bus.pull([_DURABLES[name]]))
        return Worker(self._bus, pull, kind=kind, wanted=self._wanted, begin=begin, manner=self._manner)
