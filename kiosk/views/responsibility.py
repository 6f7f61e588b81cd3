"""The ledger of responsibility of a line over a period: from read models, whatever the record's length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from kiosk.addresses import with_query
from kiosk.contexts.responsibility import (
    Choice,
    LinkSums,
    OwnDelay,
    ResponsibilityPage,
)
from kiosk.services import Services
from kiosk.views.causes import because, cause_name, causes_of, hour_words, measure_address, only
from kiosk.views.feasibility import date_text
from kiosk.views.frame import frame
from kiosk.views.plan_lanes import in_order
from ledger import countermeasures, delay_reading
from ledger.store import Row
from shopfloor.instants import Instant, moment_of
from shopfloor.points import Items, points_of
from shopfloor.sentences import counted, sentence, text_of
from shopfloor.site import Line
from shopfloor.wall_time import wall_instant

PERIODS = (1, 7, 30, 365)
"""Days that are offered."""
SHOWN_PARTS = 25
LONGEST_DAYS = 3_660


class PeriodRefused(Exception):
    """The dates that were asked for are none, or in the wrong order; the text says which."""


def period(services: Services, first: str, last: str) -> tuple[date, date]:
    """Production dates, both inclusive; the last seven days when nothing was asked. PeriodRefused."""
    today = moment_of(services.clock(), services.config.site.zone).date()
    last_on = _day("to", last) if last else today
    first_on = _day("from", first) if first else last_on - timedelta(days=6)
    if not 0 <= (last_on - first_on).days < LONGEST_DAYS:
        raise PeriodRefused(
            sentence(
                "%(first)s to %(last)s is no period: write the earlier day first, at most ten years",
                first=first_on.isoformat(),
                last=last_on.isoformat(),
            )
        )
    return first_on, last_on


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PeriodRefused(
            sentence("%(name)s: %(text)s is no date; write for example 2026-11-24", name=name, text=text[:20])
        ) from None


def link_sums(services: Services, line: Line, first_on: date, last_on: date) -> list[LinkSums]:
    """Every link of a line, in the order of the chain; zeros for one of which nothing was due."""
    zone = services.config.site.zone
    from_at, to_at = (wall_instant(on, time(), zone) for on in (first_on, last_on + timedelta(days=1)))
    sums = {row["link"]: dict(row) for row in delay_reading.sums(services.ledger, line.id, first_on, last_on)}
    flags = {
        row["link"]: row
        for row in delay_reading.flags_against(services.ledger, line.id, from_at, to_at, services.clock())
    }
    silent = delay_reading.silences(services.ledger, line.id, from_at, to_at)
    chosen = delay_reading.points_chosen(services.ledger, line.id, from_at, to_at)
    rows = [
        _link_sums(link.id, link.name, sums.get(link.id), flags.get(link.id), silent.get(link.id, 0))
        for link in in_order(line)
    ]
    rules, days = services.config.site.flags.points, (last_on - first_on).days + 1
    return [
        replace(row, points=points_of(rules, _items(row, flags.get(row.link)), days, chosen.get(row.link, 0)))
        for row in rows
    ]


def _items(row: LinkSums, flags: Row | None) -> Items:
    told, broken = (flags["told"], flags["broken"]) if flags else (0, 0)
    return Items(row.late, row.answers_for_min, told, broken, row.silences)


def _link_sums(
    link: str, name: str, sums: dict[str, Any] | None, flags: Row | None, silences: int
) -> LinkSums:
    of = sums or {}
    return LinkSums(
        link=link,
        name=name,
        due=of.get("due", 0),
        late=of.get("late", 0),
        own_min=of.get("own_min", 0),
        inherited_min=of.get("inherited_min", 0),
        recovered_min=of.get("recovered_min", 0),
        shared_min=of.get("shared_min", 0),
        silent_min=of.get("silent_min", 0),
        flags=flags["flags"] if flags else 0,
        answered=flags["answered"] if flags else 0,
        in_time=flags["in_time"] if flags else 0,
        promised=flags["promised"] if flags else 0,
        kept=flags["kept"] if flags else 0,
        silences=silences,
    )


def responsibility_page(
    services: Services, line: Line, link: str, first: str, last: str, causes: Mapping[str, str]
) -> ResponsibilityPage:
    """A line over a period; dates that cannot be read show the last seven days, and say so.

    `causes` is what the address says of reason, product or hour: only the parts of that one are listed then.
    """
    fault = ""
    try:
        first_on, last_on = period(services, first, last)
    except PeriodRefused as refused:
        fault = text_of(refused)
        first_on, last_on = period(services, "", "")
    now, site = services.clock(), services.config.site
    with services.ledger.snapshot():
        rows = link_sums(services, line, first_on, last_on)
        asked = line.id, first_on, last_on, link or None
        by = delay_reading.own_minutes(services.ledger, *asked)
        chosen = because(causes)
        largest = delay_reading.largest_own(services.ledger, *asked, SHOWN_PARTS, chosen)
        active = countermeasures.active(services.ledger, line.id, link)
        shown = frame(services, now)
    reasons = {reason.id: reason.name for reason in site.reasons}
    return ResponsibilityPage(
        frame=shown,
        line=line.id,
        line_name=line.name,
        link=link,
        link_name=line.name_of(link) if link else "",
        first=first_on.isoformat(),
        last=last_on.isoformat(),
        lines=tuple(
            Choice(with_query(line=each.id, link=""), each.name, each.id == line.id)
            for each in site.lines.values()
        ),
        periods=tuple(_periods(services, first_on, last_on)),
        rows=tuple(rows),
        shows_points=site.flags.points.any or any(row.points for row in rows),
        reasons=tuple(
            replace(
                cause,
                measure=measure_address(line, link, by["reason"][place]),
                measures=active.get(str(by["reason"][place].cause), 0),
            )
            for place, cause in enumerate(
                causes_of(
                    "reason",
                    by["reason"],
                    lambda reason: reasons.get(reason, reason) if reason else "",
                    chosen,
                )
            )
        ),
        products=causes_of("product", by["product"], site.product_name, chosen),
        hours=tuple(
            sorted(
                causes_of("hour", by["planned_hour"], hour_words, chosen, most=24),
                key=lambda cause: cause.name,
            )
        ),
        largest=tuple(_own_delay(services, line, row, now, reasons) for row in largest),
        parts=len(largest) if chosen else sum(row.parts for row in by["product"]),
        cause=cause_name(services, chosen),
        all_causes=only("", ""),
        fault=fault,
    )


def _periods(services: Services, first_on: date, last_on: date) -> Iterable[Choice]:
    today = moment_of(services.clock(), services.config.site.zone).date()
    for days in PERIODS:
        from_on = today - timedelta(days=days - 1)
        address = with_query(**{"from": from_on.isoformat(), "to": today.isoformat()})
        label = sentence("today") if days == 1 else counted("%(n)s day", "%(n)s days", days)
        yield Choice(address, label, (first_on, last_on) == (from_on, today))


def _own_delay(services: Services, line: Line, row: Row, now: Instant, reasons: dict[str, str]) -> OwnDelay:
    return OwnDelay(
        order=row["order"],
        link=row["link"],
        name=line.name_of(row["link"]),
        product=services.config.site.product_name(row["product"]),
        planned=date_text(row["planned_at"], now, services.config.site.zone),
        own_min=row["own_min"],
        inherited_min=row["inherited_min"],
        reason=reasons.get(row["reason"], row["reason"]) if row["reason"] else "",
    )


def responsibility_json(services: Services, line: Line, first_on: date, last_on: date) -> dict[str, Any]:
    """The same sums for programs."""
    with services.ledger.snapshot():
        rows = link_sums(services, line, first_on, last_on)
    return {
        "line": line.id,
        "from": first_on.isoformat(),
        "to": last_on.isoformat(),
        "links": [
            {
                "link": row.link,
                "handoffs_due": row.due,
                "on_time": row.on_time,
                "late": row.late,
                "own_minutes": row.own_min,
                "inherited_minutes": row.inherited_min,
                "recovered_minutes": row.recovered_min,
                "shared_minutes": row.shared_min,
                "silence_minutes": row.silent_min,
                "answers_for_minutes": row.answers_for_min,
                "flags": row.flags,
                "answered": row.answered,
                "answered_in_time": row.in_time,
                "promises": row.promised,
                "promises_kept": row.kept,
                "silences": row.silences,
                "points": row.points,
            }
            for row in rows
        ],
    }
