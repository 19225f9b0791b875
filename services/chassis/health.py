"""Readiness: a service says when it can do its work, by the datagram that systemd knows as `sd_notify`.

`frontdesk up` gives each service a Unix socket in `NOTIFY_SOCKET` and waits for `READY=1` on it. Under systemd the same
call serves a unit of `Type=notify`; without the variable it does nothing.
"""

import asyncio
import os
import socket
from contextlib import suppress
from pathlib import Path

VARIABLE = "NOTIFY_SOCKET"


def ready() -> None:
    """Say that this process can do its work from now on."""
    _notify(b"READY=1")


def stopping() -> None:
    """Say that this process is about to end in order."""
    _notify(b"STOPPING=1")


class ReadySocket:
    """Where the supervisor hears from one service. It listens from the moment it is made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(path))
        path.chmod(0o600)

    async def wait(self) -> None:
        """Return when the service has said that it is ready."""
        loop = asyncio.get_running_loop()
        while b"READY=1" not in await loop.sock_recv(self._socket, 4096):
            pass

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self.path.unlink(missing_ok=True)


def _notify(message: bytes) -> None:
    address = os.environ.get(VARIABLE)
    if not address:
        return
    if address.startswith("@"):
        # systemd's way to write an address in the abstract namespace.
        address = "\0" + address[1:]
    # Whoever started us may be gone; that is no reason for us to fail.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
        notifier.sendto(message, address)
