"""What an agent does over a live socket: be there, hear of conversations, show that they write."""

import asyncio
from collections.abc import Callable
from typing import assert_never

from contracts.console import AgentAway, AgentTyping, InboxOpened, LiveFrame, LiveInbox, Online
from contracts.ids import is_token
from services.chassis.bus import Bus
from services.chassis.errors import Retryable
from services.console.access import ANSWERERS
from services.console.attendance import Attendance, Seat
from services.console.inbox import Stop, listen, tell_typing
from services.console.people import Person

DeskFrame = Online | AgentAway | InboxOpened | AgentTyping


class Desk:
    """One socket's side of it. `end` is awaited when the socket is closed, whatever happened before."""

    def __init__(
        self, bus: Bus, attendance: Attendance, person: Person, put: Callable[[LiveFrame], None]
    ) -> None:
        self._bus = bus
        self._attendance = attendance
        self._person = person
        self._put = put
        self._stops: list[Stop] = []
        self._seat: Seat | None = None
        self._holding: asyncio.Task[None] | None = None

    async def take(self, frame: DeskFrame, tasks: asyncio.TaskGroup) -> None:
        """Do as the frame says; raises `ValueError` for one that makes no sense, `Retryable` when the bus is away."""
        if self._person.role not in ANSWERERS:
            return
        match frame:
            case Online():
                self._come(tasks)
            case AgentAway():
                await self._go()
            case InboxOpened():
                await self._hear()
            case AgentTyping(visitor=visitor):
                if not is_token(visitor):
                    raise ValueError("visitor is an id")
                await tell_typing(self._bus, self._person.team, visitor)
            case _:
                assert_never(frame)

    async def end(self, *, is_signed_out: bool) -> None:
        """Hear no more, and leave: at once who signed out, in a moment whose socket is lost."""
        for stop in self._stops:
            await stop()
        if self._seat is not None:
            leave = self._attendance.leave if is_signed_out else self._attendance.lose
            await leave(self._seat)

    def rest(self) -> None:
        """Refresh nothing any more."""
        if self._holding is not None:
            self._holding.cancel()

    def _come(self, tasks: asyncio.TaskGroup) -> None:
        if self._seat is None:
            self._seat = self._attendance.take(self._person.team, self._person.agent)
            self._holding = tasks.create_task(self._seat.hold())

    async def _go(self) -> None:
        seat, self._seat = self._seat, None
        if seat is not None:
            self.rest()
            await self._attendance.leave(seat)

    async def _hear(self) -> None:
        if not self._stops:
            self._stops = await listen(self._bus, self._person.team, self._put)
        try:
            await self._bus.settle()
        except Retryable:
            # It is heard as soon as the bus is back, which a frame of its own tells.
            return
        self._put(LiveInbox())
