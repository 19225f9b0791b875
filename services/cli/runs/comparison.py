"""A replay beside its record."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from contracts.requests import RunHistory, RunReplayed
from contracts.run import Json, RunEvent
from services.cli.output import safe, table
from services.cli.runs.facts import described
from services.cli.runs.timeline import described as event_described
from services.cli.runs.timeline import step


def show(out: Console, history: RunHistory, reply: RunReplayed, facts: Mapping[str, Json] | None) -> None:
    """The verdict, and where the two differ both of them, side by side. `facts`: those that a what-if changed."""
    run = history.run
    out.print(Text.assemble((f"{run.flow}@{run.version}", "bold"), f"  run {run.run}"))
    if facts:
        out.print(Text.assemble("what if ", (safe(described(facts)), "bold")))
    if not reply.equal:
        _show_both(out, history.events, reply.events, "REPLAYED" if facts is None else "WHAT IF")
    out.print(_verdict(history, reply, is_what_if=facts is not None))
    if reply.taken_as_recorded:
        numbers = ", ".join(map(str, reply.taken_as_recorded))
        out.print(f"what seq {numbers} read was deleted; the recorded outcome stands", style="dim")


def _show_both(out: Console, recorded: Sequence[RunEvent], replayed: Sequence[RunEvent], title: str) -> None:
    rows = table("SEQ", "RECORDED", "", title)
    for seq, (old, new) in enumerate(zip_longest(recorded, replayed), start=1):
        differs = _text(old) != _text(new)
        rows.add_row(str(seq), _text(old), Text("≠" if differs else " ", style="bold yellow"), _text(new))
    out.print(rows)


def _text(event: RunEvent | None) -> Text:
    return Text("") if event is None else event_described(event)


def _verdict(history: RunHistory, reply: RunReplayed, *, is_what_if: bool) -> Text:
    if reply.missing:
        way_out = f"give it: --set {reply.missing}=VALUE"
        return Text(
            f"✗ the other path needs {safe(reply.missing)}, which nobody recorded; {way_out}", style="red"
        )
    if reply.equal:
        return Text(f"✓ equal: {len(reply.events)} events decided again, nothing sent", style="green")
    if not is_what_if:
        return Text(f"✗ it diverges from the record at seq {reply.differs_at}; nothing sent", style="red")
    if _steps(history.events) == _steps(reply.events):
        return Text("✓ the same path; nothing sent", style="green")
    return Text(
        f"✓ another path from seq {_leaves_at(history.events, reply.events)} on; nothing sent", style="green"
    )


def _steps(events: Sequence[RunEvent]) -> list[str]:
    return [step(event).plain for event in events]


def _leaves_at(recorded: Sequence[RunEvent], replayed: Sequence[RunEvent]) -> int:
    pairs = zip_longest(_steps(recorded), _steps(replayed))
    return next(seq for seq, (old, new) in enumerate(pairs, start=1) if old != new)
