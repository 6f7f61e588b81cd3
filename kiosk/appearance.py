"""How a kiosk is laid out for who works at it: for which hand, with which letters. Its tablet keeps both as cookies."""

from __future__ import annotations

from flask import Flask, Response, request

from kiosk.addresses import with_query
from kiosk.contexts.frame import LayoutChoice

CHOICES = {"hand": ("right", "left"), "letters": ("usual", "large")}
"""What can be chosen in an address and is kept under the same name; the first of each counts when nothing was."""
_KEPT_S = 400 * 24 * 3600


def install(app: Flask) -> None:
    """Keep what was chosen."""
    app.after_request(_keep)


def chosen(name: str) -> str:
    """As asked, or as kept."""
    offered = CHOICES[name]
    told = (request.args.get(name), request.cookies.get(name))
    return next((each for each in told if each in offered), offered[0])


def layouts() -> tuple[LayoutChoice, ...]:
    """All that can be chosen, as links of this page to itself."""
    return tuple(
        LayoutChoice(name, value, request.path + with_query(**{name: value}), value == chosen(name))
        for name, offered in CHOICES.items()
        for value in offered
    )


def _keep(response: Response) -> Response:
    if response.mimetype == "text/html":
        for name, offered in CHOICES.items():
            asked = request.args.get(name)
            if asked in offered and asked != request.cookies.get(name):
                response.set_cookie(name, asked, max_age=_KEPT_S, httponly=True, samesite="Lax")
    return response
