"""A new order with the promise beside it, and orders from a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from kiosk.contexts import (
    FormState,
    ImportedPage,
    ImportedRow,
    ImportPage,
    LineChoice,
    NewOrderPage,
    ProductChoice,
    Promise,
)
from kiosk.forms import Form, field_text, refuse_past
from kiosk.services import Services
from kiosk.views.agreement import plan_of
from kiosk.views.feasibility import date_text, feasibility, whole_minute
from kiosk.views.frame import frame
from ledger import drafts, reading
from ledger.errors import RuleRefused
from ledger.store import Row
from shopfloor.agreement import Draft
from shopfloor.instants import DAY_MS, Instant, moment_of
from shopfloor.orders import Order, OrderPlan
from shopfloor.orders_cells import LARGEST_QUANTITY
from shopfloor.sentences import text_of

SHOWN_IMPORTED = 300
MOST_BESIDE = 200
"""Drafts that a promise is looked at beside, while one types."""
_LAST = "\uffff"
"""An order without a number yet: among those with one due it takes its hours last."""
FIELDS = ("order", "product", "quantity", "due", "customer", "priority")


def new_order_page(services: Services, form: FormState) -> NewOrderPage:
    """The form as it was typed so far."""
    now = services.clock()
    site = services.config.site
    chosen = form.typed.get("product", "")
    with services.ledger.snapshot():
        return NewOrderPage(
            frame=frame(services, now),
            zone=site.zone.key,
            choices=tuple(
                LineChoice(
                    line.name,
                    tuple(
                        ProductChoice(product.id, product.name, product.id == chosen)
                        for product in site.products.values()
                        if product.line == line.id
                    ),
                )
                for line in site.lines.values()
            ),
            promise=promise(services, form.typed, now),
            form=form,
            released_at_once=not site.roles,
        )


def promise(services: Services, typed: Mapping[str, str], now: Instant) -> Promise:
    """What can be said of what is typed so far; a field that cannot be read yet is as one left empty."""
    site = services.config.site
    product, read = site.products.get(typed.get("product", "")), Form(typed, site.zone)
    quantity = read.number("quantity", 1, LARGEST_QUANTITY) if typed.get("quantity", "").strip() else None
    due_at = read.instant("due")
    refuse_past(read, "due", due_at, now)
    faults = {fault.field: fault.text for fault in read.faults}
    if product is None or quantity is None or "quantity" in faults:
        return Promise(asked=False, faults=faults)
    due_at = None if faults else due_at
    number = typed.get("order", "").strip() or _LAST
    plan = beside = None
    try:
        earliest_at = services.desk.promise(product.id, quantity, now)
        if due_at is not None:
            order = Order(number, product.line, product.id, quantity, due_at)
            plan = services.desk.plan(order, now)
            beside = _beside(services, order, now)
    except RuleRefused as refused:
        return Promise(asked=True, fault=text_of(refused), faults=faults)
    if earliest_at is None:
        return Promise(asked=True, faults=faults)
    earliest_at = whole_minute(earliest_at)
    quoted = Order(number, product.line, product.id, quantity, earliest_at)
    quoted_beside = _beside(services, quoted, now)
    beside_at = quoted_beside.earliest_ship_at if quoted_beside is not None else None
    fields = {name: typed[name] for name in FIELDS if typed.get(name)}
    return Promise(
        asked=True,
        faults=faults,
        earliest=date_text(earliest_at, now, site.zone),
        earliest_beside="" if beside_at is None else date_text(whole_minute(beside_at), now, site.zone),
        take_over=""
        if due_at == earliest_at
        else "/plan/new?" + urlencode({**fields, "due": field_text(earliest_at, site.zone)}),
        due="" if due_at is None else date_text(due_at, now, site.zone),
        feasibility=None if plan is None else feasibility(services, plan, now, beside=beside, explain=True),
    )


def _beside(services: Services, order: Order, now: Instant) -> OrderPlan | None:
    """Its plan beside the drafts; None when there are none, or so many that whoever types would wait for it."""
    others = [draft for draft in drafts.drafts(services.ledger) if draft.order.order != order.order]
    if not others or len(others) > MOST_BESIDE:
        return None
    asked = Draft(order, 1, 0, now, "")
    return services.desk.together([*others, asked], now).get(order.order)


def is_known(services: Services, number: str) -> bool:
    """Whether an order of that number is released or being agreed."""
    ledger = services.ledger
    return reading.order(ledger, number) is not None or drafts.draft(ledger, number) is not None


def import_page(services: Services, form: FormState, faults: tuple[str, ...] = ()) -> ImportPage:
    """The form that takes a file in, with what was wrong with the last."""
    now = services.clock()
    site = services.config.site
    with services.ledger.snapshot():
        return ImportPage(
            frame=frame(services, now),
            zone=site.zone.key,
            sample=sample(services, now),
            one_for_all=bool(site.roles),
            roles=site.roles,
            form=form,
            faults=faults,
        )


def sample(services: Services, now: Instant) -> str:
    """An orders file of this site to copy: a week and two weeks from now."""
    site = services.config.site
    products = list(site.products.values())[:2]
    rows = ["order,line,product,quantity,due,customer"]
    for n, product in enumerate(products * 2 if len(products) == 1 else products, 1):
        day = moment_of(now + 7 * n * DAY_MS, site.zone)
        due = day.replace(hour=16, minute=0, second=0, microsecond=0, fold=0)
        due += timedelta(days=-max(0, due.weekday() - 4))  # not on a weekend
        rows.append(f"EXAMPLE-{n},{product.line},{product.id},{product.batch * 5},{due:%Y-%m-%dT%H:%M},")
    return "\n".join(rows) + "\n"


def imported_page(services: Services, import_id: str) -> ImportedPage | None:
    """What one import brought in, or None when there is no such import."""
    now = services.clock()
    with services.ledger.snapshot():
        numbers = _numbers(services, import_id)
        if not numbers:
            return None
        agreed = drafts.drafts(services.ledger)
        new = {draft.order.order: draft for draft in agreed if draft.version == 1}
        released = {
            number: row
            for number in numbers
            if number not in new and (row := reading.order(services.ledger, number)) is not None
        }
        together = services.desk.together(agreed, now)
        late = {number for number in new if number in together and not together[number].feasible}
        there = [number for number in numbers if number in new or number in released]
        first = sorted(there, key=lambda number: number not in late)[:SHOWN_IMPORTED]
        rows = [
            _draft_row(services, new[number], together, now)
            if number in new
            else _released_row(services, released[number], now)
            for number in first
        ]
        rows.sort(key=_loudness)
        not_feasible = sum(1 for row in rows if row.feasibility and not row.feasibility.feasible)
        return ImportedPage(
            frame=frame(services, now),
            rows=tuple(rows),
            count=len(numbers),
            not_feasible=not_feasible,
            not_together=sum(1 for number in numbers if number in late) - not_feasible,
            released=len(released),
            gone=len(numbers) - len(there),
        )


def _loudness(row: ImportedRow) -> tuple[bool, bool]:
    """What is not feasible comes first, then what is so only alone."""
    said = row.feasibility
    return said is None or said.feasible, said is None or said.together


def _numbers(services: Services, import_id: str) -> list[str]:
    """The orders that came in with one import: each has an id of its own that begins with the import's."""
    rows = services.ledger.rows(
        'SELECT "order" FROM events WHERE event_id >= ? AND event_id < ? AND kind = ? ORDER BY sequence',
        (f"{import_id}/", f"{import_id}0", "order_drafted"),
    )
    return [row["order"] for row in rows]


def _draft_row(
    services: Services, draft: Draft, together: Mapping[str, OrderPlan], now: Instant
) -> ImportedRow:
    site, order = services.config.site, draft.order
    plan, beside = plan_of(services, draft, together, now)
    return ImportedRow(
        order=order.order,
        line_name=site.line_or_ghost(order.line).name,
        product=site.product_name(order.product),
        quantity=order.quantity,
        due=date_text(order.due_at, now, site.zone),
        batches=0,
        feasibility=feasibility(services, plan, now, beside=beside),
    )


def _released_row(services: Services, row: Row, now: Instant) -> ImportedRow:
    site = services.config.site
    return ImportedRow(
        order=row["order"],
        line_name=site.line_or_ghost(row["line"]).name,
        product=site.product_name(row["product"]),
        quantity=row["quantity"],
        due=date_text(row["due_at"], now, site.zone),
        batches=len(reading.batches(services.ledger, row["order"])),
        feasibility=None,
    )
