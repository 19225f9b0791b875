"""Requests that are wrong, hostile or huge: each gets an answer in time, and the next one is served as ever."""

import msgspec
import pytest

from contracts.ids import FlowId
from contracts.requests import FlowList, FlowPushed, FlowRequest, FlowVerdict, FlowVersion, Request
from contracts.streams import FLOW
from services.chassis.bus import RequestRejected
from tests.flow_executor.harness import World
from tests.flow_executor.shapes import patient
from tests.waiting import eventually

PUSH = "contracts.flows.push"


async def refused(world: World, subject: str, body: bytes) -> RequestRejected:
    """The refusal of this request."""
    with pytest.raises(RequestRejected) as refusal:
        await world.bus.request(subject, body, dict[str, object])
    return refusal.value


@pytest.mark.parametrize("team", ["a b", "*", "a.b", "", "x\n"])
async def test_a_team_that_cannot_be_in_a_subject(world: World, team: str) -> None:
    """It is refused before anything is stored; the next push works."""
    body = msgspec.json.encode({"definition": patient(), "team": team})
    assert (await refused(world, PUSH, body)).code == "bad_request"
    assert (await world.push(patient())).version == 1


async def test_a_team_that_is_not_there(world: World) -> None:
    """A typing error in the team's name goes unnoticed nowhere."""
    body = msgspec.json.encode({"definition": patient(), "team": "ghost"})
    assert (await refused(world, PUSH, body)).code == "unknown_team"
    await world.bus.store("contracts.flows.submit.ghost", msgspec.json.encode(patient()))

    async def told() -> bool:
        last = await world.bus.read.last_of(FLOW.name, "flow.ghost.*.refused")
        assert last is not None
        verdict = msgspec.json.decode(last.data, type=FlowVerdict)
        return verdict.error is not None and verdict.error.code == "unknown_team"

    await eventually(told)


@pytest.mark.parametrize("body", [b'{"a":' * 20_000, b"[" * 100_000, b"\xff\xfe", b"", b"null", b'"x"'])
async def test_a_push_that_is_no_flow(world: World, body: bytes) -> None:
    """Whatever comes, the answer comes too."""
    assert (await refused(world, PUSH, body)).code in {"flow_refused", "bad_request"}


async def test_a_flow_of_thousands_of_nodes(world: World) -> None:
    """It is refused for their number, in an answer that fits a message, while others are served."""
    flow = patient()
    nodes = {f"n{number}": {"type": "end", "name": "e"} for number in range(4000)}
    body = msgspec.json.encode({**flow, "nodes": nodes})
    refusal = await refused(world, PUSH, body)
    assert any(problem.at == "nodes" for problem in refusal.error.problems)
    assert len(refusal.error.problems) <= 100


async def test_a_version_beyond_all_bounds(world: World) -> None:
    """A number that Postgres could not take is no version."""
    await world.push(patient())
    body = msgspec.json.encode({"flow": "patient", "version": 2**40})
    assert (await refused(world, "contracts.flows.get", body)).code == "bad_request"
    assert (
        await refused(world, "contracts.flows.get", b'{"flow": "patient", "version": 7}')
    ).code == "unknown_flow"


async def test_a_bare_definition_may_say_who_asks(world: World) -> None:
    """Every request takes `team` and `by`, a bare definition too."""
    body = msgspec.json.encode({**patient(), "team": "default", "by": "ops"})
    assert (await world.bus.request(PUSH, body, FlowPushed)).version == 1
    request = FlowRequest(flow=FlowId("patient"))
    found = await world.bus.request("contracts.flows.get", request, FlowVersion)
    assert found.published_by == "ops"


async def test_a_misspelt_wish(world: World) -> None:
    """`activte` is no wish that could be granted by silence."""
    body = msgspec.json.encode({"definition": patient(), "activte": True})
    assert "activte" in (await refused(world, PUSH, body)).detail
    assert (await world.bus.request("contracts.flows.list", Request(), FlowList)).flows == []


async def test_a_push_says_whom_it_replaced(world: World) -> None:
    """Whoever activates learns which flow has lost its trigger."""
    await world.push(patient())
    pushed = await world.push(patient(flow="other"))
    assert (pushed.active, pushed.replaced) == (True, "patient")
