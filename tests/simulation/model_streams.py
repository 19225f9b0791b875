"""JetStream as a model: streams, durables, schedules. Time is the scheduler's; every message has another instant.

A durable gives out what is new in order, and again what was not acknowledged within its `ack_wait`: that comes in any
order, before or behind what is new. One with a pin has one reader at a time; when that is gone or silent the next one
gets, in order, what is left, once nobody else has messages of the durable in hand (as `services.chassis.bus.pulling`
sees to).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from contracts.streams import STREAMS, Consumer, Stream
from services.chassis.bus import StoredMessage
from services.chassis.bus.headers import EXPECTED_LAST_BY_SUBJECT, MESSAGE_ID
from services.chassis.bus.publishing import StoredAt
from services.chassis.errors import Conflict, Unreachable
from tests.simulation.fate import Fate
from tests.simulation.scheduler import EPOCH, SECOND, Process, Scheduler

_NEVER = 1 << 62
_SCHEDULE = "Nats-Schedule"
_TARGET = "Nats-Schedule-Target"
_SOONEST = SECOND
"""What is given out now comes back later than that."""


@lru_cache(maxsize=65536)
def matches(pattern: str, subject: str) -> bool:
    """Whether the subject is one of the pattern's; `*` is one token, a last `>` all that follow."""
    wanted, tokens = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted.pop()
        if len(tokens) <= len(wanted):
            return False
        tokens = tokens[: len(wanted)]
    return len(wanted) == len(tokens) and all(w in ("*", t) for w, t in zip(wanted, tokens, strict=True))


class Log:
    """One stream."""

    def __init__(self, stream: Stream, window: timedelta) -> None:
        self.stream = stream
        self.messages: dict[int, StoredMessage] = {}
        self.last_seq = 0
        self.durables: list[Durable] = []
        self._last_us = -1
        self._window = window
        self._ids: dict[str, tuple[int, datetime]] = {}
        self._removed: list[tuple[datetime, StoredMessage]] = []

    def append(self, subject: str, data: bytes, headers: Mapping[str, str], now: int) -> StoredAt:
        """Store a message, unless its id is known or it is not the last that it expects to be."""
        self._last_us = max(now, self._last_us + 1)
        at = EPOCH + timedelta(microseconds=self._last_us)
        key = headers.get(MESSAGE_ID)
        if key in self._ids and at - self._ids[key][1] < self._window:
            return StoredAt(self.stream.name, self._ids[key][0], duplicate=True)
        expected = headers.get(EXPECTED_LAST_BY_SUBJECT)
        if expected is not None and int(expected) != max((m.seq for m in self.of(subject)), default=0):
            raise Conflict(f"{subject}: another message is the last one")
        if _SCHEDULE in headers:
            for before in list(self.of(subject)):
                self.remove(before.seq, at)
        self.last_seq += 1
        self.messages[self.last_seq] = StoredMessage(subject, self.last_seq, at, data, dict(headers))
        for durable in self.durables:
            durable.offer(subject, self.last_seq)
        if key is not None:
            self._ids[key] = (self.last_seq, at)
        return StoredAt(self.stream.name, self.last_seq)

    def of(self, pattern: str) -> Iterable[StoredMessage]:
        """The messages of these subjects, in order."""
        return (message for message in self.messages.values() if matches(pattern, message.subject))

    def remove(self, seq: int, at: datetime) -> StoredMessage | None:
        """Take a message away, if it is there."""
        message = self.messages.pop(seq, None)
        if message is not None:
            self._removed.append((at, message))
        return message

    def forget_since(self, at: datetime) -> list[StoredMessage]:
        """Lose what was stored from then on, as a power cut does, and have back what was removed; what was lost."""
        back = [message for when, message in self._removed if when >= at > message.at]
        self.messages = dict(sorted((self.messages | {message.seq: message for message in back}).items()))
        lost = [message for message in self.messages.values() if message.at >= at]
        for message in lost:
            del self.messages[message.seq]
        self.last_seq = min([self.last_seq + 1, *(message.seq for message in lost)]) - 1
        self._ids = {key: value for key, value in self._ids.items() if value[1] < at}
        return lost


