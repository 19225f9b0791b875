"""The sketch of `runs`: as little as a durable answer can be, and no promise. Run as a process, like the executor.

Pull, one transaction with five rows a run, publish, ack: no locks, no look-up of what was handled before, no run that
can be found again. What the promise costs is the difference to this.
"""

import uvloop
from nats.aio.msg import Msg

from contracts.ids import EventId, run_id
from tests.bench.floor import Floor, serve

_TABLE = "create table if not exists bench_rows (event uuid not null, seq int not null, data jsonb not null)"
_WRITE = "insert into bench_rows select * from unnest($1::uuid[], $2::int[], $3::jsonb[])"
_ROWS = tuple(
    (seq, b'{"type": "run.node_completed.v1", "node": "check", "outcome": "TRUE"}') for seq in range(1, 6)
)


class Sketch(Floor):
    """One loop over all partitions."""

    async def prepare(self) -> None:
        """Make the one table."""
        await self.connection.execute(_TABLE)

    async def handle(self, messages: list[Msg]) -> None:
        """Store, tell, ack."""
        events = [message.headers["Nats-Msg-Id"] for message in messages if message.headers]
        rows = [(event, seq, data) for event in events for seq, data in _ROWS]
        async with self.connection.transaction():
            await self.connection.execute(_WRITE, *(list(column) for column in zip(*rows, strict=True)))
        whom = [message.subject.split(".")[2:4] for message in messages]
        await self.publish(whom, [run_id(EventId(event)) for event in events])
        for message in messages:
            await self.client.publish(message.reply, b"+ACK")


if __name__ == "__main__":
    uvloop.run(serve(Sketch))
