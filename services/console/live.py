"""`/api/live`: what happens while somebody looks, over a WebSocket.

    accept ─▶ bus ─▶ (watch ─▶ tick)* · run_appended · flow_changed · presence · tick … ─▶ close

Each socket listens on the bus for what it watches, nothing is kept: whoever missed something asks by HTTP. A reader
that does not keep up is dropped (1013) rather than waited for, and so is one whose session is over (4401).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

import msgspec
from litestar import WebSocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from contracts.console import (
    NO_SESSION,
    TICK_S,
    TOO_SLOW,
    ClientFrame,
    LiveBus,
    LiveFlowChanged,
    LiveFrame,
    LivePresence,
    LiveRunAppended,
    LiveTick,
    Watch,
)
from contracts.ids import AgentId, is_token
from contracts.requests import FlowVerdict, RunAppended
from contracts.subjects import flow_verdicts_of, parse_presence, presence_of_agents, run_feed_of
from services.chassis.bus import Bus, Received
from services.chassis.errors import Retryable
from services.console.attendance import Attendance
from services.console.desk import Desk
from services.console.people import Person
from services.console.sign_in import SignIn, Visit

BOUND = 512
"""Frames that may wait for a slow reader."""
BAD_FRAME = 1008
_CLOSE_S = 2.0

LiveSocket = WebSocket[Visit | None, None, State]

_frame_decoder = msgspec.json.Decoder(ClientFrame)
_appended_decoder = msgspec.json.Decoder(RunAppended)
_verdict_decoder = msgspec.json.Decoder(FlowVerdict)


class Ended(NamedTuple):
    """Why a socket is closed from this side."""

    code: int
    reason: str


class Live:
    """What all sockets share: they are told of the bus, and look again whether their session still is one."""

    def __init__(self, bus: Bus, sign_in: SignIn, attendance: Attendance) -> None:
        self.bus = bus
        self.sign_in = sign_in
        self.attendance = attendance
        self._viewers: set[Viewer] = set()
        bus.on_disconnect(lambda: self._put(LiveBus(is_up=False)))
        bus.on_reconnect(lambda: self._put(LiveBus(is_up=True)))
        sign_in.on_end(self._recheck)
        sign_in.people.on_change(self._recheck)

    async def serve(self, socket: LiveSocket, cookie: str) -> None:
        """Serve one socket until it is closed; `cookie` is its session's."""
        await socket.accept()
        visit = socket.user
        if visit is None:
            await _close(socket, Ended(NO_SESSION, "no_session"))
            return
        viewer = Viewer(self, socket, visit.person, cookie)
        self._viewers.add(viewer)
        try:
            ended = await viewer.run()
        finally:
            self._viewers.discard(viewer)
        if ended is not None:
            await _close(socket, ended)

    def _put(self, frame: LiveFrame) -> None:
        for viewer in self._viewers:
            viewer.put(frame)

    def _recheck(self) -> None:
        for viewer in self._viewers:
            viewer.recheck()


async def _close(socket: LiveSocket, ended: Ended) -> None:
    # Who reads nothing does not hear of it either: the connection ends by itself some time after.
    with suppress(TimeoutError, OSError, RuntimeError, WebSocketDisconnect):
        async with asyncio.timeout(_CLOSE_S):
            await socket.close(*ended)


