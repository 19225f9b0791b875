"""`frontdesk runs cancel`: end what waits."""

import sys

from contracts.ids import FlowId, RunId
from contracts.requests import RunsCancel, RunsCancelled
from services.chassis.bus import Bus
from services.chassis.errors import BadConfig
from services.chassis.lifecycle import FAILED
from services.cli.asking import DEFAULTS, Asking, Flag, asker
from services.cli.output import console, print_json

_VERDICT_S = 30.0
"""Thousands may wait, and each is ended in a transaction of its own."""


def cancel(
    run: RunId | None = None,
    /,
    *,
    flow: FlowId | None = None,
    waiting: Flag = False,
    reason: str = "",
    asking: Asking = DEFAULTS,
) -> None:
    """End what waits: one run, or all that wait of a flow. What is over stays as it is.

    Parameters
    ----------
    run
        Its id, as `frontdesk runs list --status waiting` shows it.
    flow
        All runs of this flow that wait; needs --waiting.
    waiting
        Said with --flow, so that nobody ends them by a slip.
    reason
        Why; it stands in the run.
    """
    if (run is None) == (flow is None) or waiting != (flow is not None):
        raise BadConfig("say what to cancel: a run's id, or --flow FLOW --waiting for all that wait there")
    request = RunsCancel(team=asking.team, by=asker(), run=run, flow=flow, waiting=waiting, reason=reason)

    async def work(bus: Bus) -> RunsCancelled:
        return await bus.request("query.runs.cancel", request, RunsCancelled, timeout_s=_VERDICT_S)

    reply = asking.over_bus(work)
    if asking.json:
        print_json(reply)
    elif reply.cancelled:
        console().print("\n".join(f"✓ {cancelled} is cancelled" for cancelled in reply.cancelled))
    elif flow is not None:
        console().print(f"no run of {flow} waits")
    if run is not None and not reply.cancelled:
        print(
            f"frontdesk: run {run} does not wait, so there is nothing to end; see it with `frontdesk runs show {run}`",
            file=sys.stderr,
        )
        sys.exit(FAILED)
