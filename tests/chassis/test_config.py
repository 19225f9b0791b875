"""Configuration from the environment."""

import pytest

from services.chassis.config import Secret, ServiceConfig, load
from services.chassis.errors import BadConfig


class Config(ServiceConfig, frozen=True, kw_only=True):
    """A service that needs a little of everything."""

    secret: Secret
    port: int = 8080
    origins: tuple[str, ...] = ()


def test_values_are_converted() -> None:
    """Numbers, lists and secrets come out as what the Struct says; empty variables count as unset."""
    environ = {
        "FRONTDESK_SECRET": "s3cret",
        "FRONTDESK_PORT": "81",
        "FRONTDESK_ORIGINS": "a, b",
        "FRONTDESK_LOG": "",
    }
    config = load(Config, environ)
    assert (config.port, config.origins, config.secret == "s3cret", config.log) == (
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
    environ = {"FRONTDESK_SECRET": "s3cret", "FRONTDESK_NATS_URL": "nats://ann:passw0rd@h:1"}
    config = load(Config, environ)
    shown = f"{config} {config!r} {config.secret}"
    assert "s3cret" not in shown
    assert "passw0rd" not in shown
    assert "nats://ann:***@h:1" in shown
