"""What the gateway is told."""

from typing import Annotated

from msgspec import Meta

from services.chassis.config import Port, Seconds, Secret, ServiceConfig

HeaderName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{0,64}$(?!\n)",
        description="the name of a header such as CF-IPCountry",
    ),
]
"""Empty: none."""


class Config(ServiceConfig, frozen=True, kw_only=True):
    """The environment of `frontdesk serve widget-gateway`."""

    secret: Secret
    """Signs visitors' tokens; the same for every copy of the gateway. At least 32 random characters."""
    gateway_host: str = "127.0.0.1"
    """The address to listen on."""
    gateway_port: Port = 8080
    """The port to listen on; 0 picks a free one."""
    gateway_public_url: str = ""
    """Where browsers find the gateway when it stands behind a proxy: https://chat.example."""
    gateway_burst: Annotated[int, Meta(ge=1, description="a whole number above 0")] = 60
    """Frames that one visitor may send at once."""
    gateway_frames_per_s: Annotated[float, Meta(gt=0, description="a number above 0")] = 20.0
    """Frames a second that one visitor may go on sending."""
    gateway_hello_s: Annotated[float, Meta(gt=0, description="a number above 0")] = 5.0
    """Seconds within which a new socket must say hello."""
    gateway_patience_s: Seconds = 10.0
    """Seconds that a visitor's frame waits for a bus that is away, before its socket closes as `unavailable`."""
    gateway_console_url: str = ""
    """Where the demo page's link to the console leads; empty: it has none."""
    gateway_country_header: HeaderName = ""
    """The header in which your proxy says the visitor's country, for example CF-IPCountry; empty: none is trusted."""
    gateway_city_header: HeaderName = ""
    """The header in which your proxy says the visitor's city, for example CF-IPCity; empty: none is trusted."""
