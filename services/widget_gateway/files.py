"""The files that browsers fetch: the widget for every page, and the demo page."""

import gzip
import mimetypes
from hashlib import sha256
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
WIDGET = HERE / "static"
DEMO = HERE / "demo"

DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self';"
    " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
LOADER = "widget.js"
LOADER_OF_PP = "ppcom/assets/pp-library.min.js"
"""Where pages that used PPMessage look for it: only the host changes in their snippet."""
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=300"
ALWAYS_ASK = "no-cache"


class File(msgspec.Struct, frozen=True):
    """One file, in memory, with what is said about it."""

    content: bytes
    zipped: bytes
    media_type: str
    version: str
    """The first digits of its SHA-256, by which `?v=` names it."""
    is_widget: bool

    def headers(self, version: str | None) -> dict[str, str]:
        """What is said about it to who asked for this version."""
        common = {"ETag": f'"{self.version}"', "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if not self.is_widget:
            return {
                **common,
                "Cache-Control": ALWAYS_ASK,
                "Content-Security-Policy": DEMO_POLICY,
                "Referrer-Policy": "same-origin",
            }
        return {
            **common,
            "Cache-Control": FOR_EVER if version == self.version else FOR_A_WHILE,
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }


class Files:
    """Every file by its path. They are read once: what is not among them cannot be asked for."""

    def __init__(self, widget: Path = WIDGET, demo: Path = DEMO) -> None:
        self._files = {**_read(demo, is_widget=False), **_read(widget, is_widget=True)}
        if (loader := self._files.get(LOADER)) is not None:
            self._files[LOADER_OF_PP] = loader

    def at(self, path: str) -> File | None:
        """The file at a path without leading slash; "" is the demo page."""
        return self._files.get(path or "index.html")


def _read(folder: Path, *, is_widget: bool) -> dict[str, File]:
    files: dict[str, File] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            name = path.relative_to(folder).as_posix()
            version = sha256(content).hexdigest()[:12]
            files[name] = File(content, gzip.compress(content, 9), media_type, version, is_widget)
    return files
