"""Questions that boards, kiosks and the API ask; each is answered from read models, whatever the ledger's age."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.archive import rows_of_order
from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import Instant


@dataclass(frozen=True, slots=True)
class OwedRow:
    """What one link owes of one order by an instant: units, and since when."""

    order: str
    product: str
    link: str
    missing: int
    since_at: Instant
    """The end of the first hour whose target is not met."""
    latest_at: Instant
    """Its latest: from then on the next link stands still."""


def last_sequence(ledger: Ledger) -> int:
    """The sequence of the last event; 0 before the first."""
    row = ledger.row("SELECT MAX(sequence) AS last FROM events")
    return int(row["last"] or 0) if row else 0


def owed(ledger: Ledger | Transaction, line: str, by_at: Instant, link: str | None = None) -> list[OwedRow]:
    """What each link of a line, or one, owes by an instant and has not given, the longest overdue first."""
    return [
        OwedRow(row["order"], row["product"], row["link"], row["missing"], row["since_at"], row["latest_at"])
        for row in ledger.rows(_OWED, {"line": line, "by": by_at, "link": link})
    ]


_OWED = """
SELECT l."order", o.product, l.link, l.unmet_end_at AS since_at, l.unmet_latest_at AS latest_at,
       (SELECT t.cumulative FROM targets t
         WHERE t."order" = l."order" AND t.link = l.link AND t.give > 0 AND t.end_at <= :by
         ORDER BY t.start_at DESC LIMIT 1) - l.given AS missing
  FROM order_links l JOIN orders o USING ("order")
 WHERE l.line = :line AND l.unmet_end_at <= :by AND (:link IS NULL OR l.link = :link)
 ORDER BY l.unmet_end_at, l."order"
"""


def first_unmet(ledger: Ledger, line: str) -> dict[str, Instant]:
    """For each link with anything left to give: the end of its first unmet hour over all orders."""
    rows = ledger.rows(
        "SELECT link, MIN(unmet_end_at) AS at FROM order_links WHERE line = ? AND unmet_end_at IS NOT NULL"
        " GROUP BY link",
        (line,),
    )
    return {row["link"]: row["at"] for row in rows}


@dataclass(frozen=True, slots=True)
class NextOwed:
    """The first target to come of a link over all orders: units that are still to be given, and its hour's end."""

    quantity: int
    by_at: Instant


def next_owed(ledger: Ledger, line: str, now: Instant) -> dict[str, NextOwed]:
    """For each link of which nothing is overdue and something is owed later: what, and by when."""
    return {
        row["link"]: NextOwed(row["quantity"], row["by_at"])
        for row in ledger.rows(_NEXT_OWED, {"line": line, "now": now})
    }


_NEXT_OWED = """
SELECT l.link, l.unmet_end_at AS by_at, SUM(t.cumulative - l.given) AS quantity
  FROM (SELECT link, MIN(unmet_end_at) AS by_at FROM order_links
         WHERE line = :line AND unmet_end_at IS NOT NULL GROUP BY link HAVING MIN(unmet_end_at) > :now) f
  JOIN order_links l ON l.line = :line AND l.unmet_end_at = f.by_at AND l.link = f.link
  JOIN targets t ON t."order" = l."order" AND t.link = l.link AND t.end_at = l.unmet_end_at AND t.give > 0
 GROUP BY l.link, l.unmet_end_at
"""


def hour_counts(ledger: Ledger, line: str, from_at: Instant, to_at: Instant) -> list[Row]:
    """Targets and gives of a line's links in the hours that start in [from, to)."""
    return ledger.rows(
        "SELECT * FROM hour_counts WHERE line = ? AND start_at >= ? AND start_at < ? ORDER BY start_at",
        (line, from_at, to_at),
    )


# With each flag: who was told last by the clock that runs, which flag was passed back to it, to which it was passed on.
FLAGS = """
SELECT f.*, (SELECT role FROM escalations e WHERE e.flag = f.flag AND e.clock = f.clock AND e.from_at = f.clock_from_at
              ORDER BY step DESC LIMIT 1) AS told,
       (SELECT MIN(parent) FROM flag_chains c WHERE c.child = f.flag) AS chain,
       (SELECT GROUP_CONCAT(c.child || ':' || k.link) FROM flag_chains c JOIN flags k ON k.flag = c.child
         WHERE c.parent = f.flag) AS passed_to,
       (SELECT name || ':' || state FROM consequences c WHERE c.flag = f.flag) AS consequence
  FROM flags f
"""


