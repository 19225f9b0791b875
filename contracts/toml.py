"""Writing TOML for people: a pair on each line, long texts line by line, long lists item by item."""

import re
from collections.abc import Iterable, Iterator
from typing import cast

import msgspec

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
_INLINE_CHARACTERS = 100


class NoWord(ValueError):  # noqa: N818 (said of a value)
    """TOML has no word for a null; `place` is where it stands."""

    def __init__(self, place: tuple[str, ...]) -> None:
        super().__init__(f"{'.'.join(place)} is null, which TOML cannot say; take JSON instead")
        self.place = place


Key = str | tuple[str, ...]
"""The key of a pair; several: the dotted key of a pair in a table within."""


def pairs(items: Iterable[tuple[Key, object]], place: tuple[str, ...]) -> Iterator[str]:
    """The lines of a table; raises `NoWord`, naming the place, for a null."""
    for key, value in items:
        keys = (key,) if isinstance(key, str) else key
        yield f"{'.'.join(map(bare, keys))} = {_value(value, (*place, *keys), is_inline=False)}"


def bare(key: str) -> str:
    """The key as it stands in a line or in brackets, quoted where it must be."""
    return key if _BARE_KEY.match(key) else _text(key)


def _value(value: object, place: tuple[str, ...], *, is_inline: bool = True) -> str:
    match value:
        case None:
            raise NoWord(place)
        case str():
            return _text(value) if is_inline or "\n" not in value else _lines_of_text(value)
        case dict():
            entries = (
                f"{bare(key)} = {_value(item, (*place, key))}"
                for key, item in cast("dict[str, object]", value).items()
            )
            return f"{{ {', '.join(entries)} }}" if value else "{}"
        case list() | tuple():
            items = [_value(item, (*place, str(n))) for n, item in enumerate(cast("list[object]", value))]
            inline = f"[{', '.join(items)}]"
            if is_inline or len(inline) <= _INLINE_CHARACTERS:
                return inline
            return "".join(("[\n", *(f"    {item},\n" for item in items), "]"))
        case _:
            # Booleans, integers and floats look in TOML as they do in JSON, but for a float without a fraction.
            text = msgspec.json.encode(value).decode()
            return _float(text) if isinstance(value, float) else text


def _float(text: str) -> str:
    return text if "." in text or "e" in text else f"{text}.0"


def _text(text: str) -> str:
    """A basic string. Its escapes are JSON's, and it must escape one character more."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def _lines_of_text(text: str) -> str:
    """A text of several lines; TOML drops the newline after the opening quotes."""
    return '"""\n' + "\n".join(_text(line)[1:-1] for line in text.split("\n")) + '"""'
