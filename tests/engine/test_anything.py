"""Whatever is pushed, the answer is a flow that runs or problems, never an error."""

import json
import tomllib
from pathlib import Path
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.flow_executor.engine.checks import examine, examine_json, examine_toml
from services.flow_executor.engine.decide import start
from services.flow_executor.engine.graph import compile_flow
from services.flow_executor.engine.nodes import CATALOGUE
from tests.engine.worlds import facts, trigger

TUTORIAL = Path(__file__).parents[2] / "flows" / "agents-offline-message.toml"
QUICK = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [*CATALOGUE, "SUCCESS", "TRUE", "end", "{{", "{{a}}", "a >", "a|b", "a.b(", "1 *", "robot"]
    )
)
FIELDS = "flow name trigger nodes next type text as expression seconds scenarios given x"
KEYS = st.sampled_from(FIELDS.split())
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def document() -> dict[str, object]:
    """The tutorial's flow."""
    return tomllib.loads(TUTORIAL.read_text())


@QUICK
@given(ANYTHING, st.lists(st.sampled_from(["a1", "robot"])))
def test_any_document(raw: object, agents: list[str]) -> None:
    """Any JSON value is examined."""
    _, problems = examine(raw, {"agent": agents})
    assert problems


@QUICK
@given(st.data(), ANYTHING)
def test_any_field_replaced(data: st.DataObject, value: object) -> None:
    """A flow with one value replaced by anything is examined, and runs when nothing is wrong with it."""
    raw = document()
    place: dict[str, object] = raw
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        inner = place[key]
        if not isinstance(inner, dict) or data.draw(st.booleans()):
            place[key] = value
            break
        place = cast("dict[str, object]", inner)
    found, problems = examine_json(json.dumps(raw).encode(errors="surrogatepass"))
    assert (found is None) == any(problem.level == "error" for problem in problems)
    if found is not None:
        assert start(compile_flow(found), trigger(), facts())


@QUICK
@given(st.data())
def test_any_bytes_flipped(data: st.DataObject) -> None:
    """A damaged file is examined."""
    raw = bytearray(TUTORIAL.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found, problems = examine_toml(bytes(raw))
    assert found is not None or problems
