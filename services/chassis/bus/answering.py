"""Serving requests: FastStream subscribers in a queue group; every refusal has the one shape of `contracts.errors`."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from structlog.stdlib import get_logger

from contracts.errors import ERROR_HEADER, Error, ErrorReply
from services.chassis.errors import FrontdeskError, Rejected, Retryable

if TYPE_CHECKING:
    from faststream.message import StreamMessage
    from faststream.nats import NatsBroker, NatsResponse
    from nats.aio.msg import Msg

Req = TypeVar("Req", bound=msgspec.Struct)

Answer = Callable[[Req], Awaitable[msgspec.Struct]]

_MOST_BYTES = 1_000_000
"""A little less than what NATS carries in one message: what is larger would get no answer at all."""

_log = get_logger()


class Refusal(Rejected):
    """A request refused with more to say than code and sentence: all its problems."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.code, error.detail)
        self.error = error


def answer(
    broker: "NatsBroker", subject: str, request_type: type[Req], handler: Answer[Req], *, queue: str
) -> None:
    """Answer `subject` with what `handler` returns; copies of a service share the work by `queue`.

    The handler raises `Rejected` to refuse. An empty body is a request with every default.
    """
    answer_raw(broker, subject, msgspec.json.Decoder(request_type).decode, handler, queue=queue)


def answer_raw(
    broker: "NatsBroker", subject: str, decode: Callable[[bytes], Req], handler: Answer[Req], *, queue: str
) -> None:
    """The same for a request that comes in more than one form: `decode` tells them apart."""
    # Who only asks need not wait for FastStream to load; see `Bus.broker`.
    from faststream.nats import NatsMessage, NatsResponse  # noqa: PLC0415

    @broker.subscriber(subject, queue=queue, title=subject, decoder=_as_it_came)
    async def _(message: NatsMessage) -> NatsResponse:
        try:
            reply = msgspec.json.encode(await handler(decode(message.body or b"{}")))
        except Exception as exc:  # noqa: BLE001 - the requester must get an answer, whatever went wrong
            return _refused(subject, exc)
        if len(reply) > _MOST_BYTES:
            return _refused(subject, Rejected("too_large", f"the reply has {len(reply)} bytes; ask for less"))
        return NatsResponse(reply)


async def _as_it_came(message: "StreamMessage[Msg]") -> bytes:
    """FastStream would decode the body for itself, and give no answer at all to one that it cannot decode."""
    return message.body


def _refused(subject: str, exc: Exception) -> "NatsResponse":
    from faststream.nats import NatsResponse  # noqa: PLC0415

    match exc:
        case Refusal():
            error = exc.error
        case Rejected():
            error = Error(code=exc.code, detail=exc.detail)
        case msgspec.DecodeError():
            error = Error(code="bad_request", detail=f"{subject}: {exc}")
        case RecursionError():
            error = Error(code="bad_request", detail=f"{subject}: the request nests too deeply")
        case Retryable():
            error = Error(code="unavailable", detail=f"{exc}; try again")
        case FrontdeskError():
            error = Error(code="failed", detail=str(exc))
        case _:
            _log.exception("request.failed", subject=subject)
            error = Error(code="internal", detail=f"{subject} failed inside; the service's log says why")
    return NatsResponse(msgspec.json.encode(ErrorReply(error=error)), headers={ERROR_HEADER: error.code})
