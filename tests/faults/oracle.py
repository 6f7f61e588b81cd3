"""What holds after every fault, whatever it was: nothing confirmed is missing, nothing counts twice, all agrees."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from ledger.checking import faults
from ledger.store import Ledger


def broken_promises(
    ledger: Ledger, *, confirmed: Iterable[str] = (), sequences: Mapping[str, int] | None = None
) -> list[str]:
    """Each promise that does not hold, in one sentence.

    `confirmed`: the ids that devices were told are recorded. `sequences`: by device how many scans it numbered,
    from 1, and got through.
    """
    with ledger.snapshot():
        return [
            *faults(ledger),  # the file, the hash chain, every read model against the events
            *_missing(ledger, set(confirmed)),
            *_twice(ledger),
            *_gaps(ledger, sequences or {}),
            *_board(ledger),
        ]


def _missing(ledger: Ledger, confirmed: set[str]) -> list[str]:
    stored = {
        row[0] for row in ledger.rows("SELECT event_id FROM events UNION SELECT scan_id FROM same_scans")
    }
    missing = sorted(confirmed - stored)
    return [f"{len(missing)} scans were confirmed and are not stored: {missing[:5]}"] if missing else []


def _voided(ledger: Ledger) -> set[str]:
    """Events that a later one has taken back."""
    return {row[0] for row in ledger.rows("SELECT detail ->> 'voids' FROM events WHERE kind = 'voided'")}


def _twice(ledger: Ledger) -> list[str]:
    voided = _voided(ledger)
    ids = Counter(row[0] for row in ledger.rows("SELECT event_id FROM events"))
    taps = Counter(
        tuple(row)[1:]
        for row in ledger.rows(
            "SELECT event_id, batch, link, kind, detail ->> 'parties' FROM events WHERE kind IN ('given', 'received')"
        )
        if row["event_id"] not in voided
    )
    return [f"{what} is recorded {times} times" for what, times in (ids + taps).items() if times > 1]


def _gaps(ledger: Ledger, sequences: Mapping[str, int]) -> list[str]:
    found: dict[str, set[int]] = {device: set() for device in sequences}
    for row in ledger.rows("SELECT source, detail FROM events WHERE kind IN ('given', 'received')"):
        seq = json.loads(row["detail"])["scan"].get("seq")
        if row["source"] in found and seq is not None:
            found[row["source"]].add(seq)
    return [
        f"{device} counted to {last}, missing are {sorted(missing)[:5]}"
        for device, last in sequences.items()
        if (missing := set(range(1, last + 1)) - found[device])
    ]


def _board(ledger: Ledger) -> list[str]:
    """What the board shows as given in each hour, counted once more from the bare events."""
    given: Counter[tuple[str, int]] = Counter()
    voided = _voided(ledger)
    gives = ledger.rows("SELECT event_id, link, quantity, detail FROM events WHERE kind = 'given'")
    for row in (row for row in gives if row["event_id"] not in voided):
        given[row["link"], json.loads(row["detail"])["hour"][0]] += row["quantity"]
    shown = {
        (f"{row['line']}/{row['link']}", row["start_at"]): row["given"]
        for row in ledger.rows("SELECT line, link, start_at, given FROM hour_counts WHERE given > 0")
    }
    return [] if shown == given else [f"the board shows {len(shown)} hours that the events do not give"]
