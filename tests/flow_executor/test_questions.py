"""Quick replies, forms and surveys: who asked gets the answer, once; what nobody answers ends by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from contracts.chat import FieldSet, Form, Posted, QuickReplies, Survey
from contracts.ids import MessageId, VisitorId, effect_id
from contracts.requests import RunReplay, RunReplayed
from contracts.run import NodeCompleted, RunEvent, RunWaiting
from contracts.subjects import timer_due
from services.chassis.errors import Retryable
from services.flow_executor import occasions, visitors
from services.flow_executor.engine.stimuli import TimerDue
from services.flow_executor.occasions import Occasion
from services.flow_executor.timers import Timers
from services.flow_executor.visitors import VisitorRow
from tests.flow_executor.by_hand import ByHand, by_hand
from tests.flow_executor.harness import TEAM, World, chose, filled, in_action, opened, path, put_team, said
from tests.flow_executor.shapes import asking, flow, questionnaire, reply, triage
from tests.waiting import eventually


@pytest.fixture
async def executor(nats_url: str, postgres_dsn: str) -> AsyncIterator[ByHand]:
    """An executor without loops, whose timers a test lets come when they are due."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        yield executor


async def test_a_choice_resumes_the_run_that_asked(world: World) -> None:
    """Of two runs of a visitor that ask the same, the one whose message was answered goes on; so does the other."""
    await world.push(triage())
    await world.happen(opened("v1"), opened("v1", "f2"), opened("v2"))
    first, second = await world.asked("v1", 2)
    await world.asked("v2")
    await world.happen(chose("v1", second, "B", "f3"))
    await eventually(lambda: _has_statuses(world, "v1", ["completed", "waiting"]))
    # What a run says is told after it is recorded.
    await world.idle()
    assert await world.texts("v1") == ["Which?", "Which?", "You chose B"]
    await world.happen(chose("v2", first, "A", "f2"), chose("v1", first, "A", "f4"))
    await eventually(lambda: _has_statuses(world, "v1", ["completed", "completed"]))
    await world.idle()
    assert (await world.texts("v1"))[-1] == "You chose A"
    assert await _has_statuses(world, "v2", ["waiting"])
    await _all_replay(world)


async def test_the_question_is_posted_whole(world: World) -> None:
    """Its answers and its time come with it."""
    await world.push(triage())
    await world.happen(opened("v1"))
    (question,) = [event for event in await _posts(world, "v1") if isinstance(event.body, QuickReplies)]
    assert isinstance(question.body, QuickReplies)
    assert question.body.choices == ("A", "B")
    assert question.body.until == question.at + timedelta(minutes=3)


async def test_a_second_choice_changes_nothing(world: World) -> None:
    """Neither the same one sent again nor another one makes the run go on twice."""
    await world.push(triage())
    await world.happen(opened("v1"))
    (question,) = await world.asked("v1")
    again = chose("v1", question, "A", "f2")
    await world.happen(again)
    await world.sole_run("v1")
    await world.happen(again, chose("v1", question, "A", "f3"), chose("v1", question, "B", "f4"))
    await world.idle()
    history = await world.sole_run("v1")
    assert path(history.events) == ["started", "start SUCCESS", "waiting", "ask A", "a SUCCESS", "completed"]
    assert await world.texts("v1") == ["Which?", "You chose A"]
    assert await world.dead() == []


async def test_a_choice_that_was_not_offered_is_none(world: World) -> None:
    """The run goes on waiting, and takes one that was."""
    await world.push(triage())
    await world.happen(opened("v1"))
    (question,) = await world.asked("v1")
    await world.happen(chose("v1", question, "SUCCESS", "f2"), chose("v1", question, "C", "f3"))
    await world.idle()
    assert await _has_statuses(world, "v1", ["waiting"])
    await world.happen(chose("v1", question, "B", "f4"))
    assert "ask B" in path((await world.sole_run("v1")).events)


async def test_writing_something_else_leaves_by_success(world: World) -> None:
    """The flow sees what was written; a choice that comes after it changes nothing."""
    await world.push(triage())
    await world.happen(opened("v1"))
    (question,) = await world.asked("v1")
    await world.happen(said("v1", "neither", "f2"))
    history = await world.sole_run("v1")
    assert path(history.events)[3:] == ["ask SUCCESS", "other SUCCESS", "completed"]
    assert "timed_out" not in _facts(history.events, "ask")
    await world.happen(chose("v1", question, "A", "f3"))
    await world.idle()
    assert await world.texts("v1") == ["Which?", "You said neither"]
    await _all_replay(world)


async def test_quick_replies_expire(executor: ByHand) -> None:
    """After three minutes the run leaves by SUCCESS and says why; a choice that comes later changes nothing."""
    waiting = await _parked(executor, triage())
    assert waiting.until == waiting.since + timedelta(minutes=3)
    events = await _due(executor, waiting)
    assert path(events) == ["ask SUCCESS", "other SUCCESS", "completed"]
    assert _facts(events, "ask") == {"timed_out": True}
    late = chose("v1", _question(waiting), "A", "f2")
    await World(executor.bus).happen(late)
    deliveries = await executor.look("VISITOR", "visitor.*.default.v1.reply_chosen", 1)
    batch = await executor.shell.commit([occasions.visitor_event(delivery) for delivery in deliveries])
    assert (batch.appends, batch.repeats) == ([], [])


