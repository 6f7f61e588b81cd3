"""Orders that are being agreed: drafted, changed, discarded; and another due proposed for a released one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from ledger.errors import IdTaken, RuleRefused
from ledger.events import Event
from ledger.plans import order_of
from ledger.store import Ledger, Reader, Row, Transaction
from shopfloor.agreement import Confirmation, Draft, touched
from shopfloor.instants import Instant
from shopfloor.kinds import fact_word
from shopfloor.orders import Order
from shopfloor.roles import ROLES, Role
from shopfloor.sentences import sentence
from shopfloor.told_times import is_storable


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, where and when; `event_id` is made where it happens, so that it counts once."""

    person: str
    source: str
    at: Instant
    event_id: str | None = None

    def said(
        self,
        kind: str,
        detail: Mapping[str, object],
        *,
        unnamed: str,
        station: str | None = None,
        link: str | None = None,
        order: str | None = None,
        batch: str | None = None,
        quantity: int | None = None,
        reason: str | None = None,
    ) -> Event:
        """The event of what they said; `unnamed` is its id where none was made. `link` is "line/link"."""
        return Event(
            event_id=self.event_id or unnamed,
            kind=kind,
            occurred_at=self.at,
            source=self.source,
            station=station,
            link=link,
            order=order,
            batch=batch,
            quantity=quantity,
            reason=reason,
            person=self.person,
            detail=detail,
        )

    def said_before(
        self, source: Reader, kind: str, detail: Mapping[str, object] | None = None
    ) -> Row | None:
        """The event of this very act when it was recorded before. IdTaken when its id stands for something else.

        `detail` is what must be the same of it.
        """
        before = source.holds(self.event_id) if self.event_id else None
        if before is None:
            return None
        known = json.loads(before["detail"])
        same = all(known.get(name) == value for name, value in (detail or {}).items())
        if before["kind"] != kind or not same:
            raise IdTaken(before["event_id"])
        return before


def drafts(ledger: Ledger) -> list[Draft]:
    """All that is being agreed, by due."""
    confirmed: dict[tuple[str, int], list[Row]] = {}
    # From the drafts on: confirmations of all that was ever released are kept.
    for row in ledger.rows('SELECT c.* FROM drafts d CROSS JOIN confirmations c USING ("order", version)'):
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


def confirmations_in_force(ledger: Ledger, numbers: Sequence[str]) -> dict[str, dict[Role, Confirmation]]:
    """Who confirmed the plan in force of each of these orders; those of which nobody did are left out."""
    rows = ledger.rows(
        'SELECT c.* FROM orders o JOIN confirmations c ON c."order" = o."order" AND c.version = o.plan_version'
        ' WHERE o."order" IN (SELECT value FROM json_each(?)) ORDER BY o."order"',
        (json.dumps(numbers),),
    )
    return {number: _confirmations(each) for number, each in groupby(rows, key=itemgetter("order"))}


def propose(
    ledger: Ledger, number: str, due_at: Instant, by: By, *, why: str, late_material: bool, now: Instant
) -> None:
    """Propose to plan a released order anew, with this due; until it is agreed the plan in force stays.

    Production has to confirm it, and who is touched by another due. `late_material`: it comes too late then.
    """
    with ledger.write(now) as tx:
        if recorded(tx, by, "order_drafted", number, why=why, detail={"due_at": due_at}) is not None:
            return
        refuse_times(number, due_at)
        row = tx.row('SELECT * FROM orders WHERE "order" = ?', (number,))
        if row is None:
            raise RuleRefused(sentence("order %(number)s is not released; change its draft", number=number))
        if row["shipped_at"] is not None:
            raise RuleRefused(
                sentence("order %(number)s is shipped; nothing of it can be planned anew", number=number)
            )
        if tx.row('SELECT 1 FROM drafts WHERE "order" = ?', (number,)):
            raise RuleRefused(
                sentence(
                    "a change of order %(number)s is being agreed already; change or discard that one",
                    number=number,
                )
            )
        if not why.strip():
            raise RuleRefused(sentence("say why order %(number)s is planned anew", number=number))
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
                tx.sequence,
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
        told = recorded(
            tx, by, "order_changed", number, quantity=after.order.quantity, why=why, detail=facts(after)
        )
        if told is not None:
            return tuple(json.loads(told["detail"])["withdrawn"])
        refuse_times(number, after.order.due_at, after.material_at, after.may_move_to)
        before = as_seen(tx, number, after.revision)
        if (before.order.line, before.order.product) != (after.order.line, after.order.product):
            raise RuleRefused(
                sentence(
                    "order %(number)s stays one of %(product)s; discard it and draft another",
                    number=number,
                    product=before.order.product,
                )
            )
        if before.version > 1:
            _refuse_settled(before.order, after.order)
        same = replace(after, confirmations=before.confirmations) == before
        if same:
            return ()
        again = touched(before, after, late_material=late_material)
        withdrawn = [role for role in again if role in before.confirmations]
        detail = {**facts(after), "version": before.version, "withdrawn": withdrawn}
        tx.append(
            agreed(
                tx.sequence,
                "order_changed",
                number,
                by,
                quantity=after.order.quantity,
                why=why.strip(),
                detail=detail,
            )
        )
    return tuple(withdrawn)


