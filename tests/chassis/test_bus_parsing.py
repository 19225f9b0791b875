"""Messages are read as nats-py reads them, however they are cut on their way."""

import random

import pytest
from nats.errors import ProtocolError
from nats.protocol.parser import Parser

from services.chassis.bus.parsing import QuickParser

HEADERS = b"NATS/1.0\r\nNats-Msg-Id: 7\r\n\r\n"
TRANSCRIPT = b"".join(
    [
        b'INFO {"server_id":"A"}\r\n',
        b"PING\r\n",
        b"MSG chat.a 1 5\r\nhello\r\n",
        b"MSG chat.a 2 _INBOX.x 0\r\n\r\n",
        b"+OK\r\n",
        b"HMSG visitor.b 3 %d %d\r\n%bbody\r\n" % (len(HEADERS), len(HEADERS) + 4, HEADERS),
        b"HMSG visitor.b 3 $JS.ACK.x %d %d\r\n%b\r\n" % (len(HEADERS), len(HEADERS), HEADERS),
        b"PONG\r\n",
        b"MSG chat.c 4 11\r\nMSG a 1 2\r\n\r\n",
        b"MSG\tchat.d \t5\t40000\r\n" + b"x" * 40_000 + b"\r\n",
        b"-ERR 'Permissions Violation'\r\n",
        b"PING\r\n",
    ]
)


class Heard:
    """What a parser tells its client: nats-py's side of the seam."""

    def __init__(self) -> None:
        self.all: list[tuple[object, ...]] = []

    async def _process_msg(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes | None
    ) -> None:
        self.all.append((sid, subject, reply, headers or b"", data))

    def take(self, sid: int, subject: bytes, reply: bytes, headers: bytes, data: bytes) -> None:
        """Our side of it."""
        self.all.append((sid, subject, reply, headers, data))

    async def _process_ping(self) -> None:
        self.all.append(("ping",))

    async def _process_pong(self) -> None:
        self.all.append(("pong",))

    async def _process_info(self, info: object) -> None:
        self.all.append(("info", info))

    async def _process_err(self, error: str) -> None:
        self.all.append(("err", error))


async def told(parser: Parser, heard: Heard, chunks: list[bytes]) -> list[tuple[object, ...]]:
    """All that the client was told, when nothing is left."""
    for chunk in chunks:
        await parser.parse(chunk)
    assert not parser.buf
    return heard.all


def cut(places: list[int]) -> list[bytes]:
    """The transcript in pieces."""
    ends = [*sorted(places), len(TRANSCRIPT)]
    return [TRANSCRIPT[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


async def test_it_hears_what_nats_py_hears_however_it_is_cut() -> None:
    """Cut at any place, or at many, the same is heard in the same order."""
    theirs = Heard()
    expected = await told(Parser(theirs), theirs, [TRANSCRIPT])
    assert len(expected) == 11
    numbers = random.Random(7)
    cuts = [[], *([place] for place in range(1, 400))]
    cuts += [numbers.sample(range(len(TRANSCRIPT)), 40) for _ in range(50)]
    for places in cuts:
        ours = Heard()
        assert await told(QuickParser(ours, ours.take), ours, cut(places)) == expected, places


@pytest.mark.parametrize("line", [b"MSG a 1\r\n", b"MSG a b 3\r\nabc\r\n", b"HMSG a 1 x 5\r\n", b"HELLO\r\n"])
async def test_what_is_no_protocol_ends_the_connection(line: bytes) -> None:
    """A server that says what it never should is left, as nats-py does."""
    ours = Heard()
    with pytest.raises(ProtocolError):
        await QuickParser(ours, ours.take).parse(line)


async def test_what_an_ended_connection_left_is_not_read_on_the_next_one() -> None:
    """Half a message is gone with its connection."""
    ours = Heard()
    parser = QuickParser(ours, ours.take)
    await parser.parse(b"MSG a 1 5\r\nhel")
    parser.reset()
    await parser.parse(b"MSG b 1 2\r\nhi\r\n")
    assert ours.all == [(1, b"b", b"", b"", b"hi")]
