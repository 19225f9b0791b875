"""What flows know of a visitor, as people are shown it: nothing runs, nothing is written."""

from datetime import UTC, datetime

from contracts.frames import Page
from contracts.ids import FrameId, VisitorId, event_id
from contracts.requests import CannedPreviewed, VisitorDescribed, VisitorRequest
from contracts.visitor import ProfileUpdated
from tests.flow_executor.harness import TEAM, World, put_team, tracked
from tests.flow_executor.test_profiles import loaded
from tests.waiting import eventually

SETTINGS: dict[str, object] = {
    "segments": [
        {"id": "gold", "name": "Gold", "filter": 'plan == "gold" and user_country == "DE"'},
        {"id": "clickers", "filter": "event_count_webclick > 1"},
        {"id": "slip", "filter": "plann == 1"},
    ],
    "tracked_events": [{"name": "webclick"}],
    "canned_messages": [
        {
            "id": "hello",
            "text": {"en": "Hello {{user_fullname}} in {{user_city}}", "de": "Guten Tag {{user_fullname}}"},
        },
        {"id": "page", "text": "{{page_title}}: {{agents_online_count}} of us are here"},
        {"id": "slip", "text": "{{user_fulname}}"},
    ],
}


def named(visitor: str) -> ProfileUpdated:
    """The page says who it is, and what they pay."""
    who = VisitorId(visitor)
    return ProfileUpdated(
        id=event_id(TEAM, who, FrameId("p")),
        team=TEAM,
        visitor=who,
        at=datetime.now(UTC),
        fields={"user_fullname": "Ada", "plan": "gold"},
    )


async def described(world: World, visitor: str) -> VisitorDescribed:
    """What is told of them."""
    return await world.bus.request(
        "query.visitors.describe", VisitorRequest(visitor=VisitorId(visitor)), VisitorDescribed
    )


async def test_a_visitor_is_described(world: World) -> None:
    """Segments with why one cannot be answered, events with their counts, place and browser."""
    await put_team(world.bus, **SETTINGS)
    await world.happen(
        loaded("f1"), named("v1"), tracked("v1", "webclick", "t1"), tracked("v1", "webclick", "t2")
    )
    await world.idle()

    async def is_known() -> VisitorDescribed:
        found = await described(world, "v1")
        assert [state.is_in for state in found.segments] == [True, True, None]
        return found

    found = await eventually(is_known)
    assert [state.name for state in found.segments] == ["Gold", "clickers", "slip"]
    assert found.segments[2].problem == "there is no variable plann; did you mean plan?"
    assert [(one.event, one.count) for one in found.events] == [("webclick", 2)]
    assert (found.country, found.city, found.sessions) == ("DE", "Köln", 1)
    assert (found.browser, found.system) == ("Chrome 126.0", "Windows")
    assert await world.runs("v1") == []


async def test_nothing_is_known_of_a_stranger(world: World) -> None:
    """Who never came is in no segment, and has done nothing."""
    await put_team(world.bus, **SETTINGS)

    async def is_known() -> VisitorDescribed:
        found = await described(world, "nobody")
        assert len(found.segments) == 3
        return found

    found = await eventually(is_known)
    assert [state.is_in for state in found.segments] == [None, False, None]
    assert (found.events, found.country, found.browser) == ([], "", None)


async def test_canned_messages_are_filled_in(world: World) -> None:
    """In the visitor's language and with what is known now; what is wrong stands as it was written, with the reason."""
    await put_team(world.bus, **SETTINGS)
    await world.come_online()
    await world.happen(named("v1"))
    await world.idle()

    async def canned(locale: str) -> CannedPreviewed:
        request = VisitorRequest(visitor=VisitorId("v1"), page=Page(title="Tea"), locale=locale)
        return await world.bus.request("query.visitors.canned", request, CannedPreviewed)

    async def are_filled() -> CannedPreviewed:
        found = await canned("en-GB")
        assert [one.text for one in found.messages[:2]] == ["Hello Ada in ", "Tea: 1 of us are here"]
        return found

    found = await eventually(are_filled)
    assert (found.messages[0].empty, found.messages[0].problem) == (["user_city"], None)
    assert (found.messages[2].text, found.messages[2].problem) == (
        "{{user_fulname}}",
        "there is no variable user_fulname; did you mean user_fullname?",
    )
    assert (await canned("de-DE")).messages[0].text == "Guten Tag Ada"
