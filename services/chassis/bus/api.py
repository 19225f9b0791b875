"""The JetStream API as raw JSON requests, for what nats-py has no call for, and for provisioning."""

import asyncio
from typing import TypeVar

import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError

from services.chassis.bus.inbox import Inbox, Replies
from services.chassis.errors import Permanent, Unreachable

T = TypeVar("T")


class ApiError(Permanent):
    """The API said no; `err_code` is the server's stable number."""

    def __init__(self, subject: str, err_code: int, description: str) -> None:
        super().__init__(f"JetStream refused {subject}: {description} ({err_code})")
        self.err_code = err_code


class _Sequences(msgspec.Struct, frozen=True):
    consumer_seq: int = 0
    stream_seq: int = 0


class ConsumerInfo(msgspec.Struct, frozen=True):
    """What the server says of a consumer; other fields are left out."""

    name: str
    num_pending: int = 0
    num_ack_pending: int = 0
    delivered: _Sequences = _Sequences()
    ack_floor: _Sequences = _Sequences()
    """Up to here everything is acknowledged."""
    config: dict[str, object] = {}


class _Error(msgspec.Struct, frozen=True):
    code: int
    err_code: int = 0
    description: str = ""


class _Failure(msgspec.Struct, frozen=True):
    error: _Error | None = None


class JetStreamApi:
    """Requests to `$JS.API`. It raises `ApiError` when refused and `Unreachable` when nobody answers."""

    def __init__(self, client: Client, inbox: Inbox, timeout_s: float) -> None:
        self._client = client
        self._inbox = inbox
        self._timeout_s = timeout_s

    async def request(self, subject: str, payload: object, reply_type: type[T]) -> T:
        """Ask `$JS.API.<subject>`; the reply is decoded as `reply_type`. None sends an empty body."""
        body = b"" if payload is None else msgspec.json.encode(payload)
        replies = Replies(self._inbox)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._client.publish(f"$JS.API.{subject}", body, reply=replies.subject)
                reply = await replies.next()
        except (NatsError, TimeoutError) as exc:
            raise Unreachable(f"JetStream does not answer {subject}; is NATS up, with JetStream on?") from exc
        finally:
            replies.close()
        if not reply.data:
            raise Unreachable(f"nobody answers {subject}; is JetStream on, and has `frontdesk migrate` run?")
        failure = msgspec.json.decode(reply.data, type=_Failure).error
        if failure is not None:
            if failure.code == 503:
                raise Unreachable(
                    f"JetStream cannot {subject} now: {failure.description} ({failure.err_code})"
                )
            raise ApiError(subject, failure.err_code, failure.description)
        return msgspec.json.decode(reply.data, type=reply_type)

    async def consumer(self, stream: str, durable: str) -> ConsumerInfo:
        """How far a consumer is."""
        return await self.request(f"CONSUMER.INFO.{stream}.{durable}", None, ConsumerInfo)

    async def create_ephemeral(self, stream: str, config: dict[str, object]) -> ConsumerInfo:
        """Make a consumer that goes when nobody listens any more."""
        return await self.request(
            f"CONSUMER.CREATE.{stream}", {"stream_name": stream, "config": config}, ConsumerInfo
        )

    async def purge(self, stream: str, subject: str) -> None:
        """Take away every message of the subject."""
        await self.request(f"STREAM.PURGE.{stream}", {"filter": subject}, _Failure)

    async def remove(self, stream: str, seq: int) -> None:
        """Take one message away for good. Raises `ApiError` when it is not there."""
        await self.request(f"STREAM.MSG.DELETE.{stream}", {"seq": seq}, _Failure)
