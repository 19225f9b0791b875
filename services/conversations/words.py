"""The words of a message, and what to look for: `tsvector` and `tsquery` of Postgres, written out here.

Postgres breaks no words in Chinese, and how it breaks others depends on its locale. So the words are found here: a run
of Chinese, Japanese or Korean characters becomes its overlapping pairs and, at its end, its last character alone. A
search for two or more of them is a row of pairs; a search for one finds every pair that begins with it. Other words are
found by their beginning, without regard to case and accents.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MOST_CHARACTERS = 64
"""Of a word; what is longer is found by its beginning."""
_MOST_PLACES = 255
"""Of one word, which Postgres keeps."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_RUNS = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_IS_CJK = re.compile(f"[{_CJK}]")


@lru_cache(maxsize=64)
def vector(text: str) -> str:
    """A `tsvector` as text: every word with its places. Kept for a while: robots repeat themselves."""
    places: dict[str, list[int]] = {}
    place = 0
    for run in _runs(text):
        for word in _pairs(run) if _IS_CJK.match(run) else (run[:MOST_CHARACTERS],):
            place += 1
            found = places.setdefault(word, [])
            if len(found) < _MOST_PLACES:
                found.append(place)
        # So that no search for a row of pairs finds the end of one run and the beginning of the next.
        place += 1
    return " ".join(f"'{word}':{','.join(map(str, found))}" for word, found in places.items())


def query(text: str) -> str:
    """A `tsquery` as text: all of these words; empty when there is none in it."""
    return " & ".join(map(_wanted, _runs(text)))


def _wanted(run: str) -> str:
    if not _IS_CJK.match(run) or len(run) == 1:
        return f"'{run[:MOST_CHARACTERS]}':*"
    row = " <-> ".join(f"'{pair}'" for pair in list(_pairs(run))[:-1])
    return f"({row})"


def _pairs(run: str) -> Iterator[str]:
    """`退货了` is `退货`, `货了`, `了`."""
    return (run[place : place + 2] for place in range(len(run)))


def _runs(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    # Korean syllables come apart in NFKD, and so do kana with their marks, which belong together for us.
    composed = unicodedata.normalize("NFC", plain)
    for run in _RUNS.findall(composed):
        yield run if _IS_CJK.match(run) else _without_marks(run)


def _without_marks(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)) or word
