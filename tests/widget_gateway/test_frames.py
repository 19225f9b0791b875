"""What visitors say: stored as it was said, or refused without harm."""

import asyncio
import struct

import pytest

from contracts import visitor as facts
from contracts.frames import MAX_FRAME_BYTES, Accepted, Error, Page
from contracts.ids import DEFAULT_TEAM, FrameId, VisitorId, event_id
from services.chassis.bus import Bus
from services.widget_gateway.incoming import frame_in
from services.widget_gateway.refusal import Refused
from tests.widget_gateway.running import Gateway, chat_of, events_of

FRAMES: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("widget_loaded", {}, {}),
    ("widget_opened", {}, {}),
    ("widget_closed", {}, {}),
    ("message_sent", {"text": "你好 👋 \\u0000 <b>"}, {"text": "你好 👋 \\u0000 <b>"}),
    (
        "event_tracked",
        {"event": "webclick", "uuid": "u-1", "data": {"x": [1, 2.5, None]}, "at": "2026-01-01T00:00:00Z"},
        {"event": "webclick", "uuid": "u-1", "happened_at": "2026-01-01T00:00:00Z"},
    ),
    ("profile_updated", {"fields": {"name": "Li", "age": 7}}, {"fields": {"name": "Li", "age": 7}}),
    ("reply_chosen", {"message": "m.1.2", "choice": "Yes"}, {"message": "m.1.2", "choice": "Yes"}),
    (
        "form_submitted",
        {"message": "m.1.2", "values": {"email": "a@b.example"}},
        {"message": "m.1.2", "values": {"email": "a@b.example"}},
    ),
]


@pytest.mark.parametrize(("kind", "said", "kept"), FRAMES, ids=[frame[0] for frame in FRAMES])
async def test_each_frame_is_stored(
    gateway: Gateway, bus: Bus, kind: str, said: dict[str, object], kept: dict[str, object]
) -> None:
    """Each frame becomes its event, with the page that hello named, and is then accepted."""
    page = Page(url="https://shop.example/tea", title="Tea")
    async with gateway.visitor(page={"url": page.url, "title": page.title}, locale="zh-CN") as visitor:
        frame = await visitor.say(kind, **said)
        assert (await visitor.next(Accepted)).id == frame
        (event,) = await events_of(bus, visitor.id)
    assert event.__struct_config__.tag == kind
    assert event.id == event_id(DEFAULT_TEAM, VisitorId(visitor.id), FrameId(frame))
    assert (event.page, event.locale, event.visitor) == (page, "zh-CN", visitor.id)
    assert event.user_agent.startswith("Python")
    assert {name: getattr(event, name) for name in kept} == kept


async def test_tracked_data_is_kept_as_it_came(gateway: Gateway, bus: Bus) -> None:
    """The data of an event reaches the stream byte for byte."""
    async with gateway.visitor() as visitor:
        await visitor.connection.send('{"type":"event_tracked","id":"1","event":"e","data":{"a": 1.50}}')
        await visitor.next(Accepted)
        (event,) = await events_of(bus, visitor.id)
    assert isinstance(event, facts.EventTracked)
    assert bytes(event.data) == b'{"a": 1.50}'


@pytest.mark.parametrize(("kind", "field"), [("message_sent", "text"), ("reply_chosen", "choice")])
async def test_a_post_stands_in_the_conversation_before_its_event(
    gateway: Gateway, bus: Bus, kind: str, field: str
) -> None:
    """What is written or chosen is in CHAT under the event's id, stored before the event."""
    async with gateway.visitor() as visitor:
        await visitor.say(kind, **({"message": "m"} if kind == "reply_chosen" else {}), **{field: "Hello"})
        await visitor.next(Accepted)
        (event,) = await events_of(bus, visitor.id)
        ((_, post),) = await chat_of(bus, visitor.id)
        chat = await bus.read.last_of("CHAT", f"chat.default.{visitor.id}.visitor")
        told = await bus.read.last_of("VISITOR", f"visitor.*.default.{visitor.id}.{kind}")
    assert post.id == event.id
    assert chat is not None
    assert told is not None
    assert chat.at < told.at


async def test_a_frame_sent_again_changes_nothing(gateway: Gateway, bus: Bus) -> None:
    """The same frame is accepted again, on this socket and on the next, and stored once."""
    async with gateway.visitor() as visitor:
        await visitor.write("Hello", frame="the-same")
        async with gateway.visitor(visitor.token) as again:
            for socket in (visitor, again):
                await socket.say("message_sent", id="the-same", text="Hello")
                assert (await socket.next(Accepted)).id == "the-same"
        assert len(await events_of(bus, visitor.id)) == 1
        assert len(await chat_of(bus, visitor.id)) == 1


