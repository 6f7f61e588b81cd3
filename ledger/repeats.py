"""Exactly once: what has been answered before is answered alike, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from ledger.refusals import keep_refused
from ledger.store import Row, Transaction
from shopfloor.handoffs import SAME_SCAN_MS, Refusal
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Result, Scan

RESERVED_IDS = ("order/", "flag/", "implied/", "bare/", "site/")
"""Event ids that begin so are made by the ledger; a device that could use one would block a later event."""


def answered_before(tx: Transaction, scan: Scan) -> Answer | None:
    """The answer to a scan whose id is known already; other content under the same id is refused."""
    if scan.scan_id is None:
        return None
    if scan.scan_id.startswith(RESERVED_IDS):
        return _refuse_id(tx, scan, f"an id must not begin like {scan.scan_id[:20]}")
    known = _known(tx, scan.scan_id)
    if known is None:
        return None
    content, result, text = known
    if content != (scan.device, scan.code, scan.quantity):
        return _refuse_id(tx, scan, f"id {scan.scan_id} was used before for another scan")
    return Answer(scan.device, scan.scan_id, result, text)


def same_scan(positions: Sequence[Row], scan: Scan, link: str, occurred_at: Instant) -> str | None:
    """The first answer's text when this is the same scan of the same device once more."""
    for row in positions:
        if row["link"] != link or row["last_device"] != scan.device:
            continue
        again = scan.scan_id is None and scan.redelivered and row["last_packet"] == scan.packet is not None
        if again or abs(occurred_at - row["last_at"]) < SAME_SCAN_MS:
            return str(row["last_text"])
    return None


def told_again(tx: Transaction, scan: Scan, text: str) -> Answer:
    """The same scan under another id: that id is remembered, so that sent again it stays the same scan."""
    if scan.scan_id is not None:
        tx.run(
            "INSERT INTO same_scans (scan_id, device, code, quantity, text) VALUES (?, ?, ?, ?, ?)",
            (scan.scan_id, scan.device, scan.code, scan.quantity, text),
        )
    return Answer(scan.device, scan.scan_id, "duplicate", text)


def _known(tx: Transaction, scan_id: str) -> tuple[tuple[str, str | None, int | None], Result, str] | None:
    """What an id stood for the first time, and how it is answered now."""
    event = tx.holds(scan_id)
    if event is not None:
        detail = json.loads(event["detail"])
        told = detail.get("scan", {})
        content = (event["source"], told.get("as_read"), told.get("quantity"))
        return content, "duplicate", detail.get("text", "")
    row = tx.row("SELECT device, code, quantity, text FROM same_scans WHERE scan_id = ?", (scan_id,))
    if row is not None:
        return (row["device"], row["code"], row["quantity"]), "duplicate", row["text"]
    row = tx.row(
        "SELECT device, code, quantity, reason FROM refused WHERE scan_id = ? ORDER BY id LIMIT 1", (scan_id,)
    )
    if row is not None:
        return (row["device"], row["code"], row["quantity"]), "refused", row["reason"]
    return None


def _refuse_id(tx: Transaction, scan: Scan, text: str) -> Answer:
    # Kept without its id: that stands for the first scan.
    keep_refused(tx, replace(scan, scan_id=None), None, Refusal("id", text))
    return Answer(scan.device, scan.scan_id, "refused", text)
