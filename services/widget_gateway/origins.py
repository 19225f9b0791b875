"""Which pages may speak for a team's visitors."""

from collections.abc import Sequence
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Origins:
    """The gateway's own pages, and what each team allows.

    Our own are known by address, never by the request's Host header: a page that rebinds its name to our address would
    be its own origin otherwise.
    """

    def __init__(self, port: int, public_url: str = "") -> None:
        own = [f"http://{host}:{port}" for host in LOOPBACK]
        self._own = frozenset(_normal(url) for url in (*own, public_url) if url)

    def may_embed(self, origin: str | None, allowed: Sequence[str]) -> bool:
        """Whether a page of this origin may; None is no browser, which no page can send."""
        if origin is None:
            return True
        normal = _normal(origin)
        return normal in self._own or any(normal == _normal(other) for other in allowed)


def _normal(url: str) -> str:
    """Scheme, host and port as browsers write an origin: in lower case, without path or the scheme's own port."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url
    if not parts.scheme or not parts.hostname:
        return url
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    tail = "" if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{host}{tail}"
