"""What the live socket tells."""

from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from contracts.console import (
    NO_SESSION,
    TOO_SLOW,
    LiveBus,
    LiveFlowChanged,
    LivePresence,
    LiveRunAppended,
    LiveTick,
)
from contracts.ids import FlowId, RunId, TeamId, VisitorId
from contracts.presence import PresenceChanged
from contracts.requests import FlowVerdict, RunAppended
from contracts.run import RunCompleted
from contracts.subjects import flow_verdict, presence, run_feed
from services.chassis.bus import Bus
from services.console.live import BAD_FRAME, BOUND
from tests.console.conftest import AGENT, SETTINGS, START, TEAM, link_path, put_settings
from tests.console.sockets import closed_with, cookie, next_frame, opening
from tests.servers import Nats


async def watch(socket: ClientConnection, **what: str) -> None:
    """Watch a flow or a run, and return when it is heard."""
    await socket.send(msgspec.json.encode({"type": "watch", **what}).decode())
    assert await next_frame(socket) == LiveTick()


async def append(bus: Bus, flow: str, run: str, team: TeamId = TEAM) -> RunAppended:
    """An executor has stored an event."""
    event = RunCompleted(run=RunId(run), seq=2, at=START, cause="c", node="end")
    appended = RunAppended(
        run=RunId(run),
        team=team,
        flow=FlowId(flow),
        version=1,
        visitor=VisitorId("v"),
        events=[event],
    )
    await bus.tell(run_feed(team, FlowId(flow), RunId(run)), msgspec.json.encode(appended))
    return appended


async def test_everything_of_the_team(address: str, bus: Bus) -> None:
    """Who watches nothing in particular sees the team's runs, flows and agents, and no other team's."""
    async with connect(f"ws://{address}/api/live", additional_headers=await cookie(address)) as socket:
        await opening(socket)
        await append(bus, "greet", "r-0", TeamId("other"))
        appended = await append(bus, "greet", "r-1")
        frame = await next_frame(socket)
        assert frame == LiveRunAppended(**msgspec.structs.asdict(appended))
        verdict = FlowVerdict(team=TEAM, flow=FlowId("greet"), verdict="published", at=START, version=3)
        await bus.store(flow_verdict(TEAM, verdict.flow, "published"), msgspec.json.encode(verdict))
        assert await next_frame(socket) == LiveFlowChanged(**msgspec.structs.asdict(verdict))
        change = PresenceChanged(team=TEAM, kind="agent", id="mei", online=True, at=START)
        await bus.store(presence(TEAM, "agent", "mei", online=True), msgspec.json.encode(change))
        assert await next_frame(socket) == LivePresence(agent=AGENT, is_online=True)


async def test_one_flow_or_one_run(address: str, bus: Bus) -> None:
    """The last `watch` counts."""
    async with connect(f"ws://{address}/api/live", additional_headers=await cookie(address)) as socket:
        await opening(socket)
        await watch(socket, flow="greet")
        await append(bus, "other", "r-1")
        await append(bus, "greet", "r-2")
        frame = await next_frame(socket)
        assert isinstance(frame, LiveRunAppended)
        assert frame.run == "r-2"
        await watch(socket, run="r-4")
        await append(bus, "greet", "r-3")
        await append(bus, "other", "r-4")
        frame = await next_frame(socket)
        assert isinstance(frame, LiveRunAppended)
        assert frame.run == "r-4"


async def test_bus_goes_away(address: str, bus: Bus, nats_server: Nats) -> None:
    """The page is told, and goes on by itself when it is back."""
    async with connect(f"ws://{address}/api/live", additional_headers=await cookie(address)) as socket:
        await opening(socket)
        nats_server.kill()
        assert await next_frame(socket) == LiveBus(is_up=False)
        nats_server.start()
        assert await next_frame(socket) == LiveBus(is_up=True)
        await bus.settle()
        await append(bus, "greet", "r-1")
        assert isinstance(await next_frame(socket), LiveRunAppended)


async def test_only_who_is_signed_in(address: str) -> None:
    """Nobody's socket is closed with a code that the page understands, one from another site's page not even opened."""
    async with connect(f"ws://{address}/api/live") as socket:
        assert await closed_with(socket) == NO_SESSION
    for origin in ("https://evil.example", "null"):
        with pytest.raises(InvalidStatus):
            await connect(
                f"ws://{address}/api/live",
                additional_headers={**await cookie(address), "Origin": origin},
            )
    own = {**await cookie(address), "Origin": f"http://{address}"}
    async with connect(f"ws://{address}/api/live", additional_headers=own) as socket:
        await opening(socket)


async def test_session_that_ends_ends_its_sockets(address: str, bus: Bus) -> None:
    """Signing out, and being no agent any more, count at once."""
    async with httpx.AsyncClient(base_url=f"http://{address}") as browser:
        await browser.get(link_path(agent=AGENT))
        headers = {"Cookie": f"frontdesk_console={browser.cookies['frontdesk_console']}"}
        await browser.get("/")
        async with connect(f"ws://{address}/api/live", additional_headers=headers) as socket:
            await opening(socket)
            token = {"X-CSRF-Token": browser.cookies["frontdesk_csrf"]}
            assert (await browser.delete("/api/session", headers=token)).status_code == 204
            assert await closed_with(socket) == NO_SESSION
    async with connect(f"ws://{address}/api/live", additional_headers=await cookie(address)) as socket:
        await opening(socket)
        await put_settings(bus, msgspec.structs.replace(SETTINGS, agents=SETTINGS.agents[:1]))
        assert await closed_with(socket) == NO_SESSION


async def test_slow_reader_is_dropped(address: str, bus: Bus) -> None:
    """Whoever does not read is not waited for: the memory of the console is bounded."""
    async with connect(
        f"ws://{address}/api/live", additional_headers=await cookie(address), max_queue=1
    ) as socket:
        await opening(socket)
        socket.transport.pause_reading()
        big = "x" * 60_000
        event = RunCompleted(run=RunId("r"), seq=2, at=datetime.now(UTC), cause=big, node="end")
        appended = RunAppended(
            run=RunId("r"), team=TEAM, flow=FlowId("f"), version=1, visitor=VisitorId("v"), events=[event]
        )
        data = msgspec.json.encode(appended)
        for _ in range(BOUND * 2):
            await bus.tell(run_feed(TEAM, FlowId("f"), RunId("r")), data)
        await bus.settle()
        socket.transport.resume_reading()
        assert await closed_with(socket) == TOO_SLOW


async def test_nonsense_closes(address: str) -> None:
    """A frame that is none, or that names no ids, ends the socket."""
    for frame in (
        "",
        "[]",
        '{"type":"nonsense"}',
        '{"type":"watch","flow":"a.>"}',
        '{"type":"watch","run":"*"}',
    ):
        async with connect(f"ws://{address}/api/live", additional_headers=await cookie(address)) as socket:
            await opening(socket)
            await socket.send(frame)
            assert await closed_with(socket) == BAD_FRAME