def open_flags(ledger: Ledger, line: str | None = None) -> list[Row]:
    """Flags that are raised or answered, the oldest first."""
    # The plus signs keep SQLite from indexes that hold all flags there ever were: those that are open are few.
    if line is None:
        return ledger.rows(f"{FLAGS} WHERE closed_at IS NULL ORDER BY +raised_at")
    return ledger.rows(f"{FLAGS} WHERE +line = ? AND closed_at IS NULL ORDER BY +raised_at", (line,))


def flags_of_hours(ledger: Ledger, line: str, link: str, from_at: Instant, to_at: Instant) -> list[Row]:
    """Flags against a link about its hours that start in [from, to), withdrawn and mistaken ones left out."""
    return ledger.rows(
        "SELECT * FROM flags WHERE line = ? AND link = ? AND start_at >= ? AND start_at < ?"
        " AND state != 'withdrawn' AND note IS NULL ORDER BY flag",
        (line, link, from_at, to_at),
    )


def flag(ledger: Ledger, number: int) -> Row | None:
    """One flag, open or closed."""
    return ledger.row(f"{FLAGS} WHERE flag = ?", (number,))


def on_its_way(ledger: Ledger, line: str, receiver: str) -> list[Row]:
    """Batches given to a link and not received: by giver, how many, how many units, since when."""
    return ledger.rows(
        "SELECT giver, SUM(quantity) AS quantity, MIN(given_at) AS since_at FROM handoffs"
        " WHERE line = ? AND receiver = ? AND received_at IS NULL GROUP BY giver",
        (line, receiver),
    )


def last_given(ledger: Ledger, line: str) -> dict[str, Instant]:
    """When each link of a line last gave anything."""
    rows = ledger.rows("SELECT link, last_given_at FROM link_activity WHERE line = ?", (line,))
    return {row["link"]: row["last_given_at"] for row in rows}


def offline_devices(ledger: Ledger) -> set[str]:
    """Devices whose will was published since their last birth."""
    return {row["device"] for row in ledger.rows("SELECT device FROM devices WHERE online = 0")}


def open_orders(ledger: Ledger, line: str) -> int:
    """Orders of a line that are released and not shipped in full."""
    return _count(ledger, "SELECT COUNT(*) FROM orders WHERE line = ? AND shipped_at IS NULL", line)


def orders_at_risk(ledger: Ledger, line: str, now: Instant) -> int:
    """Open orders of which some link has passed a latest without giving."""
    return _count(
        ledger,
        'SELECT COUNT(DISTINCT "order") FROM order_links WHERE line = ? AND unmet_end_at IS NOT NULL'
        " AND unmet_latest_at <= ?",
        line,
        now,
    )


def refused_since(ledger: Ledger, at: Instant) -> int:
    """Scans and messages refused since an instant, of those that are kept."""
    return _count(ledger, "SELECT COUNT(*) FROM refused WHERE arrived_at >= ?", at)


def refused_ever(ledger: Ledger) -> int:
    """All scans and messages ever refused."""
    return _count(ledger, "SELECT COALESCE(SUM(value), 0) FROM tallies WHERE name = 'refused'")


def last_actions(ledger: Ledger, station: str, limit: int) -> list[Row]:
    """What was last done at a station, the newest first: the events, `at` as an instant, and their `text`."""
    return ledger.rows(
        "SELECT a.sequence, a.occurred_at AS at, a.text, json_extract(e.detail, '$.said.text') AS said, e.*"
        " FROM last_actions a JOIN events e USING (sequence) WHERE a.station = ? ORDER BY a.sequence DESC LIMIT ?",
        (station, limit),
    )


def has_orders(ledger: Ledger) -> bool:
    """Whether any order was ever released."""
    return ledger.row("SELECT 1 FROM orders LIMIT 1") is not None


