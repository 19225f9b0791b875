"""What a child process writes: kept in a file, and what a person should know shown at once."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

LARGEST_LOG = 16 * 1024 * 1024
"""Bytes; a larger log becomes `<name>.log.1`, and the one before that goes."""
_SHOWN = ("warning", "error", "critical")
_HIDDEN = ("level", "event", "timestamp", "service", "exception", "logger")
_LINE = 64 * 1024

_decoder = msgspec.json.Decoder(dict[str, object])


class Relay:
    """The log of one child process."""

    def __init__(
        self,
        name: str,
        path: Path,
        show: Callable[[str], None] | None,
        hear: Callable[[str], None] | None = None,
    ) -> None:
        """Lines for people go to `show`; None: nothing is shown, as for servers that talk a lot.

        `hear` is given every line that is no log record of ours.
        """
        self._name = name
        self._path = path
        self._show = show
        self._hear = hear
        self.last_words = ""
        """The last line that was no log record, or the end of a traceback: why a process gave up, in a sentence."""
        self.last_words_at = 0.0
        """When that was, by `time.monotonic`."""

    async def run(self, stream: asyncio.StreamReader) -> None:
        """Write down what comes until the stream ends."""
        rest = b""
        size = self._path.stat().st_size if self._path.exists() else 0
        file = _opened(self._path)
        try:
            while chunk := await stream.read(_LINE):
                # What a full disk does not take is lost for the file; nobody must end over it.
                with suppress(OSError):
                    size += os.write(file, chunk)
                if size > LARGEST_LOG:
                    os.close(file)
                    self._path.replace(self._path.with_suffix(".log.1"))
                    file, size = _opened(self._path), 0
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._heard(line)
                # A line without an end must not grow for ever.
                rest = rest[-_LINE:]
            self._heard(rest)
        finally:
            os.close(file)

    def _heard(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            record = _decoder.decode(line)
        except msgspec.DecodeError:
            text = line.decode(errors="replace").strip()
            self._note(text.removeprefix("frontdesk: "))
            if self._hear is not None:
                self._hear(text)
            return
        if isinstance(trace := record.get("exception"), str) and trace:
            self._note(trace.splitlines()[-1])
        if self._show is not None and record.get("level") in _SHOWN:
            details = " ".join(f"{key}={value}" for key, value in record.items() if key not in _HIDDEN)
            self._show(f"{self._name}: {record.get('event')} {details}".rstrip())

    def _note(self, words: str) -> None:
        self.last_words, self.last_words_at = words, time.monotonic()


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
