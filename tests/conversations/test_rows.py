"""A batch as rows: the same whatever the order of its events."""

from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import DEFAULT_TEAM, EventId, VisitorId
from contracts.visitor import FormSubmitted, ProfileUpdated, VisitorEvent
from services.conversations import rows
from tests.conversations.told import NOON, assigned, opened, posted

T = TypeVar("T")


def profile(visitor: str, **said: str | int) -> ProfileUpdated:
    """The page says something of a visitor."""
    fields: dict[str, str | int | float | bool | None] = {**said}
    return ProfileUpdated(
        id=EventId("p"), team=DEFAULT_TEAM, visitor=VisitorId(visitor), at=NOON, fields=fields
    )


EVENTS: list[tuple[VisitorEvent, int]] = [
    (opened("v", 3, url="https://shop/a", locale="de"), 11),
    (opened("w", 1, url="https://shop/b"), 12),
    (opened("v", 1, url="https://shop/c", title="C"), 13),
    (opened("v", 5), 14),
    (profile("v", user_email="old@shop", plan=1), 15),
    (
        FormSubmitted(
            id=EventId("f"),
            team=DEFAULT_TEAM,
            visitor=VisitorId("v"),
            at=NOON,
            message="m",
            values={"user_email": "new@shop"},
        ),
        16,
    ),
]


@given(st.permutations(EVENTS))
def test_visitors_do_not_depend_on_the_order(events: list[tuple[VisitorEvent, int]]) -> None:
    """Seen from the first to the last, on the page of the newest event that has one."""
    v, w = rows.visitors(events)
    assert (v.visitor, v.first_seen_at, v.last_seen_at) == ("v", NOON, opened("v", 5).at)
    assert (v.page_url, v.page_title, v.locale, v.seq) == ("https://shop/c", "C", "", 13)
    assert (w.visitor, w.page_url) == ("w", "https://shop/b")


@given(st.permutations(EVENTS))
def test_the_newest_word_on_a_field_stays(events: list[tuple[VisitorEvent, int]]) -> None:
    """Profiles and forms say fields; the later one is right, the others stay."""
    found = [(row.name, row.value, row.seq) for row in rows.fields(events)]
    assert found == [("plan", b"1", 15), ("user_email", b'"new@shop"', 16)]


@given(st.permutations([(posted("v", "a", "1"), 1), (posted("v", "b", "2"), 2), (posted("v", "a", "1"), 3)]))
def test_a_message_stands_at_its_first_place(events: list[tuple[T, int]]) -> None:
    """A message that came twice is one, and the newest place is that of the newest message."""
    found = rows.messages(events)  # pyright: ignore[reportArgumentType]
    assert [(row.id, row.seq) for row in found] == [("a", 1), ("b", 2)]


def test_assignments_are_told_apart() -> None:
    """Each change is a row; messages are none."""
    found = rows.assignments([(assigned("v", "x", "ann", 1), 7), (posted("v", "a", "1"), 8)])
    assert found == [
        rows.AssignmentRow("default", "v", "x", assigned("v", "x", "ann", 1).at, 7, ["ann"], "flow")
    ]
    assert rows.messages([(assigned("v", "x", "ann", 1), 7)]) == []
