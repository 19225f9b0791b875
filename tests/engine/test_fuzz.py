"""Whatever an author writes and a visitor's values are: an answer or a refusal, in bounded time and memory."""

import resource
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contracts.forms import Unfit
from contracts.run import Json
from services.flow_executor.engine.expressions import EvaluationError, Expression
from services.flow_executor.engine.facts import Look, MissingFact, UnknownVariable
from services.flow_executor.engine.growth import MAX_SIZE
from services.flow_executor.engine.patterns import Pattern
from services.flow_executor.engine.templates import Body, JsonTemplate, Template, UrlTemplate
from services.flow_executor.engine.vocabulary import FILTERS, METHODS, TESTS
from tests.engine.worlds import facts

QUICK = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
LONG_S = 0.5
"""Of the processor, not by the clock: ten times what the heaviest takes that we know."""
MEMORY_MB = 64

LONG = 'ab名"\\ ' * 10_000
VALUES: dict[str, Json] = {"x": LONG, "n": 7, "t": {"a": LONG, "b": [1, "2", None]}, "e": "", "q": '"' * 4000}
WORDS = [
    *FILTERS, *TESTS, *METHODS, *VALUES, "and", "or", "not", "in", "is", "if", "else", "for", "range", "self", "loop",
    "(", ")", "[", "]", "{", "}", "|", ".", ",", ":", "~", "+", "-", "*", "**", "/", "//", "%", "==", "<", ">=", "!",
    "=", "{{", "}}", "{%", "%}", "{#", "#}", "'", '"', "\\", "'a'", '"\\u0000"', "0", "1", "99999999999", "1e308",
    "0.1", "名", "\n", "\u2028", "__class__", "true", "None", "x|list", "|string", "x ~ x", "[x]", "|list|trim",
]  # fmt: skip
SOURCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join) | st.text(max_size=60)


@contextmanager
def bounded() -> Generator[None]:
    """Fail when the block takes more of the processor or of memory than it should."""
    began, held = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - began < LONG_S
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024 < MEMORY_MB


def attempt(call: Callable[[], object]) -> object:
    """What it gives, or how it refuses; any other error fails the test."""
    try:
        return call()
    except (Unfit, UnknownVariable, EvaluationError, MissingFact) as exc:
        return exc


def is_told(refusal: object, code: str) -> bool:
    """Whether an author, or who reads the run, is told what is wrong."""
    if isinstance(refusal, Unfit):
        return refusal.code in {code, "bad_value"} and bool(refusal.detail and refusal.hint)
    return bool(str(refusal))


def look() -> Look:
    """Eyes on long values."""
    return Look(facts(variables=VALUES), {})


@QUICK
@given(SOURCES)
@example("x " + "~ x" * 300)
@example("9 ** 9 ** 9")
@example("n|round(999999999)")
@example("not " * 240 + "n")
@example("-" * 990 + "1")
@example("n" + "[0]" * 300)
def test_any_expression(source: str) -> None:
    """An expression is refused with a place, holds, does not hold, or fails with a code."""
    with bounded():
        found = attempt(lambda: Expression(source).holds(look()))
    assert isinstance(found, bool) or is_told(found, "bad_expression")


@QUICK
@given(
    st.lists(SOURCES.map(lambda source: f"{{{{ {source} }}}}") | st.text(max_size=9), min_size=1, max_size=4)
)
@example(["{{x}}"] * 800)
@example(["{{" + "~".join(["x"] * 1900) + "}}"])
@example(["{{ x" + "|list|trim" * 3 + " }}"])
@example(["{{ q" + "|list|trim" * 300 + " }}"])
@example(["{{ " + "[" * 30 + "q" + "]|trim" * 30 + " }}"])
@example(["{{ x.title() }}"] * 250)
def test_any_template(parts: list[str]) -> None:
    """A text is refused with a place, comes to something of bounded size, or fails with a code."""
    source = "".join(parts)
    for kind in (Template, UrlTemplate, JsonTemplate, Body):
        with bounded():
            found = attempt(lambda kind=kind: kind(source).render(look()))
        if isinstance(found, str):
            assert len(found) <= 12 * MAX_SIZE
        else:
            assert is_told(found, "bad_template")


PATTERN_PARTS = [
    "a", "b", "名", ".", r"\d", r"\w", r"\s", r"\pL", r"\p{Han}", r"\b", r"\Q", r"\E", "\\", "[", "]", "[^a]", "[a-z]",
    "[[:word:]]", "(", ")", "(?:", "(?i)", "(?P<a>", "(?<a>", "(?P<名>", "(?=", "(?<!", r"\1", "|", "*", "+", "?",
    "{2}", "{1000}", "{30}", "{0,}", "{2,1}", "*?", "^", "$", "\n", "{", "}",
]  # fmt: skip
PATTERNS = st.lists(st.sampled_from(PATTERN_PARTS), min_size=1, max_size=16).map("".join) | st.text(
    min_size=1, max_size=40
)


@QUICK
@given(PATTERNS)
@example("(x+x+)+y")
@example("(a*)*b")
@example("(?:a?){1000}a{1000}")
@example(".{1000}aa")
@example("[^x]{1000}b")
@example("(a|b|ab)*(.{500})x")
@example("(.{30}){30}")
@example("((a{30}){30}){1}$")
@example("(a?)" * 100 + "b")
@example("(?s).*" * 80 + "!")
@example(r"(\pL+\s*){1,20}$")
@example("(?P<a>x)(?P<a>y)")
def test_any_pattern(source: str) -> None:
    """A pattern is refused with a sentence, or searches the longest text in time; catastrophic ones do not exist."""
    with bounded():
        pattern = attempt(lambda: Pattern(source))
        if not isinstance(pattern, Pattern):
            assert is_told(pattern, "bad_pattern")
            return
        for part in ("a", "ab", "名a1 "):
            found = pattern.search(part * (pattern.reach // len(part)))
            assert found is None or found.keys() == set(pattern.groups)


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("x|list|trim|list|trim|list|trim|list|trim", "column 1: it makes 4 lists one of another"),
        ("[[[['x']]]] == x", "column 1: its lists are 4 deep"),
    ],
)
def test_what_would_grow_is_refused(source: str, detail: str) -> None:
    """A list of a text of a list of a text: each is many times the one before."""
    with pytest.raises(Unfit) as refused:
        Expression(source)
    assert (refused.value.detail, refused.value.hint) == (detail, "keep to 3 in one expression")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("message_body.split(' ')|length == 3", True),
        ("'b' in message_body.split(' ') and message_body|list|length > 3", True),
        ("message_body in ['a b c', 'd'] and n in [1, [2], 3] or n == 7", True),
        ("t.b[0] == 1 and t['b'][1] == '2' and (t.b)[0] == 1", True),
        ("message_body ~ ' ' ~ message_body ~ '!' == 'a b c a b c!'", True),
    ],
)
def test_what_people_write_is_not(source: str, expected: bool) -> None:
    """Ordinary expressions over ordinary values are far from every bound."""
    world = facts(variables={**VALUES, "message_body": "a b c"})
    assert Expression(source).holds(Look(world, {})) is expected


def test_values_that_are_too_long() -> None:
    """What would become too much fails with a code, and quotes nothing."""
    with pytest.raises(EvaluationError) as error:
        Template("{{" + "~".join(["x"] * 1900) + "}}").render(look())
    assert (error.value.code, error.value.detail) == (
        "out_of_fuel",
        "the values at hand are too long for that; make it simpler",
    )
