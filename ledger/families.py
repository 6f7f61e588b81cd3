"""A batch with what was split off from it: they have one history, and late news of one may be news of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from ledger import facts
from ledger.errors import RuleRefused
from ledger.store import Reader, Row
from shopfloor import histories
from shopfloor.histories import Fact, Outcome
from shopfloor.sentences import sentence
from shopfloor.site import Line

ARCHIVED = 'EXISTS (SELECT 1 FROM archived_orders a WHERE a."order" = o."order") AS archived'
"""Whether the history of an order `o` is closed."""
BATCH = (
    f'SELECT batch, b."order", b.quantity, o.line, b.whole, b.split_at, o.shipped_at, {ARCHIVED}'  # noqa: S608  # our own words
    ' FROM batches b JOIN orders o USING ("order")'
)
"""A batch with its order and line; what is split off from it is no more in its quantity, but in its whole."""

_PART_IN_DOUBT = f"""
SELECT s.part AS batch, s."order", s.quantity, o.line, s.quantity AS whole, 9223372036854775807 AS split_at,
       o.shipped_at, {ARCHIVED}
  FROM scans s JOIN orders o USING ("order")
 WHERE s.part = ? AND s.became NOT IN ('undone', 'discarded')
"""  # noqa: S608  # our own words


@dataclass(frozen=True)
class Family:
    """A released batch with all parts of it; one element for nearly all."""

    line: Line
    root: Row
    rows: Mapping[str, list[Row]]
    """The facts of each batch that count."""
    of_all: list[Row]
    """Those of the whole order, as milestones give it."""

    @property
    def is_of_line(self) -> bool:
        """Whether the line still has every link at which it was scanned; else its history stays as it is."""
        return all(self.line.has_link(row["link"]) for row in self.every())

    def every(self) -> list[Row]:
        """All facts, each once."""
        return [*(row for rows in self.rows.values() for row in rows), *self.of_all]

    def derived(
        self, zone: tzinfo, counts: Callable[[Fact], bool] = lambda _: True
    ) -> list[tuple[str, Fact, Outcome]]:
        """What each fact means for each batch, the parts after what they were split off from."""
        known = {
            batch: [fact for row in rows if counts(fact := facts.as_fact(row))]
            for batch, rows in self.rows.items()
        }
        of_all = [fact for row in self.of_all if counts(fact := facts.as_fact(row))]
        return list(histories.family(self.line, self.root["batch"], self.root["whole"], known, of_all, zone))


def family_of(tx: Reader, line: Line, batch: Row) -> Family:
    """The family of a batch, be it a part or not."""
    root = _root(tx, batch)
    rows: dict[str, list[Row]] = {}
    batches = [str(root["batch"])]
    for code in batches:
        rows[code] = facts.of_batch(tx, code, facts.EVER)
        batches += [row["part"] for row in rows[code] if row["part"] is not None]
    return Family(line, root, rows, facts.of_batch(tx, facts.whole(root["order"]), facts.EVER))


def refuse_if_link_is_gone(family: Family, batch: Row) -> None:
    """Without the link the history of what was scanned there cannot be derived: it stays as it is. RuleRefused."""
    if not family.is_of_line:
        text = "%(batch)s was scanned at a link that the line no longer has; its record stays as it is"
        raise RuleRefused(sentence(text, batch=batch["batch"]))


def batch_row(tx: Reader, code: str) -> Row | None:
    """A batch with its order and line."""
    return tx.row(f"{BATCH} WHERE batch = ?", (code,))


def part_in_doubt(tx: Reader, code: str) -> Row | None:
    """A part whose split does not hold at present: a scan of it counts again if late news shows that it does."""
    return tx.row(_PART_IN_DOUBT, (code,))


def _root(tx: Reader, batch: Row) -> Row:
    """What a batch was released as part of, parts of parts included."""
    row = batch
    while row["split_at"] is not None:
        split = tx.row("SELECT batch FROM scans WHERE part = ?", (row["batch"],))
        parent = split and (batch_row(tx, split["batch"]) or part_in_doubt(tx, split["batch"]))
        if parent is None:
            raise LookupError(f"{row['batch']} is part of nothing")
        row = parent
    return row
