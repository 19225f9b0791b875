"""U+0000, which Postgres cannot store, in JSON."""

import re

_SIX = b"\\u0000"
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""It is none behind a backslash that is one itself."""


def holds_nul(json: bytes) -> bool:
    """Whether a string of this JSON text holds it. It can only do so by the escape."""
    # Looking for the six characters first takes a hundredth of what the pattern alone would.
    return _SIX in json and _ESCAPE.search(json) is not None
