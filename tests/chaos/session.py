"""One session: a site, a crowd, and fault after fault, each followed by a recovery and a comparison."""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec

from contracts.requests import FlowPushed, PushFlow
from services.chassis.bus import Bus
from services.chassis.database import Database
from services.chassis.errors import Retryable
from tests.chaos.crowd import gathered
from tests.chaos.faults import Ground, Strike, faults
from tests.chaos.findings import Findings
from tests.chaos.flows import definitions
from tests.chaos.ledger import Ledger
from tests.chaos.logs import Logs
from tests.chaos.site import Site
from tests.waiting import eventually

T = TypeVar("T")

_LOAD_S = 0.8
"""Of ordinary life before each fault."""
_RECOVERY_S = 60.0
_SETTLE_S = 45.0
_EVENTS_PER_S = 25.0
"""What the whole crowd does."""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one fault led to."""

    fault: str
    events: int
    """Accepted since the fault before."""
    messages: int
    """New in the visitors' conversations since then."""
    dead: int
    recovery_s: float
    """From the end of the fault (of a kill: from the kill) until every visitor's last message was answered."""
    findings: Findings


class Session:
    """Plays rounds, and keeps what they led to."""

    def __init__(self, ground: Ground) -> None:
        self.rounds: list[Round] = []
        self._ground = ground

    async def play(self, name: str, strike: Strike) -> Round:
        """Live, hurt, let recover, compare."""
        crowd, ledger = self._ground.crowd, self._ground.ledger
        events, messages, dead = ledger.accepted, ledger.messages, len(ledger.dead)
        crowd.may.set()
        await asyncio.sleep(_LOAD_S)
        over = await strike(self._ground) or time.monotonic()
        crowd.may.clear()
        await crowd.everybody_writes()
        findings = Findings()
        try:
            await eventually(lambda: crowd.is_content, within_s=_RECOVERY_S)
        except AssertionError:
            findings.stuck += self._unanswered()
        findings.stuck += [f"an agent's {key} was not stored" for key in crowd.refused]
        crowd.refused.clear()
        recovery_s = time.monotonic() - over
        await self._compare(findings)
        played = Round(
            fault=name,
            events=ledger.accepted - events,
            messages=ledger.messages - messages,
            dead=len(ledger.dead) - dead,
            recovery_s=recovery_s,
            findings=findings,
        )
        self.rounds.append(played)
        return played

    def _unanswered(self) -> list[str]:
        return [
            f"{guest.browser.id}: {guest.browser.unaccepted} frames not accepted, last answered: {guest.is_answered}"
            for guest in self._ground.crowd.guests
            if not (guest.browser.is_content and guest.is_answered)
        ]

    async def _compare(self, findings: Findings) -> None:
        """Add what is wrong once everything has settled."""
        ledger, found = self._ground.ledger, Findings()

        async def is_settled() -> bool:
            left = await _kept_asking(ledger.unsettled)
            assert left == [], left
            return True

        async def is_in_order() -> bool:
            nonlocal found
            found = await _kept_asking(ledger.compare)
            return found.all() == []

        try:
            await eventually(is_settled, within_s=_SETTLE_S)
        except AssertionError as exc:
            findings.stuck.append(str(exc))
        try:
            await eventually(is_in_order, within_s=10)
        except AssertionError:
            for kind in Findings.__struct_fields__:
                getattr(findings, kind).extend(getattr(found, kind))
        differing, errors = await _kept_asking(ledger.look_back)
        findings.differing += differing
        findings.errors += errors


async def play(
    *,
    seed: int,
    visitors: int,
    until: Callable[[Sequence[Round]], bool],
    names: Sequence[str] = (),
    tell: Callable[[Round], None] = lambda _: None,
) -> Sequence[Round]:
    """Rounds until `until` says so: of these faults in turn, or of all of them, shuffled."""
    rng = Random(seed)
    async with _ground(rng, visitors) as ground:
        session = Session(ground)
        known = faults(ground.site)
        order = cycle(names) if names else _shuffled(rng, known)
        while not until(session.rounds):
            name = next(order)
            tell(await session.play(name, known[name]))
        return session.rounds


async def _kept_asking(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, as soon as the servers give one."""
    found: list[T] = []

    async def answered() -> bool:
        try:
            found.append(await ask())
        except (Retryable, TimeoutError):
            return False
        return True

    await eventually(answered, within_s=_SETTLE_S)
    return found[0]


def _shuffled(rng: Random, known: Mapping[str, Strike]) -> Iterator[str]:
    """Every fault once, in a new order each time."""
    while True:
        yield from rng.sample(list(known), len(known))


@asynccontextmanager
async def _ground(rng: Random, visitors: int) -> AsyncGenerator[Ground]:
    with tempfile.TemporaryDirectory(prefix="fd-chaos-", ignore_cleanup_errors=True) as folder:
        async with (
            Site(Path(folder)) as site,
            Bus(site.nats.url, "chaos") as bus,
            Database(site.postgres.dsn("postgres")) as database,
        ):
            for definition in definitions():
                body = msgspec.Raw(msgspec.json.encode(definition))
                request = PushFlow(definition=body, activate=True, by="chaos")
                await bus.request("contracts.flows.push", request, FlowPushed)
            async with gathered(site.gateway, bus, rng, visitors, visitors / _EVENTS_PER_S) as crowd:
                ledger = Ledger(bus, database, Logs(site.logs()), crowd)
                yield Ground(site, crowd, ledger, bus, database, rng)
