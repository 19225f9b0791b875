"""What the console is told."""

from services.chassis.config import Port, Secret, ServiceConfig


class Config(ServiceConfig, frozen=True, kw_only=True):
    """The console's settings."""

    secret: Secret
    """Signs sign-in links; the same for every service. At least 32 random characters."""
    postgres_dsn: str
    """Accounts, sessions and drafts: postgresql://user:password@host:port/database."""
    console_host: str = "127.0.0.1"
    """The address to listen on."""
    console_port: Port = 8081
    """The port to listen on; 0 picks a free one."""
    console_hosts: tuple[str, ...] = ()
    """Host names, without ports, under which browsers may call the console, beside 127.0.0.1 and localhost."""
    console_address_header: str = ""
    """The header in which your proxy names the browser's address, by which wrong passwords are counted. Empty: there is
    no proxy."""
