"""What was refused, why, and what became of it."""

from __future__ import annotations

from kiosk.contexts import Choice, RefusedPage, RefusedRow
from kiosk.contexts.refused import RefusedOnePage, SettleForm, Show
from kiosk.services import Services
from kiosk.speech import dated
from kiosk.views.frame import frame
from ledger import reading, refusal_list
from ledger.said import told_in
from ledger.store import Row
from shopfloor.instants import moment_of

SHOWN = 50
SHOWN_CHARACTERS = 60


def refused_page(services: Services, show: Show, before: int | None) -> RefusedPage:
    """A page of the refusals that are open, that a lead can force, or that are settled; the newest first."""
    with services.ledger.snapshot():
        rows = refusal_list.page(services.ledger, show, SHOWN + 1, before)
        return RefusedPage(
            frame=frame(services, services.clock()),
            show=show,
            rows=tuple(_row(services, row) for row in rows[:SHOWN]),
            counts=refusal_list.counts(services.ledger),
            older=rows[SHOWN - 1]["id"] if len(rows) > SHOWN else None,
            is_first=before is None,
            ever=reading.refused_ever(services.ledger),
        )


def refused_one(services: Services, number: int, form: SettleForm, done: str = "") -> RefusedOnePage | None:
    """One refused scan; None when it is not kept."""
    with services.ledger.snapshot():
        found = refusal_list.one(services.ledger, number)
        if found is None:
            return None
        row = _row(services, found)
        return RefusedOnePage(
            frame=frame(services, services.clock()),
            row=row,
            stations=tuple(
                Choice(station.id, station.name) for station in services.config.site.stations.values()
            ),
            form=None if row.settled else form,
            fault=form.faults.get("", ""),
            done=done,
        )


def _row(services: Services, row: Row) -> RefusedRow:
    site = services.config.site
    moment = moment_of(row["arrived_at"], site.zone)
    station = site.stations.get(row["station"])
    is_scan = row["code"] is not None
    read = row["code"] if is_scan else bytes(row["payload"]).decode("utf-8", "replace")
    return RefusedRow(
        number=row["id"],
        word=row["word"],
        can_force=refusal_list.can_force(row),
        settled=row["settled"] or "",
        at=f"{dated(moment, 'EEE d MMM')} {moment:%H:%M:%S}",
        device=row["device"],
        station_id=station.id if station else "",
        station=station.name if station else "",
        read="".join(c if c.isprintable() else "\N{MIDDLE DOT}" for c in read[:SHOWN_CHARACTERS]),
        size=0 if is_scan else row["size"],
        reason=told_in(row["said"], row["reason"]),
    )
