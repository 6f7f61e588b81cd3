"""What protects every page: headers of each answer, no posts out of other sites' pages, and who may do what."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from kiosk import gate, identity
from kiosk.errors import fault
from kiosk.static_files import INLINED

_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


HTTPS_KEPT_S = 30 * 24 * 3600
"""How long a browser that came over TLS insists on it."""


def install(app: Flask) -> None:
    """Refuse what comes from elsewhere, and add the headers."""
    app.before_request(_refuse_other_origins)
    app.after_request(_add_headers)
    gate.install(app)


def comes_from_elsewhere() -> bool:
    """Whether a browser says that another site's page sent this request.

    Over plain HTTP browsers send no Sec-Fetch-Site, but an Origin; devices and programs send neither.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != request.host
    except ValueError:  # no address at all
        return True


def _refuse_other_origins() -> Response | None:
    if request.method in gate.READING or not comes_from_elsewhere():
        return None
    return fault("Only this site's own pages may send that; open the page here.", HTTPStatus.FORBIDDEN)


def _policy() -> str:
    """Only what is ours, and of styles in a page only those that are known by their hash."""
    inlined = g.get(INLINED)
    return f"{_POLICY}; style-src 'self' {' '.join(inlined)}" if inlined else _POLICY


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _policy())
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if identity.is_secure():
        response.headers.setdefault("Strict-Transport-Security", f"max-age={HTTPS_KEPT_S}")
    response.vary.add("HX-Request")
    return response
