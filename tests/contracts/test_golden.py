"""Bytes that were once sent or stored decode for ever, and say the same. Never change a golden file: add one."""

from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import cast, get_args

import msgspec
import pytest

from contracts import chat, errors, export, flow, frames, presence, requests, run, task, team, visitor

GOLDEN = Path(__file__).parent / "golden"
UNIONS: dict[str, UnionType] = {
    "visitor-frame": frames.VisitorFrame,
    "gateway-frame": frames.GatewayFrame,
    "visitor-event": visitor.VisitorEvent,
    "chat-event": chat.ChatEvent,
    "run-event": run.RunEvent,
    "task": task.Task,
}
MODULES = (requests, errors, export, flow, team)
BY_HAND = ("FlowDefinition", "FlowDefinition-comments", "TeamSettings")
"""What people write: there a field that nobody knows is a slip."""
FILES = sorted(GOLDEN.glob("*/*.json"))


def _kind(path: Path) -> type | UnionType:
    family, name = path.parent.name, path.stem
    if family == "presence-changed":
        return presence.PresenceChanged
    if family == "task-done":
        return task.TaskDone
    if family in UNIONS:
        return UNIONS[family]
    name = name.partition("-")[0]
    return next(getattr(module, name) for module in MODULES if hasattr(module, name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_golden_bytes_decode_and_say_the_same(path: Path) -> None:
    """Each decodes, and encoded again it has everything that it had; new fields may stand beside."""
    data = path.read_bytes()
    struct = msgspec.json.decode(data, type=_kind(path))
    again = msgspec.json.decode(msgspec.json.encode(struct))
    assert _missing(msgspec.json.decode(data), again) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_tomorrows_fields_are_ignored(path: Path) -> None:
    """A sender that is newer may add fields; only what people write by hand is strict."""
    document = msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    with_more = msgspec.json.encode({**document, "added_tomorrow": {"a": [1]}})
    if path.stem in BY_HAND:
        with pytest.raises(msgspec.ValidationError, match="added_tomorrow"):
            msgspec.json.decode(with_more, type=_kind(path))
    else:
        msgspec.json.decode(with_more, type=_kind(path))


@pytest.mark.parametrize("family", UNIONS)
def test_every_type_has_a_golden_file(family: str) -> None:
    """A type that joins a union brings its bytes."""
    tags = {str(struct.__struct_config__.tag) for struct in get_args(UNIONS[family])}
    found = (
        msgspec.json.decode(path.read_bytes(), type=dict[str, object])
        for path in FILES
        if path.parent.name == family
    )
    assert tags - {str(document["type"]) for document in found} == set()


def test_every_request_has_a_golden_file() -> None:
    """So does every request."""
    structs = [
        item
        for item in vars(requests).values()
        if isinstance(item, type) and issubclass(item, requests.Request)
    ]
    assert {struct.__name__ for struct in structs} - {path.stem for path in FILES} == set()


@pytest.mark.parametrize(("family", "data"), [
    ("visitor-frame", b'{"type":"message_sent","id":"a","text":""}'),
    ("visitor-frame", b'{"type":"message_sent","id":"a b","text":"x"}'),
    ("visitor-frame", b'{"type":"message_sent","id":"a\\n","text":"x"}'),
    ("visitor-frame", b'{"type":"message_sent","text":"x"}'),
    ("visitor-frame", b'{"type":"nonsense","id":"a"}'),
    ("visitor-frame", b'{"id":"a"}'),
    ("visitor-frame", b'{"type":"read","seq":-1}'),
    ("visitor-frame", b"[]"),
    ("visitor-frame", b'{"type":"hello","team":'),
    ("visitor-event", b'{"type":"widget_opened","id":"e","team":"t","visitor":"v","at":"yesterday"}'),
    ("run-event", b'{"type":"run.completed.v2","run":"r","seq":1,"at":"2026-11-22T09:30:00Z","cause":"c"}'),
])  # fmt: skip
def test_what_is_not_of_the_contract_is_refused(family: str, data: bytes) -> None:
    """Wrong values, unknown tags and truncated bytes raise a decode error and nothing else."""
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(data, type=UNIONS[family])


def _missing(old: object, new: object, at: str = "") -> list[str]:
    """The places of what is gone or different."""
    was, now = _entries(old), _entries(new)
    if was is None or now is None:
        return [] if old == new else [at]
    return [place for key in was for place in _missing(was[key], now.get(key, ...), f"{at}.{key}")]


def _entries(value: object) -> Mapping[str, object] | None:
    if isinstance(value, list):
        return {str(number): item for number, item in enumerate(cast("list[object]", value))}
    return cast("dict[str, object]", value) if isinstance(value, dict) else None
