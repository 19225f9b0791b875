"""Flows answer visitors: from an event on the bus to a message on the bus, through the journal."""

from typing import cast

import msgspec
import pytest

from contracts.ids import VisitorId
from contracts.requests import RunHistory, RunReplay, RunReplayed, RunRequest
from contracts.run import NodeCompleted
from tests.flow_executor.harness import AGENT, World, opened, path, said, tracked
from tests.flow_executor.shapes import flow, patient, reply, shipped, wait
from tests.waiting import eventually

SORRY = "很抱歉目前没有座席在线，您可以在下方对话框留下联系方式，我们将尽快联系您。"


async def test_nobody_is_there(world: World) -> None:
    """The tutorial's flow: no agent is online, so the robot apologises, once, and the run says why."""
    await world.push(shipped("agents-offline-message"))
    await world.happen(opened("v1"))
    history = await world.sole_run("v1")
    assert path(history.events) == [
        "started",
        "start SUCCESS",
        "check TRUE",
        "apologise SUCCESS",
        "completed",
    ]
    await world.wrote("v1", SORRY)
    check = cast("NodeCompleted", history.events[2])
    assert check.facts == {"agents_online": []}


async def test_somebody_is_there(world: World) -> None:
    """An agent who is online sends the run the other way; nothing is posted."""
    await world.push(shipped("agents-offline-message"))
    await world.come_online()
    await _told_online(world, "v0")
    await world.happen(opened("v1"))
    history = await world.sole_run("v1")
    assert path(history.events) == ["started", "start SUCCESS", "check FALSE", "completed"]
    assert await world.chat("v1") == []
    await world.go_offline()

    async def offline_again() -> bool:
        await world.happen(opened(visitor := f"w{len(await world.runs())}"))
        assert "check TRUE" in path((await world.sole_run(visitor)).events)
        return True

    await eventually(offline_again, within_s=5)


async def _told_online(world: World, visitor: str) -> None:
    """Return when the executor has seen the agent."""

    async def seen() -> bool:
        await world.happen(opened(who := f"{visitor}-{len(await world.runs())}"))
        assert "check FALSE" in path((await world.sole_run(who)).events)
        return True

    await eventually(seen, within_s=5)


async def test_a_run_replays_and_answers_what_if(world: World) -> None:
    """Deciding again gives the same events; with another fact it takes the other path and sends nothing."""
    await world.push(shipped("agents-offline-message"))
    await world.happen(opened("v1"))
    run = (await world.sole_run("v1")).run.run
    again = await world.bus.request("query.runs.replay", RunReplay(run=run), RunReplayed)
    assert (again.equal, again.differs_at) == (True, None)
    facts = {"agents_online": msgspec.Raw(b'["agent-1"]')}
    other = await world.bus.request("query.runs.replay", RunReplay(run=run, set=facts), RunReplayed)
    assert (other.equal, other.differs_at) == (False, 3)
    assert path(other.events) == ["started", "start SUCCESS", "check FALSE", "completed"]
    await world.wrote("v1", SORRY)


async def test_a_wait_times_out(world: World) -> None:
    """The timer fires, once, and the run goes on."""
    await world.push(patient())
    await world.happen(said("v1", "hello"))
    history = await world.sole_run("v1")
    assert path(history.events) == [
        "started",
        "start SUCCESS",
        "waiting",
        "wait TIMEOUT",
        "late SUCCESS",
        "completed",
    ]
    await world.wrote("v1", "late")


async def test_an_agent_answers_in_time(world: World) -> None:
    """The answer ends the wait; its timer comes to nothing."""
    await world.push(patient(seconds=2))
    await world.happen(said("v1", "hello"))
    await world.sole_run("v1", "waiting")
    await world.answer("v1")
    history = await world.sole_run("v1")
    assert path(history.events)[-3:] == ["wait AGENT_ANSWER", "thanks SUCCESS", "completed"]
    await world.happen(said("v2", "hello"))
    await world.sole_run("v2")
    await world.wrote("v1", "thanks")


async def test_the_visitor_writes_again(world: World) -> None:
    """A second message resumes the waiting run, then starts one of its own."""
    await world.push(patient(seconds=60))
    await world.happen(said("v1", "hello"))
    await world.sole_run("v1", "waiting")
    await world.happen(said("v1", "anybody?", "f2"))

    async def both() -> bool:
        assert [run.status for run in await world.runs("v1")] == ["waiting", "completed"]
        return True

    await eventually(both, within_s=5)


async def test_a_cooldown_holds_and_says_so(world: World) -> None:
    """Within the hour the same visitor is not told again; another visitor is."""
    await world.push(shipped("agents-offline-message"))
    await world.happen(opened("v1"))
    await world.sole_run("v1")
    await world.happen(opened("v1", "f2"), opened("v2"))
    await world.sole_run("v2")
    assert len(await world.runs("v1")) == 1


