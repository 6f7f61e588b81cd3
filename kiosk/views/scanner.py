"""Setting up a scanner that types like a keyboard."""

from __future__ import annotations

from kiosk.contexts.scanner import ScannerPage, TrialCode
from kiosk.services import Services
from kiosk.symbols import code128, qr
from kiosk.views.frame import frame
from shopfloor.codes import ALPHABET
from shopfloor.site import Station

_TESTED = (ALPHABET[:10], ALPHABET[10:21], ALPHABET[21:])
"""In pieces that a scanner still reads from a tablet's screen."""


def scanner_page(services: Services, station: Station) -> ScannerPage:
    """The scanner of a station's kiosk."""
    return ScannerPage(
        frame=frame(services, services.clock()),
        station=station.id,
        name=station.name,
        prefix=services.config.kiosk.scanner_prefix or "",
        codes=tuple(TrialCode(text, code128(text), qr(text)) for text in _TESTED),
    )
