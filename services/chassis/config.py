"""Configuration: one frozen Struct per service, filled once from the environment variables `FRONTDESK_*`.

    class Config(ServiceConfig, frozen=True, kw_only=True):
        postgres_dsn: str

    config = load(Config, os.environ)

The field `postgres_dsn` is the variable `FRONTDESK_POSTGRES_DSN`. A field without a default is required, an empty
variable counts as unset, `strict=False` turns "5", "2.5" and "true" into numbers and booleans, and a field that is a
tuple takes words with commas between them.
"""

import re
from collections.abc import Mapping
from typing import Literal, TypeVar, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from contracts.ids import DEFAULT_TEAM, TeamId
from services.chassis.errors import BadConfig

PREFIX = "FRONTDESK_"

_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]*@")


class Secret(str):
    """A text to use and never to show: it prints as `***`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def reveal(self) -> str:
        """The text itself, as an ordinary one."""
        return str.__str__(self)


class ServiceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What every service is told. A service adds its own fields, `postgres_dsn` and `secret` if it needs them."""

    nats_url: str = "nats://127.0.0.1:4222"
    """The bus, with user and password: nats://user:password@host:port."""
    log: Literal["auto", "console", "json"] = "auto"
    """How logs are written: for people (console), as JSON lines (json), or by whether stderr is a terminal (auto)."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important level that is logged."""
    team: TeamId = DEFAULT_TEAM
    """The team that is meant when nothing else says so."""
    stop_s: float = 10.0
    """Seconds that a service may take to stop in order, before it is cut off."""

    def __repr__(self) -> str:
        shown = (f"{name}={_shown(getattr(self, name))}" for name in self.__struct_fields__)
        return f"{type(self).__name__}({', '.join(shown)})"


C = TypeVar("C", bound=msgspec.Struct)


def load(config_type: type[C], environ: Mapping[str, str]) -> C:
    """The configuration that the environment describes; raises `BadConfig` naming every variable that is wrong."""
    values: dict[str, object] = {}
    problems: list[str] = []
    for field in fields(config_type):
        name = variable(field.name)
        text = environ.get(name, "")
        if not text:
            if field.required:
                problems.append(f"{name} is not set")
            continue
        try:
            values[field.name] = _converted(text, field)
        except msgspec.ValidationError as exc:
            value = "" if field.type is Secret else f" {text!r}"
            problems.append(f"{name}{value} is wrong: {exc}")
    if problems:
        raise BadConfig("; ".join(problems) + ". deploy/env.example describes every variable")
    return config_type(**values)


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def without_passwords(text: str) -> str:
    """The text with the password of each address in it replaced by `***`."""
    return _PASSWORD.sub(r"\1:***@", text)


def _converted(text: str, field: FieldInfo) -> object:
    is_list = get_origin(field.type) is tuple
    value = [word.strip() for word in text.split(",") if word.strip()] if is_list else text
    return msgspec.convert(value, field.type, strict=False, dec_hook=_secret)


def _secret(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise NotImplementedError(f"no configuration field can be a {kind}")


def _shown(value: object) -> str:
    return without_passwords(repr(value))
