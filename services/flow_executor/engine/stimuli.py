"""What makes a run begin or go on. Each names its `cause`: the id of the message that brought it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

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


class AgentAnswered(Struct, frozen=True):
    """A person of the team wrote to the visitor: the post's id and stream time."""

    id: str
    at: datetime

    @property
    def cause(self) -> str:
        """The post's id."""
        return self.id


class VisitorAnswered(Struct, frozen=True):
    """The visitor wrote: the event's id and stream time, and what it changes (`message_body`, `message_subtype`)."""

    id: str
    at: datetime
    variables: Mapping[str, Json] = {}

    @property
    def cause(self) -> str:
        """The event's id."""
        return self.id


Stimulus = TimerDue | AgentAnswered | VisitorAnswered
