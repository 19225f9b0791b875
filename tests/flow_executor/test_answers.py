"""The robot answers from the team's questions and answers."""

from typing import cast

import msgspec
import pytest

from contracts.ids import DEFAULT_TEAM
from contracts.run import NodeCompleted
from contracts.streams import TEAM
from contracts.team import Answer, TeamSettings, initial
from services.chassis.database import Database
from services.flow_executor.answers import best, fold
from services.flow_executor.engine.facts import Prediction
from tests.flow_executor.harness import World, path, said
from tests.flow_executor.shapes import flow, reply
from tests.waiting import eventually

RETURNS = {"zh": "七天内可退", "en": "Within 7 days"}
BOOK = (
    Answer(id="returns", questions=("怎么退货", "How do I return an item?"), answer=RETURNS),
    Answer(id="hours", questions=("你们几点营业", "When are you open?"), answer="9-18"),
    Answer(
        id="shipping",
        questions=("运费是多少", "How much is shipping?", "Was kostet der Versand?"),
        answer="Free",
    ),
)
SETTINGS = msgspec.structs.replace(initial(DEFAULT_TEAM), answers=BOOK)
ASK = flow(
    "message_sent",
    {
        "guess": {"type": "predict_answer", "threshold": 0.4, "next": {"HAS_ANSWER": "end", "NO_ANSWER": "sorry"}},
        "sorry": reply("sorry"),
    },
    "ask",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How do I  return it?!", ["return"]),
        ("How are you?", ["how", "are", "you"]),
        ("ÉCOLE Größe", ["ecole", "grosse"]),
        ("", []),
        ("?!…", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    """ASCII words stand as they are, without accents and capitals; common ones only where there is nothing else."""
    assert fold(text) == words


def test_chinese_becomes_pairs() -> None:
    """The same two characters are the same word wherever they stand, in ASCII."""
    short, long = fold("退货"), fold("我想退货。")
    assert len(short) == 1
    assert len(long) == 3
    assert short[0] in long
    assert all(word.isascii() for word in long)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("怎么退货", "returns"),
        ("请问怎么退货？", "returns"),
        ("how can I return an item", "returns"),
        ("how do i retrun an item", "returns"),
        ("几点营业", "hours"),
        ("运费多少", "shipping"),
        ("was kostet denn der versand", "shipping"),
    ],
)
async def test_the_best_answer(postgres_dsn: str, text: str, answer: str) -> None:
    """The answer whose wording is nearest is found, in any language, through other words and typing errors."""
    found = await _best(postgres_dsn, text)
    assert found is not None
    assert (found.answer, found.score >= 0.4) == (answer, True)


async def test_scores(postgres_dsn: str) -> None:
    """The same words score 1, nothing in common is no answer, and little in common scores little."""
    same, little = (
        await _best(postgres_dsn, "怎么退货"),
        await _best(postgres_dsn, "an interesting question about shipping costs in detail"),
    )
    assert same is not None
    assert same.score == 1
    assert little is not None
    assert little.score < 0.4
    assert await _best(postgres_dsn, "天气真好") is None
    assert await _best(postgres_dsn, "how is the weather") is None
    assert await _best(postgres_dsn, "?") is None


async def test_a_changed_book(postgres_dsn: str) -> None:
    """What is searched is what the settings say now."""
    async with Database(postgres_dsn) as database, database.transaction() as tx:
        for settings, answer in ((SETTINGS, "hours"), (_without("hours"), None), (SETTINGS, "hours")):
            found = (await best(tx, [(DEFAULT_TEAM, "几点营业")], {DEFAULT_TEAM: settings}))[
                DEFAULT_TEAM, "几点营业"
            ]
            assert (found and found.answer) == answer


async def test_the_robot_answers(world: World) -> None:
    """A question that fits is answered in the visitor's language, and the run records which answer and how well."""
    await world.bus.keys.put(TEAM.name, DEFAULT_TEAM, msgspec.json.encode(SETTINGS))
    await world.push(ASK)

    async def is_answered() -> bool:
        await world.happen(said(who := f"v{len(await world.runs())}", "怎么退货呢"))
        assert path((await world.sole_run(who)).events)[2] == "guess HAS_ANSWER"
        return True

    await eventually(is_answered, within_s=5)
    await world.happen(
        msgspec.structs.replace(said("en", "How to return an item?"), locale="en-GB"), said("no", "你好")
    )
    answered, other = await world.sole_run("en"), await world.sole_run("no")
    guess = cast("NodeCompleted", answered.events[2])
    prediction = msgspec.convert(guess.facts["prediction"], Prediction)
    assert (prediction.answer, prediction.score > 0.5) == ("returns", True)
    await world.wrote("en", "Within 7 days")
    assert path(other.events)[2] == "guess NO_ANSWER"
    await world.wrote("no", "sorry")


def _without(answer: str) -> TeamSettings:
    return msgspec.structs.replace(SETTINGS, answers=tuple(a for a in BOOK if a.id != answer))


async def _best(dsn: str, text: str) -> Prediction | None:
    async with Database(dsn) as database, database.transaction() as tx:
        return (await best(tx, [(DEFAULT_TEAM, text)], {DEFAULT_TEAM: SETTINGS}))[DEFAULT_TEAM, text]