class Pending(Struct):
    """A message that is given out and not acknowledged."""

    holder: object
    until: int


class Durable:
    """One durable consumer."""

    def __init__(self, consumer: Consumer, log: Log, fate: Fate) -> None:
        self.consumer = consumer
        self.log = log
        self._fate = fate
        self._position = 0
        self._new: list[int] = []
        self.has_some = False
        """Whether there may be something to give out."""
        self._pending: dict[int, Pending] = {}
        self._again: list[int] = []
        self._attempts: dict[int, int] = {}
        self._wait_us = int(consumer.ack_wait.total_seconds() * SECOND)
        self._owner: object | None = None
        self._owner_process: Process | None = None
        log.durables.append(self)

    def offer(self, subject: str, seq: int) -> None:
        """Hear of a new message."""
        if matches(self.consumer.filter, subject):
            self._new.append(seq)
            self.has_some = True

    @property
    def ack_floor(self) -> int:
        """Up to here everything is acknowledged."""
        return min([*self._pending, *self._again], default=self._position + 1) - 1

    @property
    def to_come(self) -> int:
        """How many messages were never given out."""
        return len(self._new)

    @property
    def given_out(self) -> int:
        """How many were, and are not acknowledged; those that are to be given out again among them."""
        return len(self._pending) + len(self._again)

    @property
    def unfinished(self) -> int:
        """How many messages are to be given out or acknowledged."""
        return self.to_come + self.given_out

    @property
    def next_expiry(self) -> int:
        """When a message becomes free again."""
        return min((pending.until for pending in self._pending.values()), default=_NEVER)

    def expire(self, now: int) -> None:
        """Take back what nobody has acknowledged in time."""
        for seq in [seq for seq, pending in self._pending.items() if pending.until <= now]:
            del self._pending[seq]
            self._again.append(seq)
            self.has_some = True

    def available(self, reader: object, process: Process, now: int) -> bool:
        """Whether this reader would get something."""
        if not self._again and not self._new:
            return False
        return not self.consumer.is_pinned or self._may_own(reader, process, now)

    def take(self, reader: object, process: Process, now: int) -> list[tuple[StoredMessage, int]]:
        """Messages for this reader, at least one, each with the number of its delivery."""
        again = [seq for seq in self._again if seq in self.log.messages]
        new = [seq for seq in self._new if seq in self.log.messages]
        if self.consumer.is_pinned:
            self._owner, self._owner_process = reader, process
            seqs = sorted(again + new)
        else:
            self._fate.random.shuffle(again)
            seqs = again + new if self._fate.happens(0.5) else new + again
        if seqs:
            seqs = seqs[: self._fate.number(1, len(seqs))]
        for seq in seqs:
            self._position = max(self._position, seq)
            self._pending[seq] = Pending(reader, now + self._wait_us)
            self._attempts[seq] = self._attempts.get(seq, 0) + 1
        # What is new is given out in order: what the shuffle left behind comes later.
        self._again = [seq for seq in again if seq not in self._pending]
        self._new = [seq for seq in new if seq not in self._pending]
        self.has_some = bool(self._again or self._new)
        return [(self.log.messages[seq], self._attempts[seq]) for seq in seqs]

    def ack(self, seq: int, now: datetime) -> None:
        """Done with this."""
        self._pending.pop(seq, None)
        if seq in self._again:
            self._again.remove(seq)
        if self.log.stream.retention == "workqueue":
            self.log.remove(seq, now)

    def nak(self, seq: int) -> None:
        """Give it out again at once."""
        if self._pending.pop(seq, None):
            self._again.append(seq)
            self.has_some = True

    def extend(self, seq: int, now: int) -> None:
        """It is still being worked on."""
        if seq in self._pending:
            self._pending[seq].until = now + self._wait_us

    def leave(self, reader: object) -> None:
        """This reader asks no more."""
        if self._owner is reader:
            self._owner = self._owner_process = None

    def restart(self, lost: Iterable[int]) -> None:
        """After a power cut: everybody is gone, and so are these."""
        gone = set(lost)
        self._position = min(self._position, self.log.last_seq)
        self._new = [seq for seq in self._new if seq not in gone]
        self.has_some = True
        back = (m.seq for m in self.log.of(self.consumer.filter) if m.seq <= self._position)
        again = {*self._again, *self._pending}
        if self.log.stream.retention == "workqueue":
            again.update(back)  # their acknowledgement was lost too
        self._again = sorted(again - gone)
        self._pending.clear()
        self._owner = self._owner_process = None

    def _may_own(self, reader: object, process: Process, now: int) -> bool:
        if self._owner is reader:
            return True
        owner = self._owner_process
        is_silent = owner is None or not owner.is_alive or owner.stalled_until - now > 0
        if not is_silent and owner is not process:
            return False
        return not self._pending


