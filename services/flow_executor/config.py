"""What the flow executor is told."""

from typing import Annotated

from msgspec import Meta

from services.chassis.config import ServiceConfig


class Config(ServiceConfig, frozen=True, kw_only=True):
    """Configuration of `flow-executor`."""

    postgres_dsn: str
    """The journal: postgresql://user:password@host:port/database."""
    executor_batch: Annotated[int, Meta(ge=1, le=10_000, description="a whole number from 1 to 10000")] = 256
    """The most messages that one transaction handles; a bound, not a goal: nothing waits for a batch to fill."""
