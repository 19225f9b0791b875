"""Watching keys of a bucket: first all that is there, then each change, and all again whenever something may be missed.

A watch is an ephemeral push consumer with heartbeats. A gap in its sequence, silence, or a reconnect makes a new one: its
first word is a `Snapshot` again, so that the reader compares instead of hoping that nothing happened meanwhile.
"""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from services.chassis.bus.api import JetStreamApi
from services.chassis.bus.keys import MARKER, OPERATION, stream_of, subject_of
from services.chassis.errors import Retryable

HEARTBEAT_S = 1.0
SILENCE_S = 3.0
"""Without a word for this long a watch counts as dead, and what it knows as old."""
_RETRY_S = 0.2


class Snapshot(msgspec.Struct, frozen=True):
    """All keys that are there now, with their values."""

    entries: dict[str, bytes]


class Put(msgspec.Struct, frozen=True):
    """A key was set."""

    key: str
    value: bytes


class Gone(msgspec.Struct, frozen=True):
    """A key was purged, or its time was up."""

    key: str


Change = Snapshot | Put | Gone


class _Restart(Exception):
    """Something may have been missed."""


class Watch:
    """The keys of one bucket that match one filter. Iterate `changes()`; `is_live` says whether that is the present."""

    def __init__(self, client: Client, api: JetStreamApi, bucket: str, keys: str) -> None:
        self._client = client
        self._api = api
        self._bucket = bucket
        self._filter = subject_of(bucket, keys)
        self._heard_at = 0.0
        self._is_complete = False
        self._messages: asyncio.Queue[Msg | None] = asyncio.Queue()

    @property
    def is_live(self) -> bool:
        """Whether the snapshot is complete and the bus was heard within `SILENCE_S`."""
        return (
            self._is_complete and time.monotonic() - self._heard_at < SILENCE_S and self._client.is_connected
        )

    def restart(self) -> None:
        """Begin again at once; called after a reconnect."""
        self._messages.put_nowait(None)

    async def changes(self) -> AsyncIterator[Change]:
        """Every change for ever; a `Snapshot` comes first, and again after each interruption."""
        while True:
            try:
                async for change in self._once():
                    yield change
            except (_Restart, Retryable):
                self._is_complete = False
                await asyncio.sleep(_RETRY_S)

    async def _once(self) -> AsyncIterator[Change]:
        self._messages = asyncio.Queue()
        inbox = self._client.new_inbox()
        subscription: Subscription = await self._client.subscribe(inbox, cb=self._take)
        try:
            pending = await self._consume(inbox)
            entries: dict[str, bytes] = {}
            expected = 1
            while pending:
                message = await self._next()
                expected = _in_order(message, expected)
                change = self._change(message)
                if isinstance(change, Put):
                    entries[change.key] = change.value
                pending = _pending(message)
            self._is_complete = True
            yield Snapshot(entries)
            while True:
                message = await self._next()
                expected = _in_order(message, expected)
                yield self._change(message)
        finally:
            await subscription.unsubscribe()

    async def _consume(self, inbox: str) -> int:
        """Make the consumer; the number of messages that the snapshot has."""
        created = await self._api.create_ephemeral(
            stream_of(self._bucket),
            {
                "deliver_subject": inbox,
                "deliver_policy": "last_per_subject",
                "ack_policy": "none",
                "filter_subject": self._filter,
                "idle_heartbeat": int(HEARTBEAT_S * 1e9),
                "inactive_threshold": 10_000_000_000,
                "mem_storage": True,
                "num_replicas": 1,
                "max_deliver": 1,
            },
        )
        self._heard_at = time.monotonic()
        return created.num_pending + created.delivered.consumer_seq

    async def _take(self, message: Msg) -> None:
        self._heard_at = time.monotonic()
        if (message.headers or {}).get("Status") != "100":
            self._messages.put_nowait(message)

    async def _next(self) -> Msg:
        """The next message; while there is none, listen for heartbeats."""
        while True:
            try:
                async with asyncio.timeout(SILENCE_S):
                    message = await self._messages.get()
            except TimeoutError as exc:
                if time.monotonic() - self._heard_at > SILENCE_S:
                    raise _Restart from exc
            else:
                if message is None:
                    raise _Restart
                return message

    def _change(self, message: Msg) -> Put | Gone:
        key = message.subject.removeprefix(subject_of(self._bucket, ""))
        headers = message.headers or {}
        return Gone(key) if OPERATION in headers or MARKER in headers else Put(key, message.data)


def _in_order(message: Msg, expected: int) -> int:
    """The number that must come next; raises when one is missing."""
    if int(message.reply.split(".")[-3]) != expected:
        raise _Restart
    return expected + 1


def _pending(message: Msg) -> int:
    return int(message.reply.rsplit(".", 1)[1])
