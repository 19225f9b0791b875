"""The console before the real services: what an admin and an explorer of runs do, from HTTP to the journal and back."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

import httpx
import msgspec
import pytest

from contracts.console import Flows, ParsedFlow, Present
from contracts.export import ExportedRun
from contracts.flow import FlowDefinition
from contracts.requests import (
    FlowActivated,
    FlowHistory,
    FlowPushed,
    FlowTested,
    FlowValidated,
    FlowVersion,
    HeatTaken,
    MessagesPage,
    NodeWaiting,
    OutcomeTaken,
    RunHistory,
    RunReplayed,
    RunsCancelled,
    RunsExplained,
    RunsPage,
    ScenarioMade,
    WaitingCounted,
)
from contracts.team import TeamSettings, Webhook
from services.chassis.bus import Bus
from services.conversations.app import serve as converse
from services.conversations.config import Config as ConversationsConfig
from services.presence.app import serve as attend
from services.presence.config import Config as PresenceConfig
from tests.console.conftest import SETTINGS, code_of, put_settings
from tests.flow_executor.harness import World, executing, said
from tests.flow_executor.shapes import patient
from tests.waiting import eventually

T = TypeVar("T")


@pytest.fixture
async def world(bus: Bus, nats_url: str, postgres_dsn: str) -> AsyncIterator[World]:
    """Visitors, and the services behind the console."""
    stop = asyncio.Event()
    async with executing(nats_url, postgres_dsn), asyncio.TaskGroup() as tasks:
        config = ConversationsConfig(nats_url=nats_url, postgres_dsn=postgres_dsn)
        tasks.create_task(converse(config, stop))
        tasks.create_task(attend(PresenceConfig(nats_url=nats_url), stop))
        world = World(bus)
        await world.wait_for_executor()
        yield world
        stop.set()


def of(answer: httpx.Response, kind: type[T]) -> T:
    """What was answered, which is no refusal."""
    assert answer.is_success, answer.text
    return msgspec.json.decode(answer.content, type=kind)


async def publish(
    browser: httpx.AsyncClient, definition: dict[str, object], expect: int, *, activate: bool = False
) -> httpx.Response:
    """Publish flow `patient`."""
    body = {"definition": definition, "expect_version": expect, "activate": activate}
    return await browser.post("/api/flows/patient/publish", json=body)


async def test_two_admins_publish(signed_in: httpx.AsyncClient, world: World) -> None:
    """The second to publish is told who did, and loses nothing; versions, what is active and places follow."""
    assert of(await publish(signed_in, patient(), 0, activate=True), FlowPushed).version == 1
    await world.push(patient(seconds=2), activate=False)
    late = await publish(signed_in, patient(seconds=3), 1)
    assert (late.status_code, code_of(late)) == (409, "version_conflict")
    assert late.json()["error"]["detail"].startswith("tests published version 2 of patient at 2")
    assert of(await publish(signed_in, patient(seconds=3), 2), FlowPushed).version == 3

    activated = await signed_in.post("/api/flows/patient/activate", json={"version": 1})
    assert of(activated, FlowActivated).version == 1
    places = {"start": [1, 2], "end": [3.5, 4]}
    body = {"version": 3, "layout": places}
    assert (await signed_in.put("/api/flows/patient/layout", json=body)).status_code == 204
    moved = {"version": 3, "layout": {"end": [9, 9]}}
    assert (await signed_in.put("/api/flows/patient/layout", json=moved)).status_code == 204
    strange = {"version": 3, "layout": {"nowhere": [9, 9]}}
    assert code_of(await signed_in.put("/api/flows/patient/layout", json=strange)) == "bad_request"
    newest = of(await signed_in.get("/api/flows/patient?version=3"), FlowVersion)
    assert newest.definition.layout == {"start": (1, 2), "end": (9, 9)}

    flows = of(await signed_in.get("/api/flows"), Flows).flows
    assert [(flow.flow, flow.versions, flow.active) for flow in flows] == [("patient", 3, 1)]
    history = of(await signed_in.get("/api/flows/patient/history"), FlowHistory).history
    assert [(entry.what, entry.version, entry.by) for entry in history][:2] == [
        ("published", 3, "agent-1"),
        ("published", 2, "tests"),
    ]
    assert of(await signed_in.post("/api/flows/patient/deactivate"), FlowActivated).active is False
    await signed_in.delete("/api/flows/patient")
    assert of(await signed_in.get("/api/flows"), Flows).flows == []


async def test_wrong_flow(signed_in: httpx.AsyncClient, world: World) -> None:
    """Problems come each with its place, whichever way one asks; another flow's address is refused."""
    wrong = patient()
    wrong["nodes"] = {"start": {"type": "start", "next": {"SUCCESS": "gone"}}}
    refused = await publish(signed_in, wrong, 0)
    assert (refused.status_code, code_of(refused)) == (400, "flow_refused")
    problems = of(
        await signed_in.post("/api/flows/validate", json={"definition": wrong}), FlowValidated
    ).problems
    assert "nodes.start.next.SUCCESS" in {problem.at for problem in problems}
    tested = of(await signed_in.post("/api/flows/test", json={"definition": wrong}), FlowTested)
    assert (tested.results, tested.problems) == ([], problems)
    other = await publish(signed_in, patient(flow="another"), 0)
    assert "flow another" in other.json()["error"]["detail"]
    for nonsense in ("null", "[]", '"flow"', '{"nodes": 1000000000000000000000000}', '{"flow": 1}'):
        body = f'{{"definition": {nonsense}, "expect_version": 0}}'
        answer = await signed_in.post("/api/flows/patient/publish", content=body)
        assert answer.status_code == 400, nonsense


