"""What was refused, and why."""

from __future__ import annotations

from kiosk.contexts import RefusedPage, RefusedRow
from kiosk.services import Services
from kiosk.speech import dated
from kiosk.views.frame import frame
from ledger import reading
from ledger.said import told_in
from ledger.store import Row
from shopfloor.instants import moment_of

SHOWN = 100
SHOWN_CHARACTERS = 60


def refused_page(services: Services) -> RefusedPage:
    """The newest refusals."""
    with services.ledger.snapshot():
        rows = reading.last_refused(services.ledger, SHOWN)
        return RefusedPage(
            frame=frame(services, services.clock()),
            rows=tuple(_row(services, row) for row in rows),
            ever=reading.refused_ever(services.ledger),
        )


def _row(services: Services, row: Row) -> RefusedRow:
    site = services.config.site
    moment = moment_of(row["arrived_at"], site.zone)
    station = site.stations.get(row["station"])
    is_scan = row["code"] is not None
    read = row["code"] if is_scan else bytes(row["payload"]).decode("utf-8", "replace")
    return RefusedRow(
        number=row["id"],
        settled=row["settled"] or "",
        at=f"{dated(moment, 'EEE d MMM')} {moment:%H:%M:%S}",
        device=row["device"],
        station=station.name if station else "",
        read="".join(c if c.isprintable() else "\N{MIDDLE DOT}" for c in read[:SHOWN_CHARACTERS]),
        size=0 if is_scan else row["size"],
        reason=told_in(row["said"], row["reason"]),
    )
