"""A very small session of the driver behind `make chaos`, and what its books would not let pass."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest

from contracts.chat import Author, Posted, Text
from contracts.frames import Message
from contracts.ids import DEFAULT_TEAM, MessageId, VisitorId
from tests.chaos.browser import Browser
from tests.chaos.crowd import Guest
from tests.chaos.findings import Findings
from tests.chaos.screen import look
from tests.chaos.session import play

FAULTS = (
    "flow-executor killed",
    "deliveries doubled, shuffled",
    "way to nats cut",
    "widget-gateway killed",
)


@pytest.mark.chaos
async def test_the_promise_holds() -> None:
    """Kills, cuts and doubled deliveries under load: each message once, in order, nothing stuck, every replay equal."""
    rounds = await play(seed=1, visitors=10, until=lambda rounds: len(rounds) == len(FAULTS), names=FAULTS)
    assert [(played.fault, played.findings.all()) for played in rounds] == [(name, []) for name in FAULTS]
    assert all(played.events and played.messages for played in rounds)


def test_a_clean_screen_passes() -> None:
    """What was said and answered once, in order, is nothing to tell."""
    assert _found(["m0", "echo m0", "m1", "echo m1"], ["m0", "echo m0", "m1", "echo m1"]).all() == []


def test_a_lost_message_is_found() -> None:
    """What CHAT has and the screen has not is lost; so is an answer that nobody gave."""
    assert len(_found(["m0", "echo m0", "m1", "echo m1"], ["m0", "echo m0", "m1"]).lost) == 1
    assert _found(["m0", "m1", "echo m1"], ["m0", "m1", "echo m1"]).lost == ["v1 was never told 'echo m0'"]


def test_a_doubled_message_is_found() -> None:
    """The same text under another id is there twice."""
    texts = ["m0", "echo m0", "m1", "echo m1", "echo m1"]
    assert _found(texts, texts).doubled == ["robot said 'echo m1' 2 times to v1"]


def test_a_wrong_order_is_found() -> None:
    """Answers in another order than the questions, and a screen in another order than CHAT."""
    assert len(_found(*[["m0", "m1", "echo m1", "echo m0"]] * 2).disordered) == 1
    texts = ["m0", "echo m0", "m1", "echo m1"]
    assert len(_found(texts, [*texts[2:], *texts[:2]]).disordered) == 1


def _found(chat: Sequence[str], screen: Sequence[str]) -> Findings:
    """What is found when CHAT has these texts, and the screen those, of a visitor who wrote m0 and m1."""
    guest = Guest(Browser("http://nowhere"), Random(0), 1)
    guest.browser.id = "v1"
    guest.said = ["m0", "m1"]
    posted = [_posted(number, text) for number, text in enumerate(chat)]
    by_text = {post.body.text: post for post in posted}
    shown = posted if list(screen) == list(chat) else [by_text[text] for text in screen]
    guest.browser.messages = [_shown(post) for post in shown]
    findings = Findings()
    look(guest, {post.id: post for post in posted}, findings)
    return findings


def _posted(number: int, text: str) -> Posted:
    author = Author(kind="visitor" if text.startswith("m") else "robot")
    return Posted(
        id=MessageId(str(number)),
        team=DEFAULT_TEAM,
        visitor=VisitorId("v1"),
        at=datetime.now(UTC),
        author=author,
        body=Text(text=text),
    )


def _shown(post: Posted) -> Message:
    return Message(seq=int(post.id) + 1, id=post.id, at=post.at, author=post.author, body=post.body)
