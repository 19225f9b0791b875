"""Streams, buckets, durable consumers and the first team: makes the bus agree with `contracts`. Safe to repeat.

What is missing is made, what differs is changed in place; nothing is ever deleted. A difference that the server cannot
change in place raises `Permanent`, with the way out.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import msgspec

from contracts.ids import DEFAULT_TEAM, TeamId
from contracts.streams import BUCKETS, CONSUMERS, PIN_GROUP, PIN_TTL, STREAMS, TEAM, Bucket, Consumer, Stream
from contracts.team import initial
from services.chassis.bus import Bus
from services.chassis.bus.api import ApiError
from services.chassis.errors import Conflict, Permanent

_IN_USE = 10058
"""JetStream's error code: a stream of that name is there, with another configuration."""


class _Made(msgspec.Struct, frozen=True):
    """All that is read of a reply."""


async def provision(bus: Bus, *, replicas: int = 1) -> None:
    """Make all streams, then all consumers, and the team that is there without being made."""
    for stream in STREAMS:
        await _ensure_stream(bus, _stream(stream, replicas))
    for bucket in BUCKETS:
        await _ensure_stream(bus, _bucket(bucket, replicas))
    for consumer in CONSUMERS:
        await ensure_consumer(bus, consumer)
    await _ensure_team(bus, DEFAULT_TEAM)


async def _ensure_team(bus: Bus, team: TeamId) -> None:
    # Revision 0: only if the key was never there. What an admin changed stays, a team that was removed stays away.
    with suppress(Conflict):
        await bus.keys.put(TEAM.name, team, msgspec.json.encode(initial(team)), revision=0)


async def _ensure_stream(bus: Bus, config: Mapping[str, object]) -> None:
    name = config["name"]
    try:
        await bus.api.request(f"STREAM.CREATE.{name}", config, _Made)
    except ApiError as exc:
        if exc.err_code != _IN_USE:
            raise Permanent(f"stream {name} cannot be made: {exc}") from exc
        try:
            await bus.api.request(f"STREAM.UPDATE.{name}", config, _Made)
        except ApiError as refusal:
            raise Permanent(
                f"stream {name} is there and cannot be changed to what Frontdesk needs: {refusal};"
                f" look at it with `nats stream info {name}`, and copy and remove it, or use another NATS account"
            ) from refusal


async def ensure_consumer(bus: Bus, consumer: Consumer) -> None:
    """Make one durable, or change it to what it should be."""
    request = {"stream_name": consumer.stream, "config": _consumer(consumer)}
    try:
        await bus.api.request(f"CONSUMER.CREATE.{consumer.stream}.{consumer.durable}", request, _Made)
    except ApiError as exc:
        raise Permanent(
            f"consumer {consumer.durable} of stream {consumer.stream} cannot be changed to what Frontdesk needs: {exc};"
            f" look at it with `nats consumer info {consumer.stream} {consumer.durable}`"
        ) from exc


def _stream(stream: Stream, replicas: int) -> dict[str, object]:
    config: dict[str, object] = {
        "name": stream.name,
        "subjects": list(stream.subjects),
        "storage": "file",
        "num_replicas": replicas,
        "retention": stream.retention,
        "max_age": _ns(stream.max_age),
        "max_bytes": stream.max_bytes,
        "max_msgs": -1,
        "discard": stream.discard,
        "duplicate_window": _ns(stream.duplicate_window),
        "allow_direct": True,
    }
    if stream.republish is not None:
        config["republish"] = {"src": stream.republish.source, "dest": stream.republish.destination}
    if stream.schedules:
        # A schedule replaces the one before on its subject, and the server purges it with a marker that expires.
        config |= {"allow_msg_schedules": True, "allow_msg_ttl": True, "allow_rollup_hdrs": True}
    return config


def _bucket(bucket: Bucket, replicas: int) -> dict[str, object]:
    """The stream that a bucket is (NATS ADR-8, ADR-48 for what expires)."""
    config: dict[str, object] = {
        "name": f"KV_{bucket.name}",
        "subjects": [f"$KV.{bucket.name}.>"],
        "storage": "file",
        "num_replicas": replicas,
        "retention": "limits",
        "max_msgs_per_subject": 1,
        "max_bytes": bucket.max_bytes,
        "discard": "new",
        "duplicate_window": _ns(timedelta(minutes=2)),
        "allow_direct": True,
        "allow_rollup_hdrs": True,
        "deny_delete": True,
        "allow_msg_ttl": bucket.markers_ttl is not None,
    }
    if bucket.markers_ttl is not None:
        config["subject_delete_marker_ttl"] = _ns(bucket.markers_ttl)
    return config


def _consumer(consumer: Consumer) -> dict[str, object]:
    config: dict[str, object] = {
        "name": consumer.durable,
        "durable_name": consumer.durable,
        "filter_subject": consumer.filter,
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "ack_wait": _ns(consumer.ack_wait),
        "max_ack_pending": consumer.max_ack_pending,
        "max_deliver": -1,
        "replay_policy": "instant",
    }
    if consumer.is_pinned:
        config |= {
            "priority_groups": [PIN_GROUP],
            "priority_policy": "pinned_client",
            "priority_timeout": _ns(PIN_TTL),
        }
    return config


def _ns(duration: timedelta | None) -> int:
    """Nanoseconds, as JetStream counts; 0 is for ever."""
    return 0 if duration is None else duration // timedelta(microseconds=1) * 1000
