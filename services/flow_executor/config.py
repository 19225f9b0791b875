"""What the flow executor is told."""

from typing import Annotated

from msgspec import Meta

from services.chassis.config import Seconds, ServiceConfig


class Config(ServiceConfig, frozen=True, kw_only=True):
    """Configuration of `flow-executor`."""

    postgres_dsn: str
    """The journal: postgresql://user:password@host:port/database."""
    executor_batch: Annotated[int, Meta(ge=1, le=10_000, description="a whole number from 1 to 10000")] = 256
    """The most messages that one transaction handles; a bound, not a goal: nothing waits for a batch to fill."""
    smtp_url: Annotated[
        str,
        Meta(
            pattern=r"^(smtps?://[^\s/?#]+/?)?$(?!\n)",
            description="smtp://user:password@host:port, or smtps:// for TLS from the start",
        ),
    ] = ""
    """Where e-mails are handed in: smtp://user:password@host:port, or smtps:// for TLS from the start. A password goes
    over the network under TLS only. Empty: the node `send_email` fails."""
    mail_from: str = ""
    """In whose name: help@shop.example, or Shop <help@shop.example>."""
    tasks_private_hosts: bool = False
    """Whether HTTP requests and webhooks of flows may go to addresses inside private networks, this machine included;
    the host must be allowed by the team in any case."""
    tasks_at_once: Annotated[int, Meta(ge=1, le=1000, description="a whole number from 1 to 1000")] = 64
    """How many HTTP requests, e-mails and notices each may be under way at a time."""
    tasks_pause_s: Seconds = 1.0
    """Seconds before a second attempt at a task that got no answer, or 429 or 5xx; each further pause is twice as long,
    and none longer than 30."""
    metrics_port: Annotated[
        int, Meta(ge=0, le=65535, description="a port from 1 to 65535, or 0 for nowhere")
    ] = 0
    """Where Prometheus finds the counters, at /metrics; 0: nowhere."""
    metrics_host: str = "127.0.0.1"
    """The address to listen on for Prometheus."""
