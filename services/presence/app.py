"""Builds presence from its configuration, and is the only file that does."""

import asyncio

from contracts.requests import PresenceList
from services.chassis import health
from services.chassis.bus import Bus, answer
from services.chassis.clock import system_clock
from services.presence.config import Config
from services.presence.following import Presence

QUEUE = "presence"


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Follow and answer until `stop` is set."""
    async with Bus(config.nats_url, QUEUE) as bus, asyncio.TaskGroup() as tasks:
        presence = Presence(bus, system_clock)
        following = tasks.create_task(presence.follow(), name="presence")
        answer(bus.broker, "query.presence.list", PresenceList, presence.list, queue=QUEUE)
        await bus.start()
        await presence.wait_until_complete()
        health.ready()
        await stop.wait()
        following.cancel()
