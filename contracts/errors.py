"""How a request is refused: one shape, with codes that stay."""

from msgspec import Struct

from contracts.flow import Problem

ERROR_HEADER = "Frontdesk-Error"
"""The code, beside the body, so that a client need not look into every reply."""


class Error(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong: a stable code, a sentence with the way out, and every problem found in what was sent."""

    code: str
    detail: str
    problems: list[Problem] = []


class ErrorReply(Struct, frozen=True, kw_only=True):
    """The reply of a request that was refused."""

    error: Error
