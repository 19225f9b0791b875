"""`contracts/asyncapi.yaml`: the table of what is said on the bus, as AsyncAPI 3.0.

Operations are written from the side of whoever speaks.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import get_args

import msgspec

from contracts.errors import ERROR_HEADER, ErrorReply
from contracts.subjects import PARTITIONS
from services.cli.spoken import ASKED, TOLD, Kind

_PARAMETER = re.compile(r"{(\w+)}")
_PARAMETERS = {
    "partition": f"0 to {PARTITIONS - 1}",
    "team": "the team's id",
    "visitor": "the visitor's id",
    "event": "the type of the event, for example widget_opened",
    "kind": "who made it: visitor, agent, robot or state",
    "person": "agent or visitor",
    "id": "the id of that person",
    "transition": "online or offline",
    "flow": "the flow's id",
    "side": "who does it: visitor or agent",
    "verdict": "published, refused, activated, deactivated or deleted",
    "run": "the run's id",
    "seq": "the number of the run's event at which it waits",
    "work": "http_request, send_email or notify_agents",
    "stream": "the stream that the message came from",
    "session": "one socket of that person",
}


def document() -> str:
    """The whole file."""
    structs = [struct for row in TOLD for struct in _members(row.kind)]
    structs += [struct for row in ASKED for struct in (row.request, row.reply)] + [ErrorReply]
    _, schemas = msgspec.json.schema_components(
        list(dict.fromkeys(structs)), schema_hook=any_value, ref_template="#/components/schemas/{name}"
    )
    api = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Frontdesk",
            "version": _version(),
            "license": {"name": "Apache-2.0"},
            "description": "Everything that is said on the bus. Made by `python -m services.cli.schemas`.",
        },
        "defaultContentType": "application/json",
        "channels": dict(_channels()),
        "operations": dict(_operations()),
        "components": {
            "messages": dict(_messages()),
            "schemas": schemas,
        },
    }
    return msgspec.yaml.encode(api, order="deterministic").decode()


def any_value(kind: type) -> dict[str, object]:
    """The schema of a field that takes any JSON."""
    if kind is object:
        return {"description": "any JSON value"}
    raise NotImplementedError(f"{kind} has no JSON Schema")


def _version() -> str:
    project = Path(__file__).parents[2] / "pyproject.toml"
    return tomllib.loads(project.read_text())["project"]["version"]


def _members(kind: Kind) -> Sequence[type[msgspec.Struct]]:
    if kind is None:
        return ()
    return get_args(kind) if isinstance(kind, UnionType) else (kind,)


def _messages() -> Iterator[tuple[str, Mapping[str, object]]]:
    for struct in [struct for row in TOLD for struct in _members(row.kind)]:
        yield struct.__name__, _message(struct)
    for row in ASKED:
        yield row.request.__name__, _message(row.request)
        yield row.reply.__name__, _message(row.reply)
    yield (
        "ErrorReply",
        {
            **_message(ErrorReply),
            "headers": {
                "type": "object",
                "properties": {ERROR_HEADER: {"type": "string", "description": "the code"}},
            },
        },
    )
    yield "Opaque", {"summary": "As it came, or empty.", "contentType": "application/octet-stream"}


def _message(struct: type[msgspec.Struct]) -> dict[str, object]:
    summary = (struct.__doc__ or "").partition("\n")[0]
    return {"summary": summary, "payload": {"$ref": f"#/components/schemas/{struct.__name__}"}}


def _channels() -> Iterator[tuple[str, Mapping[str, object]]]:
    for row in TOLD:
        names = [struct.__name__ for struct in _members(row.kind)] or ["Opaque"]
        kept = f" Kept in {row.kept}." if row.kept else " Core NATS: whoever listens has it, nothing is kept."
        yield _id(row.address), _channel(row.address, names, row.says + kept)
    for row in ASKED:
        yield _id(row.address), _channel(row.address, [row.request.__name__], row.says)
        names = [row.reply.__name__, "ErrorReply"]
        yield f"{_id(row.address)}.reply", _channel(None, names, "Told to the inbox of whoever asked.")


def _channel(address: str | None, names: Sequence[str], says: str) -> dict[str, object]:
    channel: dict[str, object] = {"address": address, "description": says}
    if address and (parameters := _PARAMETER.findall(address)):
        channel["parameters"] = {name: {"description": _PARAMETERS[name]} for name in parameters}
    channel["messages"] = {name: {"$ref": f"#/components/messages/{name}"} for name in names}
    return channel


def _operations() -> Iterator[tuple[str, Mapping[str, object]]]:
    for row in TOLD:
        channel = _id(row.address)
        yield f"tell.{channel}", {"action": "send", "channel": {"$ref": f"#/channels/{channel}"}}
    for row in ASKED:
        channel = _id(row.address)
        yield (
            f"ask.{channel}",
            {
                "action": "send",
                "channel": {"$ref": f"#/channels/{channel}"},
                "reply": {"channel": {"$ref": f"#/channels/{channel}.reply"}},
            },
        )


def _id(address: str) -> str:
    """A channel's id: the address without its parameters."""
    return ".".join(token for token in address.removeprefix("$").split(".") if not token.startswith("{"))
