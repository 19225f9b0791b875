"""The floor of `runs`: by hand, only what the promise needs, and no engine. Run as a process, like the executor.

For each batch it pulls what has arrived, takes the same locks and writes the same rows in the same
transaction, publishes the same messages, waits for their acks and acks its own. It decides nothing: every run
is the tutorial's, written down beforehand.
"""

import asyncio
import os
import signal
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import count

import asyncpg
import msgspec
import nats
import uvloop
from nats.aio.client import Client
from nats.aio.msg import Msg

from contracts.ids import EventId, RunId, run_id
from contracts.streams import EXECUTOR_VISITORS, PIN_GROUP
from services.chassis.database import HOLD
from services.flow_executor.journal import LOOK_UP, WRITE
from tests.bench.recorded import FEED, MESSAGE, PARTS, ROWS

LIMIT = 256
_PULL_S = 2.0


class Floor:
    """One loop over all partitions."""

    def __init__(self, client: Client, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.client = client
        self.connection = connection
        self._arrived: deque[Msg] = deque()
        self._wake = asyncio.Event()
        self._inbox = client.new_inbox()
        self._acks = client.new_inbox()
        self._numbers = count()
        self._wanted = [0] * len(EXECUTOR_VISITORS)
        self._pins = [""] * len(EXECUTOR_VISITORS)
        self._unacked: set[str] = set()
        self._all_acked = asyncio.Event()

    async def run(self) -> None:
        """Until the process ends."""
        for inbox, receive in ((self._inbox, self._take), (self._acks, self._acked)):
            await self.client.subscribe(  # pyright: ignore[reportUnknownMemberType] - partly untyped
                f"{inbox}.*", cb=receive, pending_msgs_limit=0, pending_bytes_limit=0
            )
        await self.prepare()
        for number in range(len(EXECUTOR_VISITORS)):
            await self._ask(number)
        while True:
            while not self._arrived:
                self._wake.clear()
                await self._wake.wait()
            await self.handle([self._arrived.popleft() for _ in range(min(LIMIT, len(self._arrived)))])

    async def prepare(self) -> None:
        """What has to be there before the first batch."""

    async def _ask(self, number: int) -> None:
        consumer = EXECUTOR_VISITORS[number]
        self._wanted[number] += LIMIT
        ask: dict[str, object] = {"batch": LIMIT, "expires": int(_PULL_S * 1e9), "group": PIN_GROUP}
        if self._pins[number]:
            ask["id"] = self._pins[number]
        await self.client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}",
            msgspec.json.encode(ask),
            reply=f"{self._inbox}.{number}",
        )

    async def _take(self, message: Msg) -> None:
        if message.headers and "Status" in message.headers:
            number = int(message.subject.rsplit(".", 1)[1])
            self._wanted[number] = 0
            if message.headers["Status"] == "423":
                self._pins[number] = ""
        else:
            number = int(message.subject.split(".", 2)[1])
            self._wanted[number] -= 1
            self._pins[number] = (message.headers or {}).get("Nats-Pin-Id", "")
            self._arrived.append(message)
            self._wake.set()
        if self._wanted[number] <= LIMIT // 2:
            await self._ask(number)

    async def _acked(self, message: Msg) -> None:
        self._unacked.discard(message.subject)
        if not self._unacked:
            self._all_acked.set()

    async def handle(self, messages: list[Msg]) -> None:
        """One batch, from the locks to the acks."""
        now = datetime.now(UTC)
        whom = [message.subject.split(".")[2:4] for message in messages]
        events: list[str] = [message.headers["Nats-Msg-Id"] for message in messages if message.headers]
        runs = [run_id(EventId(event)) for event in events]
        async with self.connection.transaction():
            keys = sorted(
                int.from_bytes(blake2b(f"{team}\0{visitor}".encode(), digest_size=8).digest(), signed=True)
                for team, visitor in whom
            )
            await self.connection.execute(HOLD, keys)
            known = await self.connection.fetchrow(LOOK_UP, events, len(events), [], [], [])
            assert known is not None
            await self._write(now, known["numbers"], whom, events, runs)
        await self.publish(whom, runs)
        for (team, _), run in zip(whom, runs, strict=True):
            await self.client.publish(f"run.{team}.bench.{run}", FEED)
        for message in messages:
            await self.client.publish(message.reply, b"+ACK")

    async def _write(
        self, now: datetime, numbers: list[int], whom: list[list[str]], events: list[str], runs: list[RunId]
    ) -> None:
        n = len(runs)
        rows = [(no, *row, now, event) for no, event in zip(numbers, events, strict=True) for row in ROWS]
        await self.connection.execute(
            WRITE,
            numbers, runs, [team for team, _ in whom], [visitor for _, visitor in whom], ["bench"] * n, [1] * n,
            ["0" * 64] * n, ["widget_opened"] * n, events, ["completed"] * n, ["end"] * n, [len(ROWS)] * n,
            [now] * n, [now] * n, [None] * n,
            events, numbers, [1] * n, [len(ROWS)] * n,
            numbers, [1] * n, [PARTS] * n,
            [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows],
            [row[4] for row in rows], [row[5] for row in rows], [row[3] for row in rows],
        )  # fmt: skip

    async def publish(self, whom: list[list[str]], runs: list[RunId]) -> None:
        """One message to each visitor, stored when this returns."""
        self._all_acked.clear()
        for (team, visitor), run in zip(whom, runs, strict=True):
            reply = f"{self._acks}.{next(self._numbers)}"
            self._unacked.add(reply)
            await self.client.publish(
                f"chat.{team}.{visitor}.robot", MESSAGE, reply=reply, headers={"Nats-Msg-Id": f"{run}.4.1"}
            )
        await self._all_acked.wait()


async def serve(kind: type[Floor]) -> None:
    """Run it until SIGTERM."""
    url = os.environ["FRONTDESK_NATS_URL"]
    client = await nats.connect(url)  # pyright: ignore[reportUnknownMemberType] - partly untyped
    settings = {"jit": "off", "plan_cache_mode": "force_generic_plan"}
    connection = await asyncpg.connect(os.environ["FRONTDESK_POSTGRES_DSN"], server_settings=settings)
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=lambda text: b"\x01" + text, decoder=bytes
    )
    await connection.set_type_codec("uuid", schema="pg_catalog", format="text", encoder=str, decoder=str)
    loop = asyncio.get_running_loop()
    work = loop.create_task(kind(client, connection).run())
    loop.add_signal_handler(signal.SIGTERM, work.cancel)
    with suppress(asyncio.CancelledError):
        await work


if __name__ == "__main__":
    uvloop.run(serve(Floor))
