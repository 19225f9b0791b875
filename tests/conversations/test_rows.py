"""A batch as rows: the same whatever the order of its events."""

from datetime import timedelta
from typing import TypeVar

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts.chat import AgentsNotified, Author, ChatEvent, Form, Noted, QuickReplies, Survey
from contracts.ids import DEFAULT_TEAM, EventId, MessageId, VisitorId
from contracts.visitor import FormSubmitted, ProfileUpdated, VisitorEvent
from services.conversations import rows
from tests.conversations.told import NOON, assigned, converted, field_set, opened, posted

E = TypeVar("E")
ANN = Author(kind="agent", id="ann", name="Ann")


def profile(visitor: str, **said: str | int) -> ProfileUpdated:
    """The page says something of a visitor."""
    fields: dict[str, str | int | float | bool | None] = {**said}
    return ProfileUpdated(
        id=EventId("p"), team=DEFAULT_TEAM, visitor=VisitorId(visitor), at=NOON, fields=fields
    )


def placed(event: E, seq: int) -> rows.Placed[E]:
    """The event at this place of its stream, stored as many minutes past noon."""
    return rows.Placed(event, seq, NOON + timedelta(minutes=seq))


EVENTS: list[rows.Placed[VisitorEvent]] = [
    placed(opened("v", 3, url="https://shop/a", locale="de"), 11),
    placed(opened("w", 1, url="https://shop/b"), 12),
    placed(opened("v", 1, url="https://shop/c", title="C"), 13),
    placed(opened("v", 5), 14),
    placed(profile("v", user_email="old@shop", plan=1), 15),
    placed(
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
def test_visitors_do_not_depend_on_the_order(events: list[rows.Placed[VisitorEvent]]) -> None:
    """Seen from the first to the last, on the page of the newest event that has one."""
    v, w = rows.visitors(events)
    assert (v.visitor, v.first_seen_at, v.last_seen_at) == ("v", NOON, opened("v", 5).at)
    assert (v.page_url, v.page_title, v.locale, v.seq) == ("https://shop/c", "C", "", 13)
    assert (w.visitor, w.page_url) == ("w", "https://shop/b")


@given(st.permutations([*EVENTS, placed(profile("v", plan=1), 20)]))
def test_an_event_says_its_words_once(events: list[rows.Placed[VisitorEvent]]) -> None:
    """Profiles and forms say fields, at their first place; what comes again says nothing new."""
    found = [(row.stream, row.id, row.at, row.seq, row.fields) for row in rows.words_of_visitors(events)]
    assert found == [
        ("VISITOR", "f", NOON + timedelta(minutes=16), 16, b'{"user_email":"new@shop"}'),
        ("VISITOR", "p", NOON + timedelta(minutes=15), 15, b'{"user_email":"old@shop","plan":1}'),
    ]


WRITTEN: list[rows.Placed[ChatEvent]] = [
    placed(field_set("v", "r.1.1", "plan", "gold", NOON), 7),
    placed(field_set("v", "r.1.2", "age", None, NOON), 8),
    placed(field_set("v", "r.1.1", "plan", "gold", NOON), 9),
    placed(assigned("v", "s", "ann", 1), 10),
]


@given(st.permutations(WRITTEN))
def test_a_flow_s_word_is_as_old_as_its_cause(events: list[rows.Placed[ChatEvent]]) -> None:
    """However late it was stored, and however often."""
    found = [(row.id, row.at, row.seq, row.fields) for row in rows.words_of_flows(events)]
    assert found == [("r.1.1", NOON, 7, b'{"plan":"gold"}'), ("r.1.2", NOON, 8, b'{"age":null}')]


SAID: list[rows.Placed[ChatEvent]] = [
    placed(posted("v", "1", "a"), 1),
    placed(posted("v", "2", "b"), 2),
    placed(posted("v", "1", "a"), 3),
]


@given(st.permutations(SAID))
def test_a_message_stands_at_its_first_place(events: list[rows.Placed[ChatEvent]]) -> None:
    """A message that came twice is one, and the newest place is that of the newest message."""
    assert [(row.id, row.seq) for row in rows.messages(events)] == [("1", 1), ("2", 2)]


def test_every_body_has_a_text() -> None:
    """Quick replies, forms and surveys are messages like any other; notes and notices have a kind of their own."""
    bodies = (
        QuickReplies(text="q", choices=("a",), until=NOON),
        Form(text="f", fields=(), until=NOON),
        Survey(text="s", choices=("a",), until=NOON),
    )
    said: list[rows.Placed[ChatEvent]] = [
        placed(msgspec.structs.replace(posted("v", body.text, ""), body=body), number)
        for number, body in enumerate(bodies)
    ]
    common = {"id": MessageId("q"), "team": DEFAULT_TEAM, "visitor": VisitorId("v"), "at": NOON}
    told = msgspec.convert(common | {"type": "agents_notified.v1", "text": "n"}, AgentsNotified)
    noted = Noted(id=MessageId("n"), team=DEFAULT_TEAM, visitor=VisitorId("v"), at=NOON, author=ANN, text="t")
    found = rows.messages([*said, placed(told, 4), placed(noted, 5)])
    assert [(row.kind, row.id, row.author_kind, row.text) for row in found] == [
        ("message", "f", "robot", "f"),
        ("message", "q", "robot", "q"),
        ("message", "s", "robot", "s"),
        ("note", "n", "agent", "t"),
        ("notice", "q", "robot", "n"),
    ]


def test_changes_are_told_apart() -> None:
    """Each assignment and each conversion is a row; messages are none, and the other way round."""
    changes: list[rows.Placed[ChatEvent]] = [
        placed(assigned("v", "x", "ann", 1), 7),
        placed(converted("v", "y", "vip", 2), 8),
        placed(posted("v", "1", "a"), 9),
    ]
    assert rows.assignments(changes) == [
        rows.AssignmentRow("default", "v", "x", NOON + timedelta(minutes=1), 7, ["ann"], "flow")
    ]
    assert rows.conversions(changes) == [
        rows.ConversionRow("default", "v", "y", NOON + timedelta(minutes=2), 8, "vip", "flow")
    ]
    assert [row.id for row in rows.messages(changes)] == ["1"]


@given(
    st.permutations(
        [
            placed(assigned("v", "x", "ann", 1), 9),
            placed(assigned("v", "y", "bob", 3), 7),
            placed(assigned("v", "z", "cat", 3), 8),
            placed(assigned("w", "x", "ann", 1), 6),
        ]
    )
)
def test_the_newest_assignment_counts(events: list[rows.Placed[ChatEvent]]) -> None:
    """By the time it was said, and by its place where two were said at once."""
    found = rows.newest(rows.assignments(events))
    assert sorted((row.visitor, row.agents, row.seq) for row in found) == [
        ("v", b'["cat"]', 8),
        ("w", b'["ann"]', 6),
    ]
