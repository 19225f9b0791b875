"""The built front-end, from memory: its files, and its page for every path that is nobody else's.

The page's own links tell it what to show. Files under /assets have their content's hash in their name.
"""

import gzip
import mimetypes
import secrets
from pathlib import Path
from typing import NamedTuple

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from services.console.guard import POLICY

_FOR_EVER = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"
_INDEX = "index.html"
NONCE = b"__FRONTDESK_NONCE__"
"""Where the page says this, it gets a fresh nonce, with which it may bring style elements of its own."""

AnyRequest = Request[None, None, State]


class _File(NamedTuple):
    content: bytes
    zipped: bytes
    media_type: str


class Page:
    """The files of a folder, read once: what is not among them cannot be asked for."""

    def __init__(self, folder: Path) -> None:
        self._files = dict(_read(path, folder) for path in folder.rglob("*") if path.is_file())

    def answer(self, request: AnyRequest, path: str) -> Response[bytes]:
        """The file at `path`, which has no slash before it, or the page; raises `NotFoundException`."""
        file = self._files.get(path)
        if file is None and path.startswith(("api/", "assets/")):
            raise NotFoundException(f"there is nothing at /{path}")
        if file is None or path == _INDEX:
            return self._index()
        is_zipped = "gzip" in request.headers.get("accept-encoding", "")
        headers = {
            "Cache-Control": _FOR_EVER if path.startswith("assets/") else _ALWAYS_ASK,
            "Vary": "Accept-Encoding",
            **({"Content-Encoding": "gzip"} if is_zipped else {}),
        }
        return Response(
            file.zipped if is_zipped else file.content, headers=headers, media_type=file.media_type
        )

    def _index(self) -> Response[bytes]:
        page = self._files.get(_INDEX)
        if page is None:
            raise NotFoundException("the console's pages are not built; run `make`")
        if NONCE not in page.content:
            return Response(page.content, media_type=MediaType.HTML)
        nonce = secrets.token_urlsafe(16)
        policy = POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
        return Response(
            page.content.replace(NONCE, nonce.encode()),
            headers={"Content-Security-Policy": policy},
            media_type=MediaType.HTML,
        )


def page_route(page: Page) -> HTTPRouteHandler:
    """The route of everything that no other route answers."""

    @get(["/", "/{path:path}"], include_in_schema=False)
    async def show(request: AnyRequest, path: FromPath[str] = "") -> Response[bytes]:
        """A file, or the page."""
        return page.answer(request, path.lstrip("/"))

    return show


def _read(path: Path, folder: Path) -> tuple[str, _File]:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return path.relative_to(folder).as_posix(), _File(content, gzip.compress(content, 9), media_type)
