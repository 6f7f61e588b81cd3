"""Whether a due can be kept, in the words of the pages: what is short, the promise, ways out."""

from __future__ import annotations

from datetime import tzinfo

from kiosk.contexts import Feasibility, ShortLink, WayOut
from kiosk.services import Services
from shopfloor.agreement import first_need, starts_at
from shopfloor.explaining import ways_out
from shopfloor.floor import Given
from shopfloor.instants import MINUTE_MS, Instant, local_text, moment_of
from shopfloor.orders import OrderPlan


def feasibility(
    services: Services,
    plan: OrderPlan,
    now: Instant,
    *,
    together: bool = True,
    explain: bool = False,
    done: Given | None = None,
) -> Feasibility:
    """What a plan says about its due; `explain` looks for ways out as well, which costs more.

    `done` is what links have given of an order that is released already.
    """
    site, order = services.config.site, plan.order
    zone, line = site.zone, site.line_or_ghost(order.line)
    if plan.feasible:
        starts, needed = starts_at(plan), first_need(line, plan)
        return Feasibility(
            feasible=True,
            together=together,
            starts="" if starts is None else date_text(starts, now, zone),
            needed="" if needed is None else date_text(needed, now, zone),
        )
    earliest_at = None if plan.earliest_ship_at is None else whole_minute(plan.earliest_ship_at)
    return Feasibility(
        feasible=False,
        together=together,
        earliest="" if earliest_at is None else date_text(earliest_at, now, zone),
        earliest_value="" if earliest_at is None else local_text(earliest_at, zone),
        short=tuple(
            ShortLink(
                line.name_of(short.link),
                short.quantity,
                # What was due before now is simply lacking.
                ""
                if short.before_at is None or short.before_at <= now
                else date_text(short.before_at, now, zone),
            )
            for short in plan.short
        ),
        ways_out=_ways_out(services, plan, now, done) if explain else (),
    )


def whole_minute(at: Instant) -> Instant:
    """Not before an instant, as a field of day and time takes it: a later due is feasible as well."""
    return -(-at // MINUTE_MS) * MINUTE_MS


def date_text(at: Instant, now: Instant, zone: tzinfo) -> str:
    """For example Wed 25 Nov 17:00; with its year when that is another than this one."""
    moment = moment_of(at, zone)
    year = "" if moment.year == moment_of(now, zone).year else f" {moment.year}"
    return f"{moment:%a} {moment.day} {moment:%b}{year} {moment:%H:%M}"


def _ways_out(services: Services, plan: OrderPlan, now: Instant, done: Given | None) -> tuple[WayOut, ...]:
    line = services.config.site.line_or_ghost(plan.order.line)
    floor = services.desk.floor(now, plan.order.order if done is not None else None)
    return tuple(
        WayOut(line.name_of(way.link), date_text(whole_minute(way.at), now, services.config.site.zone))
        for way in ways_out(floor, plan, done)
    )