async def test_frame_ids_are_each_visitors_own(gateway: Gateway, bus: Bus) -> None:
    """Two visitors may use the same frame id."""
    async with gateway.visitor() as one, gateway.visitor() as other:
        first = await one.write("Hello", frame="1")
        second = await other.write("Hello", frame="1")
    assert first.id != second.id


BAD: list[tuple[str, str, str, str | None]] = [
    ("no JSON", "hello?", "bad_frame", None),
    ("cut off", '{"type":"message_sent","id":"f-1","text":"He', "bad_frame", "f-1"),
    ("no object", "[1,2]", "bad_frame", None),
    ("no type", '{"id":"f-1"}', "bad_frame", "f-1"),
    ("a type that is no text", '{"type":7,"id":"f-1"}', "bad_frame", "f-1"),
    ("an unknown type", '{"type":"dance","id":"f-1"}', "unknown_type", "f-1"),
    ("no id", '{"type":"widget_opened"}', "bad_frame", None),
    ("an id with a dot", '{"type":"widget_opened","id":"a.b"}', "bad_frame", "a.b"),
    ("an id that ends with a line feed", '{"type":"widget_opened","id":"a\\n"}', "bad_frame", "a\n"),
    ("an id too long", '{"type":"widget_opened","id":"' + "a" * 65 + '"}', "bad_frame", "a" * 64),
    ("an id with a space", '{"type":"widget_opened","id":"a b"}', "bad_frame", "a b"),
    ("an id that is no text", '{"type":"widget_opened","id":7}', "bad_frame", None),
    ("half a character as id", '{"type":"widget_opened","id":"\\udc00"}', "bad_frame", None),
    ("an id inside something else", '{"type":"typing","x":{"id":"f-1"},"y":', "bad_frame", None),
    ("no text", '{"type":"message_sent","id":"f-1"}', "bad_frame", "f-1"),
    ("an empty text", '{"type":"message_sent","id":"f-1","text":""}', "bad_frame", "f-1"),
    ("a text too long", '{"type":"message_sent","id":"f-1","text":"' + "a" * 4001 + '"}', "bad_frame", "f-1"),
    ("a wrong type", '{"type":"message_sent","id":"f-1","text":{"a":1}}', "bad_frame", "f-1"),
    ("U+0000", '{"type":"message_sent","id":"f-1","text":"a\\u0000"}', "bad_frame", "f-1"),
    (
        "U+0000 in data",
        '{"type":"event_tracked","id":"f-1","event":"e","data":"\\u0000"}',
        "bad_frame",
        "f-1",
    ),
    ("U+0000 in a name", '{"type":"profile_updated","id":"f-1","fields":{"\\u0000":1}}', "bad_frame", "f-1"),
    ("half a character", '{"type":"message_sent","id":"f-1","text":"\\ud800"}', "bad_frame", "f-1"),
    (
        "half a character in data",
        '{"type":"event_tracked","id":"f-1","event":"e","data":"\\ud800"}',
        "bad_frame",
        "f-1",
    ),
    (
        "a number too large",
        '{"type":"event_tracked","id":"f-1","event":"e","data":1e999}',
        "bad_frame",
        "f-1",
    ),
    (
        "data too large",
        '{"type":"event_tracked","id":"f-1","event":"e","data":"' + "a" * 4096 + '"}',
        "bad_frame",
        "f-1",
    ),
    (
        "too deep",
        '{"type":"event_tracked","id":"f-1","event":"e","data":' + "[" * 2000 + "]" * 2000 + "}",
        "bad_frame",
        "f-1",
    ),
    (
        "too large",
        '{"type":"message_sent","id":"f-1","text":"' + "a" * MAX_FRAME_BYTES + '"}',
        "too_large",
        "f-1",
    ),
    (
        "too large and cut off",
        '{"type":"message_sent","id":"f-1","text":"' + "a" * 40_000,
        "too_large",
        "f-1",
    ),
]


