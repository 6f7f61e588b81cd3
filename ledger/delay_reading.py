"""Questions about delay: the parts of one order as they stand, and what links added over a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from ledger.delay_projections import STANDS
from ledger.store import Ledger, Row
from shopfloor.instants import Instant


def parts(ledger: Ledger, order: str) -> list[Row]:
    """Each link's part of an order: planned, and either finished with its lateness, or since when it owes.

    `unmet_end_at` is None of a part that has nothing overdue and nothing left to give.
    """
    return ledger.rows(
        "SELECT l.link, l.unmet_end_at, d.finished_at, d.late_min, d.buffer_min, IFNULL(d.planned_at,"
        ' (SELECT MAX(end_at) FROM targets t WHERE t."order" = l."order" AND t.link = l.link AND t.give > 0))'
        ' AS planned_at FROM order_links l LEFT JOIN delays d USING ("order", link) WHERE l."order" = ?',
        (order,),
    )


def sums(ledger: Ledger, line: str, first_on: date, last_on: date) -> list[Row]:
    """Of each link of a line over production dates: handoffs due and late; minutes own, recovered and inherited.

    `shared_min` of the own ones are what silent links took, `silent_min` what it took for its own silence.
    """
    return ledger.rows(
        "SELECT link, SUM(due) AS due, SUM(late) AS late, SUM(own_min) AS own_min,"
        " SUM(recovered_min) AS recovered_min, SUM(inherited_min) AS inherited_min,"
        " SUM(shared_min) AS shared_min, SUM(silent_min) AS silent_min"
        " FROM link_days WHERE line = ? AND on_day BETWEEN ? AND ? GROUP BY link",
        (line, first_on.isoformat(), last_on.isoformat()),
    )


Cause = Literal["product", "planned_hour", "reason"]
CAUSES: tuple[Cause, ...] = get_args(Cause)

REASON = """(SELECT f.reason FROM flags f WHERE f."order" = d."order" AND f.link = d.link AND f.reason IS NOT NULL
  ORDER BY f.flag DESC LIMIT 1)"""
"""What the link answered last about the order."""
_OWN = """FROM delays d WHERE d.line = ?1 AND d.planned_on BETWEEN ?2 AND ?3 AND d.own_min > 0
   AND (?4 IS NULL OR d.link = ?4)"""


@dataclass(frozen=True, slots=True)
class CauseSum:
    """Own minutes of one cause, and of how many parts of orders; None is the cause of what nobody answered."""

    cause: str | int | None
    minutes: int
    parts: int


def own_minutes(
    ledger: Ledger, line: str, first_on: date, last_on: date, link: str | None = None
) -> dict[Cause, list[CauseSum]]:
    """Minutes that links added themselves, by each cause, the most first."""
    rows = ledger.rows(
        f"SELECT d.product, d.planned_hour, {REASON} AS reason, SUM(d.own_min) AS minutes, COUNT(*) AS parts {_OWN}"
        " GROUP BY 1, 2, 3",
        (line, first_on.isoformat(), last_on.isoformat(), link),
    )
    return {cause: _summed(cause, rows) for cause in CAUSES}


def _summed(cause: Cause, rows: list[Row]) -> list[CauseSum]:
    sums: dict[str | int | None, list[int]] = {}
    for row in rows:
        of = sums.setdefault(row[cause], [0, 0])
        of[0] += row["minutes"]
        of[1] += row["parts"]
    found = [CauseSum(each, *of) for each, of in sums.items()]
    return sorted(found, key=lambda one: (-one.minutes, one.cause is not None, str(one.cause)))


def largest_own(
    ledger: Ledger,
    line: str,
    first_on: date,
    last_on: date,
    link: str | None,
    limit: int,
    because: tuple[Cause, str | int | None] | None = None,
) -> list[Row]:
    """Parts of orders to which a link added most minutes of its own, with its last answer's reason.

    `because`: only those of one cause, as `own_minutes` tells it.
    """
    cause, value = because or ("product", None)
    by = REASON if cause == "reason" else f"d.{cause}"
    only = f"AND {by} IS ?6" if because else ""
    # Found in the index alone; the rest is looked up of those that are shown.
    most = f'SELECT d."order", d.link {_OWN} {only} ORDER BY d.own_min DESC, d."order" LIMIT ?5'
    return ledger.rows(
        f'SELECT d.*, {REASON} AS reason FROM ({most}) JOIN delays d USING ("order", link)'  # noqa: S608  # our own words
        ' ORDER BY d.own_min DESC, d."order"',
        (line, first_on.isoformat(), last_on.isoformat(), link, limit, *([value] if because else [])),
    )


def flags_against(ledger: Ledger, line: str, from_at: Instant, to_at: Instant, now: Instant) -> list[Row]:
    """Of each link: flags raised against it in [from, to), how many it answered, promises and how many it kept.

    `in_time` are those answered before anybody was told that nobody had, `told` all of which somebody was told that.
    `broken` are promises that have passed. Flags that were wrong are nobody's.
    """
    return ledger.rows(
        "SELECT link, COUNT(*) AS flags, COUNT(answered_at) AS answered, COUNT(promised_at) AS promised,"  # noqa: S608  # our own words
        " COUNT(*) FILTER (WHERE closed_at <= promised_at) AS kept,"
        " COUNT(*) FILTER (WHERE promised_at < IFNULL(closed_at, ?4)) AS broken,"
        " COUNT(*) FILTER (WHERE answered_at IS NOT NULL AND NOT told) AS in_time, SUM(told) AS told"
        " FROM (SELECT *, EXISTS (SELECT 1 FROM escalations e WHERE e.flag = flags.flag AND e.clock = 'unanswered'"
        f"   AND NOT e.moot) AS told FROM flags WHERE {_COUNTED}) GROUP BY link",  # our own words
        (line, from_at, to_at, now),
    )


def silences(ledger: Ledger, line: str, from_at: Instant, to_at: Instant) -> dict[str, int]:
    """How often each link kept silent in [from, to) about what it was owed."""
    rows = ledger.rows(
        f"SELECT raised_by, COUNT(*) AS silences FROM flags WHERE {_COUNTED} AND silent GROUP BY raised_by",  # noqa: S608  # our own words
        (line, from_at, to_at),
    )
    return {row["raised_by"]: row["silences"] for row in rows}


def points_chosen(ledger: Ledger, line: str, from_at: Instant, to_at: Instant) -> dict[str, int]:
    """Points of each link by consequences that were chosen in [from, to) and are in effect."""
    rows = ledger.rows(
        "SELECT link, SUM(amount) AS points FROM consequences WHERE line = ? AND chosen_at >= ? AND chosen_at < ?"
        " AND kind = 'points' AND state = 'in_effect' GROUP BY link",
        (line, from_at, to_at),
    )
    return {row["link"]: row["points"] for row in rows}


_COUNTED = f"line = ?1 AND raised_at >= ?2 AND raised_at < ?3 AND {STANDS}"