class Server:
    """All streams and durables, and whoever listens to core messages (nobody)."""

    def __init__(self, scheduler: Scheduler, consumers: Iterable[Consumer], window: timedelta) -> None:
        self.starts = 1
        self._scheduler = scheduler
        self.logs = {stream.name: Log(stream, window) for stream in STREAMS}
        self.durables = {c.durable: Durable(c, self.logs[c.stream], scheduler.fate) for c in consumers}
        self._due: dict[str, tuple[int, int, str]] = {}
        """By subject of the schedule: its time, its message, where it goes."""
        self.on_store: Callable[[StoredMessage], None] = lambda _: None
        self._wake = 0
        """Nothing happens by itself before that."""
        scheduler.tick = self.tick
        scheduler.next_event = self.next_event

    def store(self, subject: str, data: bytes, headers: Mapping[str, str]) -> StoredAt:
        """Store a message in the stream that takes it."""
        for log in self.logs.values():
            if any(matches(pattern, subject) for pattern in log.stream.subjects):
                stored = log.append(subject, data, headers, self._scheduler.now)
                if _SCHEDULE in headers:
                    self._wake = 0
                    self._due[subject] = _schedule(log.messages[stored.seq])
                elif not stored.duplicate:
                    self.on_store(log.messages[stored.seq])
                return stored
        raise Unreachable(f"no stream takes {subject}")

    def tick(self) -> None:
        """Deliver what is due, and take back what nobody acknowledged."""
        now = self._scheduler.now
        if now < self._wake:
            return
        for subject, (at, seq, target) in list(self._due.items()):
            if at <= now:
                del self._due[subject]
                message = self.logs["TIMER"].remove(seq, self._scheduler.at)
                self.store(target, b"" if message is None else message.data, {})
        for durable in self.durables.values():
            if durable.next_expiry <= now:
                durable.expire(now)
        self._wake = min(self.next_event(), now + _SOONEST)

    def next_event(self) -> int:
        """When `tick` has something to do."""
        due = min((at for at, _, _ in self._due.values()), default=_NEVER)
        return max(self._scheduler.now + 1, min(due, *(d.next_expiry for d in self.durables.values())))

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be given out or acknowledged."""
        return not any(durable.unfinished for durable in self.durables.values())

    @property
    def next_due(self) -> int:
        """When the next timer is due."""
        return min((at for at, _, _ in self._due.values()), default=_NEVER)

    def cut_power(self, seconds: float) -> None:
        """Lose what was stored in the last moments; everybody connects anew."""
        self.starts += 1
        since = self._scheduler.at - timedelta(seconds=seconds)
        lost = {name: log.forget_since(since) for name, log in self.logs.items()}
        for durable in self.durables.values():
            durable.restart(m.seq for m in lost[durable.consumer.stream])
        self._wake = 0
        self._due = {m.subject: _schedule(m) for m in self.logs["TIMER"].of("timer.set.>")}


def _schedule(message: StoredMessage) -> tuple[int, int, str]:
    at = datetime.fromisoformat(message.headers[_SCHEDULE].removeprefix("@at ")).astimezone(UTC)
    return (at - EPOCH) // timedelta(microseconds=1), message.seq, message.headers[_TARGET]
