"""What of one conversation a socket has been given.

A live message says which one was before it on its subject (`Nats-Last-Sequence`), so that each subject is a chain; a
message that points at one that was never given shows a hole. A read to the end gives everything up to its last
sequence, which becomes the floor for all subjects.
"""


class Position:
    """The floor, and above it the last sequence of each subject (`visitor`, `agent`, `robot`, `state`)."""

    __slots__ = ("_last", "floor")

    def __init__(self, floor: int = 0) -> None:
        self.floor = floor
        self._last: dict[str, int] = {}

    def has(self, kind: str, seq: int) -> bool:
        """Whether this message was given, as far as no hole is known."""
        return seq <= self._end(kind)

    def lacks(self, kind: str, previous: int) -> bool:
        """Whether the message before the one that comes now was never given."""
        return previous > self._end(kind)

    def take(self, kind: str, seq: int) -> None:
        """This message is given."""
        self._last[kind] = seq

    def complete(self, seq: int) -> None:
        """Everything up to there is given."""
        self.floor = max(self.floor, seq)
        self._last = {kind: last for kind, last in self._last.items() if last > self.floor}

    def _end(self, kind: str) -> int:
        return max(self.floor, self._last.get(kind, 0))
