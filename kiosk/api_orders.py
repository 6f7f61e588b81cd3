"""Orders through the API: taken in, agreed, planned anew; the rules and the record of the screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import TypeVar

from flask import Response, request

from kiosk.api_bodies import decoded, instant
from kiosk.api_order_shapes import (
    ChangeBody,
    ConfirmBody,
    GiveUpBody,
    PlanAnewBody,
    ReleaseBody,
    TakeBackBody,
)
from kiosk.api_taking_in import API, refused_orders, told_orders
from kiosk.errors import Malformed, json_answer
from kiosk.identity import permit, signed_in
from kiosk.names import no_order
from kiosk.services import Services, current
from kiosk.taps import checked_id
from kiosk.views import order_json, orders_json, plan_json, promise_json
from ledger import agreeing, drafts, reading
from ledger.drafts import By
from ledger.errors import OrdersRefused, RuleRefused
from ledger.plans import released_loads
from shopfloor.order_faults import CannotPlan
from shopfloor.orders_cells import LARGEST_QUANTITY, CellFault, customer_name
from shopfloor.planning import plan_orders
from shopfloor.rights import CONFIRMS
from shopfloor.roles import role_word
from shopfloor.sentences import sentence, text_of

Body = TypeVar("Body", ChangeBody, ConfirmBody, GiveUpBody, PlanAnewBody, ReleaseBody, TakeBackBody)


def orders() -> Response:
    """All open orders, the last shipped, and drafts."""
    return json_answer(orders_json(current()))


def order(order: str) -> Response:
    """One order."""
    services = current()
    found = order_json(services, order)
    if found is None:
        raise no_order(services, order)
    return json_answer(found)


def take_in() -> Response:
    """Take orders in as drafts, all or none."""
    services = current()
    told, faults = told_orders(services, request.get_data())
    if faults:
        return refused_orders(faults, HTTPStatus.BAD_REQUEST)
    by = By(signed_in() or told.person, API, services.clock(), checked_id(told.event_id))
    try:
        services.desk.take_in(told.orders, by, confirmed=False, now=by.at)
    except OrdersRefused as refused:
        return refused_orders(told.by_index(refused.faults), HTTPStatus.UNPROCESSABLE_ENTITY)
    except CannotPlan as fault:
        raise RuleRefused(text_of(fault)) from None
    numbers = {each.order: None for each in told.orders}
    return json_answer(orders_json(services, numbers), HTTPStatus.CREATED)


def confirm(order: str) -> Response:
    """Confirm in a role; with the last one the order is released."""
    services, body, by = _told(ConfirmBody, "the confirmation")
    permit(CONFIRMS[body.role])
    material_at = instant(services, "material_at", body.material_at)
    may_move_to = instant(services, "may_move_to", body.may_move_to)
    for name, at, role in (
        ("material_at", material_at, "purchasing"),
        ("may_move_to", may_move_to, "sales"),
    ):
        if at is not None and body.role != role:
            raise Malformed(
                sentence("%(name)s: only %(role)s says that; leave it out", name=name, role=role_word(role))
            )
    return _done(
        services,
        order,
        lambda: services.desk.confirm(
            order,
            body.role,
            by,
            seen=body.seen,
            material_at=material_at,
            may_move_to=may_move_to,
            now=by.at,
        ),
    )


def take_back(order: str) -> Response:
    """Take a confirmation back."""
    services, body, by = _told(TakeBackBody, "the request")
    permit(CONFIRMS[body.role])
    ledger, why = services.ledger, _said("why", body.why)
    return _done(services, order, lambda: agreeing.withdraw(ledger, order, body.role, by, why=why, now=by.at))


def change(order: str) -> Response:
    """Change what is being agreed."""
    services, body, by = _told(ChangeBody, "the change")
    due_at = instant(services, "due", body.due)
    material_at = instant(services, "material_at", body.material_at)
    try:
        customer = None if body.customer is None else customer_name(body.customer.strip())
    except CellFault as fault:
        raise Malformed(sentence("%(column)s: %(fault)s", column="customer", fault=text_of(fault))) from None

    def act() -> None:
        found = drafts.being_agreed(services.ledger, order)
        before = found.order
        wanted = replace(
            before,
            quantity=before.quantity if body.quantity is None else body.quantity,
            due_at=before.due_at if due_at is None else due_at,
            customer=before.customer if customer is None else customer,
            priority=before.priority if body.priority is None else body.priority,
        )
        after = replace(
            found,
            order=wanted,
            material_at=found.material_at if material_at is None else material_at,
            revision=body.seen,
        )
        services.desk.change(after, by, why=body.why, now=by.at)

    told = {"due_at": due_at, "material_at": material_at, "customer": customer, "priority": body.priority}
    said = {name: value for name, value in told.items() if value is not None}
    if drafts.recorded(
        services.ledger, by, "order_changed", order, quantity=body.quantity, why=body.why, detail=said
    ):
        return _shown(services, order)
    return _done(services, order, act)


def give_up(order: str) -> Response:
    """Give up what is being agreed."""
    services, body, by = _told(GiveUpBody, "the request")

    def act() -> None:
        drafts.discard_draft(services.ledger, order, by, seen=body.seen, why=body.why, now=by.at)

    _do(services, order, act)
    row = reading.order(services.ledger, order)
    return json_answer({"order": order, "state": "discarded" if row is None else row["state"]})


def release(order: str) -> Response:
    """Release a draft that waits for nobody."""
    services, body, by = _told(ReleaseBody, "the release")
    return _done(services, order, lambda: services.desk.release(order, by, seen=body.seen, now=by.at))


def plan_anew(order: str) -> Response:
    """Propose another due for a released order."""
    services, body, by = _told(PlanAnewBody, "the proposal")
    due_at = instant(services, "due", body.due)
    if due_at is None:
        raise AssertionError("the body has a due")
    why = _said("why", body.why)
    return _done(services, order, lambda: services.desk.propose(order, due_at, by, why=why, now=by.at))


def promise() -> Response:
    """The earliest due that a quantity of a product can have."""
    services = current()
    product, text = request.args.get("product", ""), request.args.get("quantity", "")
    if not product:
        raise Malformed(sentence("product: say of what"))
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and 0 < int(text) <= LARGEST_QUANTITY):  # noqa: PLR2004  # digits enough
        raise Malformed(
            sentence(
                "quantity: %(written)s is no whole number from 1 to %(largest_quantity)s",
                written=repr(text[:40]),
                largest_quantity=LARGEST_QUANTITY,
            )
        )
    now = services.clock()
    try:
        promised_at = services.desk.promise(product, int(text), now)
    except CannotPlan as fault:
        raise RuleRefused(text_of(fault)) from None
    return json_answer(promise_json(services, product, int(text), promised_at, now))


def plan() -> Response:
    """Divide orders backward beside what is released; nothing is stored."""
    services = current()
    told, faults = told_orders(services, request.get_data())
    if faults:
        return refused_orders(faults, HTTPStatus.BAD_REQUEST)
    now = services.clock()
    numbers = {each.order for each in told.orders}
    try:
        loads = released_loads(services.ledger, now, but_not=numbers)
        planned = plan_orders(services.config.site, told.orders, now=now, loads=loads)
    except CannotPlan as fault:
        raise RuleRefused(text_of(fault)) from None
    return json_answer(plan_json(services, planned, now))


def _told(shape: type[Body], what: str) -> tuple[Services, Body, By]:
    """The body, and who did it."""
    services = current()
    body: Body = decoded(request.get_data(), shape, what)
    person = signed_in() or _said("person", body.person)
    event_id = None if isinstance(body, ReleaseBody) else checked_id(body.id)
    return services, body, By(person, API, services.clock(), event_id)


def _said(name: str, text: str) -> str:
    """A text that says something. Malformed with its field."""
    if not text.strip() or not text.replace("\n", "").isprintable():
        raise Malformed(sentence("%(name)s: write something that can be read", name=name))
    return text.strip()


def _done(services: Services, number: str, act: Callable[[], object]) -> Response:
    _do(services, number, act)
    return _shown(services, number)


def _do(services: Services, number: str, act: Callable[[], object]) -> None:
    """Do it; what is refused of an order that is not there is not found."""
    try:
        act()
    except RuleRefused:
        if reading.order(services.ledger, number) is None and drafts.draft(services.ledger, number) is None:
            raise no_order(services, number) from None
        raise
    except CannotPlan as fault:
        raise RuleRefused(text_of(fault)) from None


def _shown(services: Services, number: str) -> Response:
    found = order_json(services, number)
    if found is None:
        raise no_order(services, number)
    return json_answer(found)
