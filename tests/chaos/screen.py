"""What a visitor's screen must be: the conversation, each message once and in its order; and what was to be said."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from contracts.chat import Posted
from tests.chaos.crowd import Guest
from tests.chaos.findings import Findings
from tests.chaos.flows import echo_of, late_of

_ROBOT_ONCE = ("echo ", "late ")
"""How the robot's texts begin that are said once to each visitor; the others may come again."""


def look(guest: Guest, conversation: Mapping[str, Posted], findings: Findings) -> None:
    """Add what is wrong. `conversation` is what CHAT has, by message id, each where it came first."""
    browser = guest.browser
    screen = list(dict.fromkeys(message.id for message in browser.messages))
    findings.lost += [
        f"message {key} never reached the screen of {browser.id}" for key in conversation.keys() - set(screen)
    ]
    findings.doubled += [
        f"{key} on the screen of {browser.id} only" for key in set(screen) - conversation.keys()
    ]
    if screen != list(conversation) and set(screen) == set(conversation):
        findings.disordered.append(f"the screen of {browser.id} has another order than CHAT")
    if browser.resets:
        findings.lost.append(f"{browser.id} was told {browser.resets} times that its history is another one")
    _texts(guest, conversation, findings)


def _texts(guest: Guest, conversation: Mapping[str, Posted], findings: Findings) -> None:
    visitor = guest.browser.id
    texts = {kind: [] for kind in ("visitor", "robot", "agent")} | _by_kind(conversation.values())
    said = [text for text in texts["visitor"] if text.startswith("m")]
    once = [text for text in texts["robot"] if text.startswith(_ROBOT_ONCE)]
    for name, found in (("visitor", said), ("robot", once), ("agent", texts["agent"])):
        findings.doubled += [
            f"{name} said {text!r} {count} times to {visitor}"
            for text, count in Counter(found).items()
            if count > 1
        ]
    expected = [echo_of(text) for text in guest.said]
    expected_late = [late_of(number + 1) for number in range(guest.tracked)]
    there = set(once)
    findings.lost += [
        f"{visitor} was never told {text!r}" for text in (*expected, *expected_late) if text not in there
    ]
    findings.disordered += _steps_back("messages", visitor, said, guest.said)
    findings.disordered += _steps_back("answers", visitor, once, expected)


def _by_kind(posts: Iterable[Posted]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for post in posts:
        found.setdefault(post.author.kind, []).append(post.body.text)
    return found


def _steps_back(what: str, visitor: str, found: Sequence[str], expected: Sequence[str]) -> list[str]:
    """Where two neighbours stand the wrong way round; what is not expected is left out."""
    place = {text: number for number, text in enumerate(expected)}
    known = [text for text in found if text in place]
    return [
        f"{what} of {visitor}: {after!r} stands behind {before!r}"
        for before, after in pairwise(known)
        if place[after] < place[before]
    ]
