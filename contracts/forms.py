"""What people write by hand, taken as Structs: every problem at once, each with its place and a way out.

msgspec stops at the first error and does not name the keys of tables; here each field is converted by itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Literal, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Meta, Struct, UnsetType, ValidationError, structs

Json = Annotated[object, Meta(extra_json_schema={"description": "Any JSON value."})]
"""Any JSON value."""


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a flow: a code, the place, a sentence and a way out."""

    code: str
    at: str
    """`nodes.check.next.TRUE`; empty: the whole of it."""
    detail: str
    hint: str = ""
    level: Literal["error", "warning"] = "error"


T = TypeVar("T", bound=Struct)
Hook = Callable[[type, object], object]


class _Taking(Struct, frozen=True):
    """What goes along while a value is taken."""

    problems: list[Problem]
    hook: Hook | None
    reading: int = 0
    """Which values stand in for those that are wrong."""


STAND_IN = "\0"
"""Where `beyond` of `examined` meets it, there was a text that is wrong, and it could be any."""
_WRONG = object()
"""What became of a value that is wrong."""
_READINGS = 8
"""How often wrong values are read otherwise: no `Literal` in a document written by hand has more choices."""


class Unfit(ValueError):  # noqa: N818 (said of a value)
    """Raised by a field's own type when it refuses a value: says more than `bad_value` can."""

    def __init__(self, code: str, detail: str, hint: str) -> None:
        super().__init__(detail)
        self.code, self.detail, self.hint = code, detail, hint


class UnfitParts(ValueError):  # noqa: N818 (said of a value)
    """Raised by a field's own type when it refuses parts of a table, by their keys."""

    def __init__(self, parts: Mapping[str, Unfit]) -> None:
        super().__init__("; ".join(f"{key}: {unfit}" for key, unfit in parts.items()))
        self.parts = parts


def typed(
    struct: type[T], raw: Mapping[str, object], at: str = "", hook: Hook | None = None
) -> tuple[T | None, tuple[Problem, ...]]:
    """`raw` as that Struct, or None and a problem for each field that is unknown, missing or out of bounds.

    `hook` decodes types that msgspec does not know, as its `dec_hook`; it may raise `Unfit`.
    """
    return examined(struct, raw, lambda _: (), at, hook)


def examined(
    struct: type[T],
    raw: Mapping[str, object],
    beyond: Callable[[T], Iterable[Problem]],
    at: str = "",
    hook: Hook | None = None,
) -> tuple[T | None, tuple[Problem, ...]]:
    """As `typed`, with what `beyond` says of the whole, also of one with wrong fields.

    Where fields are wrong others stand in for them, in several ways; what `beyond` says of each is a problem.
    """
    taking = _Taking([], hook)
    value = _struct(struct, raw, at, taking)
    found = tuple(beyond(value))
    problems = tuple(taking.problems)
    if not problems:
        return value, found
    for reading in range(1, _READINGS):
        if not found:
            break
        said = set(beyond(_struct(struct, raw, at, _Taking([], hook, reading))))
        found = tuple(problem for problem in found if problem in said)
    told = {problem.at for problem in problems}
    return None, (*problems, *(problem for problem in found if told.isdisjoint(_above(problem.at))))


def _above(at: str) -> Iterator[str]:
    """The place and all those that hold it."""
    while at:
        yield at
        at = at.rpartition(".")[0]


def _value(kind: object, raw: object, at: str, taking: _Taking) -> object:
    """`raw` converted; descends by itself because msgspec reports the first error only, and no keys of tables."""
    noted = _present(kind)
    kind = get_args(noted)[0] if _is_noted_table(noted) else noted
    arguments = get_args(kind)
    if isinstance(raw, (dict, list)) and not _is_fit(noted, len(cast("list[object]", raw)), at, taking):
        return _WRONG
    if isinstance(raw, dict):
        table = cast("dict[str, object]", raw)
        inner = _inner(kind)
        if inner is not None:
            return _struct(inner, table, at, taking)
        named = next((k for k in (kind, *arguments) if get_origin(k) is dict), None)
        if named is not None:
            key_kind, item_kind = get_args(named)
            return {
                _key(key_kind, key, join(at, key), taking): _entry(item_kind, item, join(at, key), taking)
                for key, item in table.items()
            }
    if isinstance(raw, list) and arguments[1:] == (...,):
        items = enumerate(cast("list[object]", raw))
        return tuple(_entry(arguments[0], item, join(at, str(i)), taking) for i, item in items)
    return _leaf(noted, cast("object", raw), at, taking)


def _entry(kind: object, raw: object, at: str, taking: _Taking) -> object:
    value = _value(kind, raw, at, taking)
    return _stand_in(kind, taking) if value is _WRONG else value


def _stand_in(kind: object, taking: _Taking) -> object:
    """A value of that type for one that is wrong."""
    kind = _present(kind)
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    choices, origin, inner = get_args(kind), get_origin(kind), _inner(kind)
    if origin is Literal:
        return choices[taking.reading % len(choices)]
    if kind is bool:
        return taking.reading % 2 == 1
    if inner is not None:
        return _struct(inner, {}, "", _Taking([], taking.hook, taking.reading))
    if origin is tuple and choices[1:] == (...,):
        return (_stand_in(choices[0], taking),)
    if kind is int or kind is float:
        return taking.reading
    if taking.hook is None or not isinstance(kind, type) or kind is str:
        return STAND_IN
    try:
        return taking.hook(kind, "x")
    except TypeError:
        return STAND_IN


