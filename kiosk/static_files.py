"""Static files under an address that changes with their content, so that browsers may keep them for ever.

Text goes out compressed: a tablet at the end of a weak network loads a kiosk from a third of the bytes.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, g, request, send_from_directory
from markupsafe import Markup
from werkzeug.http import generate_etag

from kiosk.bundles import BUNDLES

_FOR_EVER = "public, max-age=31536000, immutable"
_PAGE_LEVEL = 4
"""Compressed anew for each reader: two thirds of the gain for a third of the time."""
INLINED = "inlined_styles"
"""In a request's `g`: what its policy has to allow."""
_TEXT = {".css": "text/css", ".js": "text/javascript", ".svg": "", ".mjs": "", ".wasm": ""}
"""What is compressed; with the type of those that a bundle may be of."""


class StaticFiles:
    """The files in one folder, and bundles of them, with their versions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}
        self._packed: dict[str, tuple[str, bytes]] = {}
        self._inlined: dict[str, tuple[str, Markup, str]] = {}

    def address(self, name: str) -> str:
        """Where a page finds a file; FileNotFoundError when there is no such file."""
        return f"/static/{name}?v={self.version(name)}"

    def version(self, name: str) -> str:
        """The beginning of the hash over its content."""
        changed_ns = tuple(path.stat().st_mtime_ns for path in self._paths(name))
        known = self._known.get(name)
        if known is None or known[0] != changed_ns:
            known = (changed_ns, sha256(self.content(name)).hexdigest()[:12])
            self._known[name] = known
        return known[1]

    def content(self, name: str) -> bytes:
        """A file, or all files of a bundle one after the other."""
        return b"\n".join(path.read_bytes() for path in self._paths(name))

    def packed(self, name: str) -> bytes | None:
        """Its content compressed; None for a kind of file that gains nothing by it."""
        if Path(name).suffix not in _TEXT:
            return None
        version = self.version(name)
        known = self._packed.get(name)
        if known is None or known[0] != version:
            known = (version, gzip.compress(self.content(name), mtime=0))
            self._packed[name] = known
        return known[1]

    def inlined(self, name: str) -> tuple[Markup, str]:
        """Styles as an element of the page itself, and what a policy calls them by."""
        version = self.version(name)
        known = self._inlined.get(name)
        if known is None or known[0] != version:
            content = self.content(name)
            element = Markup("<style>") + Markup(content.decode()) + Markup("</style>")  # noqa: S704  # our own files
            known = (version, element, f"'sha256-{b64encode(sha256(content).digest()).decode()}'")
            self._inlined[name] = known
        return known[1], known[2]

    def answer(self, name: str) -> Response:
        """The file as it is, or that the browser has it already."""
        if name not in BUNDLES:
            return send_from_directory(self.folder, name)
        content = self.content(name)
        response = Response(content, mimetype=_TEXT[Path(name).suffix])
        response.set_etag(generate_etag(content))
        return response.make_conditional(request)  # type: ignore[return-value]  # itself

    def _paths(self, name: str) -> list[Path]:
        return [self.folder / each for each in BUNDLES.get(name, (name,))]


def install(app: Flask, folder: Path) -> None:
    """Serve the folder: the template globals `static(name)` and `inlined(name)`, and how long browsers keep what."""
    files = StaticFiles(folder)

    def inlined(name: str) -> Markup:
        element, called = files.inlined(name)
        g.setdefault(INLINED, []).append(called)
        return element

    app.jinja_env.globals["static"] = files.address
    app.jinja_env.globals["inlined"] = inlined

    def static(filename: str) -> Response:
        response = files.answer(filename)
        current = request.args.get("v") == files.version(filename)
        response.headers["Cache-Control"] = _FOR_EVER if current else "no-cache"
        response.vary.add("Accept-Encoding")
        if _may_be_packed(response):
            _pack(response, files.packed(filename))
        return response

    app.add_url_rule("/static/<path:filename>", "static", static)
    app.after_request(_pack_page)


def _pack_page(response: Response) -> Response:
    """A page that has its styles in it is long; others are not worth the time."""
    if INLINED in g:
        response.vary.add("Accept-Encoding")
        if _may_be_packed(response):
            _pack(response, gzip.compress(response.get_data(), _PAGE_LEVEL, mtime=0))
    return response


def _may_be_packed(response: Response) -> bool:
    return response.status_code == HTTPStatus.OK and request.accept_encodings.quality("gzip") > 0


def _pack(response: Response, packed: bytes | None) -> None:
    if packed is None:
        return
    response.close()  # the file that it would have been read from
    response.direct_passthrough = False
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)  # of the content, however it travels
