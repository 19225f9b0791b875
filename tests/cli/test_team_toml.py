"""A team's settings as TOML are those settings, whatever texts and names they hold."""

import tomllib
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts.chat import Appearance
from contracts.ids import AgentId, TeamId
from contracts.team import (
    Agent,
    Answer,
    CannedMessage,
    CustomField,
    Group,
    Hours,
    Segment,
    TeamSettings,
    TrackedEvent,
    Webhook,
    parse,
)
from services.cli.team.toml import to_toml

EXAMPLE = Path(__file__).parents[2] / "deploy" / "team.example.toml"

_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
_tokens = st.text("abcXYZ019_-", min_size=1, max_size=8)
_locales = st.sampled_from(["de", "en", "zh-CN", "pt-BR"])
_localized = _words | st.dictionaries(_locales, _words, min_size=1, max_size=3)
_spans = st.lists(st.sampled_from(["09:00-12:00", "13:30-18:00", "22:00-06:00"]), max_size=2).map(tuple)


def _some(item: st.SearchStrategy[object], of: str) -> st.SearchStrategy[tuple[object, ...]]:
    """A few of these, none twice by that field."""
    return st.lists(item, max_size=3, unique_by=lambda one: getattr(one, of)).map(tuple)


_settings = st.builds(
    TeamSettings,
    team=_tokens.map(TeamId),
    name=_texts,
    agents=_some(
        st.builds(Agent, id=_tokens.map(AgentId), name=_texts, groups=st.lists(_words, max_size=2).map(tuple)),
        "id",
    ),
    groups=_some(st.builds(Group, id=_words, description=_texts), "id"),
    time_zone=st.sampled_from(["UTC", "Asia/Shanghai"]),
    working_hours=st.none() | st.builds(Hours, mon=_spans, sun=_spans),
    holidays=st.lists(st.sampled_from(["2026-10-01", "2026-12-24/2026-12-26"]), max_size=2).map(tuple),
    custom_fields=_some(st.builds(CustomField, id=st.sampled_from(["a", "b"]), label=_texts | _localized), "id"),
    tracked_events=_some(st.builds(TrackedEvent, name=_words), "name"),
    segments=_some(st.builds(Segment, id=_tokens, name=_texts, filter=_words), "id"),
    canned_messages=_some(st.builds(CannedMessage, id=_tokens, text=_localized), "id"),
    answers=_some(
        st.builds(Answer, id=_tokens, questions=st.lists(_words, min_size=1, max_size=3).map(tuple), answer=_localized),
        "id",
    ),
    webhooks=st.lists(st.builds(Webhook, url=st.just("https://a.example/x"), secret=_texts), max_size=2).map(tuple),
    allowed_hosts=st.just(("a.example",)),
    appearance=st.builds(Appearance, title=st.none() | _texts),
    identity_secret=st.none() | _texts,
)  # fmt: skip


@given(_settings)
def test_toml_says_the_same(settings: TeamSettings) -> None:
    """What is printed is taken back, and is what it was."""
    taken, problems = parse(msgspec.to_builtins(tomllib.loads(to_toml(settings))))
    assert problems == ()
    assert taken == settings


def test_the_example_is_as_people_write_it() -> None:
    """Printed again, the example has the same lines for the same things: a line per locale, a table per thing."""
    settings, _ = parse(msgspec.to_builtins(tomllib.loads(EXAMPLE.read_text())))
    assert settings is not None
    printed = to_toml(settings).splitlines()
    written = [line.partition("  #")[0].rstrip() for line in EXAMPLE.read_text().splitlines()]
    kept = [line for line in written if line and not line.startswith("#") and not line.startswith("filter")]
    assert set(kept) <= set(printed)
