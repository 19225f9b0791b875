"""Key-value buckets (NATS ADR-8) by the messages that they are, with the time to live that each kind of key needs."""

from datetime import timedelta

from services.chassis.bus.expiry import over_at
from services.chassis.bus.headers import EXPECTED_LAST_BY_SUBJECT, TTL
from services.chassis.bus.publishing import Publisher, StoredAt
from services.chassis.bus.reading import Reader, StoredMessage
from services.chassis.clock import Clock, system_clock

OPERATION = "KV-Operation"
MARKER = "Nats-Marker-Reason"
_ROLLUP = "Nats-Rollup"


def stream_of(bucket: str) -> str:
    """The stream that a bucket is."""
    return f"KV_{bucket}"


def subject_of(bucket: str, key: str) -> str:
    """The subject that a key is."""
    return f"$KV.{bucket}.{key}"


class Keys:
    """Reading and writing keys. There is no delete, whose tombstones would stay; what goes has a time to live."""

    def __init__(self, publisher: Publisher, reader: Reader, clock: Clock = system_clock) -> None:
        self._publisher = publisher
        self._reader = reader
        self._clock = clock

    async def get(self, bucket: str, key: str) -> tuple[bytes, int] | None:
        """The value and its revision, or None when the key is not there."""
        last = await self._reader.last_of(stream_of(bucket), subject_of(bucket, key))
        if last is None or not self._is_there(last):
            return None
        return last.data, last.seq

    async def matching(self, bucket: str, keys: str) -> list[str]:
        """The keys that match and are there now; at most 1,024 may match, with those that went lately."""
        found = await self._reader.last(stream_of(bucket), [subject_of(bucket, keys)])
        return [
            message.subject.removeprefix(subject_of(bucket, ""))
            for message in found
            if self._is_there(message)
        ]

    async def put(self, bucket: str, key: str, value: bytes, *, revision: int | None = None) -> StoredAt:
        """Set a key that stays. With `revision` (0: none yet) it raises `Conflict` when somebody else was first."""
        headers = None if revision is None else {EXPECTED_LAST_BY_SUBJECT: str(revision)}
        return await self._publisher.store(subject_of(bucket, key), value, headers)

    async def put_for(self, bucket: str, key: str, value: bytes, ttl: timedelta) -> StoredAt:
        """Set a key that goes by itself when `ttl` (whole seconds) has passed without another put."""
        return await self._publisher.store(subject_of(bucket, key), value, {TTL: _seconds(ttl)})

    async def purge(self, bucket: str, key: str, marker_ttl: timedelta) -> StoredAt:
        """Take a key away now; its marker stays for `marker_ttl`, so that every watcher sees it go."""
        headers = {OPERATION: "PURGE", _ROLLUP: "sub", TTL: _seconds(marker_ttl)}
        return await self._publisher.store(subject_of(bucket, key), b"", headers)

    async def expire(self, bucket: str, key: str, revision: int, marker_ttl: timedelta) -> StoredAt:
        """Do what the server failed to do: take away a key whose time is up, so that watchers see it expire.

        It raises `Conflict` when that is not its last revision any more.
        """
        headers = {OPERATION: "PURGE", MARKER: "MaxAge", _ROLLUP: "sub", TTL: _seconds(marker_ttl)}
        return await self._publisher.store(
            subject_of(bucket, key), b"", {**headers, EXPECTED_LAST_BY_SUBJECT: str(revision)}
        )

    def _is_there(self, message: StoredMessage) -> bool:
        if OPERATION in message.headers or MARKER in message.headers:
            return False
        end = over_at(message.at, message.headers)
        return end is None or self._clock() < end


def _seconds(ttl: timedelta) -> str:
    return f"{max(1, round(ttl.total_seconds()))}s"
