"""The kiosk of one station."""

from __future__ import annotations

from kiosk.contexts import (
    Choice,
    FlagCard,
    Incoming,
    KioskPage,
    MilestoneOrder,
    OwedOrder,
)
from kiosk.services import Services
from kiosk.views.batches import SHOWN_BATCHES, batches_of, question_of
from kiosk.views.board import LETTER_PX_PER_METRE, LineFacts, board_row, line_facts
from kiosk.views.flag_cards import flag_card, loudest_first
from kiosk.views.frame import (
    frame,
    hour_cell,
    minutes,
    next_start,
    next_target,
    shift_name,
    when_text,
)
from kiosk.views.last_actions import last_actions
from ledger import at_link, people, reading
from ledger.badged_in import who_is_at
from ledger.reading import OwedRow
from ledger.store import Row
from shopfloor.flags import PREVIOUS
from shopfloor.handoffs import clock_text
from shopfloor.instants import HOUR_MS, MINUTE_MS, Instant, utc_text
from shopfloor.site import Line, Link

SHOWN_ORDERS = 6
PROMISES_MIN = (15, 30, 60, 120)
PROMISE_STEP_MS = 5 * MINUTE_MS
PROMISED_SHIFTS = 2
"""Ends of this shift and the next are offered, and an hour into each that has not begun."""
FAR_FUTURE: Instant = 1 << 52


def kiosk_page(services: Services, station_id: str) -> KioskPage:
    """The kiosk of a station; KeyError for an unknown one."""
    station = services.config.site.stations[station_id]
    line = services.config.site.lines[station.line]
    link = line.link(station.link)
    now = services.clock()
    zone = services.config.site.zone
    with services.ledger.snapshot():
        facts = line_facts(services, line, now)
        row = board_row(services, facts, link)
        running = facts.running
        badged = who_is_at(services.ledger, station.id, now)
        coming = at_link.coming(services.ledger, line.id, link.id, SHOWN_BATCHES + 1)
        # A milestone gives whole orders, the first due first, however early.
        to_give = (
            reading.owed(services.ledger, line.id, FAR_FUTURE, link.id) if link.kind == "milestone" else []
        )
        by_end = reading.owed(services.ledger, line.id, running.end_at) if running else list(facts.owed_now)
        return KioskPage(
            frame=frame(services, now),
            station=station.id,
            name=station.name,
            line=line.id,
            line_name=line.name,
            link=link.id,
            link_name=link.name,
            milestone=link.kind == "milestone",
            shift=shift_name(facts.shift, now, zone),
            hour=row.now or (hour_cell(running, None, services, now) if running else None),
            minutes_left=minutes(running.end_at - now) if running else 0,
            minutes_total=minutes(running.end_at - running.start_at) if running else 0,
            behind=row.behind,
            state=row.state,
            next_names=", ".join(following.name for following in line.next_links(link.id)),
            previous_names=", ".join(before.name for before in line.previous_links(link.id)),
            next_quantity=sum(owed.missing for owed in by_end if owed.link == link.id),
            next_by=clock_text(running.end_at, zone) if running else "",
            next_target=row.next_target,
            released=reading.open_orders(services.ledger, line.id),
            incoming=tuple(_incoming(services, facts, link, by_end)),
            orders=tuple(_milestone_order(services, facts, link, owed) for owed in to_give[:SHOWN_ORDERS]),
            orders_open=len(to_give),
            against_me=row.flags,
            mine=loudest_first(
                flag_card(flag, services, line, now) for flag in facts.flags if flag["raised_by"] == link.id
            ),
            reasons=tuple(
                Choice(reason.id, reason.name)
                for reason in services.config.site.reasons
                if link.after or reason.id != PREVIOUS
            ),
            promises=_promises(services, line, link, now),
            next_start=next_start(services.calendars.of_link(line, link.id, now), now, zone),
            last=last_actions(services, station, now),
            batches=None if link.kind == "milestone" else batches_of(services, facts, link, coming),
            question=None if link.kind == "milestone" else question_of(services, facts, link, coming),
            person="" if badged is None else badged.person.name,
            person_language="" if badged is None else badged.person.language,
            secured=people.anybody(services.ledger),
            letter_px=round(services.config.board.viewing_distance_m * LETTER_PX_PER_METRE),
            scanner_prefix=services.config.kiosk.scanner_prefix or "",
        )


