"""The variables that exist without being set: known by name, None while they have no value."""

import re
from typing import TYPE_CHECKING

from contracts.fields import is_own
from contracts.forms import Unfit, shown
from contracts.run import Json

if TYPE_CHECKING:
    from services.flow_executor.engine.facts import Look

VISITOR = (
    "user_fullname",
    "user_email",
    "user_mobile",
    "user_language",
    "user_country",
    "user_city",
    "ent_user_createtime",
    "customer_user_type",
    "is_anonymous_user",
    "is_assigned_user",
    "user_channel",
    "user_web_sessions",
)
PAGE = (
    "page_title",
    "page_url",
    "referrer",
    "browser_name",
    "browser_version",
    "browser_language",
    "os_name",
    "device_name",
    "app_name",
)
MESSAGE = ("message_body", "message_subtype")
ANSWER = ("satisfaction",)
STATUS = "var_status"
"""The status of the last HTTP response of the run."""
EVENT = ("track_event_name", "track_event_seq", "track_event_uuid", "track_event_count", "track_event_data")
DERIVED = frozenset(("agents_online_count", "now"))
"""Computed from facts, which are recorded in their stead; no personal data."""

KNOWN = frozenset((*VISITOR, *PAGE, *MESSAGE, *EVENT, *ANSWER, *DERIVED))

_NUMBERED = re.compile(r"(extra_field|event_count|event_first_time|event_last_time|event_last_data)_\w+\Z")


def is_known(name: str) -> bool:
    """Whether the variable exists although this visitor has no value for it."""
    return name in KNOWN or _NUMBERED.match(name) is not None


NOT_WRITABLE = "take a field such as user_email, or the id of a custom field of the team"
_WRITABLE = re.compile(r"[a-z_][a-z0-9_]{0,63}\Z")


def is_writable(name: str) -> bool:
    """Whether a form or a node can write a visitor's field of this name: it is nobody else's, and a field's own id."""
    return _WRITABLE.match(name) is not None and not is_own(name) and not name.startswith("extra_field_")


_NAME = re.compile(r"[^\W\d]\w{0,63}\Z")


class Variable:
    """The bare name of a variable, where a node reads just that. Raises `Unfit`."""

    __slots__ = ("names",)

    def __init__(self, raw: object) -> None:
        """Check and keep."""
        if not isinstance(raw, str):
            raise TypeError
        if _NAME.match(raw) is None:
            raise Unfit(
                "bad_value",
                f"{shown(raw)} is no name of a variable",
                "write a bare name such as message_body",
            )
        self.names: tuple[str, ...] = (raw,)

    def text(self, look: "Look") -> str:
        """Its value as text: nothing for None, true and false for booleans. Raises `UnknownVariable`."""
        return as_text(look.variable(self.names[0]))


def as_text(value: Json) -> str:
    """A value as people would type it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)
