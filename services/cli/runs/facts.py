"""`--set FACT=VALUE`: what a what-if changes."""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from contracts.run import Json
from services.chassis.errors import BadConfig

_LISTS = frozenset({"agents_online", "assigned", "team_agents", "groups", "holidays"})
"""What is a list: `agent-1`, `a,b`, or nothing for nobody. Of `groups.sales` what stands before the dot counts."""
_TEXTS = frozenset({"choice", "locale", "time_zone", "segments"})
"""What is a text, also when it looks like something else."""


_READABLE = 300
"""Characters of a value."""


def changed_facts(settings: Sequence[str]) -> dict[str, Json]:
    """The facts by name; raises `BadConfig` when one is not FACT=VALUE."""
    return dict(_fact(setting) for setting in settings)


def described(facts: Mapping[str, Json]) -> str:
    """The facts as a sentence can name them."""
    return ", ".join(f"{name} = {shown(value)}" for name, value in facts.items())


def cut(text: str) -> str:
    """As much of a text as people read at a glance; `--json` has all of it."""
    if len(text) <= _READABLE:
        return text
    return f"{text[:_READABLE]}… ({len(text)} characters; --json has them all)"


def shown(value: Json) -> str:
    """A fact's value for people: a list of ids without brackets, nobody for an empty one, text as it is."""
    match value:
        case []:
            return "nobody"
        case list():
            items = cast("list[Json]", value)
            texts = [item for item in items if isinstance(item, str)]
            return ", ".join(texts) if len(texts) == len(items) else encoded(items)
        case str():
            return value
        case _:
            return encoded(value)


def encoded(value: Json) -> str:
    """The value as JSON."""
    return msgspec.json.encode(value).decode()


def _fact(setting: str) -> tuple[str, Json]:
    name, equals, text = setting.partition("=")
    if not (name and equals):
        raise BadConfig(
            f"--set {setting!r} sets nothing; write FACT=VALUE, for example agents_online=agent-1"
        )
    kind = name.partition(".")[0]
    if kind in _LISTS and text != "null" and not text.lstrip().startswith("["):
        return name, [word.strip() for word in text.split(",") if word.strip()]
    if kind in _TEXTS and text != "null":
        return name, text
    try:
        return name, msgspec.json.decode(text, type=Json)
    except (ValueError, RecursionError):
        return name, text
