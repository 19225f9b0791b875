"""What makes a run begin or go on. Each names its `cause`: the id of the message that brought it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, to_builtins

from contracts.ids import EventId, RunId, TeamId, VisitorId
from contracts.run import Json, TriggerRef


class Triggered(Struct, frozen=True, kw_only=True):
    """A visitor's event met its active flow: the run `run` begins. `variables` are those that the trigger adds."""

    run: RunId
    team: TeamId
    visitor: VisitorId
    trigger: TriggerRef
    variables: Mapping[str, Json] = {}

    @property
    def cause(self) -> EventId:
        """The id of the visitor's event."""
        return self.trigger.event_id


class TimerDue(Struct, frozen=True):
    """The timer that the run's event `seq` set."""

    run: RunId
    seq: int

    @property
    def cause(self) -> str:
        """The subject that the timer came on: there is one per wait."""
        return f"timer.due.{self.run}.{self.seq}"

    def record(self) -> dict[str, Json]:
        """The facts by which a replay knows it again."""
        return {}


class AgentAnswered(Struct, frozen=True):
    """A person of the team wrote to the visitor: the post's id and stream time."""

    id: str
    at: datetime

    @property
    def cause(self) -> str:
        """The post's id."""
        return self.id

    def record(self) -> dict[str, Json]:
        """The facts by which a replay knows it again."""
        return {"answer": {"id": self.id, "at": to_builtins(self.at)}}


class VisitorAnswered(Struct, frozen=True):
    """The visitor wrote: the event's id and stream time, and what it changes (`message_body`, `message_subtype`)."""

    id: str
    at: datetime
    variables: Mapping[str, Json] = {}

    @property
    def cause(self) -> str:
        """The event's id."""
        return self.id

    def record(self) -> dict[str, Json]:
        """The facts by which a replay knows it again."""
        return {"answer": {"id": self.id, "at": to_builtins(self.at)}}


class ReplyChosen(Struct, frozen=True):
    """The visitor chose one of the answers of message `message`: the event's id and stream time."""

    id: str
    at: datetime
    message: str
    choice: str

    @property
    def cause(self) -> str:
        """The event's id."""
        return self.id

    def record(self) -> dict[str, Json]:
        """The facts by which a replay knows it again."""
        return {"reply": {"id": self.id, "at": to_builtins(self.at), "choice": self.choice}}


class FormFilled(Struct, frozen=True):
    """The visitor filled in the form of message `message`; `fields` are all that have an answer by now."""

    id: str
    at: datetime
    message: str
    fields: tuple[str, ...]
    values: Mapping[str, Json] = {}

    @property
    def cause(self) -> str:
        """The event's id."""
        return self.id

    def record(self) -> dict[str, Json]:
        """The facts by which a replay knows it again."""
        return {"form": {"id": self.id, "at": to_builtins(self.at), "fields": list(self.fields)}}


class TaskEnded(Struct, frozen=True):
    """The task that the run's event `seq` asked for has ended; see `contracts.task.TaskDone`."""

    run: RunId
    seq: int
    at: datetime
    ok: bool
    status: int | None = None
    code: str = ""
    detail: str = ""
    value: Json = None

    @property
    def cause(self) -> str:
        """The subject that the answer came on: there is one per task."""
        return f"task.done.{self.run}.{self.seq}"

    def record(self) -> dict[str, Json]:
        """The facts by which a replay knows it again."""
        ended: dict[str, Json] = {"at": to_builtins(self.at), "ok": self.ok}
        if self.status is not None:
            ended["status"] = self.status
        if not self.ok:
            ended |= {"code": self.code, "detail": self.detail}
        return {"task": ended}


Stimulus = TimerDue | AgentAnswered | VisitorAnswered | ReplyChosen | FormFilled | TaskEnded