async def test_flow_may_be_called_anything(signed_in: httpx.AsyncClient, world: World) -> None:
    """A flow whose id is a word of the API is a flow like the others."""
    body = {"definition": patient(flow="test"), "expect_version": 0}
    assert of(await signed_in.post("/api/flows/test/publish", json=body), FlowPushed).version == 1
    assert of(await signed_in.get("/api/flows/test"), FlowVersion).flow == "test"
    assert len(of(await signed_in.get("/api/flows/test/history"), FlowHistory).history) == 1
    assert of(await signed_in.delete("/api/flows/test"), FlowActivated).active is False


async def test_scenarios_run(signed_in: httpx.AsyncClient, world: World) -> None:
    """Each scenario's result, and what none of them shows."""
    scenarios = [
        {"name": "late", "steps": ["TIMEOUT"], "messages": ["late"]},
        {"name": "wrong", "steps": ["TIMEOUT"], "messages": ["early"]},
    ]
    body = {"definition": patient(scenarios=scenarios)}
    tested = of(await signed_in.post("/api/flows/test", json=body), FlowTested)
    assert [(result.name, result.passed) for result in tested.results] == [("late", True), ("wrong", False)]
    assert tested.results[1].differences[0].found == ("late",)
    assert tested.coverage.nodes == ("thanks",)
    assert "wait AGENT_ANSWER" in tested.coverage.outcomes


async def test_files(signed_in: httpx.AsyncClient, world: World) -> None:
    """A flow goes out as TOML and comes in again as it was; a file that is none says why."""
    definition = patient(name="等待")
    toml = await signed_in.post("/api/flows/toml", json={"definition": definition})
    assert toml.headers["content-type"].startswith("text/plain")
    back = await signed_in.post(
        "/api/flows/parse", content=toml.content, headers={"content-type": "application/toml"}
    )
    parsed = of(back, ParsedFlow)
    assert parsed.problems == []
    assert msgspec.json.decode(msgspec.json.encode(parsed.definition)) == definition
    json = await signed_in.post("/api/flows/parse", json=definition)
    assert of(json, ParsedFlow).definition == parsed.definition
    bad = await signed_in.post(
        "/api/flows/parse", content=b"flow = ", headers={"content-type": "application/toml"}
    )
    assert of(bad, ParsedFlow).problems[0].code == "bad_syntax"
    unfinished = await signed_in.post("/api/flows/toml", json={"definition": {"flow": "x"}})
    assert (unfinished.status_code, code_of(unfinished)) == (400, "flow_refused")


