"""A replay beside its record."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from msgspec import structs
from rich.console import Console
from rich.text import Text

from contracts.requests import RunHistory, RunReplayed
from contracts.run import Json, RunEvent, RunWaiting
from services.cli.output import safe, table
from services.cli.runs.facts import described
from services.cli.runs.timeline import described as event_described
from services.cli.runs.timeline import step
from services.flow_executor.engine.replay import is_same


def show(out: Console, history: RunHistory, reply: RunReplayed, facts: Mapping[str, Json] | None) -> None:
    """The verdict, and where the two differ both of them, side by side. `facts`: those that a what-if changed."""
    run = history.run
    out.print(Text.assemble((f"{run.flow}@{run.version}", "bold"), f"  run {run.run}"))
    if facts:
        out.print(Text.assemble("what if ", (safe(described(facts)), "bold")))
    if not reply.equal:
        _show_both(out, history.events, reply.events, "REPLAYED" if facts is None else "WHAT IF")
    out.print(_verdict(history, reply, is_what_if=facts is not None))
    if facts is not None and (rest := _rest(history, reply)):
        out.print(rest, style="dim")
    if reply.taken_as_recorded:
        numbers = ", ".join(map(str, reply.taken_as_recorded))
        out.print(f"what seq {numbers} read was deleted; the recorded outcome stands", style="dim")


def _show_both(out: Console, recorded: Sequence[RunEvent], replayed: Sequence[RunEvent], title: str) -> None:
    rows = table("SEQ", "RECORDED", "", title)
    for seq, (old, new) in enumerate(zip_longest(recorded, replayed), start=1):
        differs = not (new is None or (old is not None and _says_the_same(new, old)))
        mark = Text("≠" if differs else " ", style="bold yellow")
        rows.add_row(str(seq), _text(old, is_dim=new is None), mark, _text(new))
    out.print(rows)


def _says_the_same(new: RunEvent, old: RunEvent) -> bool:
    """Whether the two say the same, whenever that was."""
    if isinstance(new, RunWaiting) and isinstance(old, RunWaiting):
        new = structs.replace(new, since=old.since)
    return is_same(structs.replace(new, at=old.at), old)


def _text(event: RunEvent | None, *, is_dim: bool = False) -> Text:
    if event is None:
        return Text("")
    return Text(event_described(event).plain, style="dim") if is_dim else event_described(event)


def _rest(history: RunHistory, reply: RunReplayed) -> str:
    """Why the record goes on where the other path does not; empty: it does not."""
    if reply.missing or len(reply.events) >= len(history.events):
        return ""
    if isinstance(reply.events[-1], RunWaiting):
        return (
            "the other path waits at seq "
            f"{len(reply.events)}: what people would have answered there is not invented"
        )
    return (
        f"the other path is over at seq {len(reply.events)}; what is recorded after it does not happen there"
    )


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
