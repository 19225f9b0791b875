"""Every refusal in one shape, `contracts.errors.ErrorReply`, with the status of its code."""

from collections.abc import Mapping

import msgspec
from litestar import MediaType, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, PermissionDeniedException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from structlog.stdlib import get_logger

from contracts.errors import Error, ErrorReply
from services.chassis.bus import RequestRejected
from services.chassis.errors import FrontdeskError, Rejected, Retryable
from services.console.attempts import TooManyAttempts

AnyRequest = Request[object, object, State]

_STATUS = {
    "no_session": 401,
    "bad_credentials": 401,
    "forbidden": 403,
    "bad_csrf": 403,
    "version_conflict": 409,
    "draft_conflict": 409,
    "too_large": 413,
    "too_many_attempts": 429,
    "failed": 500,
    "internal": 500,
    "unavailable": 503,
}
_BAD_CSRF = "this did not come from a page of the console; load it again"

_log = get_logger()


def status_of(code: str) -> int:
    """The HTTP status of an error's code: 404 for what is not there, else 400 unless something better fits."""
    return _STATUS.get(code) or (404 if code.startswith(("no_", "unknown_", "not_found")) else 400)


def refusal(error: Error, headers: Mapping[str, str] | None = None) -> Response[ErrorReply]:
    """The answer that says it."""
    return Response(
        ErrorReply(error=error),
        status_code=status_of(error.code),
        headers=dict(headers or {}),
        media_type=MediaType.JSON,
    )


def refused(_: AnyRequest, exc: Rejected) -> Response[ErrorReply]:
    """What a route, or a service on the bus, refused."""
    match exc:
        case RequestRejected():
            return refusal(exc.error)
        case TooManyAttempts():
            return refusal(Error(code=exc.code, detail=exc.detail), {"Retry-After": str(exc.wait_s)})
        case _:
            return refusal(Error(code=exc.code, detail=exc.detail))


def unavailable(request: AnyRequest, exc: Retryable | TimeoutError) -> Response[ErrorReply]:
    """Bus, service or database are away."""
    detail = str(exc) or "no answer in time; try again"
    _log.warning("http.unavailable", path=request.scope["path"], reason=detail)
    return refusal(Error(code="unavailable", detail=detail))


def failed(request: AnyRequest, exc: Exception) -> Response[ErrorReply]:
    """Anything else that went wrong."""
    if isinstance(exc, FrontdeskError):
        return refusal(Error(code="failed", detail=str(exc)))
    _log.error("http.failed", path=request.scope["path"], exc_info=exc)
    return refusal(Error(code="internal", detail="the console failed inside; its log says why"))


def http_error(_: AnyRequest, exc: HTTPException) -> Response[ErrorReply]:
    """What Litestar refused."""
    match exc:
        case PermissionDeniedException():
            return refusal(Error(code="bad_csrf", detail=_BAD_CSRF))
        case ValidationException():
            return refusal(Error(code="bad_request", detail=_sentence(exc)))
        case _:
            code = {404: "not_found", 405: "bad_method", 413: "too_large"}.get(exc.status_code, "bad_request")
            reply = ErrorReply(error=Error(code=code, detail=exc.detail))
            return Response(
                reply, status_code=exc.status_code, headers=exc.headers, media_type=MediaType.JSON
            )


class _Misfit(msgspec.Struct, frozen=True):
    """What Litestar says of one field."""

    message: str
    key: str = ""


def _sentence(exc: ValidationException) -> str:
    try:
        misfits = msgspec.convert(exc.extra, list[_Misfit])
    except msgspec.ValidationError:
        misfits = []
    said = (f"{misfit.key}: {misfit.message}" if misfit.key else misfit.message for misfit in misfits)
    return "; ".join(said) or exc.detail


_DESCRIBED = {
    400: "refused, with every problem",
    401: "`no_session`: nobody is signed in",
    403: "`forbidden`: not with this role; `bad_csrf`: it did not come from a page of the console",
    404: "there is no such thing",
    409: "`version_conflict`, `draft_conflict`: somebody was faster",
    429: "`too_many_attempts`: after `Retry-After` seconds",
    503: "`unavailable`: the bus, a service or the database is away",
}


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """How a route's refusals are described."""
    return {
        status: ResponseSpec(ErrorReply, description=_DESCRIBED[status], generate_examples=False)
        for status in sorted({*statuses, 400, 401, 403, 503})
    }
