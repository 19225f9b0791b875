"""A server that outlived its `up`: found by its pid file and command line, and ended."""

import signal
from pathlib import Path

import psutil

STOP_S = 5.0


def find(pid_file: Path, *marks: str) -> psutil.Process | None:
    """The process that the file names, if its command line has every mark; a reused pid does not."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        command = process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if all(any(mark in word for word in command) for mark in marks) else None


def end(process: psutil.Process, stop_signal: signal.Signals = signal.SIGTERM) -> None:
    """Stop it in order, and by force when that takes too long."""
    try:
        process.send_signal(stop_signal)
        process.wait(STOP_S)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(STOP_S)
    except psutil.NoSuchProcess:
        return
