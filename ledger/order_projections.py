"""Read models of orders: what is being agreed, which targets are in force, what capacity they take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from shopfloor.instants import HOUR_MS

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Transaction

Hours = list[list[Any]]
"""A link's targets as events hold them: start, end, shift, make, give, cumulative, latest."""


def _order_drafted(tx: Transaction, event: Event) -> None:
    """A new order, or another due for a released one: then the roles that it does not touch stay confirmed."""
    detail = event.detail
    tx.run(
        'INSERT INTO drafts ("order", version, line, product, quantity, due_at, customer, priority, revision,'
        " drafted_at, person, why, material_at, may_move_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)",
        (
            event.order,
            detail["version"],
            detail["line"],
            detail["product"],
            event.quantity,
            detail["due_at"],
            detail["customer"],
            detail["priority"],
            event.occurred_at,
            event.person or "",
            event.reason or "",
            detail["material_at"],
            detail["may_move_to"],
        ),
    )
    tx.run_many(
        'INSERT INTO confirmations SELECT "order", version + 1, role, person, confirmed_at, quantity, due_at,'
        ' may_move_to, starts_at, material_at, needed_at FROM confirmations WHERE "order" = ? AND version = ?'
        " AND role = ?",
        [(event.order, detail["version"] - 1, role) for role in detail["kept"]],
    )


def _order_changed(tx: Transaction, event: Event) -> None:
    detail = event.detail
    tx.run(
        "UPDATE drafts SET quantity = ?, due_at = ?, customer = ?, priority = ?, material_at = ?, may_move_to = ?,"
        ' revision = revision + 1 WHERE "order" = ?',
        (
            event.quantity,
            detail["due_at"],
            detail["customer"],
            detail["priority"],
            detail["material_at"],
            detail["may_move_to"],
            event.order,
        ),
    )
    _forget(tx, event, detail["withdrawn"])


def _order_discarded(tx: Transaction, event: Event) -> None:
    tx.run(
        'DELETE FROM confirmations WHERE "order" = ? AND version = ?', (event.order, event.detail["version"])
    )
    tx.run('DELETE FROM drafts WHERE "order" = ?', (event.order,))


def _order_confirmed(tx: Transaction, event: Event) -> None:
    detail = event.detail
    tx.run(
        'INSERT INTO confirmations ("order", version, role, person, confirmed_at, quantity, due_at, may_move_to,'
        " starts_at, material_at, needed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.order,
            detail["version"],
            detail["role"],
            event.person or "",
            event.occurred_at,
            event.quantity,
            detail["due_at"],
            detail["may_move_to"],
            detail["starts_at"],
            detail["material_at"],
            detail["needed_at"],
        ),
    )
    if detail["role"] == "sales":
        tx.run('UPDATE drafts SET may_move_to = ? WHERE "order" = ?', (detail["may_move_to"], event.order))
    if detail["role"] == "purchasing":
        tx.run('UPDATE drafts SET material_at = ? WHERE "order" = ?', (detail["material_at"], event.order))


def _confirmation_withdrawn(tx: Transaction, event: Event) -> None:
    _forget(tx, event, [event.detail["role"]])


def _forget(tx: Transaction, event: Event, roles: Iterable[str]) -> None:
    tx.run_many(
        'DELETE FROM confirmations WHERE "order" = ? AND version = ? AND role = ?',
        [(event.order, event.detail["version"], role) for role in roles],
    )


def _order_released(tx: Transaction, event: Event) -> None:
    detail, order = event.detail, str(event.order)
    tx.run(
        'INSERT INTO orders ("order", line, product, quantity, due_at, customer, priority, state, plan_version,'
        " last_number, released_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'released', ?, ?, ?)",
        (
            order,
            detail["line"],
            detail["product"],
            event.quantity,
            detail["due_at"],
            detail["customer"],
            detail["priority"],
            detail["plan_version"],
            detail["last_number"],
            event.occurred_at,
        ),
    )
    tx.run_many(
        'INSERT INTO batches (batch, "order", number, quantity, whole) VALUES (?, ?, ?, ?, ?)',
        [
            (code, order, number, quantity, quantity)
            for number, (code, quantity) in enumerate(detail["batches"], 1)
        ],
    )
    _put_in_force(tx, event, order, detail["line"])
    for link, hours in detail["targets"].items():
        _add_hour_counts(tx, detail["line"], link, hours)


