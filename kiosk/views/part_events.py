"""The events behind one link's part of an order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kiosk.contexts.responsibility import PartEvent, PartPage
from kiosk.services import Services
from kiosk.views.frame import frame, when_text
from ledger.part_events import part_events
from ledger.said import text_in
from ledger.steps import was_late
from ledger.store import Row
from ledger.tablets import STATION_DEVICE
from shopfloor.instants import Instant, instant_from_text
from shopfloor.sentences import sentence
from shopfloor.site import Line

SHOWN_EVENTS = 1_000


def part_page(services: Services, line: Line, link: str, order: str) -> PartPage:
    """The events behind one link's part of an order, as they count now."""
    now = services.clock()
    with services.ledger.snapshot():
        rows, count = part_events(services.ledger, order, line.id, link, SHOWN_EVENTS)
        shown = frame(services, now)
    return PartPage(
        frame=shown,
        line=line.id,
        line_name=line.name,
        link=link,
        link_name=line.name_of(link),
        order=order,
        events=tuple(_part_event(services, row, now) for row in rows),
        more=count - len(rows),
    )


def _part_event(services: Services, row: Row, now: Instant) -> PartEvent:
    zone, detail = services.config.site.zone, json.loads(row["detail"])
    said = text_in(detail)
    reasons = {reason.id: reason.name for reason in services.config.site.reasons}
    reason = row["reason"] if row["kind"] == "flag_answered" else None
    at, recorded_at = instant_from_text(row["occurred_at"]), instant_from_text(row["recorded_at"])
    return PartEvent(
        sequence=row["sequence"],
        at=when_text(at, now, zone),
        recorded=when_text(recorded_at, now, zone) if was_late(at, recorded_at) and not said else "",
        what=said or _kind_words(row["kind"], detail),
        reason=reasons.get(reason, reason) if reason else "",
        batch="" if said else row["batch"] or "",
        quantity=row["quantity"],
        source=_source_name(services, row["source"]),
    )


def _source_name(services: Services, source: str) -> str:
    """A device by its id; what was tapped at a station, by the station's name."""
    name = source.removeprefix(STATION_DEVICE).partition("/")[0]
    station = services.config.site.stations.get(name) if source.startswith(STATION_DEVICE) else None
    return source if station is None else station.name


def _kind_words(kind: str, detail: Mapping[str, Any]) -> str:
    """What an event says that has no sentence of its own."""
    if kind == "link_finished":
        return sentence("all given, %(minutes)s min late by the plan", minutes=detail["late_min"])
    words = {
        "given": sentence("given"),
        "received": sentence("received"),
        "link_unfinished": sentence("not all given after all"),
        "flag_resolved": sentence("resolved: what was missing has come"),
        "flag_reopened": sentence("open again"),
    }
    return words.get(kind, kind)
