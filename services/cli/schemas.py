"""`python -m services.cli.schemas`: writes every generated file; with `--check`, says which ones are out of date.

JSON Schema of the contracts for those who write other services or another editor, `deploy/env.example`, and the pages
of node types and of a team's settings.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import UnionType

import msgspec

from contracts import chat, errors, export, frames, presence, requests, run, task, team, visitor
from services.cli import asyncapi, catalogue, settings, team_fields
from services.cli.console_schema import console_schema
from services.cli.editor_catalogue import editor_catalogue
from services.cli.flow_schema import flow_schema

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "contracts" / "schema"

TYPES: dict[str, type | UnionType] = {
    "run-event": run.RunEvent,
    "visitor-event": visitor.VisitorEvent,
    "chat-event": chat.ChatEvent,
    "presence-changed": presence.PresenceChanged,
    "presence-session": presence.Session,
    "team-settings": team.TeamSettings,
    "flow-verdict": requests.FlowVerdict,
    "run-appended": requests.RunAppended,
    "exported-run": export.ExportedRun,
    "task": task.Task,
    "task-done": task.TaskDone,
    "error-reply": errors.ErrorReply,
    "visitor-frame": frames.VisitorFrame,
    "gateway-frame": frames.GatewayFrame,
}
"""File names and what they describe."""


def generated() -> dict[Path, str]:
    """Every generated file and what must be in it."""
    files = {SCHEMAS / f"{name}.schema.json": _schema(kind) for name, kind in TYPES.items()}
    files[SCHEMAS / "flow.schema.json"] = _text(flow_schema())
    files[SCHEMAS / "console.schema.json"] = _text(console_schema())
    files[SCHEMAS / "catalogue.json"] = editor_catalogue()
    files[ROOT / "contracts" / "asyncapi.yaml"] = asyncapi.document()
    files[settings.FILE] = settings.example()
    files[catalogue.FILE] = catalogue.document()
    files[team_fields.FILE] = team_fields.document()
    return files


def main() -> None:
    """Write the files, or compare them; ends with 1 when one differs."""
    is_check = sys.argv[1:] == ["--check"]
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text() != text]
    extra = [path for path in SCHEMAS.glob("*.schema.json") if path not in generated()]
    if is_check and (stale or extra):
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale + extra)
        sys.exit(f"out of date: {names}; run `make format`")
    if not is_check:
        SCHEMAS.mkdir(exist_ok=True)
        for path in stale:
            path.write_text(generated()[path])
            print(path.relative_to(ROOT))
        for path in extra:
            path.unlink()


def _schema(kind: type | UnionType) -> str:
    return _text(msgspec.json.schema(kind, schema_hook=asyncapi.any_value))


def _text(described: Mapping[str, object]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
    return msgspec.json.format(msgspec.json.encode(schema, order="deterministic"), indent=2).decode() + "\n"


if __name__ == "__main__":
    main()
