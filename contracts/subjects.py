"""Builders and parsers for every subject: the only place that joins tokens with dots."""

from typing import Literal, NamedTuple
from zlib import crc32

from contracts.ids import AgentId, FlowId, RunId, TeamId, VisitorId

PARTITIONS = 16
"""Partitions of VISITOR; fixed, because a durable reads each and a visitor's order lives in one of them."""

ChatKind = Literal["visitor", "agent", "robot", "state"]
PersonKind = Literal["agent", "visitor"]
FlowVerdict = Literal["published", "refused", "activated", "deactivated", "deleted"]

HintSide = Literal["visitor", "agent"]

CHAT_AGENT_POSTS = "chat.*.*.agent"
CHAT_STATE = "chat.*.*.state"
TIMERS_DUE = "timer.due.>"
TASKS_DONE = "task.done.>"
AGENTS_HINTS = "hint.*.*.agent"
SUBMISSIONS = "contracts.flows.submit.*"


class VisitorSubject(NamedTuple):
    """The parts of `visitor.<p>.<team>.<visitor>.<event>`."""

    partition: int
    team: TeamId
    visitor: VisitorId
    event: str


class ChatSubject(NamedTuple):
    """The parts of `chat.<team>.<visitor>.<kind>`, with or without `live.` before it."""

    team: TeamId
    visitor: VisitorId
    kind: str


class HintSubject(NamedTuple):
    """The parts of `hint.<team>.<visitor>.<side>`."""

    team: TeamId
    visitor: VisitorId
    side: str


class TimerSubject(NamedTuple):
    """The parts of `timer.due.<run>.<seq>`."""

    run: RunId
    seq: int


class TaskSubject(NamedTuple):
    """Run and seq of `task.<kind>.<run>.<seq>`, and of `task.done.<run>.<seq>`."""

    run: RunId
    seq: int


class SessionKey(NamedTuple):
    """The parts of a key of bucket SESSIONS, `<team>.<kind>.<id>.<session>`."""

    team: TeamId
    kind: PersonKind
    person: str
    session: str


class PresenceSubject(NamedTuple):
    """The parts of `presence.<team>.<kind>.<id>.<online|offline>`."""

    team: TeamId
    kind: PersonKind
    person: str
    is_online: bool


def partition(visitor: VisitorId) -> int:
    """The partition that keeps this visitor's events in order."""
    return crc32(visitor.encode()) % PARTITIONS


def visitor_event(team: TeamId, visitor: VisitorId, event: str) -> str:
    """Where the gateway publishes one event of a visitor."""
    return f"visitor.{partition(visitor)}.{team}.{visitor}.{event}"


def events_of_visitor(team: TeamId, visitor: VisitorId) -> str:
    """The filter of all events of one visitor."""
    return visitor_event(team, visitor, "*")


def visitor_partition(number: int) -> str:
    """The filter of one partition of VISITOR."""
    return f"visitor.{number}.>"


def parse_visitor_event(subject: str) -> VisitorSubject:
    """The parts of a VISITOR subject; raises ValueError when it is none."""
    tokens = subject.split(".")
    if len(tokens) != 5 or tokens[0] != "visitor":
        raise ValueError(f"{subject!r} is not visitor.<p>.<team>.<visitor>.<event>")
    return VisitorSubject(int(tokens[1]), TeamId(tokens[2]), VisitorId(tokens[3]), tokens[4])


def chat(team: TeamId, visitor: VisitorId, kind: ChatKind) -> str:
    """Where posts of one side, or changes of state, of a conversation are published."""
    return f"chat.{team}.{visitor}.{kind}"


def chat_of_visitor(team: TeamId, visitor: VisitorId) -> str:
    """The filter of everything stored in one conversation."""
    return f"chat.{team}.{visitor}.*"


def live_chat_of_visitor(team: TeamId, visitor: VisitorId) -> str:
    """The filter of one conversation's republished messages (core NATS, no history)."""
    return f"live.chat.{team}.{visitor}.*"


def live_chat_of_team(team: TeamId) -> str:
    """The filter of all republished messages of a team's conversations (core NATS, no history)."""
    return f"live.chat.{team}.*.*"


def parse_chat(subject: str) -> ChatSubject:
    """The parts of a CHAT or `live.chat` subject; raises ValueError when it is none."""
    tokens = subject.removeprefix("live.").split(".")
    if len(tokens) != 4 or tokens[0] != "chat":
        raise ValueError(f"{subject!r} is not chat.<team>.<visitor>.<kind>")
    return ChatSubject(TeamId(tokens[1]), VisitorId(tokens[2]), tokens[3])


def hint(team: TeamId, visitor: VisitorId, side: HintSide) -> str:
    """Where one side of a conversation tells the other that it types, or how far it has read (core NATS)."""
    return f"hint.{team}.{visitor}.{side}"


def hints_of_visitors(team: TeamId) -> str:
    """The filter of what a team's visitors hint at."""
    return f"hint.{team}.*.visitor"


def parse_hint(subject: str) -> HintSubject:
    """The parts of a hint's subject; raises ValueError when it is none."""
    tokens = subject.split(".")
    if len(tokens) != 4 or tokens[0] != "hint":
        raise ValueError(f"{subject!r} is not hint.<team>.<visitor>.<side>")
    return HintSubject(TeamId(tokens[1]), VisitorId(tokens[2]), tokens[3])


