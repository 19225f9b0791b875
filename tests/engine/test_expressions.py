"""What authors may write in expressions and texts, and what is refused, with the place."""

import pytest
from minijinja import TemplateError

from contracts.forms import Unfit
from contracts.run import Json
from services.flow_executor.engine.expressions import PLAIN, EvaluationError, Expression, evaluation_error
from services.flow_executor.engine.facts import Look, MissingFact, UnknownVariable
from services.flow_executor.engine.templates import Template
from tests.engine.worlds import facts

LOOK: dict[str, Json] = {
    "n": 9,
    "name": "Ann",
    "tags": ["vip", "new"],
    "order": {"total": 12.5, "items": []},
    "nothing": None,
}


def look() -> Look:
    """Eyes on a world with a few variables."""
    return Look(facts(variables=LOOK), {})


@pytest.mark.parametrize(
    "source",
    [
        "n > 8",
        "n == 9 and name == 'Ann'",
        '"vip" in tags',
        "order.total >= 12.5",
        "order.total == 12.5",
        "n * n == 81",
        "n % 2 == 1",
        "name.lower().startswith('a')",
        "name|length == 3",
        "tags|first == 'vip'",
        "n is odd",
        "nothing is none",
        "nothing is not defined",
        "missing is not defined",
        "missing or TRUE",
        "missing|default(n) == 9",
        "not (missing or FALSE)",
        "'a > b | upper' ~ name == 'a > b | upperAnn'",
        "{'a': {'b': n}}.a.b == 9",
        "(1 if n > 3 else 2) == 1",
        "8 < n",
    ],
)
def test_true(source: str) -> None:
    """Python-like expressions are true when Python would say so."""
    assert Expression(source).holds(look())


@pytest.mark.parametrize(
    "source", ["n > 9", "nothing", "''", "0", "[]", "order.items", "missing or nothing", "not n"]
)
def test_false(source: str) -> None:
    """Whatever is empty or zero is false."""
    assert not Expression(source).holds(look())


@pytest.mark.parametrize(
    ("source", "detail", "hint"),
    [
        ("n >> 8", "column 4: unexpected `>`", "mend it at that place"),
        ("座席 == > 1", "column 7: unexpected `>`", "mend it at that place"),
        ("n >\n 8 8", "line 2, column 4: unexpected input after expression", "mend it at that place"),
        ("", "column 1: unexpected end of input, expected expression", "mend it at that place"),
        ("(n", "column 2: unexpected end of input, expected `)`", "mend it at that place"),
        ("n) or (n", "column 2: unexpected input after expression", "mend it at that place"),
        ("n }} {{ n", "column 3: unexpected input after expression", "mend it at that place"),
        ("name|uper", "column 6: there is no filter uper", "did you mean upper?"),
        ("n is od", "column 6: there is no test od", "did you mean odd?"),
        ("n is not od", "column 10: there is no test od", "did you mean odd?"),
        ("range(9)|length", "column 1: there is no function range", "there are no functions"),
        ("debug()", "column 1: there is no function debug", "there are no functions"),
        ("name.replace('n', 'm')", "column 6: there is no method replace", None),
        ("'x' * 99999999999", "column 1: what multiplies may hold numbers only", "do one or the other here"),
        ("[1] * 99999999999", "column 1: what multiplies may hold numbers only", "do one or the other here"),
        ("n == and", "column 6: and is a word of the language, and no variable", None),
        ("n or and", "column 6: and is a word of the language, and no variable", None),
        ("in == 3", "column 1: in is a word of the language, and no variable", None),
        ("n and n in [in]", "column 13: in is a word of the language, and no variable", None),
        ("n > 8 AND name", "column 7: unexpected `AND`", "write and"),
        ("n > 8 OR 'AND'", "column 7: unexpected `OR`", "write or"),
        ("NOT n", "column 1: unexpected `NOT`", "write not"),
        ("NOT(n)", "column 1: there is no function NOT", "write not"),
        ("(" * 200 + "n" + ")" * 200, "column 75: template exceeds maximum recursion limits", "mend it at that place"),
    ],
)  # fmt: skip
def test_refused(source: str, detail: str, hint: str | None) -> None:
    """A broken expression is refused with the column; functions and what could grow without end do not exist."""
    with pytest.raises(Unfit) as refused:
        Expression(source)
    assert (refused.value.code, refused.value.detail) == ("bad_expression", detail)
    assert hint is None or refused.value.hint == hint


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("座席 {{ > }}", "column 7: unexpected `>`"),
        ("Hi\n {{ name ", "line 2, column 5: unexpected end of input, expected end of variable block"),
        ("{{ name|uper }}", "column 9: there is no filter uper"),
        ("{{ name }} {{ range(3) }}", "column 15: there is no function range"),
        ("this and that: {{and}}", "column 18: and is a word of the language, and no variable"),
        ("AND {{ n AND n }}", "column 10: unexpected `AND`"),
    ],
)
def test_refused_texts(source: str, detail: str) -> None:
    """A broken text is refused with the column."""
    with pytest.raises(Unfit) as refused:
        Template(source)
    assert (refused.value.code, refused.value.detail) == ("bad_template", detail)


def test_fuel_bounds_the_work() -> None:
    """What would run on is stopped."""
    assert Template("{{n}}" * 800).render(look()) == "9" * 800
    with pytest.raises(TemplateError) as stopped:
        PLAIN.render_str("{{n}}" * 6000, n=9)
    assert evaluation_error(stopped.value, "").code == "out_of_fuel"


def test_errors_quote_no_values() -> None:
    """A sentence that is kept for ever holds names, not what a visitor entered."""
    with pytest.raises(EvaluationError) as error:
        Expression("12345 // n == 1").holds(Look(facts(variables={"n": 0}), {}))
    assert error.value.detail == "12345 // n cannot be calculated with the values at hand"


def test_an_unknown_variable_is_named_with_the_nearest() -> None:
    """The name that is not there, and the one that was probably meant."""
    with pytest.raises(UnknownVariable) as unknown:
        Expression("nane == 'Ann'").holds(look())
    assert (unknown.value.name, unknown.value.near) == ("nane", "name")


def test_a_default_elsewhere_does_not_guard() -> None:
    """A name that stands once with and once without a default has to exist."""
    with pytest.raises(UnknownVariable):
        Expression("(missing or 1) and missing > 3").holds(look())


def test_a_replay_knows_only_what_was_read() -> None:
    """With hindsight a variable without a record is a missing fact, also when it has a default."""
    with pytest.raises(MissingFact) as missing:
        Expression("missing or TRUE").holds(Look(facts(), {}, {}))
    assert missing.value.name == "missing"


def test_the_runs_own_variables_come_first() -> None:
    """What the trigger brought hides what was known before."""
    assert Expression("n == 1").holds(Look(facts(variables={"n": 9}), {"n": 1}))