def orders(ledger: Ledger, limit: int) -> list[Row]:
    """Orders with what their last link has given: open ones first, by due; then the last shipped."""
    rows = ledger.rows(
        'SELECT * FROM orders WHERE shipped_at IS NULL ORDER BY due_at, "order" LIMIT ?', (limit,)
    )
    shipped = 'SELECT * FROM orders WHERE shipped_at IS NOT NULL ORDER BY shipped_at DESC, "order" LIMIT ?'
    return rows + ledger.rows(shipped, (limit - len(rows),))


def order(ledger: Ledger, number: str) -> Row | None:
    """One order, or None."""
    return ledger.row('SELECT * FROM orders WHERE "order" = ?', (number,))


def order_links(ledger: Ledger, number: str) -> list[Row]:
    """What each link has received and given of an order, and its first unmet hour."""
    return ledger.rows('SELECT * FROM order_links WHERE "order" = ?', (number,))


def links_of_orders(ledger: Ledger, numbers: Sequence[str]) -> dict[str, list[Row]]:
    """The same of several orders at once."""
    found: dict[str, list[Row]] = {}
    sql = 'SELECT * FROM order_links WHERE "order" IN (SELECT value FROM json_each(?))'
    for row in ledger.rows(sql, (json.dumps(numbers),)):
        found.setdefault(row["order"], []).append(row)
    return found


def targets(ledger: Ledger, number: str) -> list[Row]:
    """The targets in force of an order, by link and hour."""
    return ledger.rows('SELECT * FROM targets WHERE "order" = ? ORDER BY link, start_at', (number,))


def batches(ledger: Ledger, number: str) -> list[Row]:
    """The batches of an order, in their order; what was split off comes after what it came from."""
    rows = ledger.rows(
        'SELECT batch, number, quantity, part_of FROM batches WHERE "order" = ? ORDER BY number', (number,)
    )
    places: dict[str, tuple[int, ...]] = {}
    for row in rows:
        places[row["batch"]] = (*places.get(row["part_of"], ()), row["number"])
    return sorted(rows, key=lambda row: places[row["batch"]])


def positions(ledger: Ledger, number: str) -> list[Row]:
    """Where the batches of an order have been received and given; of an archived order ArchiveUnusable is possible."""
    return rows_of_order(
        ledger,
        number,
        "SELECT p.batch, p.link, p.received_at, p.given_at, p.received, p.given, p.lost"
        " FROM batches b JOIN positions p USING (batch)"
        ' WHERE b."order" = :order ORDER BY b.number',
    )


def order_flags(ledger: Ledger, number: str) -> list[Row]:
    """All flags of an order, in time order."""
    return ledger.rows(f'{FLAGS} WHERE "order" = ? ORDER BY raised_at', (number,))


def events_after(ledger: Ledger, sequence: int, limit: int) -> list[Row]:
    """Events after a sequence, in order."""
    return ledger.rows("SELECT * FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?", (sequence, limit))


def target_at(ledger: Ledger, number: str, link: str, end_at: Instant) -> Row | None:
    """The target of an order's link for the hour that ends at an instant."""
    return ledger.row(
        'SELECT * FROM targets WHERE "order" = ? AND link = ? AND end_at = ?', (number, link, end_at)
    )


def due_by(ledger: Ledger, number: str, link: str, at: Instant) -> int:
    """Units of an order that a link owed in all hours that ended at or before an instant."""
    return _count(
        ledger,
        'SELECT COALESCE(MAX(cumulative), 0) FROM targets WHERE "order" = ? AND link = ? AND end_at <= ?',
        number,
        link,
        at,
    )


def _count(ledger: Ledger, sql: str, *values: object) -> int:
    row = ledger.row(sql, values)
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Sums:
    """A link's units of an order: what it has given and the next link has not missed or rejected, and what not."""

    link: str
    ordered: int
    good: int
    scrapped: int
    """Of what this link answers for."""

    @property
    def missing(self) -> int:
        """Not given yet, or found missing by the next link."""
        return self.ordered - self.good - self.scrapped


def sums(ledger: Ledger, number: str) -> list[Sums]:
    """Where the units of an order are, link by link: ordered = good + scrapped + missing."""
    rows = ledger.rows(
        'SELECT l.link, o.quantity, l.given, l.scrapped FROM order_links l JOIN orders o USING ("order")'
        ' WHERE "order" = ? ORDER BY l.link',
        (number,),
    )
    return [Sums(row["link"], row["quantity"], row["given"], row["scrapped"]) for row in rows]
