"""A small file system of its own, which may be full: a `tmpfs`, where this process may mount one."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_SIZE = 4 * 1024**3
"""Bytes; no more memory is taken than there is data."""
_ATTEMPTS = 20


class Disk:
    """The file system under a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_mounted = False

    def mount(self) -> bool:
        """Put it there, if that is allowed."""
        self.path.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            self.is_mounted = self._mount(f"size={_SIZE},mode=700")
        return self.is_mounted

    def unmount(self) -> None:
        """Take it away with all that is on it."""
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.path)], check=False, capture_output=True)

    @contextmanager
    def full(self) -> Generator[None]:
        """Let it be full for the time of the block."""
        # Whoever writes meanwhile makes it refuse a size that is too small now.
        assert any(self._mount(f"remount,size={self._used()}") for _ in range(_ATTEMPTS))
        try:
            yield
        finally:
            assert self._mount(f"remount,size={_SIZE}")

    def _used(self) -> int:
        status = os.statvfs(self.path)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    def _mount(self, options: str) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.path)]
        try:
            return subprocess.run(command, check=False, capture_output=True).returncode == 0
        except FileNotFoundError:
            return False
