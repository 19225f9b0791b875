"""What is wrong with a frame, in sentences for people who write pages and servers, not for readers of our types."""

import re
from collections.abc import Callable

import msgspec

TOKEN_RULE = "1 to 64 of A-Z a-z 0-9 _ -"

_FRAME = "the frame"

_PAIR = re.compile(rb"(?<!\\)((?:\\\\)*)\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_HALF = re.compile(rb"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""The escape of half a character, once whole pairs are taken out."""
_AT = re.compile(r" - at `(?P<path>[^`]*)`(?: in `(?P<inside>[^`]*)`)?$")
_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "object": "an object",
    "array": "a list",
}
_SENTENCES: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], str]], ...] = (
    (
        re.compile("Object missing required field `(.+)`"),
        lambda at, found: f"`{found[1]}` is missing" + ("" if at == _FRAME else f" in {at}"),
    ),
    (re.compile("Expected `str` matching regex"), lambda at, _: f"{at} must be {TOKEN_RULE}"),
    (re.compile("Expected `str` of length >= 1$"), lambda at, _: f"{at} must not be empty"),
    (
        re.compile("Expected `str` of length <= ([0-9]+)"),
        lambda at, found: f"{at} must have at most {found[1]} characters",
    ),
    (re.compile("Expected `int` >= ([0-9]+)"), lambda at, found: f"{at} must be {found[1]} or more"),
    (
        re.compile("Expected `([^`]+)`(?:, got `([^`]+)`)?$"),
        lambda at, found: (
            f"{at} must be {_types(found[1])}" + ("" if found[2] is None else f", not {_got(found[2])}")
        ),
    ),
    (re.compile("Number out of range"), lambda at, _: f"{at} holds a number too large"),
)


def what_is_wrong(data: bytes, exc: Exception, whole: str = _FRAME) -> str:
    """Why this JSON was not taken, with the field's name where it is one field's fault; `whole` is all of it."""
    if isinstance(exc, RecursionError):
        return f"{whole} is nested too deeply"
    if isinstance(exc, msgspec.ValidationError):
        return _of_field(str(exc), whole)
    if _HALF.search(_PAIR.sub(rb"\1", data)) is not None:
        return rf"{whole} holds half a character (\ud800 to \udfff without its other half); send whole characters"
    reason = str(exc)
    if "truncated" in reason:
        return f"{whole} is cut off: its JSON does not end"
    return f"{whole} is no JSON: {reason.removeprefix('JSON is malformed: ')}"


def _of_field(reason: str, whole: str) -> str:
    found = _AT.search(reason)
    at = whole if found is None else _place(found["path"], found["inside"])
    said = reason if found is None else reason[: found.start()]
    for pattern, sentence in _SENTENCES:
        match = pattern.match(said)
        if match is not None:
            return sentence(at, match)
    return f"{at}: {said}"


def _place(path: str, inside: str | None) -> str:
    if inside is not None:
        return f"each name in {_place(inside, None)}"
    if path.endswith("[...]"):
        return f"each value in {_place(path.removesuffix('[...]'), None)}"
    name = path.removeprefix("$").removeprefix(".")
    return f"`{name}`" if name else _FRAME


def _types(names: str) -> str:
    """In words, what may stand there: `str | int` is "text or a whole number"."""
    known = names.split(" | ")
    # Every whole number is a number.
    words = [_TYPES.get(name, name) for name in known if not (name == "int" and "float" in known)]
    return ", ".join(words[:-1]) + (" or " if words[1:] else "") + words[-1]


def _got(name: str) -> str:
    return "one with a fraction" if name == "float" else _types(name)
