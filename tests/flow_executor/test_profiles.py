"""What flows know of a visitor: from a page, a form, a tracked event or a node, to a variable in another run."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypedDict

import msgspec
import pytest

from contracts.chat import FieldSet
from contracts.frames import Page
from contracts.ids import EventId, FrameId, TeamId, VisitorId, event_id
from contracts.run import Json
from contracts.visitor import EventTracked, MessageSent, ProfileUpdated, WidgetLoaded
from tests.flow_executor.harness import TEAM, World, put_team
from tests.flow_executor.shapes import flow, reply, wait
from tests.waiting import eventually

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5"
    " Mobile/15E148 Safari/604.1"
)
PAGE = Page(url="https://shop.example/tea", title="Tea", referrer="https://search.example/")
SETTINGS: dict[str, object] = {
    "time_zone": "Asia/Shanghai",
    "customer_types": [{"id": "vip"}],
    "custom_fields": [
        {"id": "plan", "type": "SELECT", "options": ["free", "gold"]},
        {"id": "score", "type": "INTEGER", "number": 7},
    ],
    "tracked_events": [{"name": "other"}, {"name": "webclick"}],
}
NAMES = (
    "user_fullname", "user_email", "user_mobile", "user_language", "user_country", "user_city", "ent_user_createtime",
    "customer_user_type", "is_anonymous_user", "is_assigned_user", "user_channel", "user_web_sessions", "page_title",
    "page_url", "referrer", "browser_name", "browser_version", "browser_language", "os_name", "device_name",
    "message_body", "message_subtype", "plan", "extra_field_SELECT_1", "score", "extra_field_INTEGER_7",
    "event_count_2", "event_count_webclick", "event_count_other", "event_first_time_2", "event_last_time_2",
    "event_last_data_2", "agents_online_count", "now",
)  # fmt: skip


class Common(TypedDict):
    """What every event of a visitor says."""

    id: EventId
    team: TeamId
    visitor: VisitorId
    at: datetime
    page: Page


def common(frame: str, visitor: str = "v1", page: Page = PAGE) -> Common:
    """An event of this visitor."""
    who = VisitorId(visitor)
    return Common(
        id=event_id(TEAM, who, FrameId(frame)), team=TEAM, visitor=who, at=datetime.now(UTC), page=page
    )


def loaded(frame: str, visitor: str = "v1", agent: str = CHROME) -> WidgetLoaded:
    """The page has loaded, somewhere in Cologne."""
    return WidgetLoaded(**common(frame, visitor), locale="de-DE", user_agent=agent, country="DE", city="Köln")


def tracked(frame: str, event: str = "webclick", data: Json = None, visitor: str = "v1") -> EventTracked:
    """The page tracks an event."""
    raw = msgspec.Raw(msgspec.json.encode(data))
    return EventTracked(**common(frame, visitor), event=event, uuid=f"u-{frame}", data=raw)


def wrote(frame: str, text: str, visitor: str = "v1") -> MessageSent:
    """The visitor writes."""
    return MessageSent(**common(frame, visitor), text=text)


def updated(frame: str, visitor: str = "v1", **fields: str | int) -> ProfileUpdated:
    """The page says something of the visitor."""
    return ProfileUpdated(**common(frame, visitor), fields={**fields})


def telling(trigger: str, names: tuple[str, ...], name: str = "telling", **more: object) -> dict[str, object]:
    """A flow whose robot says what it knows: a line for each variable."""
    text = "\n".join(f"{name}={{{{{name}}}}}" for name in names)
    return flow(trigger, {"tell": reply(text)}, name, **more)


@pytest.fixture
async def team(world: World) -> None:
    """The team has its settings, and the executor knows."""
    await put_team(world.bus, **SETTINGS)
    node = {"type": "convert", "name": "c", "customer_type": "vip", "next": {"SUCCESS": "end"}}

    async def is_known() -> bool:
        request = msgspec.json.encode(flow("widget_opened", {"vip": node}, "probe"))
        reply = await world.bus.request("contracts.flows.validate", request, dict[str, list[object]])
        return reply == {"problems": []}

    await eventually(is_known)


async def known(world: World, visitor: str, count: int = 1) -> Mapping[str, str]:
    """What the robot said last, when it has spoken that often."""

    async def spoken() -> list[str]:
        texts = await world.texts(visitor)
        assert len(texts) == count
        return texts

    last = (await eventually(spoken, within_s=10))[-1]
    return dict(line.split("=", 1) for line in last.splitlines())


async def test_every_variable(world: World, team: None) -> None:
    """From the connection, the page, the fields, the events, the team and the clock: by all their names."""
    await world.push(telling("message_sent", NAMES))
    await world.happen(
        loaded("f1"),
        updated("f2", name="Ann", email="ann@shop.example", phone="123", plan="gold", score=42),
        tracked("f3", data={"x": 1}),
        tracked("f4", data={"x": 2}),
        wrote("f5", "hello"),
    )
    found = dict(await known(world, "v1"))
    times = {name: found.pop(name) for name in list(found) if "time" in name or name == "now"}
    assert found == {
        "user_fullname": "Ann",
        "user_email": "ann@shop.example",
        "user_mobile": "123",
        "user_language": "de-DE",
        "user_country": "DE",
        "user_city": "Köln",
        "customer_user_type": "",
        "is_anonymous_user": "true",
        "is_assigned_user": "false",
        "user_channel": "CHANNEL_WEB",
        "user_web_sessions": "1",
        "page_title": "Tea",
        "page_url": "https://shop.example/tea",
        "referrer": "https://search.example/",
        "browser_name": "Chrome",
        "browser_version": "126.0",
        "browser_language": "de-DE",
        "os_name": "Windows",
        "device_name": "",
        "message_body": "hello",
        "message_subtype": "TEXT",
        "plan": "gold",
        "extra_field_SELECT_1": "gold",
        "score": "42",
        "extra_field_INTEGER_7": "42",
        "event_count_2": "2",
        "event_count_webclick": "2",
        "event_count_other": "0",
        "event_last_data_2": '{"x":2}',
        "agents_online_count": "0",
    }
    assert times["now"].endswith("+08:00")
    moments = [
        datetime.fromisoformat(times[name])
        for name in ("ent_user_createtime", "event_first_time_2", "event_last_time_2", "now")
    ]
    assert moments == sorted(moments)


async def test_a_device(world: World) -> None:
    """A phone is known by its name; an identified visitor is not anonymous."""
    await world.push(
        telling("widget_loaded", ("browser_name", "os_name", "device_name", "is_anonymous_user"))
    )
    await world.happen(loaded("f1", "u_1", IPHONE))
    assert await known(world, "u_1") == {
        "browser_name": "Mobile Safari",
        "os_name": "iOS",
        "device_name": "iPhone",
        "is_anonymous_user": "false",
    }


async def test_a_tracked_event_knows_its_number_and_count(world: World, team: None) -> None:
    """The event that starts the run is counted, also where nothing else is known of the visitor."""
    names = (
        "track_event_name",
        "track_event_seq",
        "track_event_uuid",
        "track_event_count",
        "track_event_data",
    )
    await world.push(telling("event_tracked", names))
    await world.happen(tracked("f1", data=[1]))
    one = {"track_event_name": "webclick", "track_event_seq": "2", "track_event_uuid": "u-f1"}
    assert await known(world, "v1") == one | {"track_event_count": "1", "track_event_data": "[1]"}
    await world.happen(tracked("f2"), tracked("f3", "unnumbered"))
    assert await known(world, "v1", 3) == {
        "track_event_name": "unnumbered",
        "track_event_seq": "",
        "track_event_uuid": "u-f3",
        "track_event_count": "1",
        "track_event_data": "",
    }
    assert "track_event_count=2" in (await world.texts("v1"))[1]


async def test_what_a_flow_writes_another_reads(world: World, team: None) -> None:
    """A customer type and a field, which has the type that the team gave it, on CHAT too."""
    convert = {"type": "convert", "name": "c", "customer_type": "vip", "next": {"SUCCESS": "set"}}
    score = {
        "type": "set_field",
        "name": "s",
        "field": "score",
        "value": "4{{1 + 1}}",
        "next": {"SUCCESS": "end"},
    }
    await world.push(flow("widget_loaded", {"vip": convert, "set": score}, "writing"))
    logic = {"type": "logic", "name": "l", "expression": "score == 42", "next": {"TRUE": "tell"}}
    tell = reply("customer_user_type={{customer_user_type}}\nextra_field_INTEGER_7={{extra_field_INTEGER_7}}")
    await world.push(flow("message_sent", {"is_number": logic, "tell": tell}, "reading"))
    await world.happen(loaded("f1"), wrote("f2", "hello"))
    assert await known(world, "v1") == {"customer_user_type": "vip", "extra_field_INTEGER_7": "42"}
    fields = [(event.field, event.value) for event in await world.chat("v1") if isinstance(event, FieldSet)]
    assert fields == [("score", 42)]


async def test_a_value_that_does_not_fit_is_not_written(world: World, team: None) -> None:
    """The node fails, and the field stays as it is."""
    node = {"type": "set_field", "name": "s", "field": "plan", "value": "{{message_body}}"}
    tell = reply("plan={{plan}}")
    ways = {"next": {"SUCCESS": "end", "FAILED": "tell"}}
    await world.push(flow("message_sent", {"set": node | ways, "tell": tell}, "setting"))
    await world.happen(updated("f1", plan="gold"), wrote("f2", "platinum"))
    assert await known(world, "v1") == {"plan": "gold"}


async def test_pages_cannot_say_what_only_we_know(world: World, team: None) -> None:
    """A visitor who claims to be a customer, or assigned, is not."""
    names = ("customer_user_type", "is_assigned_user", "user_web_sessions", "user_country")
    await world.push(telling("message_sent", names))
    lies = updated(
        "f2", customer_user_type="vip", is_assigned_user="yes", user_web_sessions=99, user_country="CN"
    )
    await world.happen(loaded("f1"), lies, wrote("f3", "hello"))
    assert await known(world, "v1") == {
        "customer_user_type": "",
        "is_assigned_user": "false",
        "user_web_sessions": "1",
        "user_country": "CN",
    }


async def test_a_run_that_is_woken_still_knows_the_language(world: World) -> None:
    """A timer brings no locale: the text is in the language of the page, though none may ever have loaded."""
    texts = {"en": "late", "zh-CN": "晚了", "de": "spät"}
    late = {"type": "reply", "name": "late", "as": "robot", "text": texts, "next": {"SUCCESS": "end"}}
    await world.push(flow("message_sent", {"wait": wait(1, TIMEOUT="late"), "late": late}, "woken"))
    from_a_server = msgspec.structs.replace(wrote("f1", "hello", "v3"), locale="zh-CN")
    await world.happen(loaded("f1"), wrote("f2", "hello"), wrote("f1", "hello", "v2"), from_a_server)

    async def spoken() -> bool:
        assert [await world.texts(who) for who in ("v1", "v2", "v3")] == [["spät"], ["late"], ["晚了"]]
        return True

    await eventually(spoken, within_s=10)
