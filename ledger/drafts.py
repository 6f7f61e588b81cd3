"""Orders that are being agreed: drafted, changed, discarded; and another due proposed for a released one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.errors import IdTaken, OrdersRefused, RuleRefused
from ledger.events import Event
from ledger.plans import order_of
from ledger.store import Ledger, Row, Transaction
from shopfloor.agreement import Confirmation, Draft, touched
from shopfloor.instants import Instant
from shopfloor.orders import Order
from shopfloor.roles import ROLES, Role


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, where and when; `event_id` is made where it happens, so that it counts once."""

    person: str
    source: str
    at: Instant
    event_id: str | None = None


def drafts(ledger: Ledger) -> list[Draft]:
    """All that is being agreed, by due."""
    confirmed: dict[tuple[str, int], list[Row]] = {}
    for row in ledger.rows('SELECT c.* FROM confirmations c JOIN drafts d USING ("order", version)'):
        confirmed.setdefault((row["order"], row["version"]), []).append(row)
    return [
        _draft(row, confirmed.get((row["order"], row["version"]), ()))
        for row in ledger.rows('SELECT * FROM drafts ORDER BY due_at, priority, "order"')
    ]


def draft(source: Ledger | Transaction, number: str) -> Draft | None:
    """What is being agreed of one order; None when nothing is."""
    row = source.row('SELECT * FROM drafts WHERE "order" = ?', (number,))
    if row is None:
        return None
    return _draft(row, source.rows(_CONFIRMED, (number, row["version"])))


def confirmations(ledger: Ledger, number: str, version: int) -> dict[Role, Confirmation]:
    """Who confirmed a plan version of an order."""
    return _confirmations(ledger.rows(_CONFIRMED, (number, version)))


def draft_orders(ledger: Ledger, orders: Sequence[Order], by: By, *, now: Instant) -> None:
    """Take orders in as drafts, all or none. OrdersRefused names each number that is taken."""
    with ledger.write(now) as tx:
        if not taken_in_before(tx, orders, by):
            refuse_taken(tx, orders)
            for n, order in enumerate(orders):
                tx.append(drafted(tx, order, one_of(by, n)))


def propose(
    ledger: Ledger, number: str, due_at: Instant, by: By, *, why: str, late_material: bool, now: Instant
) -> None:
    """Propose to plan a released order anew, with this due; until it is agreed the plan in force stays.

    Production has to confirm it, and who is touched by another due. `late_material`: it comes too late then.
    """
    with ledger.write(now) as tx:
        if (before := recorded(tx, by, "order_drafted", number)) is not None:
            if json.loads(before["detail"])["due_at"] != due_at:
                raise IdTaken(str(by.event_id))
            return
        row = tx.row('SELECT * FROM orders WHERE "order" = ?', (number,))
        if row is None:
            raise RuleRefused(f"order {number} is not released; change its draft")
        if row["shipped_at"] is not None:
            raise RuleRefused(f"order {number} is shipped; nothing of it can be planned anew")
        if tx.row('SELECT 1 FROM drafts WHERE "order" = ?', (number,)):
            raise RuleRefused(
                f"a change of order {number} is being agreed already; change or discard that one"
            )
        if not why.strip():
            raise RuleRefused(f"say why order {number} is planned anew")
        version = row["plan_version"]
        known = _confirmations(tx.rows(_CONFIRMED, (number, version)))
        purchasing, sales = known.get("purchasing"), known.get("sales")
        before = Draft(
            order_of(row), version, 0, 0, "",
            material_at=purchasing.material_at if purchasing else None,
            may_move_to=sales.may_move_to if sales else None,
            confirmations=known,
        )  # fmt: skip
        after = replace(before, order=replace(before.order, due_at=due_at))
        again = {"production", *touched(before, after, late_material=late_material)}
        tx.append(
            drafted(
                tx,
                after.order,
                by,
                version=version + 1,
                kept=[role for role in known if role not in again],
                why=why.strip(),
                material_at=before.material_at,
                may_move_to=before.may_move_to,
            )
        )


def change_draft(
    ledger: Ledger, after: Draft, by: By, *, late_material: bool, why: str = "", now: Instant
) -> tuple[Role, ...]:
    """Change a draft to what `after` says, and withdraw the confirmations that this touches; which they were.

    `after.revision` is that of the draft that was seen; `late_material`: after the change it comes too late.
    """
    number = after.order.order
    with ledger.write(now) as tx:
        if (done := recorded(tx, by, "order_changed", number)) is not None:
            detail = json.loads(done["detail"])
            if done["quantity"] != after.order.quantity or not _facts(after).items() <= detail.items():
                raise IdTaken(str(by.event_id))
            return tuple(detail["withdrawn"])
        before = _seen(tx, number, after.revision)
        if (before.order.line, before.order.product) != (after.order.line, after.order.product):
            raise RuleRefused(
                f"order {number} stays one of {before.order.product}; discard it and draft another"
            )
        if before.version > 1 and after.order.quantity != before.order.quantity:
            raise RuleRefused(f"the quantity of order {number} cannot change: it is released")
        same = replace(after, confirmations=before.confirmations) == before
        if same:
            return ()
        again = touched(before, after, late_material=late_material)
        withdrawn = [role for role in again if role in before.confirmations]
        tx.append(
            Event(
                event_id=by.event_id or f"order/{number}/changed/{tx.sequence + 1}",
                kind="order_changed",
                occurred_at=by.at,
                source=by.source,
                order=number,
                quantity=after.order.quantity,
                person=by.person,
                reason=why.strip() or None,
                detail={**_facts(after), "version": before.version, "withdrawn": withdrawn},
            )
        )
    return tuple(withdrawn)


