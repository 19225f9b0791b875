"""The data folder: what `frontdesk up` keeps between two starts, readable by its owner alone."""

import fcntl
import os
import secrets
import tempfile
from pathlib import Path

from services.chassis.errors import BadConfig, Conflict

LONGEST_SOCKET_FOLDER = 80
"""Bytes; with `/postgres/.s.PGSQL.5432` behind it a path stays below the 104 of the strictest system."""


class DataFolder:
    """Paths and secrets of one data folder. Making it makes the folder, with mode 0700."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.nats = self.path / "nats"
        self.postgres = self.path / "postgres"
        self.logs = self.path / "logs"
        self.addresses = self.path / "addresses.json"
        self._lock: int | None = None
        try:
            for folder in (self.path, self.nats, self.logs):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            raise BadConfig(
                f"cannot use {self.path} as the data folder: {exc.strerror}; give another with --data"
            ) from exc

    def lock(self) -> None:
        """Claim the folder until this process ends; raises `Conflict` when another process has it."""
        path = self.path / "lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            holder = os.read(handle, 20).decode().strip() or "unknown"
            os.close(handle)
            raise Conflict(
                f"Frontdesk already runs on {self.path} (process {holder});"
                " stop it, or give another folder with --data"
            ) from exc
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._lock = handle

    def unlock(self) -> None:
        """Give the folder back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def secret(self, name: str) -> str:
        """The secret of that name, 256 bits in hexadecimal; made at the first call."""
        path = self.path / f"{name}.secret"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            value = path.read_text().strip()
            if not value:
                path.unlink()
                return self.secret(name)
            return value
        with os.fdopen(handle, "w") as file:
            file.write(value := secrets.token_hex(32))
        return value

    def sockets(self) -> Path:
        """The folder for Unix sockets: inside when its path is short enough, else a temporary one.

        It stays the same as long as it exists, so that a restarted server is found at its old address.
        """
        inside = self.path / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            inside.mkdir(mode=0o700, exist_ok=True)
            return inside
        note = self.path / "run.path"
        if note.exists():
            known = Path(note.read_text())
            if _is_ours(known):
                return known
        made = Path(tempfile.mkdtemp(prefix="frontdesk-"))
        write_private(note, str(made))
        return made


def write_private(path: Path, text: str) -> None:
    """Replace the file's content at once, with mode 0600."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    fresh.replace(path)


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can have put something in there."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return (
        folder.is_dir()
        and not folder.is_symlink()
        and status.st_uid == os.getuid()
        and not status.st_mode & 0o077
    )
