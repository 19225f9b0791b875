"""Stored messages without a consumer: direct get, single, in batches and the last of many subjects (NATS ADR-31)."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError

from services.chassis.bus.client import Received
from services.chassis.bus.inbox import Inbox, Replies
from services.chassis.errors import Retryable, Unreachable

BATCH = 256
"""Messages asked for at once; a reader goes on from the last one."""
MULTI_LAST = 1000
"""Subjects asked for at once; the server's own bound is 1,024."""


_ROUNDING = timedelta(microseconds=1)


class StoredMessage(msgspec.Struct, frozen=True):
    """One message of a stream, `at` being the stream's time."""

    subject: str
    seq: int
    at: datetime
    data: bytes
    headers: dict[str, str]


class Reader:
    """Direct gets on streams that allow it (all of ours do)."""

    def __init__(self, client: Client, inbox: Inbox, timeout_s: float) -> None:
        self._client = client
        self._inbox = inbox
        self._timeout_s = timeout_s

    async def since(self, stream: str, subject: str, start: int | datetime) -> list[StoredMessage]:
        """Every message of the subject (wildcards allowed) from a sequence or an instant on, in order.

        The server knows nanoseconds and we do not: an instant means the microsecond around it.
        """
        found: list[StoredMessage] = []
        where: dict[str, object] = (
            {"start_time": start - _ROUNDING} if isinstance(start, datetime) else {"seq": max(start, 1)}
        )
        while True:
            part = await self._get(stream, {**where, "next_by_subj": subject, "batch": BATCH})
            found += part
            if len(part) < BATCH:
                return found
            where = {"seq": part[-1].seq + 1}

    async def some_since(self, stream: str, subject: str, start: int, limit: int) -> list[StoredMessage]:
        """At most `limit` messages of the subject from sequence `start` on, in order."""
        return await self._get(stream, {"seq": max(start, 1), "next_by_subj": subject, "batch": limit})

    async def last(
        self, stream: str, subjects: Sequence[str], *, up_to: int | None = None
    ) -> list[StoredMessage]:
        """The last message of each subject (wildcards allowed: of each subject that matches), ordered by sequence.

        With `up_to` it is the last one whose sequence is not above that.
        """
        bound = {} if up_to is None else {"up_to_seq": up_to}
        found: list[StoredMessage] = []
        for index in range(0, len(subjects), MULTI_LAST):
            part = list(subjects[index : index + MULTI_LAST])
            found += await self._get(stream, {"multi_last": part, "batch": 10_000, **bound})
        return sorted(found, key=lambda message: message.seq)

    async def at(self, stream: str, seq: int) -> StoredMessage | None:
        """The message with this sequence; None when it is not there, or not any more."""
        async with self._asking(stream, {"seq": seq}) as replies:
            return _stored(await replies.next(), stream)

    async def last_of(self, stream: str, subject: str) -> StoredMessage | None:
        """The last message of the subject; with wildcards, the last of all that match."""
        async with self._asking(stream, {"last_by_subj": subject}) as replies:
            return _stored(await replies.next(), stream)

    async def _get(self, stream: str, query: dict[str, object]) -> list[StoredMessage]:
        found: list[StoredMessage] = []
        async with self._asking(stream, query) as replies:
            while (message := _stored(await replies.next(), stream)) is not None:
                found.append(message)
        return found

    @asynccontextmanager
    async def _asking(self, stream: str, query: dict[str, object]) -> AsyncGenerator[Replies]:
        replies = Replies(self._inbox)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._client.publish(
                    f"$JS.API.DIRECT.GET.{stream}", msgspec.json.encode(query), reply=replies.subject
                )
                yield replies
        except (NatsError, TimeoutError) as exc:
            raise Unreachable(f"stream {stream} did not answer a read; is JetStream up?") from exc
        finally:
            replies.close()


def _stored(message: Received, stream: str) -> StoredMessage | None:
    """The message, or None at the end: 204 after the last of a batch, 404 when there was none at all."""
    headers = message.headers
    match headers.get("Status"):
        case "204" | "404":
            return None
        case None:
            return StoredMessage(
                headers["Nats-Subject"],
                int(headers["Nats-Sequence"]),
                _instant(headers["Nats-Time-Stamp"]),
                message.data,
                headers,
            )
        case "503":
            raise Unreachable(f"nobody answers for stream {stream}; has `frontdesk migrate` run?")
        case status:
            raise Retryable(f"stream {stream} refused a read: {status} {headers.get('Description', '')}")


def _instant(text: str) -> datetime:
    """RFC 3339 with nanoseconds, as the server writes it, cut to microseconds."""
    return msgspec.convert(text, datetime)
