"""`frontdesk runs tail`: the live log."""

import asyncio
import signal
import sys

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.ids import FlowId, VisitorId, is_token
from contracts.requests import RunAppended
from contracts.subjects import run_feed_of
from services.chassis.bus import Bus, Received
from services.chassis.errors import BadConfig
from services.cli.asking import DEFAULTS, Asking
from services.cli.output import console, local_time, print_json_line
from services.cli.runs import timeline

_BEHIND = 10_000
"""Appends that may wait to be printed; a reader slower than that loses some and is told."""


def tail(*, flow: FlowId | None = None, visitor: VisitorId | None = None, asking: Asking = DEFAULTS) -> None:
    """What runs do, as they do it, until Ctrl-C. With --json one document per line.

    Parameters
    ----------
    flow
        Only runs of this flow.
    visitor
        Only runs of this visitor.
    """
    if flow is not None and not is_token(flow):
        raise BadConfig(f"{flow!r} names no flow; write its id, as `frontdesk flows list` shows it")

    async def follow(bus: Bus) -> None:
        log = _Log(visitor)
        bus.on_reconnect(
            lambda: _say("the bus was away; what happened meanwhile is in `frontdesk runs list`")
        )
        end = await bus.listen(run_feed_of(asking.team, flow or "*"), log.take)
        _say("following; Ctrl-C ends it")
        await log.print_all(is_json=asking.json)
        await end()

    asking.over_bus(follow)


class _Log:
    """Between the bus, which never waits, and a terminal, which may."""

    def __init__(self, visitor: VisitorId | None) -> None:
        self._visitor = visitor
        self._arrived: asyncio.Queue[RunAppended | None] = asyncio.Queue(_BEHIND)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)

    async def take(self, message: Received) -> None:
        """Queue what was just appended, if it is of the visitor."""
        appended = msgspec.json.decode(message.data, type=RunAppended)
        if self._visitor not in {None, appended.visitor}:
            return
        try:
            self._arrived.put_nowait(appended)
        except asyncio.QueueFull:
            _say(f"too slow; run {appended.run} went on unseen")

    async def print_all(self, *, is_json: bool) -> None:
        """Print until a signal comes."""
        out = console()
        while (appended := await self._arrived.get()) is not None:
            if is_json:
                print_json_line(appended)
            else:
                _show(out, appended)

    def _stop(self) -> None:
        while self._arrived.full():
            self._arrived.get_nowait()
        self._arrived.put_nowait(None)


def _show(out: Console, appended: RunAppended) -> None:
    head = Text.assemble(
        (f"{appended.flow}@{appended.version}", "bold"), f"  {appended.visitor}  ", (appended.run, "dim")
    )
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(no_wrap=True, style="dim")
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    rows.add_row(local_time(appended.events[0].at), "", head)
    for event in appended.events:
        rows.add_row("", timeline.mark(event), timeline.described(event))
    out.print(rows)


def _say(sentence: str) -> None:
    print(f"frontdesk: {sentence}", file=sys.stderr, flush=True)