async def test_a_waiting_flow_may_be_skipped_or_restarted(world: World) -> None:
    """`overlap` says what a second trigger does to a run that still waits."""
    await world.push(patient(seconds=60, trigger="widget_opened", overlap="restart"))
    await world.happen(opened("v1"), opened("v1", "f2"))

    async def restarted() -> bool:
        assert [run.status for run in await world.runs("v1")] == ["waiting", "cancelled"]
        return True

    await eventually(restarted, within_s=5)
    await world.push(patient(seconds=60, trigger="widget_opened", overlap="skip"))
    await world.happen(opened("v2"), opened("v2", "f2"), opened("v3"))
    await world.sole_run("v3", "waiting")
    assert [run.status for run in await world.runs("v2")] == ["waiting"]


@pytest.mark.parametrize(
    ("overlap", "statuses"), [("skip", ["waiting"]), ("restart", ["waiting", "cancelled"])]
)
async def test_a_message_that_resumes_a_run_overlaps_it_too(
    world: World, overlap: str, statuses: list[str]
) -> None:
    """The run takes the message and waits again: then it is one that still waits when its flow would start."""
    waits: dict[str, object] = {"first": wait(60, VISITOR_ANSWER="second"), "second": wait(60, TIMEOUT="end")}
    await world.push(flow("message_sent", waits, "two-waits", overlap=overlap))
    await world.happen(said("v1", "hello"), said("v1", "anybody?", "f2"), said("v2", "hello"))
    await world.sole_run("v2", "waiting")
    await eventually(lambda: _is_idle(world))
    runs = await world.runs("v1")
    assert [run.status for run in runs] == statuses
    first = await world.bus.request("query.runs.events", RunRequest(run=runs[-1].run), RunHistory)
    assert "first VISITOR_ANSWER" in path(first.events)
    again = await world.bus.request("query.runs.replay", RunReplay(run=runs[-1].run), RunReplayed)
    assert again.equal
    assert await world.dead() == []


async def _is_idle(world: World) -> bool:
    return await world.unfinished() == 0


async def test_assigning_is_remembered(world: World) -> None:
    """`assign_all` tells CHAT, and the next run sees that the visitor has an agent."""
    flow = shipped("load-widget")
    await world.push({**flow, "trigger": "widget_opened", "flow": "on-open"})
    await world.happen(opened("v1"))
    first = await world.sole_run("v1")
    assert f"{AGENT}" in str(first.events)
    (assigned,) = await world.chat("v1")
    assert msgspec.to_builtins(assigned)["agents"] == [AGENT]
    await world.happen(opened("v1", "f2"))

    async def second() -> bool:
        runs = await world.runs("v1")
        assert len(runs) == 2
        return True

    await eventually(second, within_s=5)
    assert len(await world.chat("v1")) == 1
    assert VisitorId("v1") == first.run.visitor


async def test_an_expression_knows_whether_the_visitor_is_assigned(world: World) -> None:
    """`is_assigned_user` is what `has_agent` would say."""
    logic = {
        "type": "logic",
        "name": "l",
        "expression": "is_assigned_user",
        "next": {"TRUE": "end", "FALSE": "all"},
    }
    await world.push(
        {
            "flow": "own",
            "name": "own",
            "trigger": "widget_opened",
            "nodes": {
                "start": {"type": "start", "name": "s", "next": {"SUCCESS": "logic"}},
                "logic": logic,
                "all": {"type": "assign_all", "name": "a", "next": {"SUCCESS": "end"}},
                "end": {"type": "end", "name": "e"},
            },
        }
    )
    await world.happen(opened("v1"))
    assert "logic FALSE" in path((await world.sole_run("v1")).events)
    await world.happen(opened("v1", "f2"))

    async def second() -> bool:
        runs = await world.runs("v1")
        assert [run.status for run in runs] == ["completed", "completed"]
        history = await world.bus.request("query.runs.events", RunRequest(run=runs[0].run), RunHistory)
        assert "logic TRUE" in path(history.events)
        return True

    await eventually(second, within_s=5)


async def test_events_of_an_unknown_visitor_count(world: World) -> None:
    """What is tracked before any page of the visitor has loaded counts from the first one on."""
    nodes: dict[str, object] = {"say": reply("{{event_count_webclick}} {{track_event_count}}")}
    await world.push(flow("event_tracked", nodes, "counting", event="webclick"))
    await world.happen(tracked("v1", "webclick", "f1"), tracked("v1", "webclick", "f2"))

    async def counted() -> bool:
        return await world.texts("v1") == ["1 1", "2 2"]

    await eventually(counted, within_s=5)
