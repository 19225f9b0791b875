"""What only the engine can say of a team's settings: whether filters are expressions and messages templates. Pure."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import cast

from contracts.flow import FlowDefinition
from contracts.forms import Problem, Unfit, UnfitParts, nearest
from contracts.ids import FlowId
from contracts.team import TeamSettings, numbered, numbered_fields
from services.flow_executor.engine.checks import MOST_PROBLEMS, dangling
from services.flow_executor.engine.expressions import Expression
from services.flow_executor.engine.team import Known
from services.flow_executor.engine.texts import Text
from services.flow_executor.engine.variables import KNOWN, is_known
from services.flow_executor.engine.vocabulary import FIELDS

_BY_NUMBER = re.compile(r"\Aextra_field_|\Aevent_.*_[0-9]+\Z")


def examine_settings(raw: object) -> tuple[Problem, ...]:
    """What is wrong with the expressions and templates of settings, of whatever shape they are otherwise: their types
    and bounds are the matter of `contracts.team`.
    """
    return tuple(islice(_problems(raw), MOST_PROBLEMS))


def without_reference(
    flow: FlowId, version: int, definition: FlowDefinition, known: Known, *, is_active: bool
) -> Iterator[Problem]:
    """A warning for each thing that this flow refers to and a team that has `known` does not have."""
    named, way_out = f"{flow}@{version}", "put it back, or mend the flow and push it again"
    for problem in dangling(definition, known):
        yield Problem(
            code=problem.code,
            at=f"flows.{named}.{problem.at}",
            detail=f"{problem.detail}, and flow {named}{', which is active,' if is_active else ''} refers to it",
            hint=f"{problem.hint} else {way_out}" if problem.hint.endswith("?") else way_out,
            level="warning",
        )


def without_variable(settings: TeamSettings, written: Collection[str]) -> Iterator[Problem]:
    """A warning for each variable of a segment's filter that nobody knows.

    `written`: the fields that the team's flows write. Pages may set others: where nothing has a near name and the
    filter gives a default, that is believed.
    """
    there = {*KNOWN, *FIELDS, *written, *_of_fields(settings), *_of_events(settings)}
    for place, segment in enumerate(settings.segments):
        try:
            condition = Expression(segment.filter)
        except Unfit:
            continue
        for name in condition.names:
            near = nearest(name, there)
            if name not in there and not _is_open(name) and (near or name not in condition.guarded):
                yield Problem(
                    code="unknown_reference",
                    at=f"segments.{place}.filter",
                    detail=f"{name} is no variable, no field of the team, and of no tracked event",
                    hint=f"did you mean {near}?" if near else f"add it to custom_fields if pages set {name}",
                    level="warning",
                )


def fields_written(definition: FlowDefinition) -> Iterator[str]:
    """The fields of visitors that the flow writes or asks for."""
    for node in definition.nodes.values():
        yield from _texts(node.get("field"))
        form = node.get("form")
        for item in cast("list[object]", form) if isinstance(form, list) else ():
            yield from _texts(
                cast("dict[str, object]", item).get("field") if isinstance(item, dict) else item
            )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value


def _is_open(name: str) -> bool:
    """What runs set, and what is known of an event by its name: pages may track others than the team lists."""
    return name.startswith("var_") or (is_known(name) and _BY_NUMBER.search(name) is None)


def _of_fields(settings: TeamSettings) -> Iterator[str]:
    for number, field in numbered_fields(settings.custom_fields):
        yield from (field.id, f"extra_field_{field.type}_{number}")


def _of_events(settings: TeamSettings) -> Iterator[str]:
    for number, event in numbered(settings.tracked_events):
        for fact in ("count", "first_time", "last_time", "last_data"):
            yield from (f"event_{fact}_{number}", f"event_{fact}_{event.name}")


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
