"""Names of a visitor's fields: which of them only Frontdesk writes.

Fields of visitors, variables of flows and custom fields of teams share one space of names.
"""

import re

OWN = frozenset(
    (
        "ent_user_createtime", "customer_user_type", "is_anonymous_user", "is_assigned_user", "user_channel",
        "user_web_sessions", "page_title", "page_url", "referrer", "browser_name", "browser_version",
        "browser_language", "os_name", "device_name", "app_name", "message_body", "message_subtype",
        "track_event_name", "track_event_seq", "track_event_uuid", "track_event_count", "track_event_data",
        "agents_online_count", "now",
    )
)  # fmt: skip
"""What nobody may say of a visitor: only we know it."""

_OWN = re.compile(r"(var|event_count|event_first_time|event_last_time|event_last_data)_\w+\Z")


def is_own(name: str) -> bool:
    """Whether a field of this name cannot be written by pages, visitors, forms, flows or settings."""
    return name in OWN or _OWN.match(name) is not None
