"""What people do on a tablet beside scanning: taken in the tablet's order among its scans, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ledger.flags import Tap
from ledger.said import said_of, told_in
from ledger.steps import Floor
from ledger.store import Transaction
from shopfloor.instants import DAY_MS
from shopfloor.scans import Answer, Result, Scan
from shopfloor.sentences import sentence

KEPT_MS = 62 * DAY_MS
"""Twice as long as a tablet may have been cut off."""

Do: TypeAlias = Callable[[Transaction, Floor, Tap], str]
"""Records it as of the tap's instant, inside the open door; the sentence about it. RuleRefused when a rule says no."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done. `told` has its device, id, clock and number; the code is its content as text."""

    told: Scan
    do: Do


def answered_before(tx: Transaction, act: Act) -> Answer | None:
    """The answer to an act whose id is known; other content under the same id is refused."""
    told = act.told
    row = tx.row("SELECT device, content, result, text, said FROM acts WHERE act_id = ?", (told.scan_id,))
    if row is None:
        scanned = tx.row(
            "SELECT 1 FROM events WHERE event_id = ?1 UNION ALL SELECT 1 FROM refused WHERE scan_id = ?1"
            " UNION ALL SELECT 1 FROM same_scans WHERE scan_id = ?1 LIMIT 1",
            (told.scan_id,),
        )
        return _taken(told) if scanned is not None else None
    if (row["device"], row["content"]) != (told.device, told.code):
        return _taken(told)
    result: Result = "refused" if row["result"] == "refused" else "duplicate"
    return Answer(told.device, told.scan_id, result, told_in(row["said"], row["text"]))


def stands_for_an_act(tx: Transaction, scan_id: str | None) -> bool:
    """Whether an id was used for an act: then it is no scan's."""
    return (
        scan_id is not None and tx.row("SELECT 1 FROM acts WHERE act_id = ? LIMIT 1", (scan_id,)) is not None
    )


def keep(tx: Transaction, act: Act, result: Result, text: str) -> Answer:
    """Remember what an act was answered, for when its tablet did not hear it."""
    told = act.told
    tx.run("DELETE FROM acts WHERE answered_at < ?", (tx.now - KEPT_MS,))
    tx.run(
        "INSERT INTO acts (act_id, device, content, result, text, said, answered_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (told.scan_id, told.device, told.code, result, text, said_of(text), tx.now),
    )
    return Answer(told.device, told.scan_id, result, text)


def _taken(told: Scan) -> Answer:
    text = sentence("id %(scan_id)s was used before for something else", scan_id=told.scan_id)
    return Answer(told.device, told.scan_id, "refused", text)
