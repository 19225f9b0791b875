"""Streams, buckets and durable consumers as data. `frontdesk migrate` makes the bus agree, never a running
service.
"""

from datetime import timedelta
from typing import Literal, get_args

from msgspec import Struct

from contracts.subjects import (
    CHAT_AGENT_POSTS,
    CHAT_STATE,
    PARTITIONS,
    SUBMISSIONS,
    TASKS_DONE,
    TIMERS_DUE,
    tasks_of,
    visitor_partition,
)
from contracts.task import TaskKind

GIB = 1024**3
MIB = 1024**2


class Republish(Struct, frozen=True):
    """What is stored under `source` is told again, as core messages with their sequence in a header."""

    source: str
    destination: str


class Stream(Struct, frozen=True, kw_only=True):
    """One stream. Every one is on disk."""

    name: str
    subjects: tuple[str, ...]
    max_age: timedelta | None
    """None: for ever."""
    max_bytes: int
    """-1: as much as the server has."""
    discard: Literal["old", "new"] = "new"
    """`new` refuses what does not fit, which the publisher learns; `old` would lose what was promised."""
    duplicate_window: timedelta = timedelta(minutes=2)
    """An optimisation only: the promise rests on recorded causes and ids (ARCHITECTURE: the executor's shell)."""
    republish: Republish | None = None
    schedules: bool = False
    """Whether messages may be delivered later (NATS ADR-51)."""
    retention: Literal["limits", "workqueue"] = "limits"


class Bucket(Struct, frozen=True, kw_only=True):
    """One key-value bucket, on disk, history 1."""

    name: str
    markers_ttl: timedelta | None = None
    """How long the marker of an expired or purged key stays, so that a watcher sees it go; None: keys never
    expire."""
    max_bytes: int


class Consumer(Struct, frozen=True, kw_only=True):
    """One durable consumer with explicit acks. Nothing is given up by counting: `max_deliver` is -1."""

    durable: str
    stream: str
    filter: str
    ack_wait: timedelta = timedelta(seconds=5)
    max_ack_pending: int = 4096
    is_pinned: bool = False
    """One reader at a time (priority policy `pinned_client`); another takes over when it is gone."""


PIN_GROUP = "executor"
PIN_TTL = timedelta(seconds=3)
"""How long a pinned reader may be silent before another takes over."""

VISITOR = Stream(name="VISITOR", subjects=("visitor.>",), max_age=timedelta(days=30), max_bytes=8 * GIB)
CHAT = Stream(
    name="CHAT",
    subjects=("chat.>",),
    max_age=timedelta(days=90),
    max_bytes=8 * GIB,
    republish=Republish("chat.>", "live.chat.>"),
)
PRESENCE = Stream(
    name="PRESENCE", subjects=("presence.>",), max_age=timedelta(days=90), max_bytes=2 * GIB, discard="old"
)
CONTRACTS = Stream(
    name="CONTRACTS", subjects=("contracts.flows.submit.>",), max_age=timedelta(days=30), max_bytes=256 * MIB
)
FLOW = Stream(name="FLOW", subjects=("flow.>",), max_age=None, max_bytes=1 * GIB)
# NATS 2.15 refuses `discard: new` with schedules, and `old` would drop timers, so there is no bound. A work
# queue, so that what was due goes with its ack; what is set has no consumer and stays until it is due.
TIMER = Stream(
    name="TIMER",
    subjects=("timer.set.>", "timer.due.>"),
    max_age=None,
    max_bytes=-1,
    discard="old",
    schedules=True,
    retention="workqueue",
)
TASK = Stream(
    name="TASK", subjects=("task.>",), max_age=timedelta(days=30), max_bytes=1 * GIB, retention="workqueue"
)
DEAD = Stream(name="DEAD", subjects=("dead.>",), max_age=timedelta(days=90), max_bytes=1 * GIB)

STREAMS = (VISITOR, CHAT, PRESENCE, CONTRACTS, FLOW, TIMER, TASK, DEAD)

SESSIONS = Bucket(name="SESSIONS", markers_ttl=timedelta(minutes=5), max_bytes=512 * MIB)
TEAM = Bucket(name="TEAM", max_bytes=64 * MIB)

BUCKETS = (SESSIONS, TEAM)

EXECUTOR_VISITORS = tuple(
    Consumer(
        durable=f"flow-executor-visitor-{number}",
        stream=VISITOR.name,
        filter=visitor_partition(number),
        # What a dead reader had in hand is free as soon as its pin.
        ack_wait=PIN_TTL,
        # Sixteen of them: what an executor may have in memory.
        max_ack_pending=512,
        is_pinned=True,
    )
    for number in range(PARTITIONS)
)
EXECUTOR_TIMERS = Consumer(durable="flow-executor-timers", stream=TIMER.name, filter=TIMERS_DUE)
EXECUTOR_TASKS_DONE = Consumer(durable="flow-executor-tasks-done", stream=TASK.name, filter=TASKS_DONE)
TASK_KINDS: tuple[TaskKind, ...] = get_args(TaskKind)
# One durable per kind: a slow kind does not hold up the others, and a work queue wants filters that do not overlap.
EXECUTOR_WORKERS = tuple(
    Consumer(
        durable=f"flow-executor-task-{kind.replace('_', '-')}",
        stream=TASK.name,
        filter=tasks_of(kind),
        ack_wait=timedelta(seconds=10),
        max_ack_pending=256,
    )
    for kind in TASK_KINDS
)
EXECUTOR_AGENTS = Consumer(durable="flow-executor-agents", stream=CHAT.name, filter=CHAT_AGENT_POSTS)
EXECUTOR_STATE = Consumer(durable="flow-executor-state", stream=CHAT.name, filter=CHAT_STATE)
EXECUTOR_SUBMISSIONS = Consumer(
    durable="flow-executor-submissions", stream=CONTRACTS.name, filter=SUBMISSIONS, max_ack_pending=1
)
CONVERSATIONS_VISITORS = Consumer(durable="conversations-visitors", stream=VISITOR.name, filter="visitor.>")
CONVERSATIONS_CHAT = Consumer(durable="conversations-chat", stream=CHAT.name, filter="chat.>")

CONSUMERS = (
    *EXECUTOR_VISITORS,
    EXECUTOR_TIMERS,
    EXECUTOR_TASKS_DONE,
    *EXECUTOR_WORKERS,
    EXECUTOR_AGENTS,
    EXECUTOR_STATE,
    EXECUTOR_SUBMISSIONS,
    CONVERSATIONS_VISITORS,
    CONVERSATIONS_CHAT,
)
