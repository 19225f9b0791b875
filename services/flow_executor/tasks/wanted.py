"""Whether a task is still to be done: its run waits for it, and nobody has done it.

A work queue forgets a task with its ack, so that a second one may come in its place (rule R publishes again what it
does not find). The worker tells how the task ended before it acks, and the executor takes that out of the stream only
when the run has gone on. So whoever looks first into the stream and then into the journal finds either the answer, or a
run that does not wait there any more.
"""

from contracts.streams import TASK
from contracts.subjects import task_done
from contracts.task import Task
from services.chassis.bus import Bus
from services.chassis.database import Database
from services.flow_executor import journal


async def is_wanted(bus: Bus, database: Database, task: Task) -> bool:
    """Whether this task is to be done now. Raises `Retryable`."""
    if await bus.read.last(TASK.name, [task_done(task.run, task.seq)]):
        return False
    async with database.statement() as tx:
        return await journal.waits_at(tx, task.run, task.seq)
