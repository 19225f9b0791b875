"""The faults, each a coroutine that returns when it is over and the system may recover."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import uuid4

from contracts import frames
from contracts.ids import DEFAULT_TEAM, VisitorId
from contracts.streams import CONSUMERS
from services.chassis.bus import Bus
from services.chassis.clock import system_clock
from services.chassis.database import Database
from services.cli.serve import SERVICES, Service
from services.widget_gateway.intake import Intake, Sender
from tests.chaos import deliveries
from tests.chaos.crowd import Crowd
from tests.chaos.ledger import Ledger
from tests.chaos.proxy import Proxy
from tests.chaos.site import Site


@dataclass(frozen=True)
class Ground:
    """What a fault may lay hands on."""

    site: Site
    crowd: Crowd
    ledger: Ledger
    bus: Bus
    """Straight to NATS, past the proxy."""
    database: Database
    rng: Random


Strike = Callable[[Ground], Awaitable[float | None]]
"""Its result is the moment (`time.monotonic`) from which the recovery counts; None: its end."""


def faults(site: Site) -> Mapping[str, Strike]:
    """Every fault that this site allows, by the name that the report gives it."""
    found: dict[str, Strike] = {}
    for service in SERVICES:
        found[f"{service} killed"] = _killed(service)
        found[f"{service} stopped"] = _stopped(service)
    for server in site.servers:
        found[f"{server} killed"] = _restarted(server)
        found[f"{server} stopped"] = _stopped(server)
    for name, proxy in (
        ("nats", site.to_nats),
        ("postgres", site.to_postgres),
        ("visitors", site.to_gateway),
    ):
        found[f"way to {name} cut"] = _cut(proxy)
        found[f"way to {name} stalled"] = _stalled(proxy)
    found |= {
        "every service killed": _services_killed,
        "everything killed": _everything_killed,
        "two killed at once": _two_killed,
        "deliveries doubled, shuffled": _doubled,
        "deliveries stolen": _stolen,
        "redelivery storm": _storm,
        "executor throttled": _throttled,
        "visitors do not read": _not_reading,
        "gateway clock jumps": _clock_jumps,
    }
    if site.has_disks:
        found |= {"journal disk full": _journal_full, "bus disk full": _bus_full}
    return found


def _killed(service: Service) -> Strike:
    async def strike(ground: Ground) -> float:
        ground.site.kill(service)
        return time.monotonic()

    return strike


def _stopped(name: str) -> Strike:
    """From a hiccup to longer than acks and pins last."""

    async def strike(ground: Ground) -> None:
        with ground.site.frozen(name):
            await asyncio.sleep(ground.rng.choice((0.3, 1, 2, 4)))

    return strike


def _restarted(server: str) -> Strike:
    async def strike(ground: Ground) -> float:
        begin = time.monotonic()
        await ground.site.restart(server)
        return begin

    return strike


def _cut(proxy: Proxy) -> Strike:
    async def strike(ground: Ground) -> None:
        with proxy.cut():
            await asyncio.sleep(ground.rng.choice((0, 0, 0.5, 2)))

    return strike


def _stalled(proxy: Proxy) -> Strike:
    async def strike(ground: Ground) -> None:
        with proxy.stalled():
            await asyncio.sleep(ground.rng.choice((0.3, 1, 3)))

    return strike


async def _services_killed(ground: Ground) -> float:
    begin = time.monotonic()
    ground.site.kill_up()
    await ground.site.start()
    return begin


async def _everything_killed(ground: Ground) -> float:
    begin = time.monotonic()
    ground.site.kill_up()
    async with asyncio.TaskGroup() as tasks:
        for server in ground.site.servers:
            tasks.create_task(ground.site.restart(server))
    await ground.site.start()
    return begin


async def _two_killed(ground: Ground) -> float:
    """One service and one server, so that neither can rely on the other when it comes back."""
    begin = time.monotonic()
    server = ground.rng.choice(list(ground.site.servers))
    ground.site.kill(ground.rng.choice(("flow-executor", "widget-gateway", "conversations")))
    await ground.site.restart(server)
    return begin


async def _doubled(ground: Ground) -> None:
    await deliveries.again(ground.bus, ground.database, ground.rng, 100)


async def _stolen(ground: Ground) -> None:
    """Beside the rightful reader, who is there and keeps its pins."""
    await deliveries.stolen(ground.site.nats.url, CONSUMERS, ground.rng, 1.5)


async def _storm(ground: Ground) -> None:
    """The executor hangs for longer than pins and acks last, and a thief refuses whatever it gets meanwhile."""
    with ground.site.frozen("flow-executor"):
        await deliveries.stolen(ground.site.nats.url, CONSUMERS, ground.rng, 6)


async def _throttled(ground: Ground) -> None:
    for _ in range(8):
        with ground.site.frozen("flow-executor"):
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.1)


async def _not_reading(ground: Ground) -> None:
    """Three visitors take nothing while an agent writes to them at length."""
    chosen = ground.rng.sample(list(ground.crowd.guests), min(3, len(ground.crowd.guests)))
    first, *others = chosen
    with first.browser.not_reading():
        for guest in (first, *others):
            await asyncio.gather(*(ground.crowd.post(guest) for _ in range(40)))
        await asyncio.sleep(1)


async def _clock_jumps(ground: Ground) -> None:
    """Events of a gateway whose clock jumps by up to a day: the gateway's own intake, with a clock that we hold."""
    skew = timedelta()
    intake = Intake(ground.bus, lambda: system_clock() + skew, 10)
    visitor = VisitorId(f"jump-{uuid4().hex}")
    for number in range(20):
        skew = timedelta(seconds=ground.rng.uniform(-86_400, 86_400))
        frame = frames.MessageSent(id=str(number), text=f"j{number}")
        event = await intake.store(Sender(team=DEFAULT_TEAM, visitor=visitor), frame)
        ground.ledger.extra.append((event, visitor))


async def _journal_full(ground: Ground) -> float:
    """Postgres refuses what needs room; it may also end, and whoever keeps it going starts it again."""
    with ground.site.disks["postgres"].full():
        await asyncio.sleep(ground.rng.choice((1, 2, 3)))
    over = time.monotonic()
    if ground.site.postgres.has_ended:
        await ground.site.restart("postgres")
    return over


async def _bus_full(ground: Ground) -> float:
    """A stream of NATS (2.15.1) that could not write once refuses everything until the server is started again, so
    that is done when there is room, as `up` does with its own one.
    """
    with ground.site.disks["nats"].full():
        await asyncio.sleep(ground.rng.choice((1, 2, 3)))
    over = time.monotonic()
    await ground.site.restart("nats")
    return over
