"""Generated files are what the code says today."""

from services.cli.schemas import generated


def test_generated_files_are_fresh() -> None:
    """Schemas and `deploy/env.example` describe the Structs as they are."""
    stale = [path.name for path, text in generated().items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run `make format`"
