"""Every flow that ships, once from a browser's socket through gateway, bus and executor, and back."""

from collections.abc import Sequence

import asyncpg
import msgspec
import pytest

from contracts.chat import Assigned, ChatEvent, Converted, Form, QuickReplies
from contracts.frames import Accepted, Message
from contracts.ids import DEFAULT_TEAM, VisitorId
from contracts.requests import FlowList
from contracts.streams import CHAT
from contracts.subjects import chat_of_visitor
from services.chassis.bus import Bus
from services.cli.shipped import FIRST, READY
from tests.e2e.conftest import Shop
from tests.e2e.runs import path_of
from tests.waiting import eventually
from tests.widget_gateway.visitor import Visitor

pytestmark = pytest.mark.e2e

APOLOGY = "很抱歉目前没有座席在线，您可以在下方对话框留下联系方式，我们将尽快联系您。"


def test_what_a_new_team_has(shop: Shop) -> None:
    """All flows are there; those of the first day are active, the others lie ready."""
    listed = shop.product.run("flows", "list", "--json")
    flows = msgspec.json.decode(listed.stdout, type=FlowList).flows
    assert {item.flow for item in flows} == {*FIRST, *READY}
    assert {item.flow for item in flows if item.active is not None} >= {"load-widget", "busy-agents"}


async def test_load_widget(shop: Shop, bus: Bus) -> None:
    """Who loads the page is given to the whole team."""
    async with shop.visitor() as visitor:
        await say(visitor, "widget_loaded")
        path = await path_of(bus, visitor.id, "load-widget")
    assert path == ["start SUCCESS", "assigned FALSE", "assign SUCCESS"]
    (assigned,) = [event for event in await chat_of(bus, visitor) if isinstance(event, Assigned)]
    assert assigned.agents == ["agent-1"]


async def test_agents_offline_message(shop: Shop) -> None:
    """Who opens the window while nobody is online is told so."""
    shop.activate("agents-offline-message")

    async def told() -> bool:
        async with shop.visitor() as visitor:
            await say(visitor, "widget_opened")
            return (await visitor.next(Message)).body.text == APOLOGY

    await eventually(told)


async def test_welcome_by_country(shop: Shop, bus: Bus) -> None:
    """The country decides the words, the language among them."""
    shop.activate("welcome-by-country")
    async with shop.visitor(locale="zh-TW") as visitor, shop.visitor(locale="de-AT") as stranger:
        await say(visitor, "profile_updated", fields={"user_country": "TW"})
        await say(visitor, "widget_opened")
        assert (await visitor.next(Message)).body.text.startswith("您好，歡迎光臨！")
        await say(stranger, "widget_opened")
        assert (await stranger.next(Message)).body.text.startswith("Guten Tag")
        path = await path_of(bus, visitor.id, "welcome-by-country")
    assert path == ["start SUCCESS", "known TRUE", "country TW", "traditional SUCCESS"]


async def test_lead_form(shop: Shop, bus: Bus) -> None:
    """Out of hours the form is asked; filled in field by field it is thanked for, and kept in the profile."""
    shop.activate("lead-form")
    values = {"user_fullname": "李雷", "user_email": "lilei@shop.example", "question": "有现货吗？"}
    async with shop.visitor() as visitor:
        await say(visitor, "widget_opened")
        question = await visitor.next(Message)
        assert isinstance(question.body, Form)
        assert [(field.name, field.type, field.label) for field in question.body.fields] == [
            ("user_fullname", "text", "姓名"),
            ("user_email", "email", "邮箱"),
            ("question", "long_text", "您的问题"),
        ]
        for count in (1, 2, 3):
            so_far = dict(list(values.items())[:count])
            await say(visitor, "form_submitted", message=question.id, values=so_far)
        thanks = await visitor.next(Message)
        path = await path_of(bus, visitor.id, "lead-form")
    assert thanks.body.text == "谢谢您，李雷！我们会发邮件到 lilei@shop.example 回复您。"
    assert path == ["start SUCCESS", "open FALSE", "ask SUCCESS", "thanks SUCCESS"]
    connection = await asyncpg.connect(shop.product.addresses.postgres)
    kept = await connection.fetchval(
        "select fields from flow_executor.visitors where visitor = $1", visitor.id
    )
    await connection.close()
    assert msgspec.json.decode(kept) == values


async def test_quick_reply_triage(shop: Shop, bus: Bus) -> None:
    """A choice is the visitor's message, and leads where it belongs."""
    shop.activate("quick-reply-triage")
    async with shop.visitor() as visitor:
        await say(visitor, "widget_opened")
        question = await visitor.next(Message)
        assert isinstance(question.body, QuickReplies)
        assert question.body.choices == ("售前咨询", "售后服务", "人工座席")
        await say(visitor, "reply_chosen", message=question.id, choice="人工座席")
        own, answer = await visitor.next(Message), await visitor.next(Message)
        path = await path_of(bus, visitor.id, "quick-reply-triage")
    assert (own.author.kind, own.body.text) == ("visitor", "人工座席")
    assert answer.body.text.startswith("很抱歉，现在没有座席在线。")
    assert path == ["start SUCCESS", "ask 人工座席", "agent FAILED", "nobody SUCCESS"]


async def test_webclick_score(shop: Shop, bus: Bus) -> None:
    """The ninth click makes a lead, who is spoken to once however many follow."""
    shop.activate("webclick-score")
    async with shop.visitor(locale="en-GB") as visitor:
        for _ in range(9):
            await say(visitor, "event_tracked", event="webclick", data={"x": 1})
        assert (await visitor.next(Message)).body.text.startswith("Hello! You seem to like")
        path = await path_of(bus, visitor.id, "webclick-score")
        assert path == ["start SUCCESS", "score TRUE", "known DEFAULT", "convert SUCCESS", "offer SUCCESS"]
        await say(visitor, "event_tracked", event="webclick", data={"x": 2})
        await eventually(lambda: _goes_on_as_a_lead(bus, visitor))
    converted = [event.customer_type for event in await chat_of(bus, visitor) if isinstance(event, Converted)]
    assert converted == ["lead"]


async def _goes_on_as_a_lead(bus: Bus, visitor: Visitor) -> bool:
    path = await path_of(bus, visitor.id, "webclick-score")
    return path == ["start SUCCESS", "score TRUE", "known lead"]


async def test_busy_agents(shop: Shop, bus: Bus) -> None:
    """Whom an agent who is online has not answered for 15 seconds is asked to wait; it began with the product."""
    async with shop.visitor(shop.patient) as visitor:
        path = await eventually(lambda: path_of(bus, visitor.id, "busy-agents"), within_s=20)
        assert path == ["start SUCCESS", "check FALSE", "pause TIMEOUT", "reassure SUCCESS"]
        (reassured,) = [event for event in await chat_of(bus, visitor) if "座席正忙" in str(event)]
    assert reassured.run is not None


async def say(visitor: Visitor, kind: str, **fields: object) -> None:
    """Say it, and see it accepted."""
    frame = await visitor.say(kind, **fields)
    assert (await visitor.next(Accepted)).id == frame


async def chat_of(bus: Bus, visitor: Visitor) -> Sequence[ChatEvent]:
    """Everything that stands in the visitor's conversation."""
    subject = chat_of_visitor(DEFAULT_TEAM, VisitorId(visitor.id))
    stored = await bus.read.since(CHAT.name, subject, 1)
    return [msgspec.json.decode(message.data, type=ChatEvent) for message in stored]
