"""Static files under an address that changes with their content, so that browsers may keep them for ever.

Text goes out compressed: a tablet at the end of a weak network loads a kiosk from a third of the bytes.
"""

from __future__ import annotations

import gzip
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, request

_FOR_EVER = "public, max-age=31536000, immutable"
_TEXT = frozenset({".css", ".js", ".svg", ".mjs", ".wasm"})


class StaticFiles:
    """The versions of the files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, str]] = {}
        self._packed: dict[str, tuple[str, bytes]] = {}

    def address(self, name: str) -> str:
        """Where a page finds a file; FileNotFoundError when there is no such file."""
        return f"/static/{name}?v={self.version(name)}"

    def version(self, name: str) -> str:
        """The beginning of the hash over its content."""
        path = self._folder / name
        changed_ns = path.stat().st_mtime_ns
        known = self._known.get(name)
        if known is None or known[0] != changed_ns:
            known = (changed_ns, sha256(path.read_bytes()).hexdigest()[:12])
            self._known[name] = known
        return known[1]

    def packed(self, name: str) -> bytes | None:
        """Its content compressed; None for a kind of file that gains nothing by it."""
        if Path(name).suffix not in _TEXT:
            return None
        version = self.version(name)
        known = self._packed.get(name)
        if known is None or known[0] != version:
            known = (version, gzip.compress((self._folder / name).read_bytes(), mtime=0))
            self._packed[name] = known
        return known[1]


def install(app: Flask) -> None:
    """The template global `static(name)`, and how long browsers keep what."""
    files = StaticFiles(Path(app.root_path) / "static")
    app.jinja_env.globals["static"] = files.address

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code < 400:  # noqa: PLR2004  # faults begin there
            name = (request.view_args or {})["filename"]
            current = request.args.get("v") == files.version(name)
            response.headers["Cache-Control"] = _FOR_EVER if current else "no-cache"
            response.vary.add("Accept-Encoding")
            if response.status_code == HTTPStatus.OK and request.accept_encodings.quality("gzip"):
                _pack(response, files.packed(name))
        return response


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
