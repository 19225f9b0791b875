"""`frontdesk flows list`, `show`, `history`: what a team has."""

from collections.abc import Mapping

from msgspec import structs
from rich.console import Console
from rich.text import Text

from contracts.requests import (
    FlowHistory,
    FlowHistoryEntry,
    FlowList,
    FlowRequest,
    FlowSummary,
    FlowVersion,
    Request,
)
from services.cli.asking import DEFAULTS, Asking, asker
from services.cli.flows.names import named
from services.cli.flows.reading import edges, in_reading_order
from services.cli.output import console, local, print_json, safe, table


def list_flows(*, asking: Asking = DEFAULTS) -> None:
    """What flows there are, and which answer their trigger now."""
    reply = asking.ask("contracts.flows.list", Request(team=asking.team, by=asker()), FlowList)
    if asking.json:
        print_json(reply)
    else:
        _show_list(console(), reply.flows)


def show(flow: str, /, *, asking: Asking = DEFAULTS) -> None:
    """A version (FLOW@N, else the active one, else the newest), node by node."""
    version = get(flow, asking)
    if asking.json:
        print_json(version)
    else:
        _show_version(console(), version)


def history(flow: str, /, *, asking: Asking = DEFAULTS) -> None:
    """What happened to a flow, the newest first: who pushed and who activated what."""
    request = FlowRequest(team=asking.team, by=asker(), flow=named(flow).flow)
    reply = asking.ask("contracts.flows.history", request, FlowHistory)
    if asking.json:
        print_json(reply)
    else:
        _show_history(console(), reply)


def get(flow: str, asking: Asking) -> FlowVersion:
    """The version that `FLOW` or `FLOW@N` names."""
    which = named(flow)
    request = FlowRequest(team=asking.team, by=asker(), flow=which.flow, version=which.version)
    reply = asking.ask("contracts.flows.get", request, FlowVersion)
    return structs.replace(reply, definition=in_reading_order(reply.definition))


def _show_list(out: Console, flows: list[FlowSummary]) -> None:
    if not flows:
        out.print("no flows yet; `frontdesk flows push FILE --activate` brings one")
        return
    rows = table("FLOW", "NAME", "TRIGGER", "VERSIONS", "ACTIVE")
    for flow in flows:
        active = Text("–", style="dim") if flow.active is None else Text(f"@{flow.active}", style="green")
        rows.add_row(flow.flow, safe(flow.name), flow.trigger, str(flow.versions), active)
    out.print(rows)


def _show_version(out: Console, version: FlowVersion) -> None:
    definition = version.definition
    state = ("active", "green") if version.active else ("not active", "dim")
    out.print(
        Text.assemble((f"{version.flow}@{version.version}", "bold"), f"  {safe(definition.name)}  ", state)
    )
    event = f" of {definition.event}" if definition.event else ""
    pushed = f"pushed {local(version.published_at)} by {safe(version.published_by)}"
    out.print(f"answers {definition.trigger}{safe(event)}, {pushed}")
    out.print(f"content {version.hash[:12]}, {len(definition.scenarios)} scenarios", style="dim")
    out.print()
    rows = table("NODE", "TYPE", "NAME", "GOES ON")
    for node, config in definition.nodes.items():
        rows.add_row(
            node, safe(str(config.get("type", ""))), safe(str(config.get("name", ""))), _edges(config)
        )
    out.print(rows)


def _edges(config: Mapping[str, object]) -> str:
    return ", ".join(f"{safe(outcome)} → {safe(str(to))}" for outcome, to in edges(config).items()) or "–"


def _show_history(out: Console, reply: FlowHistory) -> None:
    rows = table("WHEN", "WHAT", "VERSION", "BY")
    for entry in reply.history:
        version = "–" if entry.version is None else f"@{entry.version} {(entry.hash or '')[:12]}".rstrip()
        rows.add_row(local(entry.at), _what(entry), version, safe(entry.by))
    out.print(rows)


def _what(entry: FlowHistoryEntry) -> str:
    return entry.what if entry.replaced_by is None else f"{entry.what}, replaced by {entry.replaced_by}"