@pytest.mark.parametrize(("text", "code", "frame"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
async def test_what_is_malformed_is_refused(
    gateway: Gateway, bus: Bus, text: str, code: str, frame: str | None
) -> None:
    """It is told what is wrong, with the frame's id where that can be read; nothing is stored, the socket lives on."""
    async with gateway.visitor() as visitor:
        await visitor.connection.send(text)
        error = await visitor.next(Error)
        assert (error.code, error.id) == (code, frame)
        assert len(error.detail) > 10
        assert await visitor.is_alive()
        assert len(await events_of(bus, visitor.id)) == 1


SAID: list[tuple[str, str]] = [
    ("hello?", "the frame is no JSON: invalid character (byte 0)"),
    ('{"type":"typing"', "the frame is cut off: its JSON does not end"),
    ("[1]", "the frame must be an object, not a list"),
    ('{"id":"1"}', "`type` is missing"),
    ('{"type":"widget_opened","id":"a b"}', "`id` must be 1 to 64 of A-Z a-z 0-9 _ -"),
    ('{"type":"message_sent","id":"1"}', "`text` is missing"),
    ('{"type":"message_sent","id":"1","text":""}', "`text` must not be empty"),
    (
        '{"type":"message_sent","id":"1","text":"' + "a" * 4001 + '"}',
        "`text` must have at most 4000 characters",
    ),
    ('{"type":"message_sent","id":"1","text":7}', "`text` must be text, not a whole number"),
    ('{"type":"read","seq":-1}', "`seq` must be 0 or more"),
    ('{"type":"read","seq":1.5}', "`seq` must be a whole number, not one with a fraction"),
    (
        '{"type":"profile_updated","id":"1","fields":{"a":[]}}',
        "each value in `fields` must be true or false, a number, text or null, not a list",
    ),
    ('{"type":"profile_updated","id":"1","fields":{"":1}}', "each name in `fields` must not be empty"),
    ('{"type":"event_tracked","id":"1","event":"e","data":1e999}', "`data` holds a number too large"),
    (
        '{"type":"message_sent","id":"1","text":"\\ud83d\\ude00 \\ud83d"}',
        r"the frame holds half a character (\ud800 to \udfff without its other half); send whole characters",
    ),
    (
        '{"type":"message_sent","id":"1","text":"' + "\\u4f60" * 4000 + '"}',
        "the frame has 24042 bytes; the most is 16384; send characters as UTF-8, not as \\uXXXX escapes",
    ),
]


@pytest.mark.parametrize(("text", "detail"), SAID, ids=[str(number) for number, _ in enumerate(SAID)])
def test_what_is_wrong_is_said_in_a_sentence(text: str, detail: str) -> None:
    """It names the field and what may stand there, in words."""
    with pytest.raises(Refused) as refused:
        frame_in(text)
    assert refused.value.detail == detail


async def test_a_long_text_of_wide_characters_is_taken(gateway: Gateway) -> None:
    """4,000 Chinese characters fit into a frame, as UTF-8."""
    async with gateway.visitor() as visitor:
        assert (await visitor.write("你" * 4000)).body.text == "你" * 4000


async def test_a_binary_frame_is_refused(gateway: Gateway) -> None:
    """Frames are text."""
    async with gateway.visitor() as visitor:
        await visitor.connection.send(b'{"type":"widget_opened","id":"1"}')
        assert (await visitor.next(Error)).code == "bad_frame"
        assert await visitor.is_alive()


async def test_a_flood_in_one_frame_closes_the_socket(gateway: Gateway) -> None:
    """What is far too large is not even read."""
    async with gateway.visitor() as visitor:
        await visitor.connection.send("a" * 100_000)
        assert await visitor.closed() == 1009


async def test_invalid_utf8_closes_only_that_socket(gateway: Gateway) -> None:
    """Text that is not UTF-8 breaks the WebSocket protocol itself (1007)."""
    async with gateway.visitor() as visitor, gateway.visitor() as other:
        payload = b"\xff\xfe"
        frame = struct.pack("!BB", 0x81, 0x80 | len(payload)) + bytes(4) + payload
        visitor.connection.transport.write(frame)
        assert await visitor.closed() == 1007
        assert await other.is_alive()


async def test_typing_and_reading_pass_by(gateway: Gateway, bus: Bus) -> None:
    """They are taken in silence: neither stored nor accepted."""
    async with gateway.visitor() as visitor:
        await visitor.send({"type": "typing"})
        await visitor.send({"type": "read", "seq": 3})
        assert await visitor.is_alive()
        assert len(await events_of(bus, visitor.id)) == 1


async def test_unknown_fields_are_ignored(gateway: Gateway) -> None:
    """A newer widget may say more than this gateway knows."""
    async with gateway.visitor(colour="blue") as visitor:
        await visitor.say("widget_opened", mood="good")
        await visitor.next(Accepted)


async def test_a_flood_is_slowed_down(gateway: Gateway, bus: Bus) -> None:
    """Past the burst frames are refused with the time to wait; sent again then, all are stored, in order."""
    async with gateway.visitor() as visitor:
        frames = [f"f-{number}" for number in range(80)]
        for frame in frames:
            await visitor.say("message_sent", id=frame, text=frame)
        answers = [await visitor.next((Accepted, Error)) for _ in frames]
        taken = [answer.id for answer in answers if isinstance(answer, Accepted)]
        refused = [answer for answer in answers if isinstance(answer, Error)]
        assert taken == frames[: len(taken)]
        assert {error.code for error in refused} == {"too_fast"}
        assert [error.id for error in refused] == frames[len(taken) :]
        wait_ms = refused[-1].retry_after_ms
        assert wait_ms is not None
        await asyncio.sleep(wait_ms / 1000)
        await visitor.say("message_sent", id=refused[0].id, text=refused[0].id)
        assert (await visitor.next(Accepted)).id == refused[0].id
        assert len(await events_of(bus, visitor.id)) == len(taken) + 1