def _order_replanned(tx: Transaction, event: Event) -> None:
    """What was in force is kept beside; the counts of hours that have begun keep the target they had."""
    order, detail = str(event.order), event.detail
    tx.run(
        'INSERT INTO old_targets SELECT t."order", o.plan_version, t.link, t.start_at, t.end_at, t.shift, t.make,'
        ' t.give, t.cumulative, t.latest_at FROM targets t JOIN orders o USING ("order") WHERE t."order" = ?',
        (order,),
    )
    row = tx.row('SELECT line FROM orders WHERE "order" = ?', (order,))
    line = str(row["line"]) if row else ""
    tx.run(
        "UPDATE hour_counts AS h SET target = h.target - t.give FROM targets t"
        ' WHERE t."order" = ? AND t.start_at >= ? AND h.line = t.line AND h.start_at = t.start_at'
        " AND h.link = t.link",
        (order, detail["from_at"]),
    )
    _give_loads_back(tx, order)
    tx.run('DELETE FROM targets WHERE "order" = ?', (order,))
    tx.run(
        'UPDATE orders SET due_at = ?, plan_version = ? WHERE "order" = ?',
        (detail["due_at"], detail["plan_version"], order),
    )
    _put_in_force(tx, event, order, line)
    for link, hours in detail["targets"].items():
        _add_hour_counts(tx, line, link, [hour for hour in hours if hour[0] >= detail["from_at"]])


def _put_in_force(tx: Transaction, event: Event, order: str, line: str) -> None:
    detail = event.detail
    tx.run_many(
        'INSERT INTO targets ("order", line, link, start_at, end_at, shift, make, give, cumulative, latest_at)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(order, line, link, *hour) for link, hours in detail["targets"].items() for hour in hours],
    )
    for link in detail["targets"]:
        tx.run(
            'INSERT OR IGNORE INTO order_links ("order", line, link) VALUES (?, ?, ?)', (order, line, link)
        )
    for row in tx.rows('SELECT link FROM order_links WHERE "order" = ?', (order,)):
        find_unmet(tx, order, row["link"])
    _take_loads(tx, order)
    tx.run(
        'INSERT INTO plan_versions ("order", version, planned_at, due_at, person, why) VALUES (?, ?, ?, ?, ?, ?)',
        (
            order,
            detail["plan_version"],
            event.occurred_at,
            detail["due_at"],
            event.person or "",
            event.reason or "",
        ),
    )
    tx.run('DELETE FROM drafts WHERE "order" = ?', (order,))


def _add_hour_counts(tx: Transaction, line: str, link: str, hours: Hours) -> None:
    tx.run_many(
        "INSERT INTO hour_counts (line, link, start_at, end_at, shift, target) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (line, start_at, link) DO UPDATE SET target = target + excluded.target",
        [(line, link, start, end, shift, give) for start, end, shift, _, give, _, _ in hours if give],
    )


def _take_loads(tx: Transaction, order: str) -> None:
    """Add an order's targets to what is taken of each hour."""
    tx.run(
        "INSERT INTO loads (start_at, line, link, product, make)"
        ' SELECT t.start_at, t.line, t.link, o.product, t.make FROM targets t JOIN orders o USING ("order")'
        ' WHERE t."order" = ? AND t.make > 0'
        " ON CONFLICT (start_at, line, link, product) DO UPDATE SET make = make + excluded.make",
        (order,),
    )


def _give_loads_back(tx: Transaction, order: str) -> None:
    """What an order's targets have taken is free again; an hour of which nothing is taken has no row."""
    hours = [
        (row["make"], row["start_at"], row["line"], row["link"], row["product"])
        for row in tx.rows(
            'SELECT t.start_at, t.line, t.link, o.product, t.make FROM targets t JOIN orders o USING ("order")'
            ' WHERE t."order" = ? AND t.make > 0',
            (order,),
        )
    ]
    this_hour = " WHERE start_at = ? AND line = ? AND link = ? AND product = ?"
    tx.run_many(f"UPDATE loads SET make = make - ?{this_hour}", hours)  # noqa: S608  # our own words
    tx.run_many(f"DELETE FROM loads{this_hour} AND make = 0", [hour[1:] for hour in hours])  # noqa: S608  # our own words
    tx.run("UPDATE given_back SET times = times + 1")


