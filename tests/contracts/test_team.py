"""What people write as a team's settings: taken whole, or refused with every problem and its place."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from contracts.ids import TeamId
from contracts.team import TeamSettings, initial, numbered, numbered_fields, parse

EXAMPLE = Path(__file__).parents[2] / "deploy" / "team.example.toml"

ANN = {"id": "ann"}
PLAN = {"id": "plan", "type": "SELECT", "options": ["free", "gold"]}


BAD: list[tuple[dict[str, object], list[tuple[str, str]]]] = [
    ({"colour": "red"}, [("unknown_field", "colour")]),
    ({"team": "a b"}, [("bad_value", "team")]),
    ({"agents": [{}]}, [("bad_value", "agents.0.id")]),
    ({"agents": [{"id": "a b", "email": "nobody"}]}, [("bad_value", "agents.0.id"), ("bad_value", "agents.0.email")]),
    ({"agents": [ANN, ANN]}, [("duplicate_agent", "agents.1.id")]),
    ({"agents": [{"id": "robot"}]}, [("bad_value", "agents.0.id")]),
    ({"agents": [{"id": "flow"}]}, [("bad_value", "agents.0.id")]),
    ({"agents": [{"id": "ann", "groups": [""]}]}, [("bad_value", "agents.0.groups.0")]),
    ({"groups": [{"id": "a"}, {"id": "a"}]}, [("duplicate", "groups.1.id")]),
    ({"groups": [{"id": ""}]}, [("bad_value", "groups.0.id")]),
    ({"time_zone": "Asia/Shanghia"}, [("bad_value", "time_zone")]),
    ({"time_zone": "../etc/passwd"}, [("bad_value", "time_zone")]),
    ({"working_hours": {"mon": ["9-18"], "sunday": []}},
     [("unknown_field", "working_hours.sunday"), ("bad_value", "working_hours.mon.0")]),
    ({"holidays": ["2026-02-30"]}, [("bad_value", "holidays.0")]),
    ({"holidays": ["2026-10-07/2026-10-01"]}, [("bad_value", "holidays.0")]),
    ({"holidays": ["christmas"]}, [("bad_value", "holidays.0")]),
    ({"customer_types": [{"id": "v i p"}]}, [("bad_value", "customer_types.0.id")]),
    ({"customer_types": [{"id": "vip"}, {"id": "vip"}]}, [("duplicate", "customer_types.1.id")]),
    ({"custom_fields": [{"id": "Plan"}]}, [("bad_value", "custom_fields.0.id")]),
    ({"custom_fields": [{"id": "plan", "type": "SELECT"}]}, [("bad_value", "custom_fields.0.options")]),
    ({"custom_fields": [{"id": "plan", "options": ["a"]}]}, [("bad_value", "custom_fields.0.options")]),
    ({"custom_fields": [PLAN | {"type": "LIST"}]}, [("bad_value", "custom_fields.0.type")]),
    ({"custom_fields": [{"id": "a", "number": 2}, {"id": "b"}]}, [("duplicate", "custom_fields.1.number")]),
    ({"custom_fields": [{"id": "a", "label": {"de": "x" * 4001}}]}, [("bad_value", "custom_fields.0.label.de")]),
    ({"tracked_events": [{"name": ""}]}, [("bad_value", "tracked_events.0.name")]),
    ({"tracked_events": [{"name": "a"}, {"name": "a"}]}, [("duplicate", "tracked_events.1.name")]),
    ({"tracked_events": [{"name": "a", "number": 2}, {"name": "b"}]}, [("duplicate", "tracked_events.1.number")]),
    ({"segments": [{"id": "s"}]}, [("bad_value", "segments.0.filter")]),
    ({"segments": [{"id": "s", "filter": "x" * 1001}]}, [("bad_value", "segments.0.filter")]),
    ({"canned_messages": [{"id": "c", "text": ""}]}, [("bad_value", "canned_messages.0.text")]),
    ({"canned_messages": [{"id": "c", "text": {}}]}, [("bad_value", "canned_messages.0.text")]),
    ({"canned_messages": [{"id": "c", "text": "x" * 4001}]}, [("bad_value", "canned_messages.0.text")]),
    ({"canned_messages": [{"id": "c", "text": 7}]}, [("bad_value", "canned_messages.0.text")]),
    ({"canned_messages": [{"id": "c", "text": {"de": "", "e n": "x"}}]},
     [("bad_value", "canned_messages.0.text.de"), ("bad_value", "canned_messages.0.text.e n")]),
    ({"answers": [{"id": "a", "questions": [], "answer": "x"}]}, [("bad_value", "answers.0.questions")]),
    ({"answers": [{"id": "a", "questions": ["?"], "answer": ""}]}, [("bad_value", "answers.0.answer")]),
    ({"webhooks": [{"url": "ftp://x"}]}, [("bad_value", "webhooks.0.url")]),
    ({"webhooks": [{"url": "https://x.example"}]}, [("bad_value", "webhooks.0.url")]),
    ({"webhooks": [{"url": "https://[x.example"}], "allowed_hosts": ["x.example"]}, [("bad_value", "webhooks.0.url")]),
    ({"webhooks": [{"url": "https://shop.example"}], "allowed_hosts": ["*.shop.example"]},
     [("bad_value", "webhooks.0.url")]),
    ({"allowed_hosts": ["https://x.example"]}, [("bad_value", "allowed_hosts.0")]),
    ({"allowed_origins": ["shop.example"]}, [("bad_value", "allowed_origins.0")]),
    ({"api_key_hashes": ["secret"]}, [("bad_value", "api_key_hashes.0")]),
    ({"appearance": {"color": "#fff"}}, [("unknown_field", "appearance.color")]),
    ({"name": "a\0b"}, [("bad_value", "name")]),
    ({"custom_fields": [{"id": "now"}, {"id": "var_x"}, {"id": "customer_user_type"}]},
     [("bad_value", f"custom_fields.{place}.id") for place in range(3)]),
    ({"agents": [ANN, {"id": "a b"}, ANN, {"id": "a b"}], "working_hours": {"mon": ["9-17"]}, "time_zone": "Mars"},
     [("bad_value", "agents.1.id"), ("bad_value", "agents.3.id"), ("bad_value", "working_hours.mon.0"),
      ("duplicate_agent", "agents.2.id"), ("bad_value", "time_zone")]),
    ({"custom_fields": [{"id": "a", "type": "LIST"}, {"id": "b", "number": 1}], "holidays": ["christmas"]},
     [("bad_value", "holidays.0"), ("bad_value", "custom_fields.0.type")]),
    ({"webhooks": [{"url": "https://x.example"}], "allowed_hosts": ["https://x.example"]},
     [("bad_value", "allowed_hosts.0")]),
]  # fmt: skip


@pytest.mark.parametrize(("written", "problems"), BAD)
def test_what_is_wrong_is_said(written: dict[str, object], problems: list[tuple[str, str]]) -> None:
    """Each slip is one problem at its place, with a sentence and a way out."""
    settings, found = parse({"team": "default"} | written)
    assert settings is None
    assert [(problem.code, problem.at) for problem in found] == problems
    assert all(problem.detail and problem.hint for problem in found)


@pytest.mark.parametrize("raw", [None, [], "team", 7])
def test_settings_are_a_table(raw: object) -> None:
    """Anything else is one problem, with where to start from."""
    settings, (problem,) = parse(raw)
    assert (settings, problem.code, problem.at) == (None, "bad_value", "")
    assert "team show --json" in problem.hint


@pytest.mark.parametrize(("url", "allowed"), [
    ("https://x.example/a?b=c", "x.example"),
    ("https://X.example", "x.EXAMPLE"),
    ("https://a.b.shop.example:8443/", "*.shop.example"),
    ("http://x.example:8080", "x.example:8080"),
])  # fmt: skip
def test_a_webhook_goes_to_an_allowed_host(url: str, allowed: str) -> None:
    """Whatever the case, the path and the port, below a star too."""
    written = {"team": "t", "webhooks": [{"url": url}], "allowed_hosts": [allowed]}
    assert parse(written)[1] == ()


def test_numbers_count_by_themselves() -> None:
    """An event's number is its place, a field's its place among those of its type, unless they are said."""
    written = {
        "team": "t",
        "tracked_events": [{"name": "a"}, {"name": "b", "number": 9}, {"name": "c"}],
        "custom_fields": [{"id": "a"}, {"id": "b", "type": "DATE"}, {"id": "c"}],
    }
    settings, _ = parse(written)
    assert settings is not None
    assert [number for number, _ in numbered(settings.tracked_events)] == [1, 9, 3]
    assert [(field.id, number) for number, field in numbered_fields(settings.custom_fields)] == [
        ("a", 1),
        ("b", 1),
        ("c", 2),
    ]


def test_the_example_is_taken() -> None:
    """The example file has no problems, and has something of everything that a team can set but its secrets."""
    settings, problems = parse(msgspec.to_builtins(tomllib.loads(EXAMPLE.read_text())))
    assert problems == ()
    assert settings is not None
    unset = {name for name in TeamSettings.__struct_fields__ if not getattr(settings, name)}
    assert unset == {"robot_avatar", "api_key_hashes", "identity_secret"}


def test_what_every_team_begins_with() -> None:
    """One agent, and nothing that would be refused if it were pushed."""
    settings = initial(TeamId("default"))
    assert parse(msgspec.json.decode(msgspec.json.encode(settings))) == (settings, ())