def timer_set(run: RunId, seq: int) -> str:
    """The schedule of the wait that begins with event `seq` of the run; the same subject again replaces it."""
    return f"timer.set.{run}.{seq}"


def timer_due(run: RunId, seq: int) -> str:
    """Where that schedule delivers."""
    return f"timer.due.{run}.{seq}"


def parse_timer_due(subject: str) -> TimerSubject:
    """The parts of a `timer.due` subject; raises ValueError when it is none."""
    tokens = subject.split(".")
    if len(tokens) != 4 or tokens[:2] != ["timer", "due"]:
        raise ValueError(f"{subject!r} is not timer.due.<run>.<seq>")
    return TimerSubject(RunId(tokens[2]), int(tokens[3]))


def task(kind: str, run: RunId, seq: int) -> str:
    """Where the task that the run's event `seq` asked for waits for its worker."""
    return f"task.{kind}.{run}.{seq}"


def tasks_of(kind: str) -> str:
    """The filter of all tasks of a kind."""
    return f"task.{kind}.>"


def parse_task(subject: str) -> TaskSubject:
    """Run and seq of a task's subject; raises ValueError when it is none."""
    tokens = subject.split(".")
    if len(tokens) != 4 or tokens[0] != "task" or tokens[1] == "done":
        raise ValueError(f"{subject!r} is not task.<kind>.<run>.<seq>")
    return TaskSubject(RunId(tokens[2]), int(tokens[3]))


def task_done(run: RunId, seq: int) -> str:
    """Where its answer goes."""
    return f"task.done.{run}.{seq}"


def parse_task_done(subject: str) -> TaskSubject:
    """The parts of a `task.done` subject; raises ValueError when it is none."""
    tokens = subject.split(".")
    if len(tokens) != 4 or tokens[:2] != ["task", "done"]:
        raise ValueError(f"{subject!r} is not task.done.<run>.<seq>")
    return TaskSubject(RunId(tokens[2]), int(tokens[3]))


def run_feed(team: TeamId, flow: FlowId, run: RunId) -> str:
    """The live feed of one run's appended events (core NATS)."""
    return f"run.{team}.{flow}.{run}"


def run_feed_of(team: TeamId, flow: str = "*", run: str = "*") -> str:
    """The filter of a team's live feed, or of one flow's or run's."""
    return f"run.{team}.{flow}.{run}"


def flow_verdict(team: TeamId, flow: FlowId, verdict: FlowVerdict) -> str:
    """Where FLOW keeps what became of a definition."""
    return f"flow.{team}.{flow}.{verdict}"


def flow_verdicts_of(team: TeamId, flow: str = "*") -> str:
    """The filter of what becomes of a team's definitions, or of one flow's."""
    return f"flow.{team}.{flow}.*"


def submission(team: TeamId) -> str:
    """The durable contracts topic of a team: definitions whose senders do not wait."""
    return f"contracts.flows.submit.{team}"


def parse_submission(subject: str) -> TeamId:
    """The team of a submission; raises ValueError when the subject is none."""
    tokens = subject.split(".")
    if len(tokens) != 4 or tokens[:3] != ["contracts", "flows", "submit"]:
        raise ValueError(f"{subject!r} is not contracts.flows.submit.<team>")
    return TeamId(tokens[3])


def presence(team: TeamId, kind: PersonKind, person: str, *, online: bool) -> str:
    """Where a transition of one person is published."""
    return f"presence.{team}.{kind}.{person}.{'online' if online else 'offline'}"


def presence_of_person(team: TeamId, kind: PersonKind, person: str) -> str:
    """The filter of one person's transitions, of which the stream's last is the state that was told."""
    return f"presence.{team}.{kind}.{person}.*"


def presence_of_agents(team: TeamId) -> str:
    """The filter of the transitions of a team's agents."""
    return f"presence.{team}.agent.*.*"


def presence_of_visitors(team: TeamId) -> str:
    """The filter of the transitions of a team's visitors."""
    return f"presence.{team}.visitor.*.*"


def session_key(team: TeamId, kind: PersonKind, person: AgentId | VisitorId | str, session: str) -> str:
    """The KV key of one live session in bucket SESSIONS."""
    return f"{team}.{kind}.{person}.{session}"


def parse_presence(subject: str) -> PresenceSubject:
    """The parts of a PRESENCE subject; raises ValueError when it is none."""
    match subject.split("."):
        case ["presence", team, "agent" | "visitor" as kind, person, "online" | "offline" as state]:
            return PresenceSubject(TeamId(team), kind, person, state == "online")
        case _:
            raise ValueError(f"{subject!r} is not presence.<team>.<kind>.<id>.<online|offline>")


def parse_session_key(key: str) -> SessionKey:
    """The parts of a session's key; raises ValueError when it is none."""
    match key.split("."):
        case [team, "agent" | "visitor" as kind, person, session]:
            return SessionKey(TeamId(team), kind, person, session)
        case _:
            raise ValueError(f"{key!r} is not <team>.<kind>.<id>.<session>")


def sessions_of_person(team: TeamId, kind: PersonKind, person: str) -> str:
    """The filter of one person's sessions."""
    return f"{team}.{kind}.{person}.*"


def sessions_of(kind: PersonKind | Literal["*"], team: str = "*") -> str:
    """The filter of the sessions of one kind of people."""
    return f"{team}.{kind}.>"


def dead(stream: str) -> str:
    """Where what could not be handled of a stream is kept."""
    return f"dead.{stream}"
