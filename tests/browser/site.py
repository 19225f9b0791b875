"""Somebody else's shop: pages on an origin of their own, with whatever headers and scripts a site may have."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import jwt
import msgspec

from tests.product import Product

IDENTITY_SECRET = "what the shop and its chat have agreed on"


class Served(NamedTuple):
    """One page."""

    html: str
    policy: str


class Site:
    """Serves its pages from a thread until it is closed."""

    def __init__(self) -> None:
        self._pages: dict[str, Served] = {}
        pages = self._pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path.partition("?")[0])
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if page and page.policy:
                    self.send_header("Content-Security-Policy", page.policy)
                self.end_headers()
                self.wfile.write(page.html.encode() if page else b"")

            def log_request(self, code: object = "-", size: object = "-") -> None:
                """Tests say what they have to say themselves."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def put(self, path: str, head: str, body: str = "<h1>A shop</h1>", policy: str = "") -> str:
        """Have a page; its address."""
        html = (
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>A shop</title>'
            f'<link rel="icon" href="data:,">{head}</head><body>{body}</body></html>'
        )
        self._pages[path] = Served(html, policy)
        return self.origin + path

    def close(self) -> None:
        """Serve nothing more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def welcome_site(product: Product, site: Site) -> None:
    """Let the team `default` have its chat on this site, and believe what the site says of its customers."""
    shown = product.run("team", "show", "--json")
    assert shown.returncode == 0, shown.stderr
    settings = msgspec.json.decode(shown.stdout, type=dict[str, object])
    settings |= {"allowed_origins": [site.origin], "identity_secret": IDENTITY_SECRET}
    file = product.data.with_suffix(".team.json")
    file.write_bytes(msgspec.json.encode(settings))
    pushed = product.run("team", "push", str(file))
    assert pushed.returncode == 0, pushed.stderr


def identity(customer: str) -> str:
    """The site's word for its customer."""
    return jwt.encode({"sub": customer}, IDENTITY_SECRET, "HS256")  # pyright: ignore[reportUnknownMemberType]