def discard_draft(ledger: Ledger, number: str, by: By, *, seen: int, why: str, now: Instant) -> None:
    """Give a draft up; the number is free again, and a released order stays as it is."""
    with ledger.write(now) as tx:
        if recorded(tx, by, "order_discarded", number, why=why) is not None:
            return
        found = as_seen(tx, number, seen)
        tx.append(
            agreed(
                tx.sequence,
                "order_discarded",
                number,
                by,
                quantity=found.order.quantity,
                why=why.strip(),
                detail={"version": found.version},
            )
        )


def recorded(
    source: Ledger | Transaction,
    by: By,
    kind: str,
    number: str,
    *,
    quantity: int | None = None,
    why: str = "",
    detail: Mapping[str, object] | None = None,
) -> Row | None:
    """The event of an act that was told before. IdTaken when its id stands for something else.

    `detail` and `quantity` are what is told now, as far as it is told.
    """
    row = by.said_before(source, kind, detail)
    if row is None:
        return None
    same = (row["order"], row["person"] or "", row["reason"] or "") == (number, by.person, why.strip())
    if not same or quantity not in (None, row["quantity"]):
        raise IdTaken(row["event_id"])
    return row


def refuse_times(number: str, *instants: Instant | None) -> None:
    """RuleRefused for an instant that no page could show: nobody means it."""
    if not all(is_storable(at) for at in instants):
        raise RuleRefused(
            sentence(
                "order %(number)s has a time that is not of this century or the next; correct the year",
                number=number,
            )
        )


def _refuse_settled(before: Order, after: Order) -> None:
    """RuleRefused for what stays as it is once an order is released; a plan has another due alone."""
    for what in ("quantity", "customer", "priority"):
        if getattr(before, what) != getattr(after, what):
            raise RuleRefused(
                sentence(
                    "the %(what)s of order %(order)s cannot change: it is released",
                    what=fact_word(what),
                    order=before.order,
                )
            )


def being_agreed(source: Ledger | Transaction, number: str) -> Draft:
    """The draft of an order; RuleRefused when nothing of it is being agreed."""
    found = draft(source, number)
    if found is None:
        raise RuleRefused(
            sentence(
                "nothing of order %(number)s is being agreed; it was released, shipped or discarded",
                number=number,
            )
        )
    return found


def as_seen(tx: Transaction, number: str, revision: int, order: Order | None = None) -> Draft:
    """The draft as it was seen, and with that order if one is told; RuleRefused if it is another by now."""
    found = being_agreed(tx, number)
    if found.revision != revision or order not in (None, found.order):
        raise RuleRefused(sentence("order %(number)s was changed meanwhile; look at it again", number=number))
    return found


def drafted(
    after: int,
    order: Order,
    by: By,
    *,
    version: int = 1,
    kept: Iterable[Role] = (),
    why: str = "",
    material_at: Instant | None = None,
    may_move_to: Instant | None = None,
) -> Event:
    """The event that takes an order in as a draft, or proposes another plan of a released one.

    `after` is the sequence before it: an order that was discarded and comes in again has another id then.
    """
    refuse_times(order.order, order.due_at, material_at, may_move_to)
    new = Draft(order, version, 1, by.at, by.person, why, material_at, may_move_to)
    return agreed(
        after,
        "order_drafted",
        order.order,
        by,
        quantity=order.quantity,
        why=why,
        detail={**facts(new), "version": version, "kept": list(kept)},
    )


def agreed(
    after: int,
    kind: str,
    number: str,
    by: By,
    *,
    quantity: int | None = None,
    why: str = "",
    detail: Mapping[str, object],
) -> Event:
    """The event of an act about what is being agreed of an order; `after` is the sequence before it."""
    return by.said(
        kind,
        detail,
        unnamed=f"order/{number}/{kind.rpartition('_')[2]}/{after + 1}",
        order=number,
        quantity=quantity,
        reason=why or None,
    )


def facts(draft: Draft) -> dict[str, object]:
    """What is agreed of an order, as its events hold it."""
    return {
        "line": draft.order.line,
        "product": draft.order.product,
        "due_at": draft.order.due_at,
        "customer": draft.order.customer,
        "priority": draft.order.priority,
        "material_at": draft.material_at,
        "may_move_to": draft.may_move_to,
    }


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
