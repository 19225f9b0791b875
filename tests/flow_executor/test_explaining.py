"""Why a visitor got what they got: each event, and what became of it."""

from datetime import UTC, datetime

from contracts.ids import FrameId, VisitorId, event_id
from contracts.requests import EventExplained, RunsExplain, RunsExplained
from contracts.visitor import WidgetClosed
from tests.flow_executor.harness import TEAM, World, opened, said
from tests.flow_executor.shapes import flow, patient, reply
from tests.waiting import eventually


async def explained(world: World, visitor: str, count: int) -> list[EventExplained]:
    """What became of the visitor's events, once all of them are handled."""

    async def found() -> list[EventExplained]:
        request = RunsExplain(visitor=VisitorId(visitor))
        reply = await world.bus.request("query.runs.explain", request, RunsExplained)
        assert len(reply.events) == count
        assert not any("no executor" in event.reason for event in reply.events)
        return reply.events

    return await eventually(found, within_s=10)


async def test_each_event_is_explained(world: World) -> None:
    """An event started a run, woke one, met a cool-down, met no flow, or is of a kind that starts none."""
    await world.push(flow("widget_opened", {"hi": reply("hi")}, "greet", cooldown_s=600))
    await world.push(patient(600))
    closed = WidgetClosed(
        id=event_id(TEAM, VisitorId("v1"), FrameId("f3")),
        team=TEAM,
        visitor=VisitorId("v1"),
        at=datetime.now(UTC),
    )
    await world.happen(opened("v1"), opened("v1", "f2"), closed, said("v1", "hello", "f4"))
    first, again, left, hello = await explained(world, "v1", 4)
    assert (first.type, first.flow, first.reason) == ("widget_opened", "greet", "")
    assert first.started is not None
    assert (again.started, again.flow) == (None, "greet")
    assert again.reason.startswith("cooldown: the last run began ")
    assert (left.type, left.reason) == ("widget_closed", "it starts no flow")
    assert hello.flow == "patient"
    await world.happen(said("v1", "still there?", "f5"))
    answer = (await explained(world, "v1", 5))[-1]
    assert hello.started in answer.woke


async def test_what_no_flow_answers(world: World) -> None:
    """With no flow there is a reason, and an event that was sent again stands once."""
    await world.happen(opened("v2"), said("v2", "hello", "f2"), said("v2", "hello", "f2"))
    load, message = await explained(world, "v2", 2)
    assert (load.reason, message.reason) == ("no flow answers it", "no flow answers it")
    assert load.event == event_id(TEAM, VisitorId("v2"), FrameId("f1"))
