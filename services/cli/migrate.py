"""`frontdesk migrate`: the database and the bus as this version needs them."""

import asyncio
import os
from typing import Annotated

import msgspec
from cyclopts import Parameter
from msgspec import Meta

from services.chassis import migrations
from services.chassis.bus import Bus
from services.chassis.config import load
from services.chassis.provision import provision
from services.cli import addresses
from services.cli.output import print_json


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What provisioning is told."""

    replicas: Annotated[int, Meta(ge=1, le=5, description="1, 3 or 5")] = 1
    """Copies of each stream in the NATS cluster: 1, or 3 with at least three nodes."""


class Migrated(msgspec.Struct, frozen=True):
    """What was done."""

    applied: list[str]
    """Files of migrations, in order; empty when there was nothing to do."""


def migrate(
    *,
    nats: Annotated[str | None, Parameter(env_var="FRONTDESK_NATS_URL")] = None,
    postgres: Annotated[str | None, Parameter(env_var="FRONTDESK_POSTGRES_DSN")] = None,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Apply SQL migrations; make streams, buckets and consumers. Safe to repeat, and while services run.

    Parameters
    ----------
    nats
        The bus: nats://user:password@host:port. Default: that of the running `frontdesk up`.
    postgres
        The database: postgresql://user:password@host:port/database. Default: that of the running `frontdesk up`.
    json
        One JSON document on stdout, and nothing else.
    """
    config = load(Config, os.environ)
    nats_url, dsn = addresses.nats_url(nats), addresses.postgres_dsn(postgres)
    done = Migrated(asyncio.run(prepare(nats_url, dsn, replicas=config.replicas)))
    if json:
        print_json(done)
        return
    for name in done.applied:
        print(f"applied {name}")
    print("The database and the bus are as this version needs them.")


async def prepare(nats_url: str, dsn: str, *, replicas: int = 1) -> list[str]:
    """Do both, and return the migrations that were applied."""
    async with asyncio.TaskGroup() as tasks:
        applied = tasks.create_task(migrations.apply(dsn))
        tasks.create_task(_provision(nats_url, replicas))
    return applied.result()


async def _provision(nats_url: str, replicas: int) -> None:
    async with Bus(nats_url, "migrate") as bus:
        await provision(bus, replicas=replicas)
