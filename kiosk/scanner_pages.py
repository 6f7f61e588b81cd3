"""The page on which a scanner is set up and tried; nothing that is scanned there is recorded."""

from __future__ import annotations

from flask import Blueprint, Response

from kiosk.names import known_station
from kiosk.rendering import render_page
from kiosk.services import current
from kiosk.views.scanner import scanner_page

blueprint = Blueprint("scanner_pages", __name__)


@blueprint.get("/kiosk/<station>/scanner")
def scanner(station: str) -> Response:
    """Set up and try the scanner of a kiosk."""
    return render_page("kiosk/scanner.html", scanner_page(current(), known_station(station)))
