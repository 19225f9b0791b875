"""Configuration: one frozen Struct per service, filled once from the environment variables `FRONTDESK_*`.

    class Config(ServiceConfig, frozen=True, kw_only=True):
        postgres_dsn: str

    config = load(Config, os.environ)

The field `postgres_dsn` is the variable `FRONTDESK_POSTGRES_DSN`. A field without a default is required, an empty
variable counts as unset, `strict=False` turns "5", "2.5" and "true" into numbers and booleans, and a field that is a
tuple takes words with commas between them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo, fields

from contracts.ids import DEFAULT_TEAM, TOKEN_PATTERN, TeamId
from services.chassis.errors import BadConfig

PREFIX = "FRONTDESK_"

SHORTEST_SECRET = 32
"""Characters; what is shorter can be guessed."""

_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]*@")

_NATS_URL = r"^(nats|tls)://([^\s/]*@)?(\[[0-9A-Fa-f:.]+\]|[^\s/@:\[\]]+)(:[0-9]{1,5})?/?$(?!\n)"

NatsUrl = Annotated[str, Meta(pattern=_NATS_URL, description="nats://user:password@host:port")]
"""The address of one NATS server."""
Port = Annotated[int, Meta(ge=0, le=65535, description="a port from 1 to 65535, or 0 for any free one")]
"""A TCP port to listen on."""
TeamName = Annotated[TeamId, Meta(pattern=TOKEN_PATTERN, description="1 to 64 of A-Z a-z 0-9 _ -")]
"""A team's id as people write it."""
Seconds = Annotated[float, Meta(ge=0, le=3600, description="seconds from 0 to 3600")]
"""A length of time that somebody waits for."""


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

    nats_url: NatsUrl = "nats://127.0.0.1:4222"
    """The bus, with user and password: nats://user:password@host:port."""
    log: Literal["auto", "console", "json"] = "auto"
    """How logs are written: for people (console), as JSON lines (json), or by whether stderr is a terminal (auto)."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important level that is logged."""
    team: TeamName = DEFAULT_TEAM
    """The team that is meant when nothing else says so."""
    stop_s: Seconds = 10.0
    """Seconds that a service may take to stop in order, before it is cut off."""

    def __repr__(self) -> str:
        shown = (f"{name}={_shown(getattr(self, name))}" for name in self.__struct_fields__)
        return f"{type(self).__name__}({', '.join(shown)})"


C = TypeVar("C", bound=msgspec.Struct)


def load(config_type: type[C], environ: Mapping[str, str]) -> C:
    """The configuration that the environment describes; raises `BadConfig` naming every variable that is wrong."""
    values, problems = _read(config_type, environ)
    _refuse(problems)
    return config_type(**values)


def check(config_types: Iterable[type[msgspec.Struct]], environ: Mapping[str, str]) -> None:
    """As `load` of each, for whoever hands the environment on: every wrong variable once."""
    _refuse([problem for config_type in config_types for problem in _read(config_type, environ)[1]])


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def nats_address(url: str) -> tuple[str, int]:
    """Host and port of the bus; raises `BadConfig` when `url` is no address."""
    try:
        msgspec.convert(url, NatsUrl)
        parts = urlsplit(url)
        port = parts.port or 4222
    except ValueError as exc:
        raise BadConfig(
            f"{without_passwords(url)!r} is no address of NATS; write nats://user:password@host:port"
            " as FRONTDESK_NATS_URL or --nats"
        ) from exc
    return parts.hostname or "127.0.0.1", port


def without_passwords(text: str) -> str:
    """The text with the password of each address in it replaced by `***`."""
    return _PASSWORD.sub(r"\1:***@", text)


def _read(
    config_type: type[msgspec.Struct], environ: Mapping[str, str]
) -> tuple[dict[str, object], list[str]]:
    """The values that the environment sets, and what is wrong with it."""
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
            value = "" if field.type is Secret else f" {_shown(text)}"
            problems.append(f"{name}{value} is wrong: {_way_out(field.type) or exc}")
    return values, problems


def _refuse(problems: Iterable[str]) -> None:
    if found := list(dict.fromkeys(problems)):
        raise BadConfig("; ".join(found) + ". deploy/env.example describes every variable")


def _way_out(kind: object) -> str:
    """What a field of this type takes, as the end of a sentence; empty when the type does not say."""
    notes = [note.description for note in get_args(kind)[1:] if isinstance(note, Meta) and note.description]
    return f"write {notes[0]}" if notes else ""


def _converted(text: str, field: FieldInfo) -> object:
    is_list = get_origin(field.type) is tuple
    value = [word.strip() for word in text.split(",") if word.strip()] if is_list else text
    return msgspec.convert(value, field.type, strict=False, dec_hook=_secret)


def _secret(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        if len(value) < SHORTEST_SECRET:
            raise ValueError(f"it has {len(value)} characters; give at least {SHORTEST_SECRET}")
        return Secret(value)
    raise NotImplementedError(f"no configuration field can be a {kind}")


def _shown(value: object) -> str:
    return without_passwords(repr(value))
