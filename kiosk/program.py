"""Which program these pages are of, and the worker that keeps a kiosk's page for when the server is away."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app

from kiosk.version import running_version

EXTENSION = "interlock.program"
_PARTS = ("static", "templates", "locale")

blueprint = Blueprint("program", __name__)


def install(app: Flask) -> None:
    """The template global `program`: another one after each change of what browsers load."""
    root = Path(app.root_path)
    app.extensions[EXTENSION] = fingerprint(root / part for part in _PARTS)
    app.jinja_env.globals["program"] = app.extensions[EXTENSION]


def fingerprint(folders: Iterable[Path]) -> str:
    """The beginning of the hash over all files of some folders, by name and content, and the version."""
    whole = sha256(running_version().encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                whole.update(f"\n{path.relative_to(folder)}\n".encode())
                whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


@blueprint.get("/kiosk-worker.js")
def worker() -> Response:
    """The service worker, other bytes for each program: so browsers take up the new one."""
    text = (Path(current_app.root_path) / "static" / "kiosk_worker.js").read_text(encoding="utf-8")
    answer = Response(
        f'const PROGRAM = "{current_app.extensions[EXTENSION]}";\n{text}', mimetype="text/javascript"
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer
