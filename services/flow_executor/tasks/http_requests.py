"""One attempt at an HTTP request of a flow, and what its answer is worth."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import cast

import msgspec

from contracts.ids import TeamId
from contracts.run import Json
from contracts.task import HttpRequest
from services.chassis.clock import Clock
from services.chassis.errors import Rejected
from services.flow_executor.tasks.outcome import Attempt, Outcome
from services.flow_executor.tasks.outside import Answer, Asked, NoAnswer, Outside

DEEPEST = 64
"""Levels of a JSON value; what is deeper stays text."""

Allowed = Callable[[TeamId], Sequence[str]]
"""The `allowed_hosts` of a team."""


class HttpRequests:
    """Asks hosts that the task's team allows."""

    def __init__(self, outside: Outside, allowed: Allowed, clock: Clock) -> None:
        self._outside = outside
        self._allowed = allowed
        self._clock = clock

    def begin(self, task: HttpRequest, _at: datetime) -> Attempt:
        """The attempts at this task."""
        asked = Asked(
            method=task.method, url=task.url, key=task.id, headers=task.headers, body=task.body.encode()
        )

        async def attempt() -> Outcome:
            try:
                answer = await self._outside.ask(asked, self._allowed(task.team), task.timeout_s)
            except Rejected as exc:
                return Outcome(ok=False, code=exc.code, detail=exc.detail)
            except NoAnswer as exc:
                return Outcome(ok=False, code="no_answer", detail=str(exc), may_pass=True)
            return self._judged(answer)

        return attempt

    def _judged(self, answer: Answer) -> Outcome:
        value = value_of(answer)
        if answer.status < 400:
            return Outcome(ok=True, status=answer.status, value=value)
        return Outcome(
            ok=False,
            status=answer.status,
            code="http_status",
            detail=f"{answer.rule} answered with status {answer.status}",
            value=value,
            may_pass=is_passing(answer.status),
            after_s=retry_after(answer.headers.get("retry-after", ""), self._clock()),
        )


def is_passing(status: int) -> bool:
    """Whether the same request may be answered otherwise later."""
    return status == 429 or status >= 500


def retry_after(text: str, now: datetime) -> float:
    """Seconds that the header `Retry-After` asks for (RFC 9110: a number, or a date); 0 when it says nothing."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (at - now).total_seconds()) if at.tzinfo else 0.0


def value_of(answer: Answer) -> Json:
    """The body's JSON if it is JSON, else its text."""
    text = answer.text
    try:
        value = msgspec.json.decode(text, type=Json)
        return _storable(value, DEEPEST)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return text


def _storable(value: Json, levels: int) -> Json:
    """The value without U+0000 in its texts, which Postgres cannot store; raises ValueError when it is too deep."""
    if levels == 0:
        raise ValueError("deeper than a variable may be")
    match value:
        case str():
            return value.replace("\0", "")
        case list():
            return [_storable(item, levels - 1) for item in cast("list[Json]", value)]
        case dict():
            items = cast("dict[str, Json]", value).items()
            return {key.replace("\0", ""): _storable(item, levels - 1) for key, item in items}
        case _:
            return value
