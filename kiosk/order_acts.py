"""What a planner does to an order on its page: fields are read, faults name theirs, and each act counts once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from kiosk.contexts import Note
from kiosk.forms import Form, refuse_past
from kiosk.identity import permit
from kiosk.services import Services
from kiosk.taps import checked_id
from kiosk.views.feasibility import date_text
from ledger import agreeing, drafts
from ledger.drafts import By
from ledger.store import Row
from shopfloor.agreement import in_order
from shopfloor.instants import Instant
from shopfloor.orders import Order
from shopfloor.orders_cells import LARGEST_QUANTITY, CellFault, customer_name
from shopfloor.rights import CONFIRMS
from shopfloor.roles import ROLES, Role
from shopfloor.sentences import sentence, text_of

LARGEST_PRIORITY = 999_999_999
LARGEST_REVISION = 2**31


@dataclass(frozen=True, slots=True)
class Act:
    """One form that was sent: about which order, with which fields, when."""

    services: Services
    number: str
    fields: Mapping[str, str]
    event_id: str
    now: Instant

    def form(self) -> tuple[Form, By]:
        """A reader of the fields, and who sent them."""
        form = Form(self.fields, self.services.config.site.zone)
        return form, form.by(self.now, self.event_id)

    def done_before(self) -> Row | None:
        """The event of this act when it was sent before: a second click."""
        return self.services.ledger.holds(self.event_id)

    def agreed(self) -> bool:
        """Nothing of the order is being agreed any more."""
        return drafts.draft(self.services.ledger, self.number) is None


def new_tap() -> str:
    """The id that a page carries, made when it is drawn."""
    return str(uuid.uuid4())


def event_id(subject: str, fields: Mapping[str, str], content: bytes = b"") -> str:
    """The id of an act: the page's own and what was sent, so that only the very same act counts once.

    A page that a browser shows again from its memory has the old id: what is sent from it then is another act.
    """
    told = json.dumps([subject, sorted(fields.items())]).encode() + content
    return f"{checked_id(fields.get('tap_id'))}-{sha256(told).hexdigest()[:16]}"


def confirm(act: Act) -> Note:
    """Confirm in a role what was seen; with the last one the order is released."""
    form, by = act.form()
    role, seen = _role(form, act.fields), form.number("seen", 0, LARGEST_REVISION)
    permit(CONFIRMS[role])
    found = drafts.draft(act.services.ledger, act.number)
    material_at = may_move_to = None
    if role == "purchasing":
        material_at = form.instant("material_at", unless=found.material_at if found else None)
    elif role == "sales":
        may_move_to = form.instant("may_move_to", unless=found.may_move_to if found else None)
    if act.done_before() is None:
        _check_times(act, form, role, material_at, may_move_to)
        in_force = act.services.desk.confirm(
            act.number,
            role,
            by,
            seen=seen,
            material_at=material_at,
            may_move_to=may_move_to,
            now=act.now,
        )
    else:
        in_force = act.agreed()
    return _in_force(act) if in_force else Note("confirmed", (role,))


def _check_times(
    act: Act, form: Form, role: Role, material_at: Instant | None, may_move_to: Instant | None
) -> None:
    """What a time is measured against is known here, so that its fault stands at its field."""
    services, zone = act.services, act.services.config.site.zone
    found = drafts.draft(services.ledger, act.number)
    if found is not None and may_move_to is not None and may_move_to < found.order.due_at:
        due = date_text(found.order.due_at, act.now, zone)
        form.fault(
            "may_move_to",
            sentence("that is before the due, %(due)s; give a later time or leave it empty", due=due),
        )
    if found is not None and role == "purchasing" and not any(f.field == "material_at" for f in form.faults):
        look = services.desk.look(found, act.now)
        is_needed = look.needed_at is not None or not look.plan.feasible
        if material_at is None and is_needed:
            form.fault("material_at", sentence("say when the material arrives"))
        elif material_at is not None and look.needed_at is not None and material_at > look.needed_at:
            needed = date_text(look.needed_at, act.now, zone)
            form.fault(
                "material_at",
                sentence("the material is needed at %(needed)s; it has to arrive by then", needed=needed),
            )
    form.check()


def release(act: Act) -> Note:
    """Release a draft that waits for nobody."""
    form, by = act.form()
    seen = form.number("seen", 0, LARGEST_REVISION)
    form.check()
    if not act.agreed():
        act.services.desk.release(act.number, by, seen=seen, now=act.now)
    return _in_force(act)


def withdraw(act: Act) -> Note:
    """Take a confirmation back, with a reason."""
    form, by = act.form()
    role = _role(form, act.fields)
    permit(CONFIRMS[role])
    why = form.text("why", needed=sentence("write why it is taken back"))
    form.check()
    agreeing.withdraw(act.services.ledger, act.number, role, by, why=why, now=act.now)
    return Note("taken-back", (role,))


def change(act: Act) -> Note:
    """Change what is being agreed; the note names the confirmations that this withdrew.

    A field that was not sent stays as it is.
    """
    before = act.done_before()
    if before is not None:
        return Note("changed", tuple(in_order(json.loads(before["detail"])["withdrawn"])))
    form, by = act.form()
    seen = form.number("seen", 0, LARGEST_REVISION)
    found = drafts.being_agreed(act.services.ledger, act.number)
    order = _changed(form, act.fields, found.order, act.now)
    material_at = found.material_at
    if "material_at" in act.fields:
        material_at = form.instant("material_at", unless=found.material_at)
    why = form.text("why")
    form.check()
    after = replace(found, order=order, material_at=material_at, revision=seen)
    return Note("changed", act.services.desk.change(after, by, why=why, now=act.now))


def _changed(form: Form, fields: Mapping[str, str], order: Order, now: Instant) -> Order:
    quantity, due_at = order.quantity, order.due_at
    if "quantity" in fields:
        quantity = form.number("quantity", 1, LARGEST_QUANTITY)
    if "due" in fields:
        due_at = form.instant("due", needed=sentence("say when it is due"), unless=due_at) or due_at
        if due_at != order.due_at:  # one that has passed meanwhile may stay while something else is changed
            refuse_past(form, "due", due_at, now)
    priority = form.number("priority", -LARGEST_PRIORITY, LARGEST_PRIORITY, default=order.priority)
    customer = customer_of(form, fields) if "customer" in fields else order.customer
    return replace(order, quantity=quantity, due_at=due_at, customer=customer, priority=priority)


def customer_of(form: Form, fields: Mapping[str, str]) -> str:
    """A customer as an orders file may name it."""
    try:
        return customer_name(fields.get("customer", "").strip())
    except CellFault as fault:
        form.fault("customer", text_of(fault))
        return ""


def discard(act: Act) -> Note:
    """Give a draft up."""
    form, by = act.form()
    seen = form.number("seen", 0, LARGEST_REVISION)
    why = form.text("why")
    form.check()
    before, found = act.done_before(), drafts.draft(act.services.ledger, act.number)
    version = json.loads(before["detail"])["version"] if before else found.version if found else 1
    drafts.discard_draft(act.services.ledger, act.number, by, seen=seen, why=why, now=act.now)
    return Note("discarded" if version == 1 else "change-discarded")


def propose(act: Act) -> Note:
    """Propose another due for a released order."""
    form, by = act.form()
    due_at = form.instant("due", needed=sentence("say when it is to be due"))
    why = form.text("why", needed=sentence("write why it is planned anew"))
    if act.done_before() is None:
        refuse_past(form, "due", due_at, act.now)
    form.check()
    if due_at is not None and act.done_before() is None:
        act.services.desk.propose(act.number, due_at, by, why=why, now=act.now)
    return Note("proposed")


def _role(form: Form, fields: Mapping[str, str]) -> Role:
    for role in ROLES:
        if fields.get("role") == role:
            return role
    form.fault("role", sentence("is none of %(roles)s", roles=", ".join(ROLES)))
    return ROLES[0]


def _in_force(act: Act) -> Note:
    """A first plan was released, or another one put in force."""
    row = act.services.ledger.row('SELECT plan_version FROM orders WHERE "order" = ?', (act.number,))
    return Note("released" if row is None or row["plan_version"] == 1 else "in-force")
