"""Flow files as people keep them: TOML or JSON, told apart by suffix, else by content."""

from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path

import msgspec

from contracts.flow import (
    MAX_BYTES,
    FlowDefinition,
    Parsed,
    Problem,
    RejectedFlow,
    decode_json,
    decode_toml,
    parse,
)
from services.chassis.errors import BadConfig


@dataclass(frozen=True)
class FlowFile:
    """One file that should hold a flow; `name` is how it was named on the command line."""

    name: str
    data: bytes

    def document(self, most_bytes: int = MAX_BYTES) -> object:
        """What the file says, in JSON's types. Raises `RejectedFlow`."""
        return (decode_json if self._is_json() else decode_toml)(self.data, most_bytes)

    def parsed(self) -> Parsed:
        """The flow, or every problem of its form."""
        try:
            return parse(self.document())
        except RejectedFlow as exc:
            return exc.problems

    def _is_json(self) -> bool:
        suffix = Path(self.name).suffix.lower()
        if suffix in {".json", ".toml"}:
            return suffix == ".json"
        return self.data.lstrip()[:1] == b"{"


class FileProblem(Problem, frozen=True, kw_only=True):
    """A problem, and the file that has it."""

    file: str


def read(path: Path) -> FlowFile:
    """The file, as it was named; raises `BadConfig` when it cannot be read."""
    return FlowFile(str(path), contents(path))


def contents(path: Path) -> bytes:
    """What a text file says, without the byte order mark of some editors; raises `BadConfig` when it cannot be read."""
    try:
        return path.read_bytes().removeprefix(BOM_UTF8)
    except OSError as exc:
        raise BadConfig(f"cannot read {path}: {exc.strerror}; check the path") from exc


def read_all(paths: tuple[Path, ...]) -> tuple[FlowFile, ...]:
    """The files, in order; raises `BadConfig` when there are none or one cannot be read."""
    if not paths:
        raise BadConfig("no flow file was given; name at least one, for example flows/load-widget.toml")
    return tuple(read(path) for path in paths)


def problems_of(file: FlowFile, found: tuple[Problem, ...] | list[Problem]) -> list[FileProblem]:
    """The problems, each with its file."""
    return [FileProblem(file=file.name, **msgspec.structs.asdict(problem)) for problem in found]


def readable(definition: FlowDefinition) -> object:
    """The definition in JSON's types, without what it leaves at its default."""
    return msgspec.to_builtins(definition)
