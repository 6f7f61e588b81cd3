"""Static files under an address that changes with their content, so that browsers may keep them for ever."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request

_FOR_EVER = "public, max-age=31536000, immutable"


class StaticFiles:
    """The versions of the files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, str]] = {}

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
        return response
