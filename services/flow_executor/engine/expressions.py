"""Expressions: Python-like, by minijinja, kept small on purpose; `templates` has the `{{variables}}` of texts.

What an author writes is checked once and evaluated with the values of the variables that it names, nothing else;
a visitor's value is never evaluated. There are no functions or statements, few filters and methods. Fuel bounds the
steps, `growth` the sizes, and what multiplies may hold numbers only: nothing grows without end. TRUE, True and true
are the same. A variable without a value is None: `{{user_fullname or "there"}}` and `|default("there")` both give
`there`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NoReturn

from minijinja import Environment, TemplateError

from contracts.forms import Unfit, nearest
from contracts.run import Json
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.growth import MAX_LISTS, Growth
from services.flow_executor.engine.vocabulary import FILTERS, KEYWORDS, METHODS, TESTS, ends_value

MAX_EXPRESSION = 1_000
"""Characters; parsing takes quadratic time, 1 ms at this length."""
FUEL = 10_000
"""Instructions of minijinja's machine; an ordinary expression takes about ten."""


_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', re.DOTALL)
_TOKEN = re.compile(r"[^\W\d]\w*|\S")
_QUOTED = re.compile("`([^`]+)`")
_SLIP = re.compile(r"&&|\{\{|!(?!=)|(?<![=!<>])=(?!=)")
_CAPITALS = re.compile(r"(?<![\w.])(?:AND|OR|NOT)(?!\w)")
_MEANT = {
    "AND": "write and",
    "OR": "write or",
    "NOT": "write not",
    "&&": "write and",
    "||": "write or",
    "!": "write not",
    "=": "write == to compare",
    "{{": "variables stand bare in expressions: write user_country, not {{user_country}}",
}
"""What other languages write, and what it is here."""
_IN_ITS_STEAD = "write a value or a variable there; a text stands in quotes"


