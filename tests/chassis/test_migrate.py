"""Migrations and provisioning: safe to repeat, and clear when they cannot be done."""

import pytest

from contracts.streams import BUCKETS, CONSUMERS, STREAMS
from services.chassis import migrations
from services.chassis.bus import Bus
from services.chassis.errors import Permanent, Unreachable
from services.chassis.provision import provision
from tests.servers import Nats, Postgres


async def test_provision_repeats(nats_url: str) -> None:
    """Provisioning what is there already changes nothing and takes nothing away."""
    async with Bus(nats_url, "tests") as bus:
        await bus.store("visitor.0.default.v1.widget_opened", b"{}")
        await provision(bus)
        assert len(await bus.read.since("VISITOR", "visitor.>", 0)) == 1
        listed = await bus.api.request("STREAM.NAMES", {}, dict[str, object])
    assert listed["total"] == len(STREAMS) + len(BUCKETS)


async def test_provision_changes_in_place(nats_server: Nats) -> None:
    """A stream with other limits is brought to ours."""
    async with Bus(nats_server.url, "tests") as bus:
        other = {"name": "VISITOR", "subjects": ["visitor.>"], "storage": "file", "max_bytes": 1000}
        await bus.api.request("STREAM.CREATE.VISITOR", other, dict[str, object])
        await provision(bus)
        names = await bus.api.request("CONSUMER.NAMES.VISITOR", {}, dict[str, object])
    assert names["total"] == sum(consumer.stream == "VISITOR" for consumer in CONSUMERS)


async def test_incompatible_stream_is_explained(nats_server: Nats) -> None:
    """A stream that cannot be changed in place is named, with the way out."""
    async with Bus(nats_server.url, "tests") as bus:
        other = {"name": "VISITOR", "subjects": ["visitor.>"], "storage": "memory"}
        await bus.api.request("STREAM.CREATE.VISITOR", other, dict[str, object])
        with pytest.raises(Permanent, match=r"stream VISITOR is there .*nats stream info VISITOR"):
            await provision(bus)


async def test_migrations_repeat(postgres_server: Postgres) -> None:
    """Every migration is applied once; a second time there is nothing to do."""
    postgres_server.create("migrated")
    dsn = postgres_server.dsn("migrated")
    assert any(name.startswith("flow_executor/") for name in await migrations.apply(dsn))
    assert await migrations.pending(dsn) == {}
    assert await migrations.apply(dsn) == []
    postgres_server.drop("migrated")


async def test_dead_postgres_is_said() -> None:
    """A database that cannot be reached is one sentence with a way out."""
    with pytest.raises(
        Unreachable, match=r"Postgres does not answer at 127\.0\.0\.1:1/none; .* FRONTDESK_POSTGRES_DSN"
    ):
        await migrations.apply("postgresql://nobody@127.0.0.1:1/none")
