"""Which events of a batch hold, which facts they go back to, and what tells the steps they record apart."""

from __future__ import annotations

import json
from typing import Any

from ledger import facts
from ledger.steps import part_told
from ledger.store import Reader, Row, Transaction
from shopfloor.instants import Instant, instant_from_text
from shopfloor.whereabouts import Step

IMPLIED = "implied/"


def standing_sequences(tx: Reader, batch: str) -> list[int]:
    """The sequences of the events of a batch that hold."""
    return [row["sequence"] for row in standing_events(tx, batch)]


def event_of_fact(tx: Transaction, fact: Row) -> Row | None:
    """The event that holds and says what a fact meant; None when it means nothing."""
    if facts.is_whole(fact):
        standing = tx.rows(
            "SELECT e.* FROM batches b JOIN positions p USING (batch) JOIN events e ON e.sequence = p.given_by"
            ' WHERE b."order" = ? AND p.link = ? GROUP BY e.sequence',
            (fact["order"], fact["link"]),
        )
    else:
        standing = standing_events(tx, fact["batch"])
    found = [row for row in standing if fact_of(tx, row) == fact["n"]]
    return found[-1] if found else None


def fact_of(tx: Reader, event: Row) -> int:
    """The number of the fact that an event goes back to; before facts were kept, its scan's own sequence."""
    number = json.loads(event["detail"]).get("scan", {}).get("n")
    if number is None and event["event_id"].startswith(IMPLIED):
        main = tx.holds(event["event_id"].removeprefix(IMPLIED).rpartition("/")[0])
        return int(main["sequence"] if main else event["sequence"])
    return int(event["sequence"] if number is None else number)


def standing_events(tx: Reader, batch: str) -> list[Row]:
    """The events of a batch that hold."""
    return tx.rows(
        "SELECT * FROM events WHERE sequence IN (SELECT received_by FROM positions WHERE batch = ?1 UNION"
        " SELECT given_by FROM positions WHERE batch = ?1 UNION SELECT received_by FROM handoffs WHERE batch = ?1"
        " UNION SELECT sequence FROM scraps WHERE batch = ?1"
        " UNION SELECT split_by FROM batches WHERE part_of = ?1) ORDER BY sequence",
        (batch,),
    )


def signature(number: int, at: Instant, step: Step) -> str:
    """What tells a step of a fact from all others."""
    short = [[each.giver, each.units, each.given_at] for each in step.short]
    return json.dumps(
        [
            number,
            at,
            step.kind,
            step.link,
            list(step.parties),
            step.quantity,
            step.implied,
            step.complete,
            short,
            step.charged,
            step.ends,
            part_told(step.part, step.start, {}) if step.part and step.start else None,
        ]
    )


def signature_of(tx: Transaction, row: Row, batch: str) -> str:
    """The same of a step as its event tells it."""
    detail = json.loads(row["detail"])
    quantity = dict(detail["batches"])[batch] if detail.get("batches") else row["quantity"]
    return json.dumps(
        [
            fact_of(tx, row),
            instant_from_text(row["occurred_at"]),
            row["kind"],
            row["link"].partition("/")[2],
            detail["parties"],
            quantity,
            detail.get("implied", False),
            detail.get("complete", True),
            [[giver, units, given_at] for giver, units, _, given_at in detail.get("short", ())],
            detail.get("charged"),
            detail.get("ends", 0),
            _part_as_signed(detail.get("part")),
        ]
    )


def _part_as_signed(part: dict[str, Any] | None) -> dict[str, object] | None:
    """Without what no fact tells: the number in the code, and the hours."""
    if part is None:
        return None
    ways = [[giver, given_at, None, received_at] for giver, given_at, _, received_at in part["handoffs"]]
    return {"batch": part["batch"], "positions": part["positions"], "handoffs": ways}
