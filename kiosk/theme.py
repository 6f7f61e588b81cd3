"""Dark or light: `?theme=` of a page, for screens that cannot say what they prefer."""

from __future__ import annotations

from flask import request

THEMES = ("dark", "light")


def theme() -> str:
    """The theme that was asked for; empty when the screen decides."""
    asked = request.args.get("theme", "")
    return asked if asked in THEMES else ""