class Viewer:
    """One socket that looks on."""

    def __init__(self, live: Live, socket: LiveSocket, person: Person, cookie: str) -> None:
        self._live = live
        self._socket = socket
        self._team = person.team
        self._desk = Desk(live.bus, live.attendance, person, self.put)
        self._cookie = cookie
        self._waiting: asyncio.Queue[LiveFrame] = asyncio.Queue(BOUND)
        self._doubt = asyncio.Event()
        self._end: asyncio.Future[Ended | None] = asyncio.get_running_loop().create_future()

    def put(self, frame: LiveFrame) -> None:
        """Queue a frame; one too many ends the socket."""
        try:
            self._waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self._over(Ended(TOO_SLOW, "too_slow"))

    def recheck(self) -> None:
        """Have the session looked at again."""
        self._doubt.set()

    async def run(self) -> Ended | None:
        """Serve it; why it is to be closed, None when the other side is gone."""
        self.put(LiveBus(is_up=self._live.bus.is_connected))
        ended = None
        try:
            async with asyncio.TaskGroup() as tasks:
                reading = self._read(tasks)
                working = [tasks.create_task(work) for work in (reading, self._write(), self._tick())]
                # Whatever comes first; the rest is not waited for, a writer may hang on a reader that reads nothing.
                ended = await self._end
                for task in working:
                    task.cancel()
                self._desk.rest()
        finally:
            is_signed_out = ended is not None and ended.code == NO_SESSION
            await asyncio.shield(self._desk.end(is_signed_out=is_signed_out))
        return ended

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        stop = _nothing
        watch = Watch()
        try:
            while True:
                following = await self._listen(watch)
                await stop()
                stop = following
                watch = await self._next_watch(tasks)
        except WebSocketDisconnect:
            self._over(None)
        except Retryable:
            self._over(Ended(TOO_SLOW, "unavailable"))
        except (msgspec.DecodeError, ValueError) as exc:
            self._over(Ended(BAD_FRAME, str(exc)[:100]))
        finally:
            await asyncio.shield(stop())

    async def _next_watch(self, tasks: asyncio.TaskGroup) -> Watch:
        """The next one; what else comes until then is the desk's."""
        while True:
            frame = _frame_decoder.decode(await self._socket.receive_data(mode="text"))
            if isinstance(frame, Watch):
                return frame
            await self._desk.take(frame, tasks)

    async def _listen(self, watch: Watch) -> Callable[[], Awaitable[None]]:
        """Listen to what is watched; a `tick` says that nothing is missed from then on. The result ends it."""
        if not all(token is None or is_token(token) for token in (watch.flow, watch.run)):
            raise ValueError("flow and run are ids")
        bus, team = self._live.bus, self._team
        stops = [
            await bus.listen(run_feed_of(team, watch.flow or "*", watch.run or "*"), self._appended),
            await bus.listen(flow_verdicts_of(team, watch.flow or "*"), self._verdict),
            await bus.listen(presence_of_agents(team), self._present),
        ]

        async def stop() -> None:
            for one in stops:
                await one()

        try:
            await bus.settle()
        except Retryable:
            # It listens as soon as the bus is back, which a frame of its own tells.
            return stop
        self.put(LiveTick())
        return stop

    async def _appended(self, received: Received) -> None:
        appended = _appended_decoder.decode(received.data)
        self.put(LiveRunAppended(**msgspec.structs.asdict(appended)))

    async def _verdict(self, received: Received) -> None:
        verdict = _verdict_decoder.decode(received.data)
        self.put(LiveFlowChanged(**msgspec.structs.asdict(verdict)))

    async def _present(self, received: Received) -> None:
        presence = parse_presence(received.subject)
        self.put(LivePresence(agent=AgentId(presence.person), is_online=presence.is_online))

    async def _write(self) -> None:
        while True:
            frame = await self._waiting.get()
            try:
                await self._socket.send_data(msgspec.json.encode(frame).decode())
            except (OSError, RuntimeError, WebSocketDisconnect):
                # The other side is gone; see `outgoing` of the gateway.
                self._over(None)
                return

    async def _tick(self) -> None:
        """Every so often, and when there is a doubt, see that the session is one still: a look is a use of it."""
        while True:
            try:
                async with asyncio.timeout(TICK_S):
                    await self._doubt.wait()
            except TimeoutError:
                self.put(LiveTick())
            self._doubt.clear()
            if not await self._is_signed_in():
                self._over(Ended(NO_SESSION, "no_session"))
                return

    async def _is_signed_in(self) -> bool:
        try:
            return await self._live.sign_in.visit(self._cookie) is not None
        except Retryable:
            # Nobody can know; the next look will.
            return True

    def _over(self, ended: Ended | None) -> None:
        if not self._end.done():
            self._end.set_result(ended)


async def _nothing() -> None:
    """Ends nothing."""
