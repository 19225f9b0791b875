"""What presence is told."""

from services.chassis.config import ServiceConfig


class Config(ServiceConfig, frozen=True, kw_only=True):
    """Configuration of `presence`."""
