"""A push as it comes: a flow definition alone, or in a request that says more about it. Pushes are written by hand."""

import msgspec

from contracts.forms import nearest
from contracts.ids import FlowId, is_token
from contracts.requests import PushFlow
from services.chassis.errors import Rejected

UNREADABLE = FlowId("unreadable")
"""Stands in subjects of FLOW for a submission that does not even say which flow it is."""

_Fields = dict[str, msgspec.Raw]


def push_request(data: bytes) -> PushFlow:
    """The push; raises `Rejected` when the request around a definition is wrong.

    What is no JSON object stays a definition, for the parser of definitions to say what is wrong with it.
    """
    fields = _fields(data)
    if fields is None:
        return PushFlow(definition=msgspec.Raw(data))
    if "definition" not in fields:
        # A bare definition, which may say like every request whose it is and who asks.
        envelope = {name: fields.pop(name) for name in ("team", "by") if name in fields}
        data = msgspec.json.encode({**envelope, "definition": msgspec.Raw(msgspec.json.encode(fields))})
    else:
        _check_fields(fields)
    try:
        return msgspec.json.decode(data, type=PushFlow)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise Rejected("bad_request", f"this is no push: {exc}") from exc


def flow_of(data: bytes) -> FlowId:
    """Which flow a push is about, as far as that can be read."""
    fields = _fields(data) or {}
    flow = (_fields(fields.get("definition", b"")) or fields).get("flow", b"")
    try:
        name = msgspec.json.decode(flow, type=str)
    except msgspec.DecodeError:
        return UNREADABLE
    return FlowId(name) if is_token(name) else UNREADABLE


def _check_fields(fields: _Fields) -> None:
    """Raise `Rejected` for a field that nobody reads: a wish that is misspelt must not pass for granted."""
    known = PushFlow.__struct_fields__
    for name in fields:
        if name not in known:
            near = nearest(name, known)
            way_out = f"did you mean {near}?" if near else f"the fields are {', '.join(known)}"
            raise Rejected("bad_request", f"a push has no field {name}; {way_out}")


def _fields(data: bytes | msgspec.Raw) -> _Fields | None:
    try:
        return msgspec.json.decode(data, type=_Fields)
    except (msgspec.DecodeError, RecursionError):
        return None