def _incoming(services: Services, facts: LineFacts, link: Link, by_end: list[OwedRow]) -> list[Incoming]:
    ways = {row["giver"]: row for row in reading.on_its_way(services.ledger, facts.line.id, link.id)}
    return [
        _from(services, facts, link, previous, by_end, ways)
        for previous in facts.line.previous_links(link.id)
    ]


def _from(
    services: Services,
    facts: LineFacts,
    link: Link,
    previous: Link,
    by_end: list[OwedRow],
    ways: dict[str, Row],
) -> Incoming:
    way = ways.get(previous.id)
    running = facts.running
    return Incoming(
        link=previous.id,
        name=previous.name,
        on_its_way=way["quantity"] if way else 0,
        on_its_way_since_min=minutes(facts.now - way["since_at"]) if way else None,
        owed=tuple(_owed(services, facts, link, row) for row in facts.owed_now if row.link == previous.id),
        next_quantity=sum(row.missing for row in by_end if row.link == previous.id),
        next_by=clock_text(running.end_at, services.config.site.zone) if running else "",
        next_target=next_target(facts.next_owed.get(previous.id), services, facts.now),
        soon=tuple(
            _owed(services, facts, link, row)
            for row in by_end
            if row.link == previous.id and row.missing and row.since_at > facts.now
        ),
    )


def _owed(services: Services, facts: LineFacts, link: Link, row: OwedRow) -> OwedOrder:
    calendar = services.calendars.of_link(facts.line, row.link, facts.now)
    return OwedOrder(
        order=row.order,
        product=services.config.site.product_name(row.product),
        missing=row.missing,
        by=when_text(row.since_at, facts.now, services.config.site.zone),
        late_min=minutes(calendar.working_ms(row.since_at, facts.now)),
        flag=_flag_of(services, facts, row.order, against=row.link, raised_by=link.id),
        by_at=row.since_at,
    )


def _flag_of(
    services: Services, facts: LineFacts, order: str, *, against: str, raised_by: str | None
) -> FlagCard | None:
    for flag in facts.flags:
        if (flag["order"], flag["link"]) == (order, against) and raised_by in (None, flag["raised_by"]):
            return flag_card(flag, services, facts.line, facts.now)
    return None


def _milestone_order(services: Services, facts: LineFacts, link: Link, row: OwedRow) -> MilestoneOrder:
    return MilestoneOrder(
        order=row.order,
        product=services.config.site.product_name(row.product),
        quantity=row.missing,
        by=when_text(row.since_at, facts.now, services.config.site.zone),
        late=row.since_at <= facts.now,
        flag=_flag_of(services, facts, row.order, against=link.id, raised_by=None),
    )


def _promises(services: Services, line: Line, link: Link, now: Instant) -> tuple[Choice, ...]:
    """Times that are easy to say, in the link's working time: soon, and at the ends of its next shifts."""
    calendar = services.calendars.of_link(line, link.id, now)
    soon = [-(-(now + wait * MINUTE_MS) // PROMISE_STEP_MS) * PROMISE_STEP_MS for wait in PROMISES_MIN]
    working = [at for at in soon if calendar.hour_at(at) is not None]
    ahead = [shift for shift in calendar.shifts if shift.end_at > now + MINUTE_MS][:PROMISED_SHIFTS]
    begun = [shift.start_at + HOUR_MS for shift in ahead if shift.start_at > now]
    times = sorted({*working, *begun, *(shift.end_at for shift in ahead)})
    zone = services.config.site.zone
    return tuple(Choice(utc_text(at), when_text(at, now, zone)) for at in times)
