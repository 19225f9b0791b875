"""Messages that ask the visitor something, and the visitor's answers."""

from datetime import UTC, datetime, timedelta
from typing import TypedDict

import pytest
from msgspec import structs

from contracts import chat
from contracts.chat import Body, ChatEvent, Form, FormField, Posted, QuickReplies, Survey
from contracts.frames import Accepted, AppearanceChanged, Message
from contracts.ids import MessageId, TeamId, VisitorId
from contracts.visitor import FormSubmitted, ReplyChosen
from services.chassis.bus import Bus
from tests.widget_gateway.running import Gateway, chat_of, events_of, post, posted


class Where(TypedDict):
    """What every event of a conversation says."""

    id: MessageId
    team: TeamId
    visitor: VisitorId
    at: datetime


UNTIL = datetime.now(UTC) + timedelta(minutes=3)
BODIES: list[Body] = [
    QuickReplies(text="Which?", choices=("A", "B"), until=UNTIL, lock_input=True),
    Survey(text="How was it?", choices=("Bad", "Good", "Very good"), until=UNTIL),
    Form(
        text="Who are you?",
        until=UNTIL,
        fields=(
            FormField(name="user_email", label="E-mail", type="email"),
            FormField(name="plan", label="Plan", type="select", options=("S", "L")),
        ),
    ),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
async def test_a_question_comes_whole(gateway: Gateway, bus: Bus, body: Body) -> None:
    """Its answers, fields and time are there for who listens and for who comes back."""
    async with gateway.visitor() as visitor:
        # A new visitor's socket hears from its first frame on: nobody else knows the visitor before.
        assert await visitor.is_alive()
        await post(bus, structs.replace(posted(visitor.id, ""), body=body))
        assert (await visitor.next(Message)).body == body
        async with gateway.socket() as again:
            welcome = await again.hello(token=visitor.token)
    assert [message.body for message in welcome.messages] == [body]


async def test_the_gateways_clock_is_told(gateway: Gateway) -> None:
    """A visitor whose clock is wrong can still tell until when a question stands."""
    async with gateway.socket() as visitor:
        welcome = await visitor.hello()
    assert welcome.now is not None
    assert abs(datetime.now(UTC) - welcome.now) < timedelta(seconds=5)


async def test_a_choice_is_posted_once(gateway: Gateway, bus: Bus) -> None:
    """Sent again, on this socket or the next, it is one message of the visitor and one event."""
    chosen = {"id": "f-1", "message": "m.1.1", "choice": "A"}
    async with gateway.visitor() as visitor:
        await visitor.say("reply_chosen", **chosen)
        message = await visitor.next(Message)
        async with gateway.visitor(visitor.token) as again:
            for socket in (visitor, again):
                await socket.say("reply_chosen", **chosen)
                assert (await socket.next(Accepted)).id == "f-1"
        ((_, stored),) = await chat_of(bus, visitor.id)
        (event,) = await events_of(bus, visitor.id)
    assert (message.frame, message.author.kind, message.body) == ("f-1", "visitor", chat.Text(text="A"))
    assert isinstance(stored, Posted)
    assert isinstance(event, ReplyChosen)
    assert (stored.id, stored.frame) == (event.id, "f-1")


async def test_a_form_is_filled_in_silently(gateway: Gateway, bus: Bus) -> None:
    """What a visitor fills in is an event, and no message."""
    values = {"user_email": "a@b.example", "age": 7, "vip": True, "plan": None}
    async with gateway.visitor() as visitor:
        await visitor.say("form_submitted", message="m.1.1", values=values)
        await visitor.next(Accepted)
        (event,) = await events_of(bus, visitor.id)
        assert await chat_of(bus, visitor.id) == []
    assert isinstance(event, FormSubmitted)
    assert event.values == values


@pytest.mark.parametrize(("fields", "detail"), [
    ({"choice": "x" * 65}, "`choice` must have at most 64 characters"),
    ({"choice": ""}, "`choice` must not be empty"),
    ({"choice": 7}, "`choice` must be text, not a whole number"),
    ({"message": "m" * 129, "choice": "A"}, "`message` must have at most 128 characters"),
    ({"values": {"a": "x" * 1001}}, "each value in `values` must have at most 1000 characters"),
    ({"values": {"a": ["x"]}}, "each value in `values` must be true or false, a number, text or null, not a list"),
    ({"values": {"": "x"}}, "each name in `values` must not be empty"),
])  # fmt: skip
async def test_an_answer_has_bounds(
    gateway: Gateway, bus: Bus, fields: dict[str, object], detail: str
) -> None:
    """What is longer than an answer can be, or none, is refused in a sentence and stored nowhere."""
    kind = "form_submitted" if "values" in fields else "reply_chosen"
    async with gateway.visitor() as visitor:
        error = await visitor.refusal({"type": kind, "id": "f-1", "message": "m.1.1", **fields})
        assert (error.code, error.id, error.detail) == ("bad_frame", "f-1", detail)
        assert await events_of(bus, visitor.id) == []
        assert await chat_of(bus, visitor.id) == []


async def test_what_flows_do_behind_the_scenes_stays_there(gateway: Gateway, bus: Bus) -> None:
    """Customers types, fields and what people of the team are told never reach the visitor."""
    async with gateway.visitor() as visitor:
        assert await visitor.is_alive()
        said = posted(visitor.id, "Hi")
        where = Where(id=said.id, team=said.team, visitor=said.visitor, at=said.at)
        hidden: list[ChatEvent] = [
            chat.AgentsNotified(**where, text="A lead"),
            chat.Converted(**where, customer_type="lead"),
            chat.FieldSet(**where, field="score", value=9),
        ]
        for event in hidden:
            await post(bus, event, "state")
        await post(bus, said)
        frame = await visitor.next((Message, AppearanceChanged))
        assert isinstance(frame, Message)
        assert frame.body == said.body
        assert visitor.aside == []
        async with gateway.socket() as again:
            welcome = await again.hello(token=visitor.token)
    assert [message.id for message in welcome.messages] == [said.id]
