"""What of an order was rejected with a photo."""

from __future__ import annotations

from kiosk.contexts.flags import RejectPhoto
from kiosk.services import Services
from ledger import photos


def reject_photos(services: Services, order: str, line: str) -> tuple[RejectPhoto, ...]:
    """The photos of an order's rejects, in the order in which they were taken."""
    site = services.config.site
    of_line = site.line_or_ghost(line)
    reasons = {reason.id: reason.name for reason in site.scrap_reasons}
    return tuple(
        RejectPhoto(
            each.number,
            each.batch,
            of_line.name_of(each.link),
            of_line.name_of(each.charged),
            each.quantity,
            reasons.get(each.reason, each.reason),
        )
        for each in photos.rejects(services.ledger, order)
    )
