"""What can go wrong, told apart by what the caller can do about it."""

from typing import cast


class FrontdeskError(Exception):
    """The root of every error that Frontdesk raises on purpose. Its text is a sentence for people."""


class Retryable(FrontdeskError):
    """The other side is away or busy; the same call may succeed later."""


class Unreachable(Retryable):
    """A server or service did not answer. The command line exits with 3."""


class Conflict(FrontdeskError):
    """Somebody else was first: read again, then decide again."""


class Permanent(FrontdeskError):
    """The same call will fail the same way."""


class BadConfig(Permanent):
    """A setting or an argument is wrong. The command line exits with 2."""


class Rejected(FrontdeskError):
    """A request that was understood and refused, with a stable code."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def is_away(exc: BaseException) -> bool:
    """Whether bus or database are the reason, so that trying again will help."""
    if isinstance(exc, BaseExceptionGroup):
        return all(map(is_away, cast("BaseExceptionGroup[BaseException]", exc).exceptions))
    return isinstance(exc, (Retryable, TimeoutError, ConnectionError))
