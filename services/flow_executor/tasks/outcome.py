"""How an attempt at a task ended, and whether another one may end better."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from contracts.run import Json
from contracts.task import Task, TaskDone


class Outcome(Struct, frozen=True, kw_only=True):
    """One attempt's end; the fields of `TaskDone` mean the same."""

    ok: bool
    status: int | None = None
    code: str = ""
    detail: str = ""
    """A sentence that quotes nothing of the task: it stays in the run when personal data is deleted."""
    value: Json = None
    may_pass: bool = False
    """Whether another attempt may end better."""
    after_s: float = 0.0
    """How long the other side wants to be left alone first."""

    def of(self, task: Task) -> TaskDone:
        """The answer to the task."""
        return TaskDone(
            run=task.run,
            seq=task.seq,
            ok=self.ok,
            status=self.status,
            code=self.code,
            detail=self.detail,
            value=self.value,
        )


T = TypeVar("T", bound=Task)

Attempt = Callable[[], Awaitable[Outcome]]
"""One try; called again it tries again. It raises `Retryable` when our own bus is away: that is no attempt."""
Begin = Callable[[T, datetime], Attempt]
"""The attempts at one task, which the stream stored at that time."""
