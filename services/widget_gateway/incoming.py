"""What a visitor sent, decoded and bounded; whatever is wrong with it is said in one sentence."""

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
from services.chassis.nul import holds_nul
from services.widget_gateway.refusal import Refused
from services.widget_gateway.salvage import top_texts
from services.widget_gateway.wording import what_is_wrong

LARGEST_BYTES = 64 * 1024
"""A frame up to this size is refused by an `error` frame; a larger one closes the socket (1009)."""

_MOST_ID_CHARACTERS = 64

F = TypeVar("F")

_KNOWN = frozenset(str(kind.__struct_config__.tag) for kind in (Hello, *get_args(StoredFrame), Typing, Read))
_frames = msgspec.json.Decoder(VisitorFrame)
_stored_frames = msgspec.json.Decoder(StoredFrame)


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
        raise Refused("bad_frame", what_is_wrong(body, exc, "the body")) from exc
    fields["id"] = msgspec.Raw(msgspec.json.encode(frame))
    return _decoded(msgspec.json.encode(fields), _stored_frames)


def _decoded(data: bytes, decoder: msgspec.json.Decoder[F]) -> F:
    if len(data) > MAX_FRAME_BYTES:
        raise Refused("too_large", _too_large(data), _id_in(top_texts(data)))
    try:
        frame = decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise _refusal(data, exc) from exc
    wrong = _wrong_inside(frame, data)
    if wrong is not None:
        raise Refused("bad_frame", wrong, getattr(frame, "id", None))
    return frame


def _too_large(data: bytes) -> str:
    detail = f"the frame has {len(data)} bytes; the most is {MAX_FRAME_BYTES}"
    return f"{detail}; send characters as UTF-8, not as \\uXXXX escapes" if b"\\u" in data else detail


def _wrong_inside(frame: object, data: bytes) -> str | None:
    """What the types do not say."""
    if holds_nul(data):
        return "U+0000 cannot be stored; leave it out"
    if not isinstance(frame, EventTracked):
        return None
    # It is kept as it came: nothing has looked into it yet.
    if len(memoryview(frame.data)) > MAX_EVENT_DATA_BYTES:
        return f"`data` has more than {MAX_EVENT_DATA_BYTES} bytes"
    try:
        msgspec.json.decode(frame.data)
    except (msgspec.DecodeError, RecursionError) as exc:
        return what_is_wrong(bytes(frame.data), exc, "`data`")
    return None


def _refusal(data: bytes, exc: Exception) -> Refused:
    texts = top_texts(data)
    kind = texts.get("type")
    if isinstance(exc, msgspec.ValidationError) and kind is not None and kind not in _KNOWN:
        known = ", ".join(sorted(_KNOWN))
        detail = f"there is no frame of type {kind[:64]!r}; there are {known}"
        return Refused("unknown_type", detail, _id_in(texts))
    return Refused("bad_frame", what_is_wrong(data, exc), _id_in(texts))


def _id_in(texts: dict[str, str]) -> str | None:
    """The id under which a frame is refused: as it was sent, so that its sender knows it again, but no longer."""
    frame = texts.get("id")
    return None if frame is None else frame[:_MOST_ID_CHARACTERS]
