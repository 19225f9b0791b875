"""Where a service listens, and uvicorn on it: signals belong to `lifecycle`, logs to `logs`."""

import resource
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress

import uvicorn
from litestar.types import ASGIApp

from services.chassis.errors import BadConfig

DEAD_AFTER_MS = 60_000
"""A browser that acknowledges nothing of what it was sent for this long is gone."""
BACKLOG = 2048
"""Connections that may wait to be taken: as many browsers come back at once when a service was restarted."""


def allow_many_sockets() -> None:
    """Raise the limit of open files to what the system allows this process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Some systems name a limit that they then refuse; what was there before stays.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def listen(host: str, port: int, setting: str, *, dead_after_ms: int = DEAD_AFTER_MS) -> socket.socket:
    """A socket that listens there; raises `BadConfig` when it cannot, naming `<setting>_HOST` or `<setting>_PORT`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as exc:
        raise BadConfig(f"{setting}_HOST {host!r} is no address to listen on: {exc.strerror}") from exc
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, dead_after_ms)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as exc:
        listener.close()
        raise BadConfig(
            f"cannot listen on {host}:{port}: {exc.strerror}; end what listens there, or set {setting}_PORT"
        ) from exc
    listener.setblocking(False)
    return listener


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: the service's own life decides when it stops."""

    def __init__(self, app: ASGIApp, stop_s: int, *, largest_frame: int = 64 * 1024) -> None:
        """`largest_frame`: bytes of a WebSocket frame past which the connection ends (1009)."""
        super().__init__(
            uvicorn.Config(
                app,
                ws="websockets-sansio",
                ws_max_size=largest_frame,
                ws_ping_interval=None,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=stop_s,
            )
        )

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave them alone."""
        yield
