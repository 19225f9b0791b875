"""Watching keys of a bucket: first all that is there, then each change, and all again when something may be missed.

A gap in the consumer's sequence, silence, or a reconnect makes a new consumer: its first word is a `Snapshot` again, so
that the reader compares instead of hoping that nothing happened meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.chassis.bus.api import JetStreamApi
from services.chassis.bus.keys import MARKER, OPERATION, stream_of, subject_of
from services.chassis.bus.ordered import Ordered
from services.chassis.errors import Retryable

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
    has_expired: bool = False


Change = Snapshot | Put | Gone


class Watch:
    """The keys of one bucket that match one filter. Iterate `changes()`; `is_live` says whether that is the present."""

    def __init__(self, client: Client, api: JetStreamApi, bucket: str, keys: str) -> None:
        self._client = client
        self._api = api
        self._bucket = bucket
        self._filter = subject_of(bucket, keys)
        self._reading: Ordered | None = None
        self._is_complete = False

    @property
    def is_live(self) -> bool:
        """Whether the snapshot is complete and the bus was heard within the last seconds."""
        reading = self._reading
        return self._is_complete and self._client.is_connected and reading is not None and reading.is_heard

    def restart(self) -> None:
        """Begin again at once; called after a reconnect."""
        if self._reading is not None:
            self._reading.interrupt()

    async def changes(self) -> AsyncIterator[Change]:
        """Every change for ever; a `Snapshot` comes first, and again after each interruption."""
        while True:
            try:
                async for change in self._once():
                    yield change
            except Retryable:
                self._is_complete = False
                await asyncio.sleep(_RETRY_S)

    async def _once(self) -> AsyncIterator[Change]:
        config: dict[str, object] = {"deliver_policy": "last_per_subject", "filter_subject": self._filter}
        async with Ordered(self._client, self._api, stream_of(self._bucket), config) as reading:
            self._reading = reading
            entries: dict[str, bytes] = {}
            pending = reading.count
            while pending:
                message, ack = await reading.next()
                change = self._change(message)
                if isinstance(change, Put):
                    entries[change.key] = change.value
                else:
                    entries.pop(change.key, None)
                pending = ack.pending
            self._is_complete = True
            yield Snapshot(entries)
            while True:
                message, _ = await reading.next()
                yield self._change(message)

    def _change(self, message: Msg) -> Put | Gone:
        key = message.subject.removeprefix(subject_of(self._bucket, ""))
        headers = message.headers or {}
        if OPERATION in headers or MARKER in headers:
            return Gone(key, has_expired=OPERATION not in headers)
        return Put(key, message.data)
