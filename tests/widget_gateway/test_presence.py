"""Who is online: the agents for the visitors, the visitors for everybody else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts import streams, subjects
from contracts.frames import Presence
from contracts.ids import TeamId
from contracts.presence import VISITOR_TTL_S
from contracts.team import TeamSettings
from services.chassis.bus import Bus
from tests.waiting import eventually
from tests.widget_gateway.running import Gateway, put_team

LONG = timedelta(seconds=60)


@pytest.fixture
async def team(bus: Bus) -> TeamId:
    """A team of the test's own."""
    team = TeamId(uuid4().hex)
    await put_team(bus, TeamSettings(team=team))
    return team


def session(team: TeamId, agent: str = "a") -> str:
    """The key of an agent's session."""
    return subjects.session_key(team, "agent", agent, "s")


async def come(bus: Bus, team: TeamId, agent: str = "a") -> None:
    """Have an agent come online."""
    await bus.keys.put_for(streams.SESSIONS.name, session(team, agent), b"{}", LONG)


async def go(bus: Bus, team: TeamId, agent: str = "a") -> None:
    """Have an agent sign out."""
    await bus.keys.purge(streams.SESSIONS.name, session(team, agent), LONG)


async def test_the_first_and_the_last_agent_are_told(gateway: Gateway, bus: Bus, team: TeamId) -> None:
    """Visitors hear when any agent is online and when none is any more, and nothing in between."""
    async with gateway.socket() as visitor, gateway.visitor() as of_another_team:
        assert not (await visitor.hello(team=team)).agents_online
        await come(bus, team, "a")
        assert (await visitor.next(Presence)).agents_online
        await come(bus, team, "b")
        await go(bus, team, "a")
        await go(bus, team, "b")
        assert not (await visitor.next(Presence)).agents_online
        assert await of_another_team.is_alive()
        assert not any(isinstance(frame, Presence) for frame in of_another_team.aside)


async def test_welcome_says_whether_agents_are_online(gateway: Gateway, bus: Bus, team: TeamId) -> None:
    """Who comes later knows at once."""
    async with gateway.socket() as visitor:
        await visitor.hello(team=team)
        await come(bus, team)
        await visitor.next(Presence)
    async with gateway.socket() as visitor:
        assert (await visitor.hello(team=team)).agents_online


async def test_an_agent_whose_time_is_up_is_gone(gateway: Gateway, bus: Bus, team: TeamId) -> None:
    """A session that is not refreshed ends by itself."""
    async with gateway.socket() as visitor:
        await visitor.hello(team=team)
        await bus.keys.put_for(streams.SESSIONS.name, session(team), b"{}", timedelta(seconds=1))
        assert (await visitor.next(Presence)).agents_online
        assert not (await visitor.next(Presence)).agents_online


async def test_a_visitor_has_a_session(gateway: Gateway, bus: Bus) -> None:
    """Each socket is a key that expires; a lost one stays for 5 s, so that a reload is no absence."""
    bucket = f"KV_{streams.SESSIONS.name}"

    async def ttls(visitor: str) -> list[str]:
        keys = await bus.read.last(bucket, [f"$KV.{streams.SESSIONS.name}.default.visitor.{visitor}.*"])
        return [key.headers["Nats-TTL"] for key in keys]

    async with gateway.visitor() as one, gateway.visitor(one.token):
        held = [f"{VISITOR_TTL_S}s"] * 2

        async def are_held() -> bool:
            return await ttls(one.id) == held

        await eventually(are_held)

    async def are_let_go() -> bool:
        return await ttls(one.id) == ["5s", "5s"]

    await eventually(are_let_go)