def _inner(kind: object) -> type[Struct] | None:
    """The Struct that a table can be."""
    choices = (kind,) if get_origin(kind) is dict else (kind, *get_args(kind))
    return next((k for k in choices if isinstance(k, type) and issubclass(k, Struct)), None)


def _present(kind: object) -> object:
    """The type without its "or nothing"."""
    if get_origin(kind) not in {Union, UnionType}:
        return kind
    choices = [choice for choice in get_args(kind) if choice not in {NoneType, UnsetType}]
    return choices[0] if len(choices) == 1 else kind


def _is_noted_table(kind: object) -> bool:
    """Whether it is a list or table with a note of how long it may be."""
    return get_origin(kind) is Annotated and get_origin(get_args(kind)[0]) in {tuple, dict}


def _is_fit(kind: object, length: int, at: str, taking: _Taking) -> bool:
    """Whether a list or table may be that long; its entries are looked at one by one."""
    if not _is_noted_table(kind):
        return True
    for note in get_args(kind)[1:]:
        least, most = (note.min_length, note.max_length) if isinstance(note, Meta) else (None, None)
        if length < (least or 0) or (most is not None and length > most):
            detail = f"{at.rpartition('.')[2]} has {length} entries"
            taking.problems.append(
                Problem(code="bad_value", at=at, detail=detail, hint=f"write {described(kind)}")
            )
            return False
    return True


def _key(kind: object, key: str, at: str, taking: _Taking) -> object:
    try:
        return msgspec.convert(key, kind)
    except ValidationError:
        detail = f"{shown(key)} cannot be a name here"
        hint = f"write {described(kind)}"
        taking.problems.append(Problem(code="bad_value", at=at, detail=detail, hint=hint))
        return key


def _leaf(kind: object, raw: object, at: str, taking: _Taking) -> object:
    problems = taking.problems
    try:
        return msgspec.convert(raw, kind, dec_hook=taking.hook)
    except (ValidationError, RecursionError) as exc:
        cause = exc.__cause__
        if isinstance(cause, UnfitParts):
            problems.extend(_refusal(unfit, raw, kind, join(at, key)) for key, unfit in cause.parts.items())
        else:
            problems.append(_refusal(cause, raw, kind, at))
        return _WRONG


def _struct(struct: type[T], raw: Mapping[str, object], at: str, taking: _Taking) -> T:
    """The table as a Struct, with stand-ins for what is wrong or missing."""
    fields = {field.encode_name: field for field in structs.fields(struct)}
    taking.problems.extend(_unknown_field(key, at, tuple(fields)) for key in raw if key not in fields)
    values: dict[str, object] = {}
    for key, field in fields.items():
        is_needed = field.default is NODEFAULT and field.default_factory is NODEFAULT
        value = _WRONG
        if key in raw:
            value = _value(field.type, raw[key], join(at, key), taking)
        elif is_needed:
            detail, hint = f"{key} is missing", f"write {described(field.type)}"
            taking.problems.append(Problem(code="bad_value", at=join(at, key), detail=detail, hint=hint))
        if value is not _WRONG:
            values[field.name] = value
        elif is_needed or (key in raw and taking.reading):
            values[field.name] = _stand_in(field.type, taking)
    return struct(**values)


def described(kind: object) -> str:
    """What a field of this type takes, as the end of a sentence."""
    for note in get_args(kind)[1:]:
        if isinstance(note, Meta) and note.description:
            return note.description
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(shown(choice) for choice in arguments)
    if origin in {Union, UnionType}:
        choices = [k for k in arguments if k not in {NoneType, UnsetType}]
        return " or ".join(dict.fromkeys(described(choice) for choice in choices))
    if origin is tuple:
        return f"a list of {described(arguments[0])}" if arguments[1:] == (...,) else "a list of two numbers"
    return _PLAIN.get(cast("type", kind), "a table")


_PLAIN: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    datetime: "a time such as 2024-01-01T09:00:00Z",
}


def _unknown_field(key: str, at: str, known: tuple[str, ...]) -> Problem:
    near = nearest(key, known)
    return Problem(
        code="unknown_field",
        at=join(at, key),
        detail=f"there is no field {key} here",
        hint=f"did you mean {near}?" if near else f"remove it; the fields are {', '.join(known)}",
    )


def _refusal(cause: BaseException | None, raw: object, kind: object, at: str) -> Problem:
    if isinstance(cause, Unfit):
        return Problem(code=cause.code, at=at, detail=cause.detail, hint=cause.hint)
    choices = [choice for choice in get_args(kind) if isinstance(choice, str)]
    near = nearest(raw, tuple(choices)) if isinstance(raw, str) else None
    return Problem(
        code="bad_value",
        at=at,
        detail=f"{_cannot(at)} {shown(raw)}",
        hint=f"did you mean {shown(near)}?" if near else f"write {described(kind)}",
    )


def _cannot(at: str) -> str:
    """How a sentence begins that refuses what stands at that place; nobody knows an entry by its number."""
    above, _, key = at.rpartition(".")
    return f"{above.rpartition('.')[2]} cannot hold" if key.isdecimal() and above else f"{key} cannot be"


def join(at: str, key: str) -> str:
    """The place of `key` within the place `at`."""
    return f"{at}.{key}" if at else key


_TELLING = 4
"""Characters of a part that may stand for the whole."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if one is near."""
    candidates = sorted(known)
    by_folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    folded = word.casefold()
    found = get_close_matches(folded, list(by_folded), n=1)
    if not found and len(folded) >= _TELLING:
        within = [candidate for candidate in by_folded if folded in candidate]
        found = within if len(within) == 1 else []
    return by_folded[found[0]] if found else None


def shown(value: object) -> str:
    """A value as a sentence can quote it."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else f"{text[:57]}…"
