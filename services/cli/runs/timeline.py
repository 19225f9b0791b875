"""A run's events for people: when, which node, what it read, how it decided, what it did."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never, cast

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.requests import RunHistory, RunSummary
from contracts.run import (
    AppearanceChanged,
    ConversationAssigned,
    Effect,
    FieldWritten,
    Json,
    MessagePosted,
    NodeCompleted,
    RunCancelled,
    RunCompleted,
    RunEvent,
    RunFailed,
    RunStarted,
    RunWaiting,
    TaskRequested,
    TimerSet,
    VisitorConverted,
)
from services.cli.output import local, local_time, safe
from services.cli.runs.facts import cut, shown

_LONG_GAP = timedelta(milliseconds=100)
_TABLES = frozenset(("team", "group_online"))
"""Facts that are tables."""


def show(out: Console, history: RunHistory) -> None:
    """The whole run."""
    _show_head(out, history.run)
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(no_wrap=True, style="dim")
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    before: datetime | None = None
    for event in history.events:
        if before is not None and event.at - before >= _LONG_GAP:
            rows.add_row(
                "", Text("┆", style="dim"), Text(f"{span(event.at - before)} later", style="dim italic")
            )
        rows.add_row(local_time(event.at), mark(event), described(event))
        before = event.at
    out.print(rows)


def mark(event: RunEvent) -> Text:
    """One character that says how it went."""
    match event:
        case RunStarted():
            return Text("▶", style="blue")
        case NodeCompleted(outcome="FAILED") | RunFailed():
            return Text("✗", style="red")
        case NodeCompleted():
            return Text("●", style="green")
        case RunWaiting():
            return Text("◷", style="yellow")
        case RunCompleted():
            return Text("■", style="green")
        case RunCancelled():
            return Text("■", style="magenta")
        case _:
            assert_never(event)


def described(event: RunEvent) -> Text:
    """What happened, and below it what was read and done."""
    return Text("\n").join((step(event), *_details(event)))


def step(event: RunEvent) -> Text:
    """What happened, in one line."""
    match event:
        case RunStarted():
            return Text.assemble(("started", "bold"), f" by {event.trigger.name}")
        case NodeCompleted():
            target = f"→ {event.next}" if event.next else "→ nowhere"
            return Text.assemble(
                (event.node, "bold"), " ", (safe(event.outcome), "cyan"), " ", (target, "dim")
            )
        case RunWaiting():
            outcomes = safe(" or ".join(event.waits_for))
            until = f" until {local(event.until)}"
            return Text.assemble((event.node, "bold"), " waits for ", (outcomes, "cyan"), until)
        case RunCompleted():
            return Text.assemble(("completed", "bold"), f" at {event.node}")
        case RunFailed():
            return Text.assemble(("failed", "bold red"), f" at {event.node}")
        case RunCancelled():
            return Text.assemble(("cancelled", "bold"), f" at {event.node} by {safe(event.by)}")
        case _:
            assert_never(event)


def span(length: timedelta) -> str:
    """A length of time in the unit that fits it."""
    seconds = length.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes = int(seconds // 60)
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def took_of(run: RunSummary) -> str:
    """From the first event to the last; empty while it goes on, or when it was over at once."""
    if run.ended_at is None or run.ended_at == run.started_at:
        return ""
    return span(run.ended_at - run.started_at)


def _show_head(out: Console, run: RunSummary) -> None:
    took = took_of(run)
    out.print(Text.assemble((f"{run.flow}@{run.version}", "bold"), f"  {run.status}"))
    out.print(f"run {run.run}  visitor {run.visitor}  team {run.team}")
    out.print(f"{run.trigger} on {local(run.started_at)}{took and f', took {took}'}")
    if run.error:
        out.print(Text(safe(run.error), style="red"))
    out.print()


def _details(event: RunEvent) -> Iterator[Text]:
    match event:
        case RunStarted():
            yield from _named(event.variables)
        case NodeCompleted():
            if event.code:
                yield Text(f"  {event.code}: {safe(event.detail)}", style="red")
            yield from _facts(event.facts)
            yield from _named(event.variables)
            yield from _named(event.sets, "sets ")
            yield from _effects(event.effects)
        case RunWaiting():
            yield from _facts(event.facts)
            yield from _named(event.variables)
            # When it wakes stands in the step itself.
            yield from _effects([effect for effect in event.effects if not isinstance(effect, TimerSet)])
        case RunFailed():
            yield Text(f"  {event.code}: {safe(event.detail)}", style="red")
        case RunCancelled():
            if event.reason:
                yield Text(f"  {safe(event.reason)}")
        case RunCompleted():
            pass
    if isinstance(event, (RunStarted, NodeCompleted, RunWaiting)) and event.withheld:
        yield Text("  what it says of the visitor was deleted", style="dim italic")


def _named(values: Mapping[str, Json], before: str = "") -> Iterator[Text]:
    for name, value in values.items():
        yield Text.assemble((f"  {before}{safe(name)} ", "dim"), safe(cut(shown(value))))


def _facts(facts: Mapping[str, Json]) -> Iterator[Text]:
    """One line for each; what is a table by its entries, those of the team as `--set` names them."""
    for name, value in facts.items():
        if name in _TABLES and isinstance(value, dict):
            prefix = "" if name == "team" else f"{name}."
            entries = cast("dict[str, Json]", value).items()
            yield from _named({f"{prefix}{key}": item for key, item in entries})
        else:
            yield from _named({name: value})


def _effects(effects: Sequence[Effect]) -> Iterator[Text]:
    for effect in effects:
        yield Text(f"  {_effect(effect)}", style="green")


def _effect(effect: Effect) -> str:
    match effect:
        case MessagePosted():
            by_mail = " by e-mail" if effect.channel == "email" else ""
            return f"✉ {effect.author} says{by_mail}: {safe(effect.text) or '(deleted)'}{_asked(effect)}"
        case ConversationAssigned():
            return f"☞ assigned to {', '.join(effect.agents) or 'nobody'}"
        case TimerSet():
            return f"⏲ wakes at {local(effect.at)}"
        case VisitorConverted():
            return f"★ converted to {safe(effect.customer_type)}"
        case FieldWritten():
            return f"✎ {safe(effect.field)} = {safe(cut(shown(effect.value)))}"
        case AppearanceChanged():
            looks = msgspec.to_builtins(effect.appearance).items()
            return (
                f"✎ looks: {', '.join(f'{name} {safe(str(value))}' for name, value in looks) or '(deleted)'}"
            )
        case TaskRequested():
            what = (
                effect.request.get("url")
                or effect.request.get("to")
                or effect.request.get("text")
                or "(deleted)"
            )
            return f"⇄ {effect.kind}: {safe(cut(str(what)))}"
        case _:
            assert_never(effect)


def _asked(effect: MessagePosted) -> str:
    """The answers that a message offers."""
    offered = effect.quick_replies or effect.survey or tuple(field.label for field in effect.form)
    return f" [{' | '.join(map(safe, offered))}]" if offered else ""
