"""Questions that the pages of flags ask: chains, what was closed last, the story of one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.reading import FLAGS
from ledger.store import Ledger, Row
from shopfloor.instants import Instant, instant_from_text


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a flag's story."""

    sequence: int
    kind: str
    at: Instant
    recorded_at: Instant
    source: str
    person: str
    reason: str | None
    detail: dict[str, Any]


def closed_since(
    ledger: Ledger, at: Instant, limit: int, *, line: str = "", link: str = ""
) -> tuple[list[Row], int]:
    """Flags that were closed since an instant, the last first; and how many more there are."""
    which = " AND (?2 = '' OR f.line = ?2) AND (?3 = '' OR f.link = ?3)"
    rows = ledger.rows(
        f"{FLAGS} WHERE f.closed_at >= ?1 {which} ORDER BY f.closed_at DESC LIMIT ?4", (at, line, link, limit)
    )
    count = ledger.row(
        f"SELECT COUNT(*) FROM flags f WHERE f.closed_at >= ?1 {which}",  # noqa: S608  # our own words
        (at, line, link),
    )
    return rows, max(0, int(count[0]) - len(rows)) if count else 0


def links_of_chains(ledger: Ledger, flags: Sequence[int]) -> list[tuple[int, int]]:
    """Which of these flags was passed back to which: parent and child."""
    marks = ",".join("?" * len(flags))
    rows = ledger.rows(
        f"SELECT parent, child FROM flag_chains WHERE parent IN ({marks}) ORDER BY parent, child",  # noqa: S608  # marks alone
        flags,
    )
    return [(row["parent"], row["child"]) for row in rows]


def chain(ledger: Ledger, flag: int) -> list[Row]:
    """All flags that hang together with one, itself among them, in the order in which they were raised."""
    return ledger.rows(
        "WITH RECURSIVE joined (flag) AS (VALUES (?)"  # noqa: S608  # our own words
        " UNION SELECT child FROM flag_chains JOIN joined ON parent = flag"
        f" UNION SELECT parent FROM flag_chains JOIN joined ON child = flag) {FLAGS}"
        " WHERE f.flag IN (SELECT flag FROM joined) ORDER BY f.flag",
        (flag,),
    )


def story(ledger: Ledger, flag: Row) -> list[Happened]:
    """What happened to a flag, in the order of time."""
    rows = ledger.rows(
        f'SELECT * FROM events WHERE "order" = ? AND kind IN ({_KINDS}) ORDER BY sequence',  # noqa: S608  # our own words
        (flag["order"],),
    )
    told = [_happened(row) for row in rows]
    own = [each for each in told if each.detail["flag"] == flag["flag"] and each.kind != "flag_clock_set"]
    return sorted(own, key=lambda each: (each.at, each.sequence))


def moot_steps(ledger: Ledger, flag: int) -> set[tuple[str, int, int]]:
    """Steps that late news made needless: clock, since when it ran, and the step."""
    rows = ledger.rows("SELECT clock, from_at, step FROM escalations WHERE flag = ? AND moot", (flag,))
    return {(row["clock"], row["from_at"], row["step"]) for row in rows}


def _happened(row: Row) -> Happened:
    return Happened(
        row["sequence"],
        row["kind"],
        instant_from_text(row["occurred_at"]),
        instant_from_text(row["recorded_at"]),
        row["source"],
        row["person"] or "",
        row["reason"],
        json.loads(row["detail"]),
    )


# As the index is made, so that it is used; `flag_clock_set` is no part of a story.
_KINDS = (
    "'flag_raised', 'flag_answered', 'flag_resolved', 'flag_mistaken', 'flag_reopened', 'flag_withdrawn',"
    " 'flag_disputed', 'flag_ruled', 'flag_escalated', 'flag_clock_set', 'consequence_chosen',"
    " 'consequence_disputed', 'consequence_ruled', 'consequence_in_effect'"
)