async def test_runs_are_explored(signed_in: httpx.AsyncClient, world: World) -> None:
    """Waiting runs by node, the ways that were taken, one run in every way, and what its visitor got."""
    await publish(signed_in, patient(seconds=3600), 0, activate=True)
    await world.happen(said("v1", "hello"), said("v2", "hello"))
    await world.sole_run("v1", "waiting")
    waits = (await world.sole_run("v2", "waiting")).run
    waiting = of(await signed_in.get("/api/flows/patient/waiting"), WaitingCounted).waiting
    assert waiting == [NodeWaiting(version=1, node="wait", runs=2)]
    await world.answer("v1")
    run = (await world.sole_run("v1")).run

    heat = of(await signed_in.get("/api/flows/patient/heat?version=1"), HeatTaken)
    assert heat.runs == 2
    assert OutcomeTaken(node="start", outcome="SUCCESS", runs=2) in heat.taken
    assert OutcomeTaken(node="wait", outcome="AGENT_ANSWER", runs=1) in heat.taken
    assert of(await signed_in.get("/api/flows/patient/heat?version=2"), HeatTaken).runs == 0

    took = await signed_in.get("/api/runs", params={"outcome": "wait AGENT_ANSWER", "flow": "patient"})
    assert [found.run for found in of(took, RunsPage).runs] == [run.run]
    before = await signed_in.get("/api/runs", params={"until": run.started_at.isoformat(), "visitor": "v1"})
    assert of(before, RunsPage).runs == []

    history = of(await signed_in.get(f"/api/runs/{run.run}"), RunHistory)
    definition = of(await signed_in.get(f"/api/runs/{run.run}/definition"), FlowDefinition)
    assert definition.flow == "patient"
    replayed = of(await signed_in.post(f"/api/runs/{run.run}/replay", json={}), RunReplayed)
    assert replayed.equal
    export = await signed_in.get(f"/api/runs/{run.run}/export")
    assert export.headers["content-disposition"] == f'attachment; filename="run-{run.run}.json"'
    assert of(export, ExportedRun).events == history.events

    made = await signed_in.post(f"/api/runs/{run.run}/scenario", json={"name": "somebody comes"})
    scenario = of(made, ScenarioMade).scenario
    with_it = patient(seconds=3600, scenarios=[msgspec.to_builtins(scenario)])
    tested = of(await signed_in.post("/api/flows/test", json={"definition": with_it}), FlowTested)
    assert [result.passed for result in tested.results] == [True]
    assert tested.results[0].path[-2:] == ("thanks SUCCESS", "end")

    cancelled = await signed_in.post(f"/api/runs/{waits.run}/cancel", json={"reason": "enough"})
    assert of(cancelled, RunsCancelled).cancelled == [waits.run]
    ended = (await world.sole_run("v2", "cancelled")).run
    assert ended.error == "cancelled by agent-1: enough"

    explained = of(await signed_in.get("/api/visitors/v1/explained"), RunsExplained).events
    assert [event.started for event in explained] == [run.run]

    async def told() -> bool:
        page = of(await signed_in.get("/api/visitors/v1/messages"), MessagesPage)
        return [message.text for message in page.messages][-1:] == ["thanks"]

    await eventually(told)


async def test_team_is_shown_without_secrets(signed_in: httpx.AsyncClient, world: World, bus: Bus) -> None:
    """What would let others in stays away from every page; who is online is known."""
    hook = Webhook(url="https://chat.example/services/T0/B0/secret?key=1", secret="hush")
    secretive = msgspec.structs.replace(
        SETTINGS,
        identity_secret="hush",
        api_key_hashes=("0" * 64,),
        allowed_hosts=("chat.example",),
        webhooks=(hook,),
    )
    await put_settings(bus, secretive)

    async def is_known() -> bool:
        return of(await signed_in.get("/api/team"), TeamSettings).allowed_hosts == ("chat.example",)

    await eventually(is_known)
    shown = await signed_in.get("/api/team")
    assert of(shown, TeamSettings).agents == SETTINGS.agents
    for secret in ("hush", "T0", "key=1", "000"):
        assert secret not in shown.text
    await world.come_online()

    async def is_online() -> bool:
        return of(await signed_in.get("/api/presence"), Present).agents == ["agent-1"]

    await eventually(is_online)
    assert (await signed_in.get("/api/health")).json() == {"bus": True}
