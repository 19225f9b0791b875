"""What the conversations service is told."""

from services.chassis.config import ServiceConfig


class Config(ServiceConfig, frozen=True, kw_only=True):
    """Configuration of `conversations`."""

    postgres_dsn: str
    """The read models: postgresql://user:password@host:port/database."""
