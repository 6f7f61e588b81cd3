"""The planners' pages of orders: the list, and one order with what can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request

from kiosk import order_acts
from kiosk.contexts import FormState, Note
from kiosk.errors import Malformed
from kiosk.forms import FormFaults, known_person, remember_person
from kiosk.names import no_order
from kiosk.order_acts import Act, event_id, new_tap
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.views.agreement import draft_page
from kiosk.views.orders import order_page, orders_page
from ledger import drafts
from ledger.errors import RuleRefused
from shopfloor.agreement import in_order
from shopfloor.roles import ROLES
from shopfloor.sentences import sentence, text_of

NOTES = (
    "confirmed",
    "released",
    "in-force",
    "taken-back",
    "changed",
    "discarded",
    "change-discarded",
    "proposed",
    "drafted",
)
"""What a page can say was just done; the sentences stand in its template."""
ACTS: Mapping[str, Callable[[Act], Note]] = {
    "confirm": order_acts.confirm,
    "release": order_acts.release,
    "withdraw": order_acts.withdraw,
    "change": order_acts.change,
    "discard": order_acts.discard,
    "propose": order_acts.propose,
}

blueprint = Blueprint("order_pages", __name__)


@blueprint.get("/orders")
def orders() -> Response:
    """The list of orders."""
    return render_page("orders.html", orders_page(current(), note=note()))


@blueprint.get("/orders/<path:number>")  # a path, since an order's number may hold a slash
def order(number: str) -> Response:
    """One order: being agreed, or with its links, its flags, its batches."""
    return _shown(number, new_form(), note())


@blueprint.post("/orders/<path:number>")
def act(number: str) -> Any:
    """Do one thing to an order: the form says which in `act`, and of which role."""
    services = current()
    fields = request.form.to_dict()
    name, role = fields.get("act", ""), fields.get("role", "")
    if name not in ACTS:
        raise Malformed(
            sentence("act: %(name)s is none of %(acts)s", name=repr(name[:40]), acts=", ".join(ACTS))
        )
    told = Act(services, number, fields, event_id(number, fields), services.clock())
    where = fields.get("form") or (f"{name}-{role}" if role else name)
    try:
        done = ACTS[name](told)
    except FormFaults as faults:
        sentences = {fault.field: fault.text for fault in faults.faults}
        return _refused(number, new_form(act=where, typed=fields, faults=sentences))
    except RuleRefused as refused:
        typed = {} if _is_stale(services, number, fields) else fields
        return _refused(number, new_form(act=where, typed=typed, text=text_of(refused)))
    gone = done.id == "discarded"
    person = fields.get("person", "").strip()
    answer = see("/orders" if gone else f"/orders/{quote(number)}", done, person)
    return remember_person(answer, person, role) if name == "confirm" and person else answer


def new_form(
    *,
    act: str = "",
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    text: str = "",
) -> FormState:
    """What the forms of a page carry when it is drawn."""
    return FormState(
        person=(typed or {}).get("person") or known_person(),
        people={role: known_person(role) for role in ROLES},
        tap_id=new_tap(),
        act=act,
        typed=typed or {},
        faults=faults or {},
        text=text,
    )


def note() -> Note | None:
    """What the address says was just done: an id of ours and roles, never a text."""
    asked = request.args.get("note", "")
    if asked not in NOTES:
        return None
    return Note(asked, tuple(in_order(request.args.get("roles", "").split("."))))


def see(address: str, done: Note, person: str) -> Response:
    """Back to a page that says what was done; who did it is filled in next time."""
    roles = f"&roles={'.'.join(done.roles)}" if done.roles else ""
    answer = no_store(to(f"{address}?note={done.id}{roles}"))
    return remember_person(answer, person) if person else answer


def to(address: str) -> Response:
    """What was posted is done; look there."""
    answer = redirect(address, HTTPStatus.SEE_OTHER, Response)
    if not isinstance(answer, Response):
        raise TypeError("a redirect is an answer of Flask's own class")
    return answer


def _is_stale(services: Services, number: str, fields: Mapping[str, str]) -> bool:
    """What was typed belongs to an order that has changed meanwhile."""
    found = drafts.draft(services.ledger, number)
    return "seen" in fields and (found is None or fields["seen"] != str(found.revision))


def _refused(number: str, form: FormState) -> Any:
    return _shown(number, form, None), HTTPStatus.UNPROCESSABLE_ENTITY


def _shown(number: str, form: FormState, done: Note | None) -> Response:
    services = current()
    released = order_page(services, number, form=form, note=done)
    if released is not None:
        return render_page("order.html", released)
    draft = draft_page(services, number, form=form, note=done)
    if draft is None:
        raise _nothing(services, number, form)
    return render_page("orders/draft.html", draft)


def _nothing(services: Services, number: str, form: FormState) -> Exception:
    """There is no such order: gone under somebody's hands, or never there."""
    return RuleRefused(form.text) if form.text else no_order(services, number)
