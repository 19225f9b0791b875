"""What `frontdesk doctor` looks at. Each function returns what it found, or raises what is wrong with the way out."""

import asyncio
import http.client
from urllib.parse import urlsplit

import msgspec

from contracts.requests import ConversationsList, PresenceList, Request
from contracts.streams import BUCKETS, CONSUMERS, STREAMS
from services.chassis import migrations
from services.chassis.bus import Bus
from services.chassis.config import nats_address
from services.chassis.database import Database
from services.chassis.errors import Permanent, Unreachable

OLDEST_NATS = (2, 14)
"""The first with everything that is used: schedules, TTLs per message, priority groups."""
OLDEST_POSTGRES = 16
PATIENCE_S = 3.0

ANSWERS = {
    "presence": "query.presence.list",
    "flow-executor": "contracts.flows.list",
    "conversations": "query.conversations.list",
}
"""A request that each service answers, and that changes nothing."""

_REQUESTS: dict[str, Request] = {
    "query.presence.list": PresenceList(),
    "contracts.flows.list": Request(),
    "query.conversations.list": ConversationsList(limit=1),
}

_POSTGRES_VERSION = "select current_setting('server_version_num')::int / 10000 as major, version() as text"


class _Info(msgspec.Struct, frozen=True):
    """What a NATS server says first."""

    version: str
    jetstream: bool = False


class _Names(msgspec.Struct, frozen=True):
    streams: list[str] | None = None
    consumers: list[str] | None = None


async def nats(url: str) -> str:
    """The server's version; it must have JetStream and let us in."""
    host, port = nats_address(url)
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(host, port)
            line = await reader.readline()
            writer.close()
        info = msgspec.json.decode(line.removeprefix(b"INFO "), type=_Info)
    except (OSError, TimeoutError) as exc:
        raise Unreachable(
            f"nothing answers at {host}:{port}; start NATS, or `frontdesk up`, which brings one"
        ) from exc
    except msgspec.MsgspecError as exc:
        raise Permanent(
            f"what answers at {host}:{port} is no NATS server; correct FRONTDESK_NATS_URL"
        ) from exc
    version = tuple(int(part) for part in info.version.split("-")[0].split(".")[:2])
    if version < OLDEST_NATS:
        oldest = ".".join(map(str, OLDEST_NATS))
        raise Permanent(f"NATS {info.version} at {host}:{port} is too old; Frontdesk needs {oldest} or newer")
    if not info.jetstream:
        raise Permanent(
            f"NATS at {host}:{port} has no JetStream; start it with `jetstream {{}}` in its configuration"
        )
    async with Bus(url, "doctor"):
        return f"{info.version} at {host}:{port}, with JetStream"


async def streams(url: str) -> str:
    """How many streams and consumers there are; all that are declared must be."""
    wanted = {stream.name for stream in STREAMS} | {f"KV_{bucket.name}" for bucket in BUCKETS}
    async with Bus(url, "doctor") as bus:
        there = set((await bus.api.request("STREAM.NAMES", {}, _Names)).streams or ())
        missing = sorted(wanted - there)
        for stream in {consumer.stream for consumer in CONSUMERS} & there:
            known = set((await bus.api.request(f"CONSUMER.NAMES.{stream}", {}, _Names)).consumers or ())
            missing += [one.durable for one in CONSUMERS if one.stream == stream and one.durable not in known]
    if missing:
        raise Permanent(f"missing on the bus: {', '.join(missing)}; run `frontdesk migrate`")
    return f"{len(STREAMS)} streams, {len(BUCKETS)} buckets, {len(CONSUMERS)} consumers"


async def postgres(dsn: str) -> str:
    """The server's version."""
    async with Database(dsn, most=1) as database, database.statement() as connection:
        row = await connection.row(_POSTGRES_VERSION)
    if row is None or row["major"] < OLDEST_POSTGRES:
        raise Permanent(f"Postgres is too old; Frontdesk needs {OLDEST_POSTGRES} or newer")
    return " ".join(str(row["text"]).split()[:2])


async def migrated(dsn: str) -> str:
    """That no migration is pending."""
    pending = await migrations.pending(dsn)
    if pending:
        files = ", ".join(f"{service}/{file}" for service, names in pending.items() for file in names)
        raise Permanent(f"not applied yet: {files}; run `frontdesk migrate`")
    return "all applied"


async def answers(url: str, service: str) -> str:
    """That a service answers."""
    subject = ANSWERS[service]
    async with Bus(url, "doctor") as bus:
        try:
            await bus.request(subject, _REQUESTS[subject], msgspec.Raw)
        except Unreachable as exc:
            raise Unreachable(
                f"nobody answers {subject}; start it with `frontdesk up`, or alone with `frontdesk serve {service}`"
            ) from exc
    return f"answers {subject}"


async def http_answers(url: str) -> str:
    """That an HTTP server answers, whatever it says."""
    status = await asyncio.to_thread(_status, url)
    if status >= 500:
        raise Permanent(f"{url} answers with {status}; its log says why")
    return f"answers at {url}"


def _status(url: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as exc:
        raise Unreachable(f"nothing answers at {url}; is `frontdesk up` running?") from exc
    finally:
        connection.close()
