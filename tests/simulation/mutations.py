"""Executors broken on purpose, one promise each: what the simulation must find, or it proves nothing."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from services.chassis.bus import Delivery
from services.chassis.database import Row
from services.chassis.errors import Retryable
from services.flow_executor import journal, occasions, recovery
from services.flow_executor.occasions import Occasion
from services.flow_executor.shell import Batch, Shell
from services.flow_executor.timers import Timers
from tests.simulation.executors import Parts
from tests.simulation.model_database import ModelDatabase, ModelTransaction


class HastyShell(Shell):
    """Has messages acknowledged before their effects are published."""

    async def see_through(self, occasions: Sequence[Occasion]) -> None:
        """Publish some time later."""
        batch = await self.commit(occasions)
        self._later = asyncio.create_task(self._publish(batch))

    async def _publish(self, batch: Batch) -> None:
        with suppress(Retryable):
            await self.publish(batch)


class CarelessShell(Shell):
    """Takes for granted that what was committed was published too."""

    async def publish(self, batch: Batch) -> None:
        """Publish what is new."""
        batch.repeats = []
        await super().publish(batch)


class ForwardShell(Shell):
    """Never looks back at what a run that goes on had to say before."""

    async def publish(self, batch: Batch) -> None:
        """Publish, whatever was published before."""
        batch.resumed = []
        await super().publish(batch)


class HastyTimers(Timers):
    """Does not wait for what was said before a timer."""

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Handle them at once."""
        await self._shell.handle(occasions.timer_due, deliveries)


class _Unlocked(ModelTransaction):
    async def hold(self, keys: Sequence[int]) -> None:
        pass


class UnlockedDatabase(ModelDatabase):
    """Visitors are never locked."""

    transactions = _Unlocked


class _Forgetful(ModelTransaction):
    async def row(self, sql: str, *args: object) -> Row | None:
        nothing: list[str] = []
        asked = (nothing, *args[1:]) if sql == journal.LOOK_UP else args
        return await super().row(sql, *asked)


class ForgetfulDatabase(ModelDatabase):
    """No cause is ever known."""

    transactions = _Forgetful


class _Unmarked(ModelTransaction):
    async def row(self, sql: str, *args: object) -> Row | None:
        if sql == recovery.BEGIN:
            return cast("Row", {"since": args[0]})
        return await super().row(sql, *args)


class UnmarkedDatabase(ModelDatabase):
    """A look after a power cut that died is forgotten."""

    transactions = _Unmarked


MUTATIONS = {
    "ack before publish": Parts(shell=HastyShell),
    "no repair": Parts(shell=CarelessShell),
    "timers do not wait": Parts(timers=HastyTimers),
    "no lock": Parts(database=UnlockedDatabase),
    "no look-up of causes": Parts(database=ForgetfulDatabase),
}
"""What a few hundred schedules find out."""

RARE = {
    "no look back": Parts(shell=ForwardShell),
    "no memory of looks": Parts(database=UnmarkedDatabase),
}
"""What it may take a thousand to find; tests against real servers show these too."""
