"""Whether a due can be kept, in the words of the pages: what is short, the promise, ways out."""

from __future__ import annotations

from datetime import tzinfo

from kiosk.contexts import Feasibility, ShortLink, WayOut
from kiosk.services import Services
from kiosk.speech import dated
from shopfloor.agreement import first_need, starts_at
from shopfloor.explaining import ways_out
from shopfloor.instants import MINUTE_MS, Instant, local_text, moment_of
from shopfloor.orders import OrderPlan
from shopfloor.replanning import NOT_BEGUN, Progress


def feasibility(
    services: Services,
    plan: OrderPlan,
    now: Instant,
    *,
    together: bool = True,
    beside: OrderPlan | None = None,
    material_at: Instant | None = None,
    explain: bool = False,
    progress: Progress | None = None,
) -> Feasibility:
    """What a plan says about its due; `explain` looks for ways out as well, which costs more.

    `together` is whether it is feasible beside the other drafts, too; `beside` is its plan there, if there is one.
    `progress` is how far an order is that is released already.
    """
    site, order = services.config.site, plan.order
    zone, line = site.zone, site.line_or_ghost(order.line)
    beside_at = beside.earliest_ship_at if beside is not None and not beside.feasible else None
    is_another = beside_at is not None and beside_at != plan.earliest_ship_at
    earliest_beside = date_text(whole_minute(beside_at), now, zone) if beside_at and is_another else ""
    together = together and (beside is None or beside.feasible)
    if plan.feasible:
        starts, needed = starts_at(plan), first_need(line, plan)
        return Feasibility(
            feasible=True,
            together=together,
            earliest_beside=earliest_beside,
            starts="" if starts is None else date_text(starts, now, zone),
            needed="" if needed is None else date_text(needed, now, zone),
            material_late_min=0
            if needed is None or material_at is None
            else max(0, -(-(material_at - needed) // MINUTE_MS)),
        )
    earliest_at = None if plan.earliest_ship_at is None else whole_minute(plan.earliest_ship_at)
    return Feasibility(
        feasible=False,
        together=together,
        earliest="" if earliest_at is None else date_text(earliest_at, now, zone),
        earliest_value="" if earliest_at is None else local_text(earliest_at, zone),
        earliest_beside=earliest_beside,
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
        ways_out=_ways_out(services, plan, now, progress) if explain else (),
    )


def whole_minute(at: Instant) -> Instant:
    """Not before an instant, as a field of day and time takes it: a later due is feasible as well."""
    return -(-at // MINUTE_MS) * MINUTE_MS


def date_text(at: Instant, now: Instant, zone: tzinfo) -> str:
    """For example Wed 25 Nov 17:00; with its year when that is another than this one."""
    moment = moment_of(at, zone)
    form = "EEE d MMM" if moment.year == moment_of(now, zone).year else "EEE d MMM y"
    return f"{dated(moment, form)} {moment:%H:%M}"


def _ways_out(
    services: Services, plan: OrderPlan, now: Instant, progress: Progress | None
) -> tuple[WayOut, ...]:
    site = services.config.site
    line = site.line_or_ghost(plan.order.line)
    floor = services.desk.floor(now, plan.order.order if progress is not None else None)
    return tuple(
        WayOut(
            line.name_of(way.link),
            date_text(whole_minute(way.at), now, site.zone),
            0 if plan.earliest_ship_at is None else (plan.earliest_ship_at - way.at) // MINUTE_MS,
        )
        for way in ways_out(floor, plan, progress or NOT_BEGUN)
    )
