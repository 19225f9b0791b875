"""Configuration from the environment."""

import msgspec
import pytest

from services.chassis.config import Secret, ServiceConfig, check, load, nats_address
from services.chassis.errors import BadConfig
from services.cli.serve import SERVICES, Service, config_of

SECRET = "s3cret-of-thirty-two-characters!"


class Config(ServiceConfig, frozen=True, kw_only=True):
    """A service that needs a little of everything."""

    secret: Secret
    port: int = 8080
    origins: tuple[str, ...] = ()


def test_values_are_converted() -> None:
    """Numbers, lists and secrets come out as what the Struct says; empty variables count as unset."""
    environ = {
        "FRONTDESK_SECRET": SECRET,
        "FRONTDESK_PORT": "81",
        "FRONTDESK_ORIGINS": "a, b",
        "FRONTDESK_LOG": "",
    }
    config = load(Config, environ)
    assert (config.port, config.origins, config.secret == SECRET, config.log) == (
        81,
        ("a", "b"),
        True,
        "auto",
    )


def test_every_wrong_variable_is_named() -> None:
    """One error names all variables that are wrong or missing."""
    with pytest.raises(BadConfig) as caught:
        load(Config, {"FRONTDESK_PORT": "many", "FRONTDESK_LOG": "xml"})
    assert all(name in str(caught.value) for name in ("FRONTDESK_SECRET", "FRONTDESK_PORT", "FRONTDESK_LOG"))


def test_secrets_are_not_shown() -> None:
    """Neither a secret nor the password of an address is in what a configuration prints as."""
    environ = {"FRONTDESK_SECRET": SECRET, "FRONTDESK_NATS_URL": "nats://ann:passw0rd@h:1"}
    config = load(Config, environ)
    shown = f"{config} {config!r} {config.secret}"
    assert SECRET not in shown
    assert "passw0rd" not in shown
    assert "nats://ann:***@h:1" in shown


@pytest.mark.parametrize(
    ("service", "name", "value"),
    [
        ("console", "CONSOLE_PORT", "99999"),
        ("widget-gateway", "GATEWAY_PORT", "-1"),
        ("widget-gateway", "SECRET", "short"),
        ("console", "SECRET", "x" * 31),
        ("flow-executor", "EXECUTOR_BATCH", "0"),
        *((service, "STOP_S", "-1") for service in SERVICES),
        *((service, "TEAM", "a b") for service in SERVICES),
        *((service, "NATS_URL", "http://x") for service in SERVICES),
        ("presence", "NATS_URL", "zzz"),
        ("presence", "NATS_URL", "nats://a b:1"),
        ("presence", "STOP_S", "nan"),
        ("presence", "LOG", "xx"),
    ],
)
def test_values_out_of_bounds_are_refused(service: Service, name: str, value: str) -> None:
    """A value that no service can work with is refused at the start, with its variable's name and the way out."""
    environ = {"FRONTDESK_POSTGRES_DSN": "postgresql://h/d", "FRONTDESK_SECRET": SECRET}
    load(config_of(service), environ)
    with pytest.raises(BadConfig, match=f"^FRONTDESK_{name} ") as caught:
        load(config_of(service), {**environ, f"FRONTDESK_{name}": value})
    assert "regex" not in str(caught.value)
    assert name != "SECRET" or value not in str(caught.value)


def test_what_several_services_read_is_refused_once() -> None:
    """Whoever starts them all is told each wrong variable once."""

    class Other(msgspec.Struct, frozen=True, kw_only=True):
        port: int = 1

    with pytest.raises(BadConfig) as caught:
        check([Config, Other], {"FRONTDESK_PORT": "many", "FRONTDESK_SECRET": SECRET})
    assert str(caught.value).count("FRONTDESK_PORT") == 1


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("nats://h", ("h", 4222)),
        ("nats://ann:p@ss@h:1/", ("h", 1)),
        ("tls://[::1]:4223", ("::1", 4223)),
        ("nats://h:99999", None),
        ("nats://ann:passw0rd@", None),
        ("h:4222", None),
    ],
)
def test_addresses_of_the_bus(url: str, address: tuple[str, int] | None) -> None:
    """One form is taken; everything else is refused, and no password is repeated."""
    if address is not None:
        assert nats_address(url) == address
        return
    with pytest.raises(BadConfig, match="FRONTDESK_NATS_URL") as caught:
        nats_address(url)
    assert "passw0rd" not in str(caught.value)
