"""Exactly once: what has been answered before is answered alike, and changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

from ledger.acts import stands_for_an_act
from ledger.refusals import keep_refused
from ledger.said import said_of, text_in, told_in
from ledger.store import Transaction
from shopfloor.handoffs import Refusal
from shopfloor.scans import Answer, Result, Scan
from shopfloor.sentences import sentence

RESERVED_IDS = (
    "order/",
    "flag/",
    "implied/",
    "bare/",
    "site/",
    "again/",
    "void/",
    "finish/",
    "hour/",
    "command/",
    "access/",
)
"""Event ids that begin so are made by the ledger; a device that could use one would block a later event."""

_STANDS_FOR_ANYTHING = """
SELECT 1 FROM events WHERE event_id = ?1 UNION ALL SELECT 1 FROM same_scans WHERE scan_id = ?1
UNION ALL SELECT 1 FROM refused WHERE scan_id = ?1 UNION ALL SELECT 1 FROM commands WHERE scan_id = ?1 LIMIT 1
"""


def answered_before(tx: Transaction, scan: Scan) -> Answer | None:
    """The answer to a scan whose id is known already; other content under the same id is refused."""
    if scan.scan_id is None:
        return None
    if scan.scan_id.startswith(RESERVED_IDS):
        return _refuse_id(tx, scan, sentence("an id must not begin like %(id)s", id=scan.scan_id[:20]))
    known = _known(tx, scan.scan_id)
    if known is None and stands_for_an_act(tx, scan.scan_id):
        return _refuse_id(
            tx, scan, sentence("id %(scan_id)s was used before for something else", scan_id=scan.scan_id)
        )
    if known is None:
        return None
    content, result, text = known
    if content != (scan.device, kept_code(scan), scan.quantity):
        return _refuse_id(tx, scan, sentence("id %(id)s was used before for another scan", id=scan.scan_id))
    return Answer(scan.device, scan.scan_id, result, text)


def kept_code(scan: Scan) -> str:
    """A code as it is kept; of a badge only what tells it from others, since whoever has its code has the badge."""
    if scan.kind != "badge":
        return scan.code
    return f"badge {sha256(scan.code.upper().encode()).hexdigest()[:16]}"


def told_again(tx: Transaction, scan: Scan, text: str) -> Answer:
    """The same scan under another id: that id is remembered, so that sent again it stays the same scan."""
    if scan.scan_id is not None:
        tx.run(
            "INSERT INTO same_scans (scan_id, device, code, quantity, text, said) VALUES (?, ?, ?, ?, ?, ?)",
            (scan.scan_id, scan.device, scan.code, scan.quantity, text, said_of(text)),
        )
    return Answer(scan.device, scan.scan_id, "duplicate", text)


def _known(tx: Transaction, scan_id: str) -> tuple[tuple[str, str | None, int | None], Result, str] | None:
    """What an id stood for the first time, and how it is answered now."""
    if tx.row(_STANDS_FOR_ANYTHING, (scan_id,)) is None:
        return None
    event = tx.holds(scan_id)
    if event is not None:
        detail = json.loads(event["detail"])
        told = detail.get("scan", {})
        content = (event["source"], told.get("as_read"), told.get("quantity"))
        return content, "duplicate", text_in(detail)
    row = tx.row(
        "SELECT device, code, quantity, result, text, said FROM commands WHERE scan_id = ?", (scan_id,)
    )
    if row is not None:
        result: Result = "refused" if row["result"] == "refused" else "duplicate"
        return (row["device"], row["code"], row["quantity"]), result, told_in(row["said"], row["text"])
    row = tx.row("SELECT device, code, quantity, text, said FROM same_scans WHERE scan_id = ?", (scan_id,))
    if row is not None:
        return (row["device"], row["code"], row["quantity"]), "duplicate", told_in(row["said"], row["text"])
    row = tx.row(
        "SELECT device, code, quantity, reason, said FROM refused WHERE scan_id = ? ORDER BY id LIMIT 1",
        (scan_id,),
    )
    if row is not None:
        return (row["device"], row["code"], row["quantity"]), "refused", told_in(row["said"], row["reason"])
    return None


def _refuse_id(tx: Transaction, scan: Scan, text: str) -> Answer:
    # Kept without its id: that stands for the first scan.
    keep_refused(tx, replace(scan, scan_id=None), None, Refusal("id", text))
    return Answer(scan.device, scan.scan_id, "refused", text)
