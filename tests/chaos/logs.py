"""What the services write at error while they are hurt."""

from collections.abc import Sequence
from pathlib import Path

import msgspec


class _Line(msgspec.Struct):
    level: str = ""
    event: str = ""


_decoder = msgspec.json.Decoder(_Line)


class Logs:
    """The logs of all services, read on from where the last look ended."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._read = dict.fromkeys(paths, 0)

    def errors(self) -> list[str]:
        """New lines at error or above, and tracebacks that no logger wrote."""
        return [f"{path.stem}: {line}" for path in self._read for line in self._new(path) if _is_error(line)]

    def _new(self, path: Path) -> list[str]:
        if not path.exists():
            return []
        data, begin = path.read_bytes(), self._read[path]
        if len(data) < begin:
            # It grew too large, and is another file now; the rest of the old one lies beside it.
            old = path.with_suffix(".log.1").read_bytes()
            data, begin = old[begin:] + data, 0
            self._read[path] = path.stat().st_size
        else:
            self._read[path] = len(data)
        return data[begin:].decode(errors="replace").splitlines()


def _is_error(line: str) -> bool:
    try:
        return _decoder.decode(line).level in {"error", "critical"}
    except msgspec.DecodeError:
        return line.startswith("Traceback")
