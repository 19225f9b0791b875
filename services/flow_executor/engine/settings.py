"""What only the engine can say of a team's settings: whether filters are expressions and messages templates. Pure."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import cast

from contracts.flow import FlowDefinition
from contracts.forms import Problem, Unfit, UnfitParts
from contracts.ids import FlowId
from services.flow_executor.engine.checks import MOST_PROBLEMS, dangling
from services.flow_executor.engine.expressions import Expression
from services.flow_executor.engine.team import Known
from services.flow_executor.engine.texts import Text


def examine_settings(raw: object) -> tuple[Problem, ...]:
    """What is wrong with the expressions and templates of settings, of whatever shape they are otherwise: their types
    and bounds are the matter of `contracts.team`.
    """
    return tuple(islice(_problems(raw), MOST_PROBLEMS))


def without_reference(
    flow: FlowId, version: int, definition: FlowDefinition, known: Known, *, is_active: bool
) -> Iterator[Problem]:
    """A warning for each thing that this flow refers to and a team that has `known` does not have."""
    named = f"{flow}@{version}"
    for problem in dangling(definition, known):
        yield Problem(
            code=problem.code,
            at=f"flows.{named}.{problem.at}",
            detail=f"{problem.detail}, and flow {named}{', which is active,' if is_active else ''} refers to it",
            hint="put it back, or mend the flow and push it again",
            level="warning",
        )


def _problems(raw: object) -> Iterator[Problem]:
    for at, item in _tables(raw, "segments"):
        yield from _refusals(Expression, item.get("filter"), f"{at}.filter")
    for at, item in _tables(raw, "canned_messages"):
        yield from _refusals(Text, item.get("text"), f"{at}.text")


def _tables(raw: object, name: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The tables of a list, each with its place."""
    items = cast("dict[str, object]", raw).get(name) if isinstance(raw, dict) else None
    for place, item in enumerate(cast("list[object]", items) if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield f"{name}.{place}", cast("dict[str, object]", item)


def _refusals(compiled: Callable[[object], object], raw: object, at: str) -> Iterator[Problem]:
    try:
        compiled(raw)
    except UnfitParts as exc:
        for key, unfit in exc.parts.items():
            yield _problem(unfit, f"{at}.{key}")
    except Unfit as exc:
        yield _problem(exc, at)
    except TypeError:
        return  # no text at all


def _problem(unfit: Unfit, at: str) -> Problem:
    return Problem(code=unfit.code, at=at, detail=unfit.detail, hint=unfit.hint)
