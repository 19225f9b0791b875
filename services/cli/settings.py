"""`deploy/env.example`, from the configuration Structs: every variable, its default, its sentence, who reads it."""

import ast
import inspect
import textwrap
from pathlib import Path
from typing import cast

import msgspec
from msgspec.structs import FieldInfo, fields

from services.chassis.config import variable
from services.cli.migrate import Config as MigrateConfig
from services.cli.serve import SERVICES, config_of

FILE = Path(__file__).parents[2] / "deploy" / "env.example"

_HEAD = """\
# Every setting of Frontdesk: environment variables, the same for `frontdesk serve` everywhere.
# Written by `make format` from the services' configuration; `frontdesk up` needs none of them.
"""

_TAIL = """
# For deploy/compose.yaml only: the passwords of its servers. Letters and digits, for they become part of addresses.
NATS_PASSWORD=
POSTGRES_PASSWORD=
"""


def example() -> str:
    """The text of the file."""
    readers: dict[str, list[str]] = {}
    described: dict[str, tuple[FieldInfo, str]] = {}
    for name, config in _configs().items():
        sentences = docstrings(config)
        for field in fields(config):
            readers.setdefault(field.name, []).append(name)
            described.setdefault(field.name, (field, sentences.get(field.name, "")))
    ordered = sorted(described, key=lambda name: (-len(readers[name]), list(described).index(name)))
    return _HEAD + "".join(_entry(*described[name], readers[name]) for name in ordered) + _TAIL


def _configs() -> dict[str, type[msgspec.Struct]]:
    return {**{service: config_of(service) for service in SERVICES}, "migrate": MigrateConfig}


def _entry(field: FieldInfo, sentence: str, readers: list[str]) -> str:
    who = "every service" if set(SERVICES) <= set(readers) else ", ".join(readers)
    comment = textwrap.fill(
        f"{sentence} ({who})", 110, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
    name = variable(field.name)
    assignment = f"{name}=" if field.required else f"# {name}={_text(field.default)}"
    return f"\n{comment}\n{assignment}\n"


def _text(default: object) -> str:
    match default:
        case bool():
            return str(default).lower()
        case tuple():
            return ",".join(map(str, cast("tuple[object, ...]", default)))
        case float():
            return f"{default:g}"
        case _:
            return str(default)


def docstrings(config: type) -> dict[str, str]:
    """The sentence under each field, of the Struct and what it inherits from."""
    found: dict[str, str] = {}
    for kind in reversed(config.__mro__):
        if kind in (object, msgspec.Struct) or not issubclass(kind, msgspec.Struct):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
        assert isinstance(body, ast.ClassDef)
        for line, after in zip(body.body, body.body[1:], strict=False):
            match line, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                    value=ast.Constant(value=str(sentence))
                ):
                    found[name] = " ".join(sentence.split())
                case _:
                    pass
    return found
