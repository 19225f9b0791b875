"""Storing messages in JetStream, pipelined: many may be under way, each with its own ack."""

import asyncio
from collections.abc import Mapping

import msgspec
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError

from services.chassis.bus.client import PatchedClient, Received
from services.chassis.bus.inbox import Inbox
from services.chassis.errors import Conflict, Permanent, Unreachable

_HEAD = len("NATS/1.0\r\n\r\n")
_WRONG_LAST_SEQUENCE = frozenset({10071, 10164})


class StoredAt(msgspec.Struct, frozen=True):
    """Where a stream keeps a message. `duplicate`: its id was there already, within the dedupe window."""

    stream: str
    seq: int
    duplicate: bool = False


class _ApiError(msgspec.Struct, frozen=True):
    code: int
    err_code: int = 0
    description: str = ""


class _Ack(msgspec.Struct, frozen=True):
    stream: str = ""
    seq: int = 0
    duplicate: bool = False
    error: _ApiError | None = None


_ack_decoder = msgspec.json.Decoder(_Ack)


class Publisher:
    """Publishes to streams and resolves each publish by its ack."""

    def __init__(self, client: PatchedClient, inbox: Inbox, timeout_s: float) -> None:
        self._client = client
        self._inbox = inbox
        self._timeout_s = timeout_s

    async def store(self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None) -> StoredAt:
        """Store one message and wait for its ack; `Unreachable` means that it may or may not be stored."""
        future = await self.begin(subject, payload, headers)
        # As `asyncio.timeout` would do, at a fifth of its price: this is done for every frame of every visitor.
        timer = asyncio.get_running_loop().call_later(self._timeout_s, self._expire, future, subject)
        try:
            return await future
        finally:
            timer.cancel()

    async def begin(
        self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None
    ) -> asyncio.Future[StoredAt]:
        """Send without waiting for the ack, which the future brings.

        It raises `Conflict` when an expected sequence was not the last, `Permanent` when the bus refuses the message
        for what it is, `Unreachable` when no stream took it or the connection broke. Wait under a timeout: acks get
        lost.
        """
        future: asyncio.Future[StoredAt] = asyncio.get_running_loop().create_future()
        reply, token = self._inbox.expect(
            lambda message: _settle(future, subject, message), lambda lost: _lose(future, lost)
        )
        future.add_done_callback(lambda _: self._inbox.forget(token))
        try:
            self._check_size(payload, headers)
            await self._client.publish(
                subject, payload, reply=reply, headers=None if headers is None else dict(headers)
            )
        except MaxPayloadError as exc:
            future.cancel()
            raise Permanent(
                f"a message to {subject} is too large for the bus: {len(payload)} bytes; {exc}"
            ) from exc
        except NatsError as exc:
            future.cancel()
            raise Unreachable(f"cannot publish to {subject}: {exc}; is NATS up?") from exc
        return future

    def _expire(self, future: asyncio.Future[StoredAt], subject: str) -> None:
        _lose(future, Unreachable(f"no ack for a message to {subject} within {self._timeout_s:g} s"))

    def _check_size(self, payload: bytes, headers: Mapping[str, str] | None) -> None:
        """Refuse what the server would break the connection for: it counts headers too, nats-py (2.16) does not."""
        most = self._client.max_payload
        if headers and len(payload) > most // 2:
            size = _HEAD + sum(len(f"{name}: {value}\r\n".encode()) for name, value in headers.items())
            if len(payload) + size > most:
                raise MaxPayloadError


def _lose(future: asyncio.Future[StoredAt], lost: Unreachable) -> None:
    if not future.done():
        future.set_exception(lost)


def _settle(future: asyncio.Future[StoredAt], subject: str, message: Received) -> None:
    if future.done():
        return
    if not message.data:
        future.set_exception(
            Unreachable(f"no stream takes {subject}; is JetStream up, and has `frontdesk migrate` run?")
        )
        return
    ack = _ack_decoder.decode(message.data)
    if ack.error is None:
        future.set_result(StoredAt(ack.stream, ack.seq, ack.duplicate))
    else:
        future.set_exception(_refusal(subject, ack.error))


def _refusal(subject: str, error: _ApiError) -> Exception:
    sentence = f"the bus refused a message to {subject}: {error.description} ({error.err_code})"
    if error.err_code in _WRONG_LAST_SEQUENCE:
        return Conflict(sentence)
    # 5xx: no room or no leader now; it may be otherwise later, and nothing may be dropped for it.
    return Unreachable(sentence) if error.code >= 500 else Permanent(sentence)
