"""A process that reads VISITOR by its pinned durables and prints what it takes: something to kill."""

import asyncio
import sys

from contracts.streams import EXECUTOR_VISITORS
from services.chassis.bus import Bus


async def read(url: str, *, acks: bool) -> None:
    """Print the sequence of each message that comes; acknowledge it unless told otherwise."""
    async with Bus(url, "reading") as bus, bus.pull(EXECUTOR_VISITORS) as pull:
        print("ready", flush=True)  # noqa: T201
        while True:
            batch = await pull.batch(256)
            if acks:
                await pull.ack(batch)
            print(*(delivery.seq for delivery in batch), sep="\n", flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(read(sys.argv[1], acks=sys.argv[2] == "acks"))
