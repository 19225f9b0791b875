"""What the flow executor is told."""

from services.chassis.config import ServiceConfig


class Config(ServiceConfig, frozen=True, kw_only=True):
    """Configuration of `flow-executor`."""

    postgres_dsn: str
    """The journal: postgresql://user:password@host:port/database."""
    executor_batch: int = 256
    """The most messages that one transaction handles; a bound, not a goal: nothing waits for a batch to fill."""
