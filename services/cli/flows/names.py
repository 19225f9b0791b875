"""`FLOW` and `FLOW@N` as they stand on the command line."""

from typing import NamedTuple

from contracts.ids import FlowId, is_token
from services.chassis.errors import BadConfig


class Named(NamedTuple):
    """One flow, and the version if it was said."""

    flow: FlowId
    version: int | None

    def __str__(self) -> str:
        return self.flow if self.version is None else f"{self.flow}@{self.version}"


def named(text: str) -> Named:
    """The parts of `FLOW` or `FLOW@N`; raises `BadConfig` when it is neither."""
    flow, at, version = text.partition("@")
    if not is_token(flow):
        raise BadConfig(f"{text!r} names no flow; write its id, as `frontdesk flows list` shows it")
    if at and not (version.isascii() and version.isdigit() and int(version) >= 1):
        raise BadConfig(
            f"{text!r} names no version; write {flow}@1, as `frontdesk flows history {flow}` shows it"
        )
    return Named(FlowId(flow), int(version) if at else None)


def named_version(text: str) -> Named:
    """The parts of `FLOW@N`; raises `BadConfig` when the version is missing."""
    found = named(text)
    if found.version is None:
        raise BadConfig(f"{text!r} lacks its version; write {text}@1")
    return found
