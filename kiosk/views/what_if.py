"""What if: the form, and what would become of each order; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kiosk.contexts import Choice, WhatIfPage
from kiosk.contexts.what_if import Outcome
from kiosk.services import Services
from kiosk.speech import number
from kiosk.views.asked_changes import FIELDS, Asked, asked_changes
from kiosk.views.effects import effect_row, lost_rows
from kiosk.views.feasibility import date_text
from kiosk.views.frame import frame
from ledger.drafts import drafts
from ledger.plans import released_orders
from shopfloor.agreement import Draft
from shopfloor.instants import Instant
from shopfloor.orders import ReleasedOrder
from shopfloor.sentences import enumerated, sentence
from shopfloor.site import Site
from shopfloor.what_if import Effect, what_if
from station_config import duration_text

MOST_SHOWN = 60
"""Orders whose hours are shown; of the others it is only said how many there are."""


def what_if_page(services: Services, fields: Mapping[str, str]) -> WhatIfPage:
    """The form as it was sent; with the outcome when it asks for something and has no fault."""
    now, site = services.clock(), services.config.site
    with services.ledger.snapshot():
        released = released_orders(services.ledger)
        all_drafts = drafts(services.ledger)
        around = frame(services, now)
    open_orders = {each.order.order: each.order for each in released}
    open_orders |= {draft.order.order: draft.order for draft in all_drafts if draft.version == 1}
    dues = {number: order.due_at for number, order in open_orders.items()}
    asked, form = asked_changes(fields, site, dues, now)
    return WhatIfPage(
        frame=around,
        orders=tuple(
            Choice(
                order.order,
                sentence(
                    "%(quantity)s %(product)s, due %(time)s",
                    quantity=order.quantity,
                    product=site.product_name(order.product),
                    time=date_text(order.due_at, now, site.zone),
                ),
            )
            for order in open_orders.values()
        ),
        links=tuple(
            Choice(f"{line.id}/{link.id}", f"{link.name}, {line.name}" if len(site.lines) > 1 else link.name)
            for line in site.lines.values()
            for link in line.links
            if link.kind == "work"
        ),
        shifts=tuple(Choice(shift, shift) for shift in site.shifts),
        rates=tuple(_rates(site)),
        buffers=tuple(_buffers(site)),
        stations=tuple(Choice(station.id, station.name) for station in site.stations.values()),
        values={name: fields.get(name, "").strip() for name in FIELDS},
        faults={fault.field: fault.text for fault in reversed(form.faults)},
        outcome=None if asked is None else _outcome(site, asked, released, all_drafts, now),
    )


def _rates(site: Site) -> Iterator[Choice]:
    """Links that have a rate, each with what it is now."""
    for line in site.lines.values():
        for link in line.links:
            if link.kind == "work" and link.per_hour is not None:
                name = f"{link.name}, {line.name}" if len(site.lines) > 1 else link.name
                yield Choice(f"{line.id}/{link.id}", _with_now(name, number(float(link.per_hour))))


def _buffers(site: Site) -> Iterator[Choice]:
    """Links that another comes after, and the room before shipping, each with what it is now."""
    for line in site.lines.values():
        where = f", {line.name}" if len(site.lines) > 1 else ""
        for link in line.links:
            if line.next_links(link.id):
                yield Choice(
                    f"{line.id}/{link.id}", _with_now(f"{link.name}{where}", duration_text(link.buffer))
                )
        if line.links:
            ship = sentence("ship buffer%(of_line)s", of_line=where)
            yield Choice(line.id, _with_now(ship, duration_text(line.ship_buffer)))


def _with_now(name: str, now: str) -> str:
    return sentence("%(name)s (now %(value)s)", name=name, value=now)


def _outcome(
    site: Site, asked: Asked, released: Sequence[ReleasedOrder], all_drafts: Sequence[Draft], now: Instant
) -> Outcome:
    found = what_if(
        site,
        asked.site,
        released=released,
        drafts=[draft.order for draft in all_drafts if draft.version == 1],
        now=now,
        dues=asked.dues,
    )
    named = {*asked.dues, asked.order}
    touched = sorted(
        (each for each in found.effects if each.is_any or each.order.order in named),
        key=lambda each: -1 if each.order.order in named else _loudness(each),
    )
    shown = touched[:MOST_SHOWN]
    return Outcome(
        changes=enumerated(asked.words),
        effects=tuple(effect_row(each, site, now) for each in shown),
        not_shown=len(touched) - len(shown),
        untouched=len(found.effects) - len(touched),
        lost=lost_rows(found.lost, site),
        ways=tuple(asked.ways),
        released=len(released),
    )


def _loudness(effect: Effect) -> int:
    """What becomes infeasible first, then what becomes feasible, other ship dates, hours alone."""
    if effect.feasible_before != effect.feasible_after:
        return 1 if effect.feasible_after else 0
    return 2 if effect.earliest_before != effect.earliest_after else 3
