"""Values of visitors in texts: escaped for where the text goes, and never read as anything but a value."""

import json
from urllib.parse import parse_qs, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.run import Json
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.templates import Body, JsonTemplate, Template, UrlTemplate
from tests.engine.worlds import facts

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [
        '"}, {"admin": true',
        "{{n}}",
        "{% raw %}",
        "../../?x=1#y",
        "a&b=c",
        "\r\nHost: x",
        "\\",
        "\u2028",
        "{# #}",
    ]
)
SCALARS: st.SearchStrategy[Json] = (
    TEXTS | st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9)
)


def look(value: Json) -> Look:
    """Eyes on one variable."""
    return Look(facts(variables={"x": value, "n": 9}), {})


@QUICK
@given(TEXTS)
def test_in_an_address(value: str) -> None:
    """A value stays one part of the path and one value of the query, whatever it holds."""
    url = UrlTemplate("https://api.shop.example/orders/{{x}}/lines?who={{x}}&n={{n}}#f").render(look(value))
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "api.shop.example", "f")
    assert parts.path.count("/") == 3
    assert parse_qs(parts.query, keep_blank_values=True) == {"who": [value], "n": ["9"]}


@QUICK
@given(SCALARS)
def test_in_a_json_text(value: Json) -> None:
    """Within quotes a text is that text; alone, what is no text is itself."""
    text = JsonTemplate('{"a": "{{x}}", "b": [{{n}}]}').render(look(value))
    shown = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    found = json.loads(text)
    assert found["b"] == [9]
    assert isinstance(value, float) or found["a"] == shown
    if not isinstance(value, str) and value is not None:
        assert json.loads(JsonTemplate('{"a": {{x}}}').render(look(value))) == {"a": value}


@QUICK
@given(TEXTS)
def test_in_a_table(value: str) -> None:
    """A table is JSON whatever its values hold, and what is no text in it stays as it was written."""
    raw = {"a": {"b": ["{{x}}", 1, None, True, ""]}, "c": "<{{x}}>"}
    assert json.loads(Body(raw).render(look(value))) == {
        "a": {"b": [value, 1, None, True, ""]},
        "c": f"<{value}>",
    }


@QUICK
@given(TEXTS)
def test_in_a_plain_text(value: str) -> None:
    """A value is not looked at again: braces in it are braces."""
    assert Template("<{{x}}|{{x}}>").render(look(value)) == f"<{value}|{value}>"
    assert Body("x={{x}}").render(look(value)) == f"x={value}"


def test_a_text_that_begins_like_json_is_json() -> None:
    """Only then its values are escaped so, and the content type says so."""
    assert [Body(raw).is_json for raw in ('{"a": 1}', " [1]", "a=1", {"a": 1})] == [True, True, False, True]
    assert Body('{"a": "{{x}}"}').render(look('"')) == '{"a": "\\""}'
    assert Body('a="{{x}}"').render(look('"')) == 'a="""'
