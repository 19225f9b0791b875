"""Watching keys of a bucket: first all that is there, then each change, and all again when something may be missed.

A gap in the consumer's sequence, silence, or a reconnect makes a new consumer: its first word is a `Snapshot` again, so
that the reader compares instead of hoping that nothing happened meanwhile.

A key whose time is up is not there, whether or not the server has noticed (see `expiry`).
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.chassis.bus.acks import AckSubject
from services.chassis.bus.api import JetStreamApi
from services.chassis.bus.expiry import Deadlines, over_at
from services.chassis.bus.keys import MARKER, OPERATION, stream_of, subject_of
from services.chassis.bus.ordered import Ordered
from services.chassis.clock import Clock, from_nanoseconds, system_clock
from services.chassis.errors import Retryable

_RETRY_S = 0.2


class Snapshot(msgspec.Struct, frozen=True):
    """All keys that are there now, with their values."""

    entries: dict[str, bytes]
    stale: dict[str, int] = {}
    """Keys that are over, and that the server keeps nevertheless, with their revisions."""


class Put(msgspec.Struct, frozen=True):
    """A key was set."""

    key: str
    value: bytes


class Gone(msgspec.Struct, frozen=True):
    """A key was purged, or its time was up; it may be said twice."""

    key: str
    has_expired: bool = False
    stale: int | None = None
    """The revision that the server keeps though its time is up; None: it has let it go."""


Change = Snapshot | Put | Gone


class Watch:
    """The keys of one bucket that match one filter. Iterate `changes()`; `is_live` says whether that is the present."""

    def __init__(
        self, client: Client, api: JetStreamApi, bucket: str, keys: str, clock: Clock = system_clock
    ) -> None:
        self._client = client
        self._api = api
        self._bucket = bucket
        self._filter = subject_of(bucket, keys)
        self._clock = clock
        self._reading: Ordered | None = None
        self._deadlines = Deadlines()
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
            self._deadlines = Deadlines()
            snapshot = await self._snapshot(reading)
            self._is_complete = True
            yield snapshot
            while True:
                received = await reading.next_within(self._deadlines.left_s(self._clock()))
                if received is not None:
                    yield self._change(*received)
                    continue
                # A refresh may be under way: nothing is over before that is read.
                for late in await reading.under_way():
                    yield self._change(*late)
                for key, revision in self._deadlines.take_past(self._clock()).items():
                    yield Gone(key, has_expired=True, stale=revision)

    async def _snapshot(self, reading: Ordered) -> Snapshot:
        entries: dict[str, bytes] = {}
        pending = reading.count
        while pending:
            message, ack = await reading.next()
            change = self._change(message, ack)
            if isinstance(change, Put):
                entries[change.key] = change.value
            else:
                entries.pop(change.key, None)
            pending = ack.pending
        stale = self._deadlines.take_past(self._clock())
        for key in stale:
            del entries[key]
        return Snapshot(entries, stale)

    def _change(self, message: Msg, ack: AckSubject) -> Put | Gone:
        key = message.subject.removeprefix(subject_of(self._bucket, ""))
        headers = message.headers or {}
        if OPERATION in headers or MARKER in headers:
            self._deadlines.drop(key)
            return Gone(key, has_expired=MARKER in headers)
        self._deadlines.set(key, over_at(from_nanoseconds(ack.ns), headers), ack.seq)
        return Put(key, message.data)