@pytest.mark.parametrize("values", [{}, {"user_fullname": "Li"}], ids=["untouched", "half filled in"])
async def test_a_form_left_alone_for_a_day(executor: ByHand, values: dict[str, str]) -> None:
    """It leaves by TIMEOUT: nobody is thanked for nothing."""
    waiting = await _parked(executor, questionnaire())
    assert waiting.until == waiting.since + timedelta(days=1)
    if values:
        await World(executor.bus).happen(filled("v1", _question(waiting), {**values}, "f2"))
        deliveries = await executor.look("VISITOR", "visitor.*.default.v1.form_submitted", 1)
        await executor.shell.handle(occasions.visitor_event, deliveries)
    events = await _due(executor, waiting)
    assert path(events) == ["ask TIMEOUT", "late SUCCESS", "completed"]
    assert _facts(events, "ask") == {"timed_out": True}


async def test_a_form_is_filled_in_field_by_field(world: World) -> None:
    """The last field lets the run go on with all values; what comes after, or elsewhere, changes nothing."""
    await world.push(questionnaire())
    await world.happen(opened("v1"), opened("v2"))
    (question,), (other,) = await world.asked("v1"), await world.asked("v2")
    await world.happen(
        filled("v1", question, {"user_fullname": "Li"}, "f2"),
        filled("v1", other, {"user_fullname": "Wu", "user_email": "w@x.example"}, "f3"),
        filled("v1", question, {"user_fullname": "Li", "user_email": ""}, "f4"),
    )
    await world.idle()
    assert await _has_statuses(world, "v1", ["waiting"])
    last = {"user_fullname": "Li", "user_email": "li@x.example"}
    await world.happen(filled("v1", question, {**last}, "f5"))
    history = await world.sole_run("v1")
    assert path(history.events)[3:] == ["ask SUCCESS", "thanks SUCCESS", "completed"]
    await world.happen(filled("v1", question, {"user_fullname": "Ma", "user_email": "m@x.example"}, "f6"))
    await world.idle()
    assert await world.texts("v1") == ["Which?", "Li li@x.example"]
    assert await _has_statuses(world, "v2", ["waiting"])
    assert all(isinstance(post.body, Form) for post in await _posts(world, "v2"))
    await _all_replay(world)


async def test_a_form_takes_what_was_asked_and_fits(world: World) -> None:
    """A value that does not fit its field is no answer, one that fits has its type, and nothing else is taken."""
    await put_team(world.bus, custom_fields=[{"id": "age", "type": "INTEGER"}])
    nodes: dict[str, object] = {
        "ask": asking({"SUCCESS": "old"}, form=["age"]),
        "old": {"type": "logic", "expression": "age > 17", "next": {"TRUE": "vip", "FALSE": "vip"}},
        "vip": {"type": "logic", "expression": 'customer_user_type == "vip"', "next": {"FALSE": "end"}},
    }
    await world.push(flow("widget_opened", nodes, "of-age"))
    await world.happen(opened("v1"))
    (question,) = await world.asked("v1")
    await world.happen(filled("v1", question, {"age": "old enough"}, "f2"))
    await world.idle()
    assert await _has_statuses(world, "v1", ["waiting"])
    spoof = {"customer_user_type": "vip", "var_status": "200", "plan": "gold"}
    await world.happen(filled("v1", question, {"age": "5", **spoof}, "f3"))
    history = await world.sole_run("v1")
    assert path(history.events)[3:] == ["ask SUCCESS", "old FALSE", "vip FALSE", "completed"]
    asked = history.events[3]
    assert isinstance(asked, NodeCompleted)
    assert asked.sets == {"age": 5}
    await _all_replay(world)


async def test_each_field_alone_completes_the_form(executor: ByHand) -> None:
    """Fields may come one per frame too; they are kept in the visitor's profile as they come."""
    waiting = await _parked(executor, questionnaire())
    world = World(executor.bus)
    await world.happen(
        filled("v1", _question(waiting), {"user_fullname": "Li"}, "f2"),
        filled("v1", _question(waiting), {"user_email": "li@x.example"}, "f3"),
    )
    for delivery in await executor.look("VISITOR", "visitor.*.default.v1.form_submitted", 2):
        await executor.shell.handle(occasions.visitor_event, [delivery])
    assert await world.texts("v1") == ["Which?", "Li li@x.example"]
    row = await _row(executor, "v1")
    assert row.fields == {"user_fullname": "Li", "user_email": "li@x.example"}


async def test_a_message_does_not_end_a_form(world: World) -> None:
    """The visitor may write meanwhile, and fill it in afterwards."""
    await world.push(questionnaire())
    await world.happen(opened("v1"))
    (question,) = await world.asked("v1")
    await world.happen(said("v1", "why do you ask?", "f2"))
    await world.idle()
    assert await _has_statuses(world, "v1", ["waiting"])
    await world.happen(filled("v1", question, {"user_fullname": "Li", "user_email": "l@x.example"}, "f3"))
    await world.sole_run("v1")


