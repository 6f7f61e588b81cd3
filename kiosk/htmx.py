"""flask-htmx 0.4.0 against htmx 4: three facts that differ, and the form of a partial."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_htmx import HTMX
from flask_htmx import make_response as make_htmx_response
from markupsafe import Markup

MORPHS = ("innerMorph", "outerMorph")
"""Swaps of htmx 4 that `flask_htmx.make_response` takes for mistakes."""


class Htmx(HTMX):  # type: ignore[misc]  # flask-htmx ships no types
    """What htmx 4 tells of a request."""

    @property
    def target(self) -> str | None:
        """The id of the target element; htmx 4 sends `tag#id`."""
        return _id(request.headers.get("HX-Target"))

    @property
    def source(self) -> str | None:
        """The id of the element that sent the request; htmx 4 has HX-Source in place of HX-Trigger."""
        return _id(request.headers.get("HX-Source"))

    trigger = source


def make_response(*args: Any, reswap: str | None = None, **headers: Any) -> Response:
    """`flask_htmx.make_response` that knows the morphing swaps."""
    morph = reswap if reswap in MORPHS else None
    response: Response = make_htmx_response(*args, reswap=None if morph else reswap, **headers)
    if morph is not None:
        response.headers["HX-Reswap"] = morph
    return response


def partial(region: str, html: str) -> Markup:
    """A region's HTML as htmx 4 takes it, wherever in an answer or a stream it stands.

    `html` is rendered already and `region` is an id of ours.
    """
    return Markup(f'<hx-partial hx-target="#{region}" hx-swap="outerMorph">{html}</hx-partial>')  # noqa: S704  # rendered


def _id(element: str | None) -> str | None:
    if element is None:
        return None
    return element.partition("#")[2] or None
