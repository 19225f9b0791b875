"""Signs of life for every open socket, and what all sockets of a team are told.

A wheel turns once a minute: each socket lies in one of its slots, is sent `tick` at every third of a turn and has its
session refreshed once a turn. Ten thousand idle sockets cost a few hundred small writes a second, and no task each.
"""

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from itertools import chain, count, cycle

import msgspec

from contracts.frames import TICK_S, Presence, Tick
from contracts.ids import TeamId, VisitorId
from contracts.presence import VISITOR_REFRESH_S
from services.widget_gateway.outgoing import Outgoing, encoded
from services.widget_gateway.presence import Sessions

SLOTS = VISITOR_REFRESH_S
_TICK = encoded(Tick())


class Seat(msgspec.Struct, frozen=True, eq=False):
    """One open socket."""

    team: TeamId
    visitor: VisitorId
    session: str
    outgoing: Outgoing


class Heartbeat:
    """All open sockets of this process."""

    def __init__(self, sessions: Sessions, tasks: asyncio.TaskGroup) -> None:
        self._sessions = sessions
        self._tasks = tasks
        self._slots: list[set[Seat]] = [set() for _ in range(SLOTS)]
        self._writes: set[asyncio.Task[None]] = set()
        self._next_slot = cycle(self._slots)

    @contextmanager
    def beating(self, seat: Seat) -> Generator[None]:
        """Keep this socket and its visitor's session alive."""
        slot = next(self._next_slot)
        slot.add(seat)
        self._hold(seat)
        try:
            yield
        finally:
            slot.discard(seat)
            self._write(self._sessions.let_go(seat.team, seat.visitor, seat.session))

    def tell(self, team: TeamId, agents_online: bool) -> None:
        """Tell every socket of a team that its first agent came, or its last one went."""
        frame = encoded(Presence(agents_online=agents_online))
        for seat in chain.from_iterable(self._slots):
            if seat.team == team:
                seat.outgoing.put(frame)

    async def run(self) -> None:
        """Turn the wheel for ever."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for step in count(1):
            await asyncio.sleep(began + step - loop.time())
            self.turn(step)

    def turn(self, step: int) -> None:
        """Turn the wheel to that step: one a second."""
        for offset in range(0, SLOTS, TICK_S):
            for seat in self._slots[(step + offset) % SLOTS]:
                if not seat.outgoing.is_full:
                    seat.outgoing.put(_TICK)
        for seat in self._slots[step % SLOTS]:
            self._hold(seat)

    async def finish(self, within_s: float) -> None:
        """Return when the sessions that were let go are written, or the time is up."""
        if self._writes:
            await asyncio.wait(self._writes, timeout=within_s)

    def _hold(self, seat: Seat) -> None:
        self._write(self._sessions.hold(seat.team, seat.visitor, seat.session))

    def _write(self, write: Coroutine[None, None, None]) -> None:
        task = self._tasks.create_task(write)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
