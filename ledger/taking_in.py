"""Orders taken in together, all or none, and each act of it once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ledger.drafts import By, drafted, facts, recorded
from ledger.errors import IdTaken, OrdersRefused
from ledger.reading import last_sequence
from ledger.store import Ledger, Transaction
from shopfloor.agreement import Draft
from shopfloor.instants import Instant
from shopfloor.orders import Order
from shopfloor.sentences import sentence

_ASKED_AT_ONCE = 500
_TRIES = 3
"""Rows are made before the door opens, as often as others come first; then behind it, while scans wait."""


def draft_orders(ledger: Ledger, orders: Sequence[Order], by: By, *, now: Instant) -> None:
    """Take orders in as drafts, all or none. OrdersRefused names each number that is taken."""
    last = last_sequence(ledger)
    events = [drafted(last + n, order, one_of(by, n)) for n, order in enumerate(orders)]
    for patience in range(_TRIES, 0, -1):
        ahead = ledger.chained_ahead(events, now)
        with ledger.write(now) as tx:
            if taken_in_before(tx, orders, by):
                return
            refuse_taken(tx, orders)
            if patience == 1 or tx.follows(ahead):
                tx.append_ahead(ahead)
                return


def taken_in_before(tx: Transaction, orders: Sequence[Order], by: By) -> bool:
    """Whether these orders came in with the same act before. IdTaken when it was another one."""
    if by.event_id is None:
        return False
    before = {_told_before(tx, order, one_of(by, n)) for n, order in enumerate(orders)}
    if len(before) > 1 or _was_longer(tx, by, len(orders), before):
        raise IdTaken(by.event_id)
    return before == {True}


def _told_before(source: Ledger | Transaction, order: Order, by: By) -> bool:
    """Whether this order came in with the same act before. IdTaken when it was another one."""
    told = {**facts(Draft(order, 1, 1, by.at, by.person)), "version": 1}
    row = recorded(source, by, "order_drafted", order.order, quantity=order.quantity, detail=told)
    return row is not None


def _was_longer(tx: Transaction, by: By, count: int, before: Collection[bool]) -> bool:
    return before == {True} and tx.holds(str(one_of(by, count).event_id)) is not None


def refuse_taken(tx: Transaction, orders: Sequence[Order], faults: Mapping[str, str] | None = None) -> None:
    """OrdersRefused with each number that is taken or there twice, beside the faults that were found before."""
    refused, seen = dict(faults or {}), set[str]()
    taken = taken_numbers(tx, [order.order for order in orders])
    for number in (order.order for order in orders):
        if number in seen:
            refused[number] = sentence("order %(number)s is there twice; take one out", number=number)
        elif number in taken:
            refused[number] = sentence("order %(number)s %(taken)s", number=number, taken=taken[number])
        seen.add(number)
    if refused:
        raise OrdersRefused(refused)


def taken_numbers(source: Ledger | Transaction, numbers: Collection[str]) -> dict[str, str]:
    """Which order numbers are taken, each with what comes after it in a sentence."""
    asked = list(numbers)
    taken: dict[str, str] = {}
    for first in range(0, len(asked), _ASKED_AT_ONCE):
        some = asked[first : first + _ASKED_AT_ONCE]
        marks = ", ".join("?" * len(some))
        for row in source.rows(f'SELECT "order" FROM drafts WHERE "order" IN ({marks})', some):  # noqa: S608  # question marks alone
            taken[row["order"]] = sentence("is a draft already; change or confirm that one")
        for row in source.rows(f'SELECT "order" FROM orders WHERE "order" IN ({marks})', some):  # noqa: S608  # question marks alone
            taken[row["order"]] = sentence("is released already")
    return taken


def one_of(by: By, n: int) -> By:
    """The n-th of the events that one act makes: each has an id of its own."""
    return by if by.event_id is None else replace(by, event_id=f"{by.event_id}/{n}")
