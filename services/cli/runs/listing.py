"""`frontdesk runs list` and `show`: which runs there were, and what happened in one."""

import re

from rich.console import Console
from rich.text import Text

from contracts.ids import FlowId, RunId, VisitorId
from contracts.requests import RunHistory, RunRequest, RunsList, RunsPage, RunStatus, RunSummary
from services.chassis.clock import system_clock
from services.chassis.errors import BadConfig
from services.cli.asking import DEFAULTS, Asking, asker
from services.cli.output import console, local, print_json, safe, table
from services.cli.runs import timeline
from services.cli.runs.since import since as instant

STATUS_STYLES = {
    "running": "blue",
    "waiting": "yellow",
    "completed": "green",
    "failed": "red",
    "cancelled": "magenta",
}


MOST = 500
"""Runs of one list."""

_CURSOR = re.compile("[0-9]{1,18}")


def list_runs(
    *,
    flow: FlowId | None = None,
    visitor: VisitorId | None = None,
    status: RunStatus | None = None,
    since: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
    asking: Asking = DEFAULTS,
) -> None:
    """The runs that match, the newest first.

    Parameters
    ----------
    flow
        Only those of this flow.
    visitor
        Only those of this visitor.
    status
        Only those that stand so.
    since
        Only those that began since then: 90s, 15m, 1h, 7d, or a time.
    limit
        How many at most, 1 to 500.
    cursor
        Go on where an earlier list ended.
    """
    if not 1 <= limit <= MOST:
        raise BadConfig(f"--limit {limit} is out of bounds; give 1 to {MOST}")
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise BadConfig(f"--cursor {cursor!r} did not come from a list of runs; leave it out to begin anew")
    request = RunsList(
        team=asking.team,
        by=asker(),
        flow=flow,
        visitor=visitor,
        status=status,
        since=None if since is None else instant(since, system_clock()),
        limit=limit,
        cursor=cursor,
    )
    page = asking.ask("query.runs.list", request, RunsPage)
    if asking.json:
        print_json(page)
    else:
        _show_list(console(), page)


def show(run: RunId, /, *, asking: Asking = DEFAULTS) -> None:
    """A run as a timeline: what each node read, decided and did.

    Parameters
    ----------
    run
        Its id, as `frontdesk runs list` shows it.
    """
    history = get(run, asking)
    if asking.json:
        print_json(history)
    else:
        timeline.show(console(), history)


def get(run: RunId, asking: Asking) -> RunHistory:
    """The run with all its events."""
    return asking.ask("query.runs.events", RunRequest(team=asking.team, by=asker(), run=run), RunHistory)


def _show_list(out: Console, page: RunsPage) -> None:
    if not page.runs:
        out.print("no such runs; a visitor who meets an active flow makes one")
        return
    rows = table("RUN", "FLOW", "VISITOR", "STATUS", "NODE", "STARTED", "")
    for run in page.runs:
        rows.add_row(
            run.run,
            f"{run.flow}@{run.version}",
            run.visitor,
            Text(run.status, style=STATUS_STYLES[run.status]),
            run.node or "–",
            local(run.started_at),
            Text(safe(_remark(run)), style="dim"),
        )
    out.print(rows)
    if page.cursor is not None:
        out.print(f"more: --cursor {page.cursor}", style="dim")


def _remark(run: RunSummary) -> str:
    return run.error or timeline.took_of(run)
