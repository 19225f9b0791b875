"""Settings and flows agree, or whoever pushes the settings is told: conversations asks the executor."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from contracts.ids import FlowId, TeamId
from contracts.requests import CheckTeam, FlowActivated, FlowRequest, PushTeam, TeamChecked, TeamPushed
from contracts.streams import TEAM as BUCKET
from services.chassis.bus import RequestRejected
from services.chassis.lifecycle import DONE
from tests.cli.commands import Frontdesk
from tests.conversations.told import conversing
from tests.flow_executor.harness import TEAM, World
from tests.flow_executor.shapes import flow
from tests.waiting import eventually

HAVES: dict[str, object] = {
    "team": TEAM,
    "agents": [{"id": "agent-1", "groups": ["sales"]}],
    "customer_types": [{"id": "vip"}],
    "custom_fields": [{"id": "plan"}],
    "segments": [{"id": "gold", "filter": "plan == 'gold'"}],
    "canned_messages": [{"id": "hello", "text": "Hello {{user_fullname or 'there'}}"}],
}


@pytest.fixture
async def asking(world: World, nats_url: str, postgres_dsn: str) -> AsyncIterator[World]:
    """An executor, and conversations beside it."""
    async with conversing(world.bus, nats_url, postgres_dsn, asyncio.Event()):
        yield world


async def push_team(world: World, **changed: object) -> TeamPushed:
    """An admin pushes the settings, with these changes."""
    settings = msgspec.Raw(msgspec.json.encode(HAVES | changed))
    return await world.bus.request("contracts.team.push", PushTeam(settings=settings, by="tests"), TeamPushed)


def converting(kind: str, name: str = "converting") -> dict[str, object]:
    """A flow that makes every visitor a customer of that type."""
    node = {"type": "convert", "name": "c", "customer_type": kind, "next": {"SUCCESS": "end"}}
    return flow("widget_opened", {"vip": node}, name)


async def is_known(world: World) -> bool:
    """Whether the executor has seen what was pushed last: a flow that needs it is taken."""
    try:
        await world.push(converting("vip", "probe"), activate=False)
    except RequestRejected:
        return False
    return True


async def test_a_flow_whose_reference_goes_is_told(asking: World) -> None:
    """Active and newest versions that refer to what is gone come as warnings, the active one first; nothing changes."""
    assert (await push_team(asking)).warnings == []
    await eventually(lambda: is_known(asking))
    await asking.push(converting("vip"))
    await asking.push({**converting("vip"), "name": "another name"}, activate=False)
    pushed = await push_team(asking, customer_types=[])
    places = [(warning.code, warning.level, warning.at) for warning in pushed.warnings]
    assert places == [
        ("unknown_reference", "warning", "flows.converting@1.nodes.vip.customer_type"),
        ("unknown_reference", "warning", "flows.converting@2.nodes.vip.customer_type"),
        ("unknown_reference", "warning", "flows.probe@1.nodes.vip.customer_type"),
    ]
    await asking.bus.request("contracts.flows.delete", FlowRequest(flow=FlowId("probe")), FlowActivated)
    assert len((await push_team(asking, customer_types=[])).warnings) == 2
    assert (await push_team(asking)).warnings == []


async def test_a_filter_of_unknown_names_is_told(asking: World) -> None:
    """A slip in a segment is a warning with the nearest name: the settings are taken."""
    pushed = await push_team(asking, segments=[{"id": "gold", "filter": "plna == 'gold'"}])
    assert [(w.code, w.level, w.at, w.hint) for w in pushed.warnings] == [
        ("unknown_reference", "warning", "segments.0.filter", "did you mean plan?")
    ]


async def test_a_wrong_expression_refuses_the_push(asking: World) -> None:
    """What either service finds comes back together, each once, and nothing is stored."""
    before = await asking.bus.keys.get(BUCKET.name, TEAM)
    with pytest.raises(RequestRejected) as caught:
        await push_team(
            asking,
            time_zone="Nowhere",
            segments=[{"id": "gold", "filter": "plan =="}, {"id": "long", "filter": "x" * 1001}],
            canned_messages=[{"id": "hello", "text": {"de": "{{", "en": "ok"}}],
        )
    assert caught.value.code == "team_refused"
    assert [(problem.code, problem.at) for problem in caught.value.error.problems] == [
        ("bad_value", "segments.1.filter"),
        ("bad_value", "time_zone"),
        ("bad_expression", "segments.0.filter"),
        ("bad_template", "canned_messages.0.text.de"),
    ]
    with pytest.raises(RequestRejected) as caught:
        await push_team(asking, time_zone="Nowhere", canned_messages=[{"id": "hello", "text": "{{"}])
    assert [problem.at for problem in caught.value.error.problems] == ["time_zone", "canned_messages.0.text"]
    assert await asking.bus.keys.get(BUCKET.name, TEAM) == before


async def test_only_the_teams_own_flows_are_looked_at(world: World) -> None:
    """Whoever asks about another team hears nothing of this one's flows."""
    node = {"type": "assign_agent", "name": "a", "agent": "agent-1", "next": {"SUCCESS": "end"}}
    await world.push(flow("widget_opened", {"mine": node}, "mine"))

    async def problems(team: str) -> list[str]:
        settings = msgspec.Raw(msgspec.json.encode({"team": team}))
        asked = CheckTeam(team=TeamId(team), settings=settings)
        reply = await world.bus.request("contracts.flows.check_team", asked, TeamChecked)
        return [problem.at for problem in reply.problems]

    assert await problems("other") == []
    assert await problems("default") == ["flows.mine@1.nodes.mine.agent"]


async def test_people_are_told(asking: World, nats_url: str, tmp_path: Path) -> None:
    """The command line prints the warnings of a push that was taken."""
    await push_team(asking)
    await eventually(lambda: is_known(asking))
    file = tmp_path / "team.toml"
    file.write_text('team = "default"\n[[agents]]\nid = "agent-1"\n')
    frontdesk = Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": nats_url})
    pushed = await frontdesk("team", "push", file)
    assert pushed.code == DONE
    assert "warning unknown_reference  flows.probe@1.nodes.vip.customer_type" in pushed.out

    async def is_seen() -> bool:
        return not await is_known(asking)

    await eventually(is_seen)
    activated = await frontdesk("flows", "activate", "probe")
    assert activated.code == DONE
    assert "probe@1 is active" in activated.out
    assert "warning unknown_reference  nodes.vip.customer_type" in activated.out
