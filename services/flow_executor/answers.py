"""Which answer of a team fits best to what a visitor wrote: full-text search and trigrams of Postgres.

Wordings and messages are folded into ASCII words first: Postgres finds no words in Chinese, and with the C locale,
which managed servers often have, no trigrams either. A run of Chinese, Japanese or Korean characters becomes its
overlapping pairs, each spelt as a word of its own; a word with other letters likewise.

How well a wording fits, from 0 to 1, is the greater of two: how many of both sides' words are shared (Dice's
coefficient), and how alike the folded texts are by trigrams, which forgives typing errors.
"""

import re
import unicodedata
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b, sha256

import msgspec

from contracts.ids import TeamId
from contracts.team import Answer, TeamSettings
from services.chassis.database import Transaction
from services.flow_executor.engine.facts import Prediction

MAX_CHARACTERS = 1000
"""What is looked at of a message."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_RUNS = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")

_COMMON = frozenset((
    "a", "an", "and", "any", "are", "at", "be", "can", "could", "do", "does", "for", "from", "have", "how", "i", "if",
    "in", "is", "it", "me", "my", "of", "on", "or", "our", "please", "that", "the", "there", "this", "to", "was", "we",
    "what", "when", "where", "which", "who", "will", "with", "would", "you", "your",
))  # fmt: skip
"""Words that say little of what a question is about, where it has others."""

_BEST = """
select asked.no, best.answer, best.score
  from unnest($1::text[], $2::text[], $3::text[]) with ordinality as asked (team, folded, query, no)
 cross join lateral (
       select a.answer, greatest(
                  similarity(a.folded, asked.folded),
                  2.0 * cardinality(array(select unnest(a.words)
                                          intersect select unnest(string_to_array(asked.folded, ' '))))
                      / (cardinality(a.words)
                         + (select count(distinct w) from unnest(string_to_array(asked.folded, ' ')) as w))
              ) as score
         from flow_executor.answers a
        where a.team = asked.team
          and (a.lexemes @@ to_tsquery('simple', asked.query) or a.folded % asked.folded)
        order by score desc, a.answer limit 1) as best
"""

Asked = tuple[TeamId, str]
"""A team, and what its visitor wrote."""


async def best(
    tx: Transaction, asked: Iterable[Asked], settings: Mapping[TeamId, TeamSettings]
) -> dict[Asked, Prediction | None]:
    """For each the answer that fits best, None where none shares a word, in one query."""
    folded = {pair: " ".join(fold(pair[1])) for pair in sorted(set(asked))}
    for team in sorted({team for team, _ in folded}):
        await _write(tx, settings[team])
    searched = [pair for pair, words in folded.items() if words]
    rows = await tx.rows(
        _BEST,
        [team for team, _ in searched],
        [folded[pair] for pair in searched],
        [folded[pair].replace(" ", " | ") for pair in searched],
    )
    found: dict[Asked, Prediction | None] = dict.fromkeys(folded)
    for row in rows:
        pair = searched[int(row["no"]) - 1]
        answer = next(item for item in settings[pair[0]].answers if item.id == row["answer"])
        score = round(float(row["score"]), 4)
        found[pair] = Prediction(answer=answer.id, score=score, text=answer.answer)
    return found


async def _write(tx: Transaction, settings: TeamSettings) -> None:
    """Make the searched copy what the settings say, if it is not. Whoever decides by other settings writes its own."""
    digest = _digest(settings.answers)
    if await _hash(tx, settings.team) == digest:
        return
    await tx.execute("select pg_advisory_xact_lock(hashtext('flow_executor.answers ' || $1))", settings.team)
    if await _hash(tx, settings.team) == digest:
        return
    wordings = [
        (item.id, place, fold(question))
        for item in settings.answers
        for place, question in enumerate(item.questions)
    ]
    await tx.execute("delete from flow_executor.answers where team = $1", settings.team)
    await tx.execute(
        """insert into flow_executor.answers (team, answer, place, folded, words)
           select $1, w.answer, w.place, w.folded,
                  array(select distinct word from unnest(string_to_array(w.folded, ' ')) as word)
             from unnest($2::text[], $3::int[], $4::text[]) as w (answer, place, folded)""",
        settings.team,
        [answer for answer, _, _ in wordings],
        [place for _, place, _ in wordings],
        [" ".join(words) for _, _, words in wordings],
    )
    await tx.execute(
        """insert into flow_executor.answer_books (team, hash) values ($1, $2)
           on conflict (team) do update set hash = excluded.hash""",
        settings.team,
        digest,
    )


async def _hash(tx: Transaction, team: TeamId) -> str | None:
    row = await tx.row("select hash from flow_executor.answer_books where team = $1", team)
    return None if row is None else row["hash"]


def _digest(answers: tuple[Answer, ...]) -> str:
    return sha256(msgspec.json.encode([(item.id, item.questions) for item in answers])).hexdigest()


def fold(text: str) -> list[str]:
    """The words of a text that matter, in ASCII, in order: lower case, no accents; other scripts spelt anew."""
    plain = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS].casefold())
    # Korean syllables come apart in NFKD, and belong together for us.
    joined = unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))
    words = [word for run in _RUNS.findall(joined) for word in _words(run)]
    return [word for word in words if word not in _COMMON] or words


def _words(run: str) -> Iterator[str]:
    if run.isascii():
        yield run
    elif re.match(f"[{_CJK}]", run) is None or len(run) == 1:
        yield _spelt(run)
    else:
        yield from (_spelt(run[place : place + 2]) for place in range(len(run) - 1))


def _spelt(word: str) -> str:
    """Eight letters and digits for the word: far from those of any other, so that trigrams tell them apart."""
    digest = blake2b(word.encode(), digest_size=5).digest()
    return b32encode(digest).decode().lower()