class EvaluationError(ValueError):
    """An expression could not be evaluated: a stable code and a sentence, which quotes no values."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def _default(value: Json = None, fallback: Json = "", *_: Json) -> Json:
    return fallback if value is None else value


def _is_defined(value: Json = None) -> bool:
    return value is not None


def _is_undefined(value: Json = None) -> bool:
    return value is None


_NO_BLOCK, _NO_COMMENT = "\x02%", "\x02#"  # `{%` and `{#` in a text are just that


def environment(written: Callable[[Json], Json] = _default) -> Environment:
    """Our dialect; `written` gives what stands in a text for a value."""
    return Environment(
        undefined_behavior="strict",
        fuel=FUEL,
        pycompat=True,
        globals={"TRUE": True, "FALSE": False},
        filters={"default": _default, "d": _default},
        tests={"defined": _is_defined, "undefined": _is_undefined},
        finalizer=written,
        keep_trailing_newline=True,
        auto_escape_callback=lambda _: False,
        block_start_string=_NO_BLOCK,
        block_end_string=_NO_BLOCK,
        comment_start_string=_NO_COMMENT,
        comment_end_string=_NO_COMMENT,
    )


PLAIN = environment()


class Source:
    """What an author wrote, checked, with the variables that it names. Raises `Unfit` with the column."""

    __slots__ = ("_growth", "_multiplies", "guarded", "names", "source")

    code = ""

    def __init__(self, source: str, holes: Iterable[tuple[int, str]]) -> None:
        """`holes` are the expressions in `source`, each with its place."""
        self.source = source
        self._multiplies = False
        self._growth = Growth()
        plain: set[str] = set()
        blanked = [(start, _LITERAL.sub(_blank, hole)) for start, hole in holes]
        for start, hole in blanked:
            plain.update(self._scan(start, hole))
        try:
            found = self._parse()
        except TemplateError as exc:
            self._refuse_syntax(exc, blanked)
        if found & KEYWORDS:
            self._refuse_keyword(sorted(found & KEYWORDS), blanked)
        self.names = tuple(sorted(found - {"TRUE", "FALSE"}))
        self.guarded = frozenset(self.names) - plain
        """Those that stand with a default only, and need not exist."""

    def _parse(self) -> set[str]:
        """The names that minijinja finds. Raises `TemplateError` with a range in `source`."""
        raise NotImplementedError

    def values(self, look: Look) -> dict[str, Json]:
        """The values of the variables that it names. Raises `UnknownVariable`, `MissingFact`, `EvaluationError`."""
        guarded = self.guarded
        values = {name: look.variable(name, guarded=name in guarded) for name in self.names}
        if self._growth.is_too_much(self.source, values):
            raise EvaluationError("out_of_fuel", "the values at hand are too long for that; make it simpler")
        if self._multiplies:
            for name, value in values.items():
                if not isinstance(value, (int, float)):
                    detail = f"{name} is not a number, and what multiplies may hold numbers only"
                    raise EvaluationError("bad_operation", detail)
        return values

    def _scan(self, start: int, hole: str) -> Iterator[str]:
        """The names that stand without a default. Refuses what minijinja knows and we do not allow."""
        tokens = list(_TOKEN.finditer(hole))
        words = ["", "", *(token[0] for token in tokens), "", ""]
        if too_much := self._growth.add(words[2:-2]):
            self._refuse(start, too_much, f"keep to {MAX_LISTS} in one expression")
        if "*" in words:
            self._multiplies = True
            if barred := [token for token in tokens if token[0] in "\"'[{~|"]:
                detail = "what multiplies may hold numbers only"
                self._refuse(start + barred[0].start(), detail, "do one or the other here")
        for i, token in enumerate(tokens):
            before, last, word, after, second = words[i : i + 5]
            if not (word[0].isalpha() or word[0] == "_") or (word in KEYWORDS and last not in {"|", "."}):
                continue
            self._admit(start + token.start(), before, last, word, after)
            if last not in {".", "|", "is"} and not (
                after in {"or", "is"} or (after == "|" and second in {"default", "d"})
            ):
                yield word

    def _admit(self, place: int, before: str, last: str, word: str, after: str) -> None:
        kind, known = "function", ()
        if last == "|":
            kind, known = "filter", FILTERS
        elif last == "is" or (last, before) == ("not", "is"):
            kind, known = "test", TESTS
        elif after != "(":
            return
        elif last == ".":
            kind, known = "method", METHODS
        if word not in known:
            near = nearest(word, known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known) or 'no functions'}"
            hint = _MEANT.get(word, hint) if kind == "function" else hint
            self._refuse(place, f"there is no {kind} {word}", hint)

    def _refuse(self, place: int, detail: str, hint: str) -> NoReturn:
        line = self.source.count("\n", 0, place) + 1
        column = place - self.source.rfind("\n", 0, place)
        where = f"column {column}" if line == 1 else f"line {line}, column {column}"
        raise Unfit(self.code, f"{where}: {detail}", hint)

    def _refuse_syntax(self, exc: TemplateError, holes: Sequence[tuple[int, str]]) -> NoReturn:
        first = exc.range[0] if exc.range else 0
        place = len(self.source.encode()[:first].decode(errors="ignore"))
        slips = (_CAPITALS, _SLIP) if self.code == "bad_expression" else (_CAPITALS,)
        found = [(start + slip.start(), slip[0]) for start, hole in holes for slip in _slips(slips, hole)]
        for at, slip in sorted(found)[:1]:
            if at <= place:
                self._refuse(at, f"unexpected `{slip}`", _MEANT[slip])
        self._refuse(place, exc.detail or exc.kind, "mend it at that place")

    def _refuse_keyword(self, stray: Iterable[str], holes: Sequence[tuple[int, str]]) -> NoReturn:
        """Refuse such a name: minijinja takes `and` for a variable where a value should stand."""
        for start, hole in holes:
            before = ""
            for token in _TOKEN.finditer(hole):
                if token[0] in stray and not ends_value(before):
                    detail = f"{token[0]} is a word of the language, and no variable"
                    self._refuse(start + token.start(), detail, _IN_ITS_STEAD)
                before = token[0]
        self._refuse(0, f"{next(iter(stray))} is a word of the language, and no variable", _IN_ITS_STEAD)


class Expression(Source):
    """A condition such as `event_count_webclick > 8 and user_country == "DE"`."""

    __slots__ = ("_negated",)

    code = "bad_expression"

    def __init__(self, raw: object) -> None:
        """Check and keep. Raises `Unfit`."""
        if not isinstance(raw, str):
            raise TypeError
        if len(raw) > MAX_EXPRESSION:
            raise Unfit("bad_value", f"the expression has {len(raw)} characters", f"keep to {MAX_EXPRESSION}")
        self.source = raw
        place = _LITERAL.sub(_blank, raw).find("||")
        if place >= 0:  # else half of it would be taken for a filter
            self._refuse(place, "unexpected `||`", _MEANT["||"])
        super().__init__(raw, [(0, raw)])
        self._negated = f"not ({raw})"

    def holds(self, look: Look) -> bool:
        """Whether it is true of what is seen. Raises `UnknownVariable`, `MissingFact` and `EvaluationError`."""
        values = self.values(look)
        try:
            return PLAIN.eval_expr(self._negated, **values) is False
        except TemplateError as exc:
            raise evaluation_error(exc, self._negated) from None

    def _parse(self) -> set[str]:
        try:  # by itself: the braces below could complete what is broken
            PLAIN.eval_expr(self.source)
        except TemplateError as exc:
            if exc.kind == "SyntaxError":
                raise
        return PLAIN.undeclared_variables_in_str(f"{{{{ ({self.source}) }}}}")


@lru_cache(maxsize=1000)
def expression(source: str) -> Expression:
    """An expression that comes with the facts, a segment's for example. Raises `Unfit`."""
    return Expression(source)


def _slips(kinds: Iterable[re.Pattern[str]], hole: str) -> Iterator[re.Match[str]]:
    """The first of each kind."""
    return (slip for kind in kinds if (slip := kind.search(hole)))


def _blank(literal: re.Match[str]) -> str:
    """As many characters, so that places stay; the quotes stay to be seen."""
    return literal[0][0] + " " * (len(literal[0]) - 2) + literal[0][-1]


def evaluation_error(exc: TemplateError, source: str) -> EvaluationError:
    """The error in our words: minijinja's quote values, and a sentence outlives a person's data."""
    start, end = exc.range or (0, 0)
    place = source.encode()[start:end].decode(errors="ignore") or "the expression"
    match exc.kind:
        case "OutOfFuel":
            return EvaluationError("out_of_fuel", "the expression takes too many steps; make it simpler")
        case "UndefinedError":
            part = _QUOTED.search(exc.detail or "")
            return EvaluationError("unknown_variable", f"{part[1] if part else place} does not exist here")
        case _:
            return EvaluationError("bad_operation", f"{place} cannot be calculated with the values at hand")