async def test_a_survey_keeps_its_answer(world: World) -> None:
    """A choice among the three is a field of the visitor, whatever the language of the button; the first one counts."""
    nodes: dict[str, object] = {
        "ask": asking({"SUCCESS": "thanks", "TIMEOUT": "end"}, survey=True),
        "thanks": reply("{{satisfaction}}"),
    }
    await world.push(flow("widget_opened", nodes, "survey"))
    await world.happen(opened("v1"))
    (question,) = await world.asked("v1")
    (post,) = await _posts(world, "v1")
    assert isinstance(post.body, Survey)
    assert post.body.choices == ("不满意", "满意", "非常满意")
    await world.happen(said("v1", "hm", "f2"), chose("v1", question, "非常满意", "f3"))
    await world.happen(chose("v1", question, "不满意", "f4"))
    await world.sole_run("v1")
    await world.idle()
    assert await world.texts("v1") == ["Which?", "very_satisfied"]
    kept = [event.value for event in await world.chat("v1") if isinstance(event, FieldSet)]
    assert kept == ["very_satisfied"]
    await _all_replay(world)


@pytest.mark.parametrize(("overlap", "statuses"), [
    ("allow", ["waiting", "waiting"]),
    ("skip", ["waiting"]),
    ("restart", ["waiting", "cancelled"]),
])  # fmt: skip
async def test_overlap(world: World, overlap: str, statuses: list[str]) -> None:
    """What a second trigger does to a question that stands; a choice for one that was cancelled changes nothing."""
    await world.push(triage(overlap=overlap))
    await world.happen(opened("v1"))
    (question,) = await world.asked("v1")
    await world.happen(opened("v1", "f2"))
    await eventually(lambda: _has_statuses(world, "v1", statuses))
    await world.happen(chose("v1", question, "A", "f3"))
    await world.idle()
    ended = "cancelled" if overlap == "restart" else "completed"
    assert await _has_statuses(world, "v1", [*statuses[:-1], ended])
    assert await world.dead() == []


async def test_a_choice_in_time_comes_before_its_timer(nats_url: str, postgres_dsn: str) -> None:
    """An executor that was away finds both, the choice in time and the timer due: the choice counts."""
    async with by_hand(nats_url, postgres_dsn) as executor:
        waiting = await _parked(executor, triage())
        await World(executor.bus).happen(chose("v1", _question(waiting), "A", "f2"))
        await executor.bus.store(timer_due(waiting.run, waiting.seq), b"{}")
        due = await executor.due_timers(1)
        with pytest.raises(Retryable):
            await Timers(executor.bus, executor.database, executor.shell).handle(due)
        await executor.give_back(due)
    async with in_action(nats_url, postgres_dsn) as world:
        assert "ask A" in path((await world.sole_run("v1")).events)
        await world.idle()


async def _has_statuses(world: World, visitor: str, statuses: list[str]) -> bool:
    return [run.status for run in await world.runs(visitor)] == statuses


async def _posts(world: World, visitor: str) -> list[Posted]:
    await world.asked(visitor)
    return [event for event in await world.chat(visitor) if isinstance(event, Posted)]


async def _all_replay(world: World) -> None:
    """Every run decides the same again."""
    for run in await world.runs():
        assert (await world.bus.request("query.runs.replay", RunReplay(run=run.run), RunReplayed)).equal


async def _parked(executor: ByHand, definition: dict[str, object]) -> RunWaiting:
    """The wait of the flow's first question, which visitor v1 was asked."""
    await executor.activate(definition)
    await World(executor.bus).happen(opened("v1"))
    (delivery,) = await executor.look("VISITOR", "visitor.>", 1)
    batch = await executor.shell.commit([occasions.visitor_event(delivery)])
    await executor.shell.publish(batch)
    last = batch.appends[0].events[-1]
    assert isinstance(last, RunWaiting)
    return last


async def _due(executor: ByHand, waiting: RunWaiting) -> tuple[RunEvent, ...]:
    """What follows when the wait's timer comes, which is when it is due."""
    stimulus = TimerDue(waiting.run, waiting.seq)
    occasion = Occasion(cause=stimulus.cause, at=waiting.until, team=None, visitor=None, stimulus=stimulus)
    batch = await executor.shell.commit([occasion])
    return tuple(batch.appends[0].events)


def _question(waiting: RunWaiting) -> MessageId:
    return effect_id(waiting.run, waiting.seq, 1)


async def _row(executor: ByHand, visitor: str) -> VisitorRow:
    key = TEAM, VisitorId(visitor)
    async with executor.database.statement() as tx:
        return (await visitors.load(tx, [key]))[key]


def _facts(events: tuple[RunEvent, ...] | list[RunEvent], node: str) -> dict[str, object]:
    (found,) = [event for event in events if isinstance(event, NodeCompleted) and event.node == node]
    return {**found.facts}
