"""Orders come in: one by its form with the promise beside it, or many from a file."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import gevent
from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk import gate
from kiosk.contexts import FormState, Note
from kiosk.errors import NotHere
from kiosk.forms import Form, FormFaults, refuse_past, remember_person
from kiosk.htmx import make_response
from kiosk.identity import permit
from kiosk.order_acts import LARGEST_PRIORITY, customer_of, event_id
from kiosk.order_pages import new_form, see, to
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.views.new_order import FIELDS, import_page, imported_page, is_known, new_order_page, promise
from ledger.drafts import By
from ledger.errors import OrdersRefused, RuleRefused
from ledger.taking_in import draft_orders, taken_numbers
from shopfloor.order_faults import batches_fault
from shopfloor.orders import Order
from shopfloor.orders_cells import DEFAULT_PRIORITY, LARGEST_QUANTITY, CellFault, order_number
from shopfloor.orders_file import OrdersFaults, OrdersFile, TakingIn, read_orders
from shopfloor.rights import CONFIRMS
from shopfloor.sentences import sentence, text_of

MOST_ORDERS = 5_000
MOST_RELEASED = 1_000
"""Orders of a file that are released at once: each writes its targets and batches as well."""
LARGEST_FILE = 2_000_000
"""Bytes. While a file is taken in, live boards and scans wait; `interlock import` takes larger ones."""
LARGEST_UPLOAD = LARGEST_FILE + 1_000_000
"""Bytes of a request that brings a file, its other fields and headers among them."""

blueprint = Blueprint("new_order_pages", __name__)


@blueprint.get("/plan/new")
def new() -> Response:
    """The form, filled in with what the address says."""
    asked = {name: request.args[name] for name in FIELDS if request.args.get(name)}
    return render_page("orders/new.html", new_order_page(current(), new_form(act="new", typed=asked)))


@blueprint.get("/plan/new/promise")
def new_promise() -> Response:
    """What can be said of what is typed so far: the live part of the form."""
    services = current()
    said = promise(services, request.args.to_dict(), services.clock())
    template = current_app.jinja_env.get_template("orders/_promise.html")
    return no_store(make_response(template.render(promise=said)))


@blueprint.post("/plan/new")
def draft() -> Any:
    """Take one order in as a draft."""
    services = current()
    fields = request.form.to_dict()
    now = services.clock()
    form = Form(fields, services.config.site.zone)
    by = form.by(now, event_id("new", fields))
    try:
        order = _order(services, form, fields)
        if services.ledger.holds(f"{by.event_id}/0") is None:  # a second click may come after the due
            refuse_past(form, "due", order.due_at or None, now)
        form.check()
        services.desk.take_in([order], by, confirmed=False, now=now)
    except FormFaults as faults:
        sentences = {fault.field: fault.text for fault in faults.faults}
        return _new_again(services, new_form(act="new", typed=fields, faults=sentences))
    except OrdersRefused as refused:
        field = "order" if is_known(services, order.order) else "due"
        sentences = {field: text_of(refused)}
        return _new_again(services, new_form(act="new", typed=fields, faults=sentences))
    except RuleRefused as refused:
        return _new_again(services, new_form(act="new", typed=fields, text=text_of(refused)))
    done = Note("drafted" if services.config.site.roles else "released")
    return see(f"/orders/{quote(order.order)}", done, by.person)


def _order(services: Services, form: Form, fields: Mapping[str, str]) -> Order:
    product = services.config.site.products.get(fields.get("product", ""))
    if product is None:
        form.fault("product", sentence("choose what is to be made"))
    number = ""
    try:
        number = order_number(fields.get("order", "").strip())
    except CellFault as fault:
        form.fault("order", text_of(fault))
    order = Order(
        order=number,
        line="" if product is None else product.line,
        product="" if product is None else product.id,
        quantity=form.number("quantity", 1, LARGEST_QUANTITY),
        due_at=form.instant("due", needed=sentence("say when it is due")) or 0,
        customer=customer_of(form, fields),
        priority=form.number("priority", -LARGEST_PRIORITY, LARGEST_PRIORITY, default=DEFAULT_PRIORITY),
    )
    if many := batches_fault(services.config.site, order):
        form.fault("quantity", many)
    return order


def _new_again(services: Services, form: FormState) -> Any:
    return render_page("orders/new.html", new_order_page(services, form)), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/plan/import")
def import_form() -> Response:
    """The form for a file."""
    return render_page("orders/import.html", import_page(current(), new_form()))


@blueprint.post("/plan/import")
def import_orders() -> Any:
    """All orders of a file, or every fault with its row and nothing."""
    services = current()
    request.max_content_length = LARGEST_UPLOAD
    request.max_form_memory_size = LARGEST_UPLOAD  # a pasted text is a field
    try:
        fields, content = request.form.to_dict(), _content()
    except RequestEntityTooLarge:
        return _import_again(services, new_form(), [_TOO_LARGE])
    gate.check_csrf()
    if fields.get("confirmed"):
        for role in services.config.site.roles:
            permit(CONFIRMS[role])
    kept = {**fields, "text": fields.get("text", "")[:_KEPT_TEXT]}
    now = services.clock()
    form = Form(fields, services.config.site.zone)
    act = event_id("import", {**fields, "text": ""}, content)
    by = form.by(now, act)
    if not content.strip():
        form.fault("file", sentence("choose a file, or write the orders below"))
    try:
        form.check()
        _take_in(services, content, by, confirmed=bool(fields.get("confirmed")))
    except FormFaults as faults:
        sentences = {fault.field: fault.text for fault in faults.faults}
        return _import_again(services, new_form(act="import", typed=kept, faults=sentences), [])
    except OrdersFaults as faults:
        return _import_again(services, new_form(act="import", typed=kept), faults.faults)
    except RuleRefused as refused:
        return _import_again(services, new_form(act="import", typed=kept), [text_of(refused)])
    return remember_person(no_store(to(f"/plan/import/{act}")), by.person)


@blueprint.get("/plan/import/<import_id>")
def imported(import_id: str) -> Response:
    """What one import brought in, as it stands now."""
    page = imported_page(current(), import_id)
    if page is None:
        raise NotHere("import", import_id, [])
    return render_page("orders/imported.html", page)


_TOO_LARGE = sentence(
    "The file is larger than %(largest_file)s MB; divide it, or take it in with the command `interlock import`.",
    largest_file=LARGEST_FILE // 1_000_000,
)
_KEPT_TEXT = 200_000
"""Characters of a pasted text that stand in the form again after a fault."""


def _content() -> bytes:
    """The bytes of the chosen file, or else what was pasted."""
    content = b""
    file = request.files.get("file")
    if file is not None:
        content = file.read()
        file.close()
    return content or request.form.get("text", "").encode()


def _take_in(services: Services, content: bytes, by: By, *, confirmed: bool) -> None:
    """OrdersFaults with rows, also of orders that cannot be taken in. What came in before is not taken in again."""
    if services.ledger.holds(f"{by.event_id}/0") is not None:
        return
    if len(content) > LARGEST_FILE:
        raise OrdersFaults([_TOO_LARGE])
    ledger, site = services.ledger, services.config.site
    released = confirmed or not site.roles
    taking_in = TakingIn(
        by.at,
        lambda numbers: taken_numbers(ledger, numbers),
        most=MOST_RELEASED if released else MOST_ORDERS,
        pause=lambda: gevent.sleep(0),
    )
    orders = read_orders(content, site, taking_in=taking_in)
    if not orders.orders:
        raise OrdersFaults([sentence("The file has no orders; write one in each row below the first.")])
    try:
        if released:
            services.desk.take_in(orders.orders, by, confirmed=confirmed, now=by.at)
        else:  # drafts need no plan yet: their pages make one
            draft_orders(ledger, orders.orders, by, now=by.at)
    except OrdersRefused as refused:
        raise OrdersFaults(_with_rows(orders, refused)) from refused


def _with_rows(orders: OrdersFile, refused: OrdersRefused) -> list[str]:
    by_row = sorted((orders.row_of[number], fault) for number, fault in refused.faults.items())
    return [sentence("row %(row)s: %(fault)s", row=str(row), fault=fault) for row, fault in by_row]


def _import_again(services: Services, form: FormState, faults: Any) -> Any:
    page = import_page(services, form, tuple(faults))
    return render_page("orders/import.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
