"""`frontdesk flows export` and `diff`: definitions as text."""

from difflib import unified_diff
from typing import Annotated, Literal

import msgspec
from cyclopts import Parameter
from rich.text import Text

from contracts.flow import FlowDefinition, content
from contracts.flow_toml import to_toml
from contracts.requests import FlowVersion
from contracts.toml import NoWord
from services.chassis.errors import Permanent
from services.cli.asking import DEFAULTS, Asking
from services.cli.flows.changes import Change, changes
from services.cli.flows.names import named_version
from services.cli.flows.showing import get
from services.cli.output import console, print_document, print_json, safe


class Diff(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """What `diff --json` prints."""

    before: str
    after: str
    equal: bool
    changes: list[Change]


def export(
    flow: str,
    /,
    *,
    format: Annotated[Literal["toml", "json"], Parameter(name="--format")] = "toml",  # noqa: A002 - the flag's name
    asking: Asking = DEFAULTS,
) -> None:
    """A definition (FLOW@N, else the active version, else the newest) on stdout; pushed again it is the same version.

    Comments of the file that was pushed are not kept.
    """
    definition = get(flow, asking).definition
    if asking.json or format == "json":
        print_json(definition)
    else:
        print_document(_toml(definition))


def diff(before: str, after: str, /, *, asking: Asking = DEFAULTS) -> None:
    """What is different between FLOW@A and FLOW@B."""
    named_version(before)
    named_version(after)
    old, new = get(before, asking), get(after, asking)
    if asking.json:
        found = changes(msgspec.to_builtins(_content(old)), msgspec.to_builtins(_content(new)))
        print_json(Diff(before=before, after=after, equal=not found, changes=found))
    else:
        _show_diff(before, after, _toml(_content(old)), _toml(_content(new)))


def _toml(definition: FlowDefinition) -> str:
    try:
        return to_toml(definition)
    except NoWord as exc:
        where = ".".join(exc.place)
        raise Permanent(f"{where} is null, which TOML cannot say; export with `--format json`") from exc


def _content(version: FlowVersion) -> FlowDefinition:
    """The definition without what makes no version."""
    return content(version.definition)


def _show_diff(before: str, after: str, old: str, new: str) -> None:
    out = console()
    lines = list(unified_diff(old.splitlines(), new.splitlines(), before, after, lineterm="", n=2))
    if not lines:
        out.print(f"{before} and {after} say the same")
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines:
        out.print(Text(safe(line), style=styles.get(line[:1], "")))
