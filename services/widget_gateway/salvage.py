"""What can still be read of a frame that cannot be decoded: the texts that stand at its top."""

import re

import msgspec

from contracts.frames import MAX_FRAME_BYTES

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', re.DOTALL)


def top_texts(data: bytes) -> dict[str, str]:
    """Each field of the outermost object that is a text, also when the JSON breaks off or nests without end."""
    texts: dict[str, str] = {}
    depth = 0
    name: bytes | None = None
    last = b""
    for token in _TOKENS.findall(data[:MAX_FRAME_BYTES]):
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and token == b":":
            name = last
        elif depth == 1 and token == b",":
            name = None
        elif depth == 1 and name is not None and last == b":":
            _keep(texts, name, token)
        last = token
    return texts


def _keep(texts: dict[str, str], name: bytes, value: bytes) -> None:
    try:
        texts[msgspec.json.decode(name, type=str)] = msgspec.json.decode(value, type=str)
    except msgspec.DecodeError:
        # This one is what is broken; others may be whole.
        return
