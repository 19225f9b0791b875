"""What two documents say differently, place by place."""

from collections.abc import Iterator
from typing import cast

from msgspec import UNSET, Struct, UnsetType


class Change(Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """One place, and what stands there before and after; absent: nothing."""

    at: str
    before: object | UnsetType = UNSET
    after: object | UnsetType = UNSET


def changes(before: object, after: object) -> list[Change]:
    """The smallest places at which two JSON documents differ, in order."""
    return list(_changes("", before, after))


def _changes(at: str, before: object, after: object) -> Iterator[Change]:
    old, new = _entries(before), _entries(after)
    if old is not None and new is not None and type(before) is type(after):
        for key in dict.fromkeys((*old, *new)):
            yield from _changes(f"{at}.{key}" if at else key, old.get(key, UNSET), new.get(key, UNSET))
    elif before != after or type(before) is not type(after):
        yield Change(at=at, before=before, after=after)


def _entries(value: object) -> dict[str, object] | None:
    """The entries of a table or list by key; None for anything else."""
    if isinstance(value, list):
        return {str(number): item for number, item in enumerate(cast("list[object]", value))}
    return cast("dict[str, object]", value) if isinstance(value, dict) else None
