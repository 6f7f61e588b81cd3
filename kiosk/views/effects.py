"""What a change does to orders, in words: for what is tried out, and for a change of the site before it is saved."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from kiosk.contexts.what_if import ChangedHour, ChangedLink, EffectRow, LostRow
from kiosk.views.feasibility import date_text, whole_minute
from kiosk.views.time_slots import hour_name, moment_text
from shopfloor.instants import Instant
from shopfloor.site import Site
from shopfloor.what_if import Effect, LostHour


def effect_row(effect: Effect, site: Site, now: Instant) -> EffectRow:
    """What would become of one order."""
    order, zone = effect.order, site.zone
    line = site.line_or_ghost(order.line)

    def ships(at: Instant | None) -> str:
        return "" if at is None else date_text(whole_minute(at), now, zone)

    return EffectRow(
        order=order.order,
        product=site.product_name(order.product),
        quantity=order.quantity,
        due=date_text(order.due_at, now, zone),
        due_after="" if effect.due_after == order.due_at else date_text(effect.due_after, now, zone),
        released=effect.released,
        feasible_before=effect.feasible_before,
        feasible_after=effect.feasible_after,
        earliest_before=ships(effect.earliest_before),
        earliest_after=ships(effect.earliest_after),
        short=", ".join(f"{line.name_of(each.link)} {each.quantity}" for each in effect.short_after),
        links=tuple(
            ChangedLink(
                line.name_of(link),
                tuple(
                    ChangedHour(hour_name(hour.start_at, hour.end_at, zone), hour.before, hour.after)
                    for hour in hours
                ),
            )
            for link, hours in groupby(effect.hours, key=lambda hour: hour.link)
        ),
        changed_hours=len(effect.hours),
    )


def lost_rows(hours: Iterable[LostHour], site: Site) -> tuple[LostRow, ...]:
    """One row for each order, link and reason."""
    grouped: dict[tuple[str, str, str, str, bool], list[LostHour]] = {}
    for hour in hours:
        grouped.setdefault((hour.order, hour.line, hour.link, hour.why, hour.already), []).append(hour)
    return tuple(
        LostRow(
            order,
            site.line_or_ghost(line).name_of(link),
            sum(hour.give for hour in lost),
            f"{moment_text(lost[0].start_at, site.zone)} - {moment_text(lost[-1].end_at, site.zone)}",
            len(lost),
            why == "closed",
            already,
        )
        for (order, line, link, why, already), lost in grouped.items()
    )
