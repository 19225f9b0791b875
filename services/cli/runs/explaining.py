"""`frontdesk runs explain`: what became of each thing that a visitor did."""

from rich.console import Console
from rich.text import Text

from contracts.ids import VisitorId
from contracts.requests import EventExplained, RunsExplain, RunsExplained
from services.chassis.clock import system_clock
from services.cli.asking import DEFAULTS, Asking, asker
from services.cli.output import console, local, print_json, safe, table
from services.cli.runs.since import since as instant


def explain(*, visitor: VisitorId, since: str = "1h", asking: Asking = DEFAULTS) -> None:
    """For each event of a visitor: which run it started, which it woke, or why none.

    Parameters
    ----------
    visitor
        The visitor's id, as `frontdesk runs list` shows it.
    since
        Only what happened since then: 90s, 15m, 1h, 7d, or a time.
    """
    request = RunsExplain(team=asking.team, by=asker(), visitor=visitor, since=instant(since, system_clock()))
    explained = asking.ask("query.runs.explain", request, RunsExplained)
    if asking.json:
        print_json(explained)
    else:
        _show(console(), explained, since)


def _show(out: Console, explained: RunsExplained, since: str) -> None:
    if not explained.events:
        out.print(f"nothing is known of this visitor since {since}; try a longer --since")
        return
    rows = table("WHEN", "EVENT", "FLOW", "WHAT BECAME OF IT")
    for event in explained.events:
        rows.add_row(local(event.at), safe(event.type), event.flow or "–", _outcome(event))
    out.print(rows)


def _outcome(event: EventExplained) -> Text:
    parts: list[Text] = []
    if event.started is not None:
        parts.append(Text.assemble(("started ", "green"), event.started))
    parts += [Text.assemble(("woke ", "cyan"), run) for run in event.woke]
    if event.reason:
        parts.append(Text(safe(event.reason), style="dim"))
    return Text("\n").join(parts)
