"""What admins and pipelines ask of flow definitions, and what stream FLOW remembers of it."""

import msgspec
import pytest

from contracts.flow import Comment
from contracts.ids import FlowId
from contracts.requests import (
    FlowActivated,
    FlowHistory,
    FlowList,
    FlowPushed,
    FlowRequest,
    FlowValidated,
    FlowVerdict,
    FlowVersion,
    PushFlow,
    Request,
    RunReplay,
    RunReplayed,
    SeedFlow,
)
from contracts.streams import FLOW
from contracts.streams import TEAM as TEAMS
from contracts.subjects import submission
from contracts.team import TeamSettings
from services.chassis.bus import RequestRejected
from tests.flow_executor.by_hand import by_hand
from tests.flow_executor.harness import TEAM, T, World, in_action, opened, said
from tests.flow_executor.shapes import flow, patient, reply, shipped
from tests.waiting import eventually


def greeting(text: str, name: str = "greet", trigger: str = "widget_opened") -> dict[str, object]:
    """A flow that says this."""
    return flow(trigger, {"hello": reply(text)}, name)


async def test_equal_content_is_the_same_version(world: World) -> None:
    """Pushing it again, even moved about and commented, changes nothing; other content is the next version."""
    first = await world.push(greeting("one"))
    note = {"text": "why", "at": [0, 0]}
    again = await world.push(greeting("one") | {"layout": {"hello": [7, 7]}, "comments": {"c1": note}})
    drawn = (await _get(world, "greet")).definition
    second = await world.push(greeting("two"), activate=False)
    back = await world.push(greeting("one"), activate=False)
    assert [(push.version, push.active) for push in (first, again, second, back)] == [
        (1, True),
        (1, True),
        (2, False),
        (1, True),
    ]
    assert first.hash == again.hash != second.hash
    assert drawn.layout == {"hello": (7, 7)}
    assert drawn.comments == {"c1": Comment(text="why", at=(0, 0))}
    assert (await _get(world, "greet")).definition.layout == {}
    assert await _told(world) == ["greet published 1", "greet activated 1", "greet published 2"]


async def test_one_flow_answers_a_trigger(world: World) -> None:
    """Activating another one takes the first one's place, and one recorded event says both."""
    await world.push(greeting("one", "first"))
    await world.push(greeting("two", "second"), activate=False)
    activated = await _ask(world, "activate", FlowRequest(flow=FlowId("second"), by="ann"), FlowActivated)
    assert (activated.active, activated.replaced) == (True, "first")
    flows = (await world.bus.request("contracts.flows.list", Request(), FlowList)).flows
    assert [(item.flow, item.active) for item in flows] == [("first", None), ("second", 1)]
    last = (await _verdicts(world))[-1]
    assert (last.verdict, last.flow, last.replaced, last.by) == ("activated", "second", "first", "ann")
    assert [entry.what for entry in (await _history(world, "first")).history] == [
        "deactivated",
        "activated",
        "published",
    ]
    assert (await _history(world, "first")).history[0].replaced_by == "second"
    await world.happen(opened("v1"))
    await world.sole_run("v1")
    await world.wrote("v1", "two")


async def test_rolling_back_is_activating_an_older_version(world: World) -> None:
    """The next visitor gets the old text; deactivating leaves nobody to answer."""
    await world.push(greeting("one"))
    await world.push(greeting("two"))
    older = FlowRequest(flow=FlowId("greet"), version=1)
    assert await _ask(world, "activate", older, FlowActivated) == FlowActivated(
        flow=FlowId("greet"), version=1, active=True
    )
    await world.happen(opened("v1"))
    await world.sole_run("v1")
    await world.wrote("v1", "one")
    await _ask(world, "deactivate", FlowRequest(flow=FlowId("greet")), FlowActivated)
    assert [entry.what for entry in (await _history(world, "greet")).history] == [
        "deactivated",
        "activated",
        "activated",
        "published",
        "activated",
        "published",
    ]


