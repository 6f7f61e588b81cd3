"""How an order's agreement came about, read from its events: who drafted, changed, confirmed, took back, released."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ledger.store import Ledger, Row
from shopfloor.agreement import in_order
from shopfloor.instants import Instant, instant_from_text
from shopfloor.roles import Role

Did: TypeAlias = Literal[
    "drafted", "proposed", "changed", "confirmed", "taken back", "released", "replanned", "discarded"
]
Fact: TypeAlias = Literal["quantity", "due", "customer", "priority", "material", "may move"]
_Facts: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact of a draft before and after; an instant for due, material and may move, None where it was not known."""

    fact: Fact
    before: int | str | None
    after: int | str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of an order's agreement."""

    did: Did
    at: Instant
    person: str
    why: str
    version: int
    """The plan version that it is about."""
    quantity: int
    due_at: Instant
    role: Role | None = None
    """Who confirmed, or took a confirmation back."""
    changes: tuple[Changed, ...] = ()
    withdrawn: tuple[Role, ...] = ()
    """The confirmations that a change withdrew."""


def agreement_log(ledger: Ledger, number: str) -> list[Entry]:
    """All acts of one order's agreement, the newest first; those of a discarded draft of its number as well."""
    facts: _Facts = {}
    in_force: _Facts = {}
    entries: list[Entry] = []
    for row in ledger.rows(OF_ORDER, (number,)):
        told = json.loads(row["detail"])
        before, facts = facts, _facts(row, told, facts)
        entries.append(_entry(row, told, before, facts))
        if row["kind"] in ("order_released", "order_replanned"):
            in_force = facts
        elif row["kind"] == "order_discarded":
            facts = in_force
    return entries[::-1]


def withdrawn_by(log: Iterable[Entry], version: int) -> dict[Role, Entry]:
    """Of a draft that becomes this version: the last act that withdrew each role's confirmation, if it still holds."""
    found: dict[Role, Entry] = {}
    settled: set[Role] = set()
    for entry in log:
        if entry.version != version or entry.did in ("drafted", "proposed", "discarded"):
            break
        roles = [entry.role] if entry.role else list(entry.withdrawn)
        for role in roles:
            if role not in settled and entry.did != "confirmed":
                found[role] = entry
            settled.add(role)
    return found


def _facts(row: Row, told: _Facts, before: _Facts) -> _Facts:
    """What is agreed on after an event. A confirmation says something new of its own role's fact only."""
    said = {key: told[key] for key in _FACTS if key in told}
    if row["kind"] == "order_confirmed":
        own = {"sales": "may_move_to", "purchasing": "material_at"}.get(told["role"])
        said = {own: told[own]} if own else {}
    if row["quantity"] is not None:
        said["quantity"] = row["quantity"]
    return {**before, **said}


def _entry(row: Row, told: _Facts, before: _Facts, facts: _Facts) -> Entry:
    did = _DID[row["kind"]]
    version = told.get("plan_version") or told.get("version") or 1
    is_change = did in ("changed", "confirmed") or version > 1
    return Entry(
        did="proposed" if did == "drafted" and version > 1 else did,
        at=instant_from_text(row["occurred_at"]),
        person=row["person"] or "",
        why=row["reason"] or "",
        version=version,
        quantity=facts.get("quantity") or 0,
        due_at=facts.get("due_at") or 0,
        role=next(iter(in_order([told.get("role", "")])), None),
        changes=_changes(before, facts) if is_change and before else (),
        withdrawn=tuple(in_order(told.get("withdrawn", ()))),
    )


def _changes(before: _Facts, after: _Facts) -> tuple[Changed, ...]:
    return tuple(
        Changed(fact, before.get(key), after.get(key))
        for key, fact in _FACTS.items()
        if before.get(key) != after.get(key)
    )


_DID: Mapping[str, Did] = {
    "order_drafted": "drafted",
    "order_changed": "changed",
    "order_confirmed": "confirmed",
    "confirmation_withdrawn": "taken back",
    "order_released": "released",
    "order_replanned": "replanned",
    "order_discarded": "discarded",
}
_FACTS: Mapping[str, Fact] = {
    "quantity": "quantity",
    "due_at": "due",
    "customer": "customer",
    "priority": "priority",
    "material_at": "material",
    "may_move_to": "may move",
}
OF_ORDER = """
SELECT kind, occurred_at, person, reason, quantity, json_remove(detail, '$.targets', '$.batches') AS detail
  FROM events
 WHERE "order" = ? AND kind IN ('order_drafted', 'order_changed', 'order_confirmed', 'confirmation_withdrawn',
       'order_released', 'order_replanned', 'order_discarded')
 ORDER BY sequence
"""
"""The kinds are those of the index `agreement_events`: with any other list SQLite would read all events."""
