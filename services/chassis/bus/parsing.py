"""nats-py's parser (2.16), quick about messages: it tries each operation on each line, and awaits each message."""

from collections.abc import Awaitable, Callable

from nats.errors import ProtocolError
from nats.protocol.parser import Parser

Take = Callable[[int, bytes, bytes, bytes, bytes], Awaitable[None] | None]
"""Subscription, subject, reply subject, headers (empty: none), payload. What it returns is awaited."""

_END = b"\r\n"
_MSG, _HMSG = b"MSG", b"HMSG"
_MALFORMED = "nats: malformed MSG"


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
            has_headers = words[0] == _HMSG
            # All but the reply subject is always there.
            if len(words) - has_headers not in (4, 5):
                raise ProtocolError(_MALFORMED)
            begin = end + 2
            try:
                sid = int(words[2])
                body = begin + int(words[-2]) if has_headers else begin
                stop = begin + int(words[-1])
            except ValueError as exc:
                raise ProtocolError(_MALFORMED) from exc
            if len(read) < stop + 2:
                break
            reply = words[3] if len(words) - has_headers == 5 else b""
            place = stop + 2
            taking = self._take(sid, words[1], reply, read[begin:body], read[body:stop])
            if taking is not None:
                await taking
        if self.buf is kept:
            kept += read[place:]