async def test_a_refusal_lists_every_problem(world: World) -> None:
    """A raw request with a bare definition, as the stock command line sends it, is refused with all that is wrong."""
    nodes: dict[str, object] = {
        "start": {"type": "start", "name": "start", "next": {"SUCCESS": "chekc"}},
        "check": {"type": "agents_offline", "name": "check", "next": {"MAYBE": "end"}},
        "say": {"type": "replly", "name": "say"},
        "end": {"type": "end", "name": "end"},
    }
    body = msgspec.json.encode(
        {"flow": "wrong", "name": "wrong", "trigger": "widget_opened", "nodes": nodes, "oops": 1}
    )
    with pytest.raises(RequestRejected) as refused:
        await world.bus.request("contracts.flows.push", body, FlowPushed)
    assert refused.value.code == "flow_refused"
    validated = await world.bus.request("contracts.flows.validate", body, FlowValidated)
    assert validated.problems == refused.value.error.problems
    assert {
        ("missing_node", "nodes.start.next.SUCCESS"),
        ("unknown_outcome", "nodes.check.next.MAYBE"),
        ("unknown_type", "nodes.say.type"),
        ("unknown_field", "oops"),
    } <= {(problem.code, problem.at) for problem in validated.problems}
    assert (await world.bus.request("contracts.flows.list", Request(), FlowList)).flows == []
    assert await _told(world) == []


async def test_nobody_overwrites_what_they_have_not_seen(world: World) -> None:
    """A push that expects another version is refused, and changes nothing."""
    await world.push(greeting("one"))
    late = PushFlow(definition=_raw(greeting("mine")), expect_version=0)
    with pytest.raises(RequestRejected) as refused:
        await _ask(world, "push", late, FlowPushed)
    assert refused.value.code == "version_conflict"
    right = PushFlow(definition=_raw(greeting("mine")), expect_version=1)
    assert (await _ask(world, "push", right, FlowPushed)).version == 2


async def test_a_failing_scenario_keeps_a_flow_from_being_active(world: World) -> None:
    """The version may be kept, but it does not answer anybody."""
    scenarios = [{"name": f"says {word}", "messages": [word]} for word in ("two", "three")]
    broken = greeting("one") | {"scenarios": scenarios}
    await world.push(broken, activate=False)
    with pytest.raises(RequestRejected) as refused:
        await _ask(world, "activate", FlowRequest(flow=FlowId("greet")), FlowActivated)
    assert refused.value.code == "scenario_failed"
    assert 'its scenarios "says two", "says three" fail; see' in refused.value.error.detail
    assert not (await _get(world, "greet")).active


async def test_what_a_deleted_flow_did_still_replays(world: World) -> None:
    """It is out of every list, its waiting run goes on by the version it began with, and its runs replay."""
    await world.push(patient(seconds=1))
    await world.happen(said("v1", "hello"))
    await world.sole_run("v1", "waiting")
    await _ask(world, "delete", FlowRequest(flow=FlowId("patient")), FlowActivated)
    assert (await world.bus.request("contracts.flows.list", Request(), FlowList)).flows == []
    run = (await world.sole_run("v1")).run.run
    assert (await world.bus.request("query.runs.replay", RunReplay(run=run), RunReplayed)).equal
    with pytest.raises(RequestRejected) as refused:
        await _ask(world, "activate", FlowRequest(flow=FlowId("patient")), FlowActivated)
    assert refused.value.code == "unknown_flow"


async def test_what_ships_overrides_nobody(world: World) -> None:
    """A seed is active where nobody chose, never again where somebody did, and never after it was deleted."""
    await world.push(greeting("mine", "mine"))
    await _ask(world, "deactivate", FlowRequest(flow=FlowId("mine")), FlowActivated)
    assert not (await _seed(world, "agents-offline-message")).active
    assert (await _seed(world, "load-widget")).active
    await _ask(world, "deactivate", FlowRequest(flow=FlowId("load-widget")), FlowActivated)
    assert not (await _seed(world, "load-widget")).active
    await _ask(world, "delete", FlowRequest(flow=FlowId("load-widget")), FlowActivated)
    assert not (await _seed(world, "load-widget")).active
    flows = (await world.bus.request("contracts.flows.list", Request(), FlowList)).flows
    assert [item.flow for item in flows] == ["agents-offline-message", "mine"]
    assert (await _seed(world, "busy-agents")).active
    assert (await _seed(world, "busy-agents")).version == 1


async def test_what_lies_ready_answers_nothing(world: World) -> None:
    """A seed that is not to be active is stored only, also where nobody ever chose; asked for again it stays as it is,
    though the team no longer has what it refers to.
    """
    ready = SeedFlow(definition=_raw(shipped("webclick-score")), activate=False)
    assert not (await _ask(world, "seed", ready, FlowPushed)).active
    await world.bus.keys.put(TEAMS.name, TEAM, msgspec.json.encode(TeamSettings(team=TEAM)))
    await eventually(lambda: _lacks_something(world, ready.definition))
    assert not (await _ask(world, "seed", ready, FlowPushed)).active
    activated = await _ask(world, "activate", FlowRequest(flow=FlowId("webclick-score")), FlowActivated)
    assert (activated.active, activated.replaced) == (True, None)


