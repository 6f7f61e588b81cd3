"""What a shift hands over: the open flags of a link with what was promised."""

from __future__ import annotations

from kiosk.contexts.hours import HandoverFlag
from kiosk.services import Services
from kiosk.views.flag_cards import flag_card
from ledger import reading
from shopfloor.instants import Instant
from shopfloor.site import Line, Link


def open_at_handover(services: Services, line: Line, link: Link, now: Instant) -> tuple[HandoverFlag, ...]:
    """Flags against the link first, then those that it raised; the oldest first."""
    rows = [
        row
        for row in reading.open_flags(services.ledger, line.id)
        if link.id in (row["link"], row["raised_by"])
    ]
    found = []
    for row in sorted(rows, key=lambda row: (row["link"] != link.id, row["raised_at"])):
        card = flag_card(row, services, line, now)
        against = row["link"] == link.id
        found.append(
            HandoverFlag(
                flag=card.flag,
                is_against=against,
                other=card.raised_by if against else card.against,
                order=card.order,
                quantity=card.quantity,
                age_min=card.age_min,
                reason=card.reason or "",
                promised=card.promised or "",
                promise_broken=card.promise_broken,
                comment=card.comment,
            )
        )
    return tuple(found)