def find_unmet(tx: Transaction, order: str, link: str) -> None:
    """Keep beside an order's link the first target that its gives do not meet yet; once shipped nothing is owed."""
    tx.run(
        "UPDATE order_links SET (unmet_end_at, unmet_latest_at) = (SELECT end_at, latest_at FROM targets t"
        ' JOIN orders o USING ("order") WHERE t."order" = order_links."order" AND t.link = order_links.link'
        " AND t.cumulative > order_links.given AND o.shipped_at IS NULL"
        ' ORDER BY t.start_at LIMIT 1) WHERE "order" = ? AND link = ?',
        (order, link),
    )


def move_unmet_on(tx: Transaction, order: str, link: str) -> None:
    """The same after the link has given more: the first unmet target is the one so far, or a later one."""
    tx.run(
        "UPDATE order_links SET (unmet_end_at, unmet_latest_at) = (SELECT end_at, latest_at FROM targets t"
        ' WHERE t."order" = order_links."order" AND t.link = order_links.link'
        " AND t.start_at >= order_links.unmet_end_at - ? AND t.cumulative > order_links.given"
        ' ORDER BY t.start_at LIMIT 1) WHERE "order" = ? AND link = ? AND unmet_end_at IS NOT NULL',
        (HOUR_MS, order, link),
    )


def ship_if_complete(tx: Transaction, order: str, link: str) -> None:
    """When the last link has given all that scrap has left, the order is shipped, at its last give.

    It takes no capacity and owes nothing, and nothing is to agree. All of it scrapped is not shipped.
    """
    if not _is_complete(tx, order, link, shipped=False):
        return
    _give_loads_back(tx, order)
    tx.run(
        "UPDATE orders SET state = 'shipped', shipped_at = (SELECT MAX(p.given_at) FROM batches b JOIN positions p"
        ' USING (batch) WHERE b."order" = ?1 AND p.link = ?2) WHERE "order" = ?1',
        (order, link),
    )
    tx.run(
        'DELETE FROM confirmations WHERE ("order", version) IN (SELECT "order", version FROM drafts WHERE "order" = ?)',
        (order,),
    )
    tx.run('DELETE FROM drafts WHERE "order" = ?', (order,))
    tx.run(
        'UPDATE order_links SET unmet_end_at = NULL, unmet_latest_at = NULL WHERE "order" = ?'
        " AND unmet_end_at IS NOT NULL",
        (order,),
    )


def unship_if_incomplete(tx: Transaction, order: str, link: str) -> None:
    """A shipment that turned out not to be complete: the order is open again, with its loads and what it owes."""
    row = tx.row('SELECT shipped_at FROM orders WHERE "order" = ?', (order,))
    if row is None or row["shipped_at"] is None or _is_complete(tx, order, link, shipped=True):
        return
    tx.run("UPDATE orders SET shipped_at = NULL, state = 'released' WHERE \"order\" = ?", (order,))
    _take_loads(tx, order)
    tx.run("UPDATE given_back SET times = times - 1")
    for each in tx.rows('SELECT link FROM order_links WHERE "order" = ?', (order,)):
        find_unmet(tx, order, each["link"])


def _is_complete(tx: Transaction, order: str, link: str, *, shipped: bool) -> bool:
    row = tx.row(
        'SELECT 1 FROM orders o JOIN order_links l USING ("order") WHERE "order" = ? AND l.link = ?'
        " AND (o.shipped_at IS NOT NULL) = ? AND l.given > 0 AND l.given >= o.quantity - o.lost",
        (order, link, int(shipped)),
    )
    return row is not None


def _site_changed(tx: Transaction, event: Event) -> None:
    detail = event.detail
    tx.run(
        "INSERT INTO site_versions (version, saved_at, person, why, sha256, changes) VALUES (?, ?, ?, ?, ?, ?)",
        (
            detail["version"],
            event.occurred_at,
            event.person or "",
            event.reason or "",
            detail["sha256"],
            "\n".join(detail["changes"]),
        ),
    )


PROJECTIONS = {
    "order_drafted": _order_drafted,
    "order_changed": _order_changed,
    "order_discarded": _order_discarded,
    "order_confirmed": _order_confirmed,
    "confirmation_withdrawn": _confirmation_withdrawn,
    "order_released": _order_released,
    "order_replanned": _order_replanned,
    "site_changed": _site_changed,
}