async def _lacks_something(world: World, definition: msgspec.Raw) -> bool:
    found = await _ask(world, "validate", PushFlow(definition=definition), FlowValidated)
    return [problem.at for problem in found.problems] == ["nodes.convert.customer_type"]


async def test_submissions_are_taken_when_an_executor_runs(nats_url: str, postgres_dsn: str) -> None:
    """Published while none ran, each gets one verdict in FLOW, in order, though one was being taken when it died."""
    bodies = [
        msgspec.json.encode({"definition": greeting("one"), "activate": True, "by": "pipeline"}),
        msgspec.json.encode(greeting("two") | {"trigger": "nonsense"}),
        b"not even json",
        msgspec.json.encode(greeting("three")),
        msgspec.json.encode(flow("widget_opened", {"he\0llo": reply("four")}, "greet")),
    ]
    async with by_hand(nats_url, postgres_dsn) as executor:
        for body in bodies:
            await executor.bus.store(submission(TEAM), body)
        (first, second, *_) = await executor.look("CONTRACTS", "contracts.>", 2)
        await executor.submissions.handle([first, second])
    async with in_action(nats_url, postgres_dsn) as world:
        await eventually(lambda: _has_told(world, 6))
        verdicts = [item for item in await _verdicts(world) if item.verdict != "activated"]
        assert [(item.submission, item.verdict, item.flow, item.version) for item in verdicts] == [
            (1, "published", "greet", 1),
            (2, "refused", "greet", None),
            (3, "refused", "unreadable", None),
            (4, "published", "greet", 2),
            (5, "refused", "greet", None),
        ]
        assert verdicts[0].by == "pipeline"
        assert verdicts[1].error is not None
        assert [item.at for item in verdicts[1].error.problems] == ["trigger"]
        assert (await _get(world, "greet")).version == 1
        await eventually(lambda: _is_idle(world))
        assert len(await _verdicts(world)) == 6
        assert await world.dead() == []


async def test_a_change_that_was_not_told_is_told_later(nats_url: str, postgres_dsn: str) -> None:
    """An executor that dies between commit and FLOW leaves it to the next; each change is there once, in order."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        await executor.flows.push(PushFlow(definition=_raw(greeting("one")), activate=True))
        await executor.die_over_push(PushFlow(definition=_raw(greeting("two")), activate=True))
        assert await _told(World(executor.bus)) == ["greet published 1", "greet activated 1"]
    async with in_action(nats_url, postgres_dsn) as world:
        await world.push(greeting("three"), activate=False)
        assert await _told(world) == [
            "greet published 1",
            "greet activated 1",
            "greet published 2",
            "greet activated 2",
            "greet published 3",
        ]


def _raw(definition: dict[str, object]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(definition))


async def _ask(world: World, verb: str, request: Request, reply_type: type[T]) -> T:
    return await world.bus.request(f"contracts.flows.{verb}", request, reply_type)


async def _get(world: World, name: str) -> FlowVersion:
    return await _ask(world, "get", FlowRequest(flow=FlowId(name)), FlowVersion)


async def _history(world: World, name: str) -> FlowHistory:
    return await _ask(world, "history", FlowRequest(flow=FlowId(name)), FlowHistory)


async def _seed(world: World, name: str) -> FlowPushed:
    return await _ask(world, "seed", SeedFlow(definition=_raw(shipped(name))), FlowPushed)


async def _verdicts(world: World) -> list[FlowVerdict]:
    stored = await world.bus.read.since(FLOW.name, "flow.>", 1)
    verdicts = [msgspec.json.decode(message.data, type=FlowVerdict) for message in stored]
    assert [message.subject for message in stored] == [
        f"flow.{item.team}.{item.flow}.{item.verdict}" for item in verdicts
    ]
    return verdicts


async def _told(world: World) -> list[str]:
    return [f"{item.flow} {item.verdict} {item.version}" for item in await _verdicts(world)]


async def _has_told(world: World, count: int) -> bool:
    return len(await _verdicts(world)) >= count


async def _is_idle(world: World) -> bool:
    return await world.unfinished() == 0
