"""What fits a field of the team, type by type."""

import pytest

from contracts.chat import FieldValue
from services.flow_executor.engine.nodes.visitors import as_field


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("TEXT", "  as it is ", "  as it is "),
        ("LONG_TEXT", "two\nlines", "two\nlines"),
        ("INTEGER", " 42 ", 42),
        ("INTEGER", "-7", -7),
        ("FLOAT", "2.50", 2.5),
        ("BOOLEAN", "Yes", True),
        ("BOOLEAN", "true", True),
        ("BOOLEAN", "0", False),
        ("DATE", " 2026-02-28 ", "2026-02-28"),
        ("SELECT", "pro", "pro"),
        ("INTEGER", "  ", None),
        ("SELECT", "", None),
    ],
)
def test_what_fits(kind: str, written: str, value: FieldValue) -> None:
    """A text becomes what the field holds; nothing is nothing."""
    found = as_field({"type": kind, "options": ["basic", "pro"]}, written)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("INTEGER", "4.5"),
        ("INTEGER", "many"),
        ("INTEGER", "9" * 30),
        ("INTEGER", "1_000"),
        ("INTEGER", "٤٢"),
        ("FLOAT", "1_0.5"),
        ("FLOAT", "inf"),
        ("FLOAT", "nan"),
        ("BOOLEAN", "perhaps"),
        ("DATE", "2026-02-30"),
        ("DATE", "tomorrow"),
        ("SELECT", "gold"),
        ("SELECT", "PRO"),
    ],
)
def test_what_does_not_fit(kind: str, written: str) -> None:
    """What the field cannot hold is refused, numbers that do not fit into 64 bits too."""
    with pytest.raises(ValueError, match=r"."):
        as_field({"type": kind, "options": ["basic", "pro"]}, written)
