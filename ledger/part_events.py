"""The events behind a link's part of an order: its scans that count, what was scrapped, its flags, its finish."""

from __future__ import annotations

from ledger.archive import rows_of_order
from ledger.store import Ledger, Row

_STEPS = """
SELECT p.given_by AS sequence, p.link FROM batches b JOIN positions p USING (batch)
 WHERE b."order" = :order AND p.given_by IS NOT NULL
 UNION SELECT p.received_by, p.link FROM batches b JOIN positions p USING (batch)
 WHERE b."order" = :order AND p.received_by IS NOT NULL
 UNION SELECT h.received_by, h.receiver FROM batches b JOIN handoffs h USING (batch)
 WHERE b."order" = :order AND h.received_by IS NOT NULL
"""
# The kinds stand as the indexes have them, so that they are used.
_FLAGS = """
SELECT sequence FROM events WHERE "order" = ?1 AND kind IN ('flag_raised', 'flag_answered',
    'flag_resolved', 'flag_mistaken', 'flag_reopened', 'flag_withdrawn', 'flag_disputed', 'flag_ruled',
    'flag_escalated', 'flag_clock_set', 'consequence_chosen', 'consequence_disputed', 'consequence_ruled',
    'consequence_in_effect') AND link = ?2 AND kind != 'flag_clock_set'
 UNION SELECT sequence FROM events WHERE "order" = ?1 AND kind IN ('link_finished', 'link_unfinished') AND link = ?2
 UNION SELECT s.sequence FROM batches b JOIN scraps s USING (batch)
 WHERE b."order" = ?1 AND ?3 IN (s.link, s.charged)
"""
_AT_ONCE = 500


def part_events(ledger: Ledger, order: str, line: str, link: str, limit: int) -> tuple[list[Row], int]:
    """The first of them in the order in which they happened, and how many there are. ArchiveUnusable."""
    steps = [row["sequence"] for row in rows_of_order(ledger, order, _STEPS) if row["link"] == link]
    others = ledger.rows(_FLAGS, (order, f"{line}/{link}", link))
    sequences = sorted({*steps, *(row["sequence"] for row in others)})
    rows: list[Row] = []
    for first in range(0, len(sequences), _AT_ONCE):
        some = sequences[first : first + _AT_ONCE]
        marks = ",".join("?" * len(some))
        rows += ledger.rows(
            "SELECT sequence, kind, occurred_at, recorded_at, source, batch, quantity, reason, detail FROM events"  # noqa: S608  # marks alone
            f" WHERE sequence IN ({marks})",
            some,
        )
    rows.sort(key=lambda row: (row["occurred_at"], row["sequence"]))
    return rows[:limit], len(rows)
