"""The read model of countermeasures: made, in effect, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Transaction


def _made(tx: Transaction, event: Event) -> None:
    line, link = event.place
    detail = event.detail
    tx.run(
        "INSERT INTO countermeasures (measure, line, link, reason, what, owner, due_on, made_at, state, comment)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', '')",
        (
            detail["measure"],
            line,
            link,
            event.reason,
            detail["what"],
            detail["owner"],
            detail["due_on"],
            event.occurred_at,
        ),
    )


def _in_effect(tx: Transaction, event: Event) -> None:
    detail = event.detail
    tx.run(
        "UPDATE countermeasures SET state = 'in_effect', since_on = ?, settled_at = ?, comment = ? WHERE measure = ?",
        (detail["since_on"], event.occurred_at, detail["comment"], detail["measure"]),
    )


def _dropped(tx: Transaction, event: Event) -> None:
    tx.run(
        "UPDATE countermeasures SET state = 'dropped', settled_at = ?, comment = ? WHERE measure = ?",
        (event.occurred_at, event.detail["comment"], event.detail["measure"]),
    )


PROJECTIONS = {
    "countermeasure_made": _made,
    "countermeasure_in_effect": _in_effect,
    "countermeasure_dropped": _dropped,
}
