"""Why something was not taken, as it is told to visitors and to servers."""

from contracts.frames import CLOSE_CODES, Error
from services.chassis.errors import Rejected


class Refused(Rejected):
    """What was asked is refused, with a stable code, and the id of the frame that asked."""

    def __init__(self, code: str, detail: str, frame: str | None = None) -> None:
        super().__init__(code, detail)
        self.frame = frame

    @property
    def close(self) -> int | None:
        """The code with which the socket closes; None: it stays open."""
        return CLOSE_CODES.get(self.code)

    def error(self) -> Error:
        """The frame that tells it."""
        return Error(code=self.code, detail=self.detail, id=self.frame)
