"""nats-py's parser (2.16), quick about messages: it tries each operation on each line, and awaits each message."""

from collections.abc import Awaitable, Callable

from nats.errors import ProtocolError
from nats.protocol.parser import Parser

Take = Callable[[int, bytes, bytes, bytes, bytes], Awaitable[None] | None]
"""Subscription, subject, reply subject, headers (empty: none), payload. What it returns is awaited."""

_END = b"\r\n"
_MSG, _HMSG = b"MSG", b"HMSG"


class QuickParser(Parser):
    """Reads messages out of what has come; whatever else the server says is nats-py's."""

    def __init__(self, client: object, take: Take) -> None:
        super().__init__(client)  # pyright: ignore[reportUnknownMemberType] - partly untyped
        self._take = take

    async def parse(self, data: bytes = b"") -> None:
        """Hand over each message that is there whole; keep the rest. Raises `ProtocolError`."""
        kept = self.buf
        read = bytes(kept + data) if kept else data
        kept.clear()
        place = 0
        # A connection that ends meanwhile brings another buffer.
        while self.buf is kept and (end := read.find(_END, place)) >= 0:
            words = read[place:end].split()
            if not words or words[0] not in (_MSG, _HMSG):
                kept += read[place : end + 2]
                await super().parse()
                place = end + 2
                continue
            try:
                begin, body, stop = _parts(words, end + 2)
                sid = int(words[2])
            except (ValueError, IndexError) as exc:
                raise ProtocolError("nats: malformed MSG") from exc
            if len(read) < stop + 2:
                break
            reply = words[3] if len(words) > (5 if words[0] == _HMSG else 4) else b""
            place = stop + 2
            taking = self._take(sid, words[1], reply, read[begin:body], read[body:stop])
            if taking is not None:
                await taking
        if self.buf is kept:
            kept += read[place:]


def _parts(words: list[bytes], begin: int) -> tuple[int, int, int]:
    """Where headers and payload begin, and where the payload ends."""
    body = begin + int(words[-2]) if words[0] == _HMSG else begin
    return begin, body, begin + int(words[-1])
