"""The variables that exist without being set: known by name, None while they have no value."""

import re

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
EVENT = ("track_event_name", "track_event_seq", "track_event_uuid", "track_event_count", "track_event_data")
DERIVED = frozenset(("agents_online_count", "now"))
"""Computed from facts, which are recorded in their stead; no personal data."""

KNOWN = frozenset((*VISITOR, *PAGE, *MESSAGE, *EVENT, *DERIVED))

_NUMBERED = re.compile(r"(extra_field|event_count|event_first_time|event_last_time|event_last_data)_\w+\Z")


def is_known(name: str) -> bool:
    """Whether the variable exists although this visitor has no value for it."""
    return name in KNOWN or _NUMBERED.match(name) is not None