def discard_draft(ledger: Ledger, number: str, by: By, *, seen: int, why: str, now: Instant) -> None:
    """Give a draft up; the number is free again, and a released order stays as it is."""
    with ledger.write(now) as tx:
        if recorded(tx, by, "order_discarded", number) is not None:
            return
        found = _seen(tx, number, seen)
        tx.append(
            Event(
                event_id=by.event_id or f"order/{number}/discarded/{tx.sequence + 1}",
                kind="order_discarded",
                occurred_at=by.at,
                source=by.source,
                order=number,
                quantity=found.order.quantity,
                person=by.person,
                reason=why.strip() or None,
                detail={"version": found.version},
            )
        )


def recorded(source: Ledger | Transaction, by: By, kind: str, number: str) -> Row | None:
    """The event of an act that was told before. IdTaken when its id stands for something else."""
    if by.event_id is None:
        return None
    row = source.row("SELECT * FROM events WHERE event_id = ?", (by.event_id,))
    if row is not None and (row["kind"], row["order"]) != (kind, number):
        raise IdTaken(by.event_id)
    return row


def being_agreed(source: Ledger | Transaction, number: str) -> Draft:
    """The draft of an order; RuleRefused when nothing of it is being agreed."""
    found = draft(source, number)
    if found is None:
        raise RuleRefused(f"nothing of order {number} is being agreed; it was released, shipped or discarded")
    return found


def _seen(tx: Transaction, number: str, revision: int) -> Draft:
    """The draft as it was seen; RuleRefused if it is another by now."""
    found = being_agreed(tx, number)
    if found.revision != revision:
        raise RuleRefused(f"order {number} was changed meanwhile; look at it again")
    return found


def taken_in_before(tx: Transaction, orders: Sequence[Order], by: By) -> bool:
    """Whether these orders came in with the same act before. IdTaken when it was another one."""
    before = [recorded(tx, one_of(by, n), "order_drafted", order.order) for n, order in enumerate(orders)]
    return any(row is not None for row in before)


def refuse_taken(tx: Transaction, orders: Sequence[Order], faults: Mapping[str, str] | None = None) -> None:
    """OrdersRefused with each number that is taken or there twice, beside the faults that were found before."""
    refused, seen = dict(faults or {}), set[str]()
    for order in orders:
        twice = f"order {order.order} is there twice; take one out" if order.order in seen else None
        if why := twice or _why_taken(tx, order.order):
            refused[order.order] = why
        seen.add(order.order)
    if refused:
        raise OrdersRefused(refused)


def _why_taken(tx: Transaction, number: str) -> str | None:
    """Why an order number cannot be drafted, in one sentence; None if it is free."""
    if tx.row('SELECT 1 FROM orders WHERE "order" = ?', (number,)):
        return f"order {number} is released already"
    if tx.row('SELECT 1 FROM drafts WHERE "order" = ?', (number,)):
        return f"order {number} is a draft already; change that one"
    return None


def drafted(
    tx: Transaction,
    order: Order,
    by: By,
    *,
    version: int = 1,
    kept: Iterable[Role] = (),
    why: str = "",
    material_at: Instant | None = None,
    may_move_to: Instant | None = None,
) -> Event:
    """The event that takes an order in as a draft, or proposes another plan of a released one."""
    new = Draft(order, version, 1, by.at, by.person, why, material_at, may_move_to)
    return Event(
        event_id=by.event_id or f"order/{order.order}/drafted/{tx.sequence + 1}",
        kind="order_drafted",
        occurred_at=by.at,
        source=by.source,
        order=order.order,
        quantity=order.quantity,
        person=by.person,
        reason=why or None,
        detail={**_facts(new), "version": version, "kept": list(kept)},
    )


def _facts(draft: Draft) -> dict[str, object]:
    return {
        "line": draft.order.line,
        "product": draft.order.product,
        "due_at": draft.order.due_at,
        "customer": draft.order.customer,
        "priority": draft.order.priority,
        "material_at": draft.material_at,
        "may_move_to": draft.may_move_to,
    }


def one_of(by: By, n: int) -> By:
    """The n-th of the events that one act makes: each has an id of its own."""
    return replace(by, event_id=by.event_id and f"{by.event_id}/{n}")


def _draft(row: Row, confirmed: Iterable[Row]) -> Draft:
    return Draft(
        order_of(row),
        row["version"],
        row["revision"],
        row["drafted_at"],
        row["person"],
        row["why"],
        row["material_at"],
        row["may_move_to"],
        _confirmations(confirmed),
    )


def _confirmations(rows: Iterable[Row]) -> dict[Role, Confirmation]:
    given = {
        row["role"]: Confirmation(
            row["role"],
            row["person"],
            row["confirmed_at"],
            row["quantity"],
            row["due_at"],
            row["may_move_to"],
            row["starts_at"],
            row["material_at"],
            row["needed_at"],
        )
        for row in rows
    }
    return {role: given[role] for role in ROLES if role in given}


_CONFIRMED = 'SELECT * FROM confirmations WHERE "order" = ? AND version = ?'
