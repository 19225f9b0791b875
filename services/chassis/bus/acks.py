"""What the reply subject of a delivered message says of it."""

from typing import NamedTuple


class AckSubject(NamedTuple):
    """The parts that are read of `$JS.ACK.<stream>.<consumer>.<attempts>.<seq>.<consumer seq>.<time>.<pending>`.

    Its long form has a domain and an account before the stream, and a token after it all (NATS ADR-15).
    """

    durable: str
    attempts: int
    seq: int
    consumer_seq: int
    ns: int
    pending: int


def parse_ack_subject(subject: str) -> AckSubject:
    """The parts of the reply subject of a message that came from a consumer."""
    tokens = subject.split(".")
    at = 3 if len(tokens) == 9 else 5
    attempts, seq, consumer_seq, ns, pending = map(int, tokens[at + 1 : at + 6])
    return AckSubject(tokens[at], attempts, seq, consumer_seq, ns, pending)
