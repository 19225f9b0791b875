"""What routes have at hand: the bus, asked in the name of whoever is signed in."""

from typing import Annotated, TypeVar

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.params import PathParameter, QueryParameter

from contracts.ids import TOKEN_PATTERN
from contracts.requests import Request as BusRequest
from services.chassis.bus import Bus
from services.chassis.errors import Rejected
from services.console.sign_in import Visit

SignedInRequest = Request[Visit, None, State]
Token = Annotated[str, PathParameter(pattern=TOKEN_PATTERN)]
"""What stands in a path and goes into a subject."""
Limit = Annotated[int, QueryParameter(ge=1, le=500)]

PATIENCE_S = 10.0
"""For what must calculate: proving a flow, replaying a run."""

T = TypeVar("T")


class Asking:
    """The other services."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def ask(
        self,
        who: SignedInRequest,
        subject: str,
        request: BusRequest,
        reply: type[T],
        *,
        timeout_s: float = 2.0,
    ) -> T:
        """Ask for whoever sent `who`: team and name in the request are theirs, whatever it said."""
        person = who.user.person
        asked = msgspec.structs.replace(request, team=person.team, by=person.agent)
        return await self._bus.request(subject, asked, reply, timeout_s=timeout_s)

    @property
    def is_up(self) -> bool:
        """Whether the bus is there."""
        return self._bus.is_connected


def raw(value: object) -> msgspec.Raw:
    """What came in a body, as it goes on; raises `Rejected` for what JSON can say and nobody can keep."""
    try:
        return msgspec.Raw(msgspec.json.encode(value))
    except (OverflowError, RecursionError) as exc:
        raise Rejected("bad_request", f"this JSON cannot be kept: {exc}") from exc
