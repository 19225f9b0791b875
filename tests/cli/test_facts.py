"""`--set FACT=VALUE` as people write it."""

import pytest

from contracts.run import Json
from services.chassis.errors import BadConfig
from services.cli.runs.facts import changed_facts, described


@pytest.mark.parametrize(
    ("setting", "name", "value"),
    [
        ("agents_online=a1, a2", "agents_online", ["a1", "a2"]),
        ("agents_online=", "agents_online", []),
        ('assigned=["a1"]', "assigned", ["a1"]),
        ("groups.sales=a1,a2", "groups.sales", ["a1", "a2"]),
        ("groups.sales=null", "groups.sales", None),
        ("holidays=2026-10-01/2026-10-07", "holidays", ["2026-10-01/2026-10-07"]),
        ("time_zone=Asia/Shanghai", "time_zone", "Asia/Shanghai"),
        ("choice=3", "choice", "3"),
        ("segments.vips=true", "segments.vips", "true"),
        ("segments.vips=null", "segments.vips", None),
        ("prediction=null", "prediction", None),
        ('prediction={"answer": "a"}', "prediction", {"answer": "a"}),
        ("score=7", "score", 7),
        ("user_city=Ulm", "user_city", "Ulm"),
        ("message_body=a=b", "message_body", "a=b"),
        ("now=2026-01-01T22:00:00Z", "now", "2026-01-01T22:00:00Z"),
    ],
)  # fmt: skip
def test_a_setting(setting: str, name: str, value: Json) -> None:
    """Lists need no brackets, texts no quotes; anything else may be JSON."""
    assert changed_facts([setting]) == {name: value}


def test_no_setting() -> None:
    """What sets nothing is refused with an example."""
    for setting in ("agents_online", "=a"):
        with pytest.raises(BadConfig, match="write FACT=VALUE"):
            changed_facts([setting])


def test_how_a_what_if_is_told() -> None:
    """Nobody is a word, nothing is null."""
    facts = changed_facts(["agents_online=", "groups.sales=a1,a2", "prediction=null", "score=7"])
    assert described(facts) == "agents_online = nobody, groups.sales = a1, a2, prediction = null, score = 7"
