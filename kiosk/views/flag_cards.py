"""Flags as cards, which boards, kiosks and pages share."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.contexts import FlagCard
from kiosk.services import Services
from kiosk.views.frame import minutes, when_text
from ledger.consequences import choices
from ledger.flags import clock_of_row, standing_of
from ledger.store import Row
from shopfloor.calendar import Calendar
from shopfloor.flags import why_not_dispute
from shopfloor.instants import MINUTE_MS, Instant
from shopfloor.site import Line


def flag_card(row: Row, services: Services, line: Line, now: Instant) -> FlagCard:
    """A flag as both links see it. Its minutes run in the flagged link's working time, like its clocks."""
    site = services.config.site
    calendar = _calendar(row, services, line, now)
    reasons = {reason.id: reason.name for reason in site.reasons}
    promised_at = row["promised_at"]
    consequence, _, consequence_state = (row["consequence"] or "").rpartition(":")
    until_at = row["closed_at"] or now
    broken = promised_at is not None and promised_at < until_at
    return FlagCard(
        flag=row["flag"],
        order=row["order"],
        against=line.name_of(row["link"]),
        raised_by=line.name_of(row["raised_by"]),
        quantity=row["quantity"],
        hour=when_text(row["end_at"], now, site.zone),
        age_min=minutes(calendar.working_ms(row["raised_at"], until_at)),
        state=row["state"],
        reason=None if row["reason"] is None else reasons.get(row["reason"], row["reason"]),
        promised=None if promised_at is None else when_text(promised_at, now, site.zone),
        promise_broken=broken and row["state"] not in ("disputed", "overturned"),
        comment=row["comment"] or "",
        answers=row["answers"],
        kind=row["kind"],
        batch=row["batch"] or "",
        silent=bool(row["silent"]),
        share=row["share"] or "",
        told=row["told"] or "",
        next_role=next_role(services, row) or "",
        next_min=_minutes_up(calendar.working_ms(now, row["clock_due_at"])) if row["clock_due_at"] else 0,
        broken_min=minutes(calendar.working_ms(promised_at, until_at)) if broken else 0,
        passed_to=tuple(line.name_of(link) for link in passed_on(row).values()),
        can_dispute=why_not_dispute(standing_of(row), "a word") is None,
        consequence=consequence,
        consequence_state=consequence_state,
        can_choose=bool(choices(services.ledger, site, row, now)) if site.flags.consequences else False,
    )


def passed_on(row: Row) -> dict[int, str]:
    """The flags against links before to which a flag was passed back, each with its link."""
    pairs = (pair.partition(":") for pair in (row["passed_to"] or "").split(",") if pair)
    return {int(child): link for child, _, link in sorted(pairs, key=lambda pair: int(pair[0]))}


def next_role(services: Services, row: Row) -> str | None:
    """Who is told next by the clock that runs."""
    clock = clock_of_row(row)
    if clock is None or row["clock_due_at"] is None:
        return None
    ladder = services.config.site.flags.ladder(clock.name)
    return ladder[clock.steps].role if clock.steps < len(ladder) else None


def loudest_first(cards: Iterable[FlagCard]) -> tuple[FlagCard, ...]:
    """Unanswered flags, then broken promises, then the others; the oldest first among equals."""
    return tuple(sorted(cards, key=lambda card: (card.state != "raised", not card.promise_broken)))


def _calendar(row: Row, services: Services, line: Line, now: Instant) -> Calendar:
    """The flagged link's calendar; the line's when the configuration no longer has the link."""
    if line.has_link(row["link"]):
        return services.calendars.of_link_between(line, row["link"], row["raised_at"], now)
    return services.calendars.of_line(line, now)


def _minutes_up(duration_ms: int) -> int:
    """Minutes that are left, the one that has begun among them."""
    return max(0, -(-duration_ms // MINUTE_MS))
