"""What a visitor sent, decoded and bounded; whatever is wrong with it is said in one sentence."""

import re
from typing import TypeVar, get_args

import msgspec

from contracts.frames import (
    MAX_EVENT_DATA_BYTES,
    MAX_FRAME_BYTES,
    EventTracked,
    Hello,
    Read,
    StoredFrame,
    Typing,
    VisitorFrame,
)
from contracts.ids import is_token
from services.widget_gateway.refusal import Refused

LARGEST_BYTES = 64 * 1024
"""A frame up to this size is refused by an `error` frame; a larger one closes the socket (1009)."""

F = TypeVar("F")

_KNOWN = frozenset(str(kind.__struct_config__.tag) for kind in (Hello, *get_args(StoredFrame), Typing, Read))
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escape of U+0000, which is none behind a backslash that is one itself."""
_frames = msgspec.json.Decoder(VisitorFrame)
_stored_frames = msgspec.json.Decoder(StoredFrame)


class _Peek(msgspec.Struct):
    """As much of a wrong frame as can be read."""

    type: object = None
    id: object = None


def frame_in(message: str | bytes) -> VisitorFrame:
    """The frame of a WebSocket message; raises `Refused`, with the frame's id when it can be read."""
    if isinstance(message, bytes):
        raise Refused("bad_frame", "a frame is text, this one is binary")
    try:
        # Python strings may hold lone surrogates, UTF-8 may not.
        data = message.encode()
    except UnicodeEncodeError:
        raise Refused("bad_frame", "the frame is not UTF-8") from None
    return _decoded(data, _frames)


def server_frame_in(body: bytes, frame: str) -> StoredFrame:
    """The frame that a server sent as an HTTP body, without an id, which `frame` is; raises `Refused`."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as exc:
        raise Refused("bad_frame", f"the body is no frame: {exc}") from exc
    fields["id"] = msgspec.Raw(msgspec.json.encode(frame))
    return _decoded(msgspec.json.encode(fields), _stored_frames)


def _decoded(data: bytes, decoder: msgspec.json.Decoder[F]) -> F:
    if len(data) > MAX_FRAME_BYTES:
        detail = f"the frame has {len(data)} bytes; the most is {MAX_FRAME_BYTES}"
        raise Refused("too_large", detail, _peek(data)[1])
    try:
        frame = decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise _refusal(data, exc) from exc
    wrong = _wrong_inside(frame, data)
    if wrong is not None:
        raise Refused("bad_frame", wrong, getattr(frame, "id", None))
    return frame


def _wrong_inside(frame: object, data: bytes) -> str | None:
    """What the types do not say."""
    if _NUL.search(data) is not None:
        return "U+0000 cannot be stored; leave it out"
    if not isinstance(frame, EventTracked):
        return None
    # It is kept as it came: nothing has looked into it yet.
    if len(memoryview(frame.data)) > MAX_EVENT_DATA_BYTES:
        return f"`data` has more than {MAX_EVENT_DATA_BYTES} bytes"
    try:
        msgspec.json.decode(frame.data)
    except (msgspec.DecodeError, RecursionError) as exc:
        return f"`data` cannot be kept: {exc}"
    return None


def _refusal(data: bytes, exc: Exception) -> Refused:
    kind, frame = _peek(data)
    if isinstance(kind, str) and kind not in _KNOWN:
        known = ", ".join(sorted(_KNOWN))
        return Refused("unknown_type", f"there is no frame of type {kind[:64]!r}; there are {known}", frame)
    detail = "the frame is nested too deeply" if isinstance(exc, RecursionError) else f"{exc}"
    return Refused("bad_frame", detail, frame)


def _peek(data: bytes) -> tuple[object, str | None]:
    """Type and id of a frame that was refused, as far as they can be read."""
    try:
        peek = msgspec.json.decode(data, type=_Peek)
    except (msgspec.DecodeError, RecursionError):
        return None, None
    return peek.type, peek.id if isinstance(peek.id, str) and is_token(peek.id) else None
