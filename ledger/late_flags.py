"""*Not received*, tapped where no network was: judged as of then, and told what came meanwhile."""

from __future__ import annotations

from ledger.errors import RuleRefused
from ledger.flag_news import resolve_flags
from ledger.flags import Tap, raise_flag
from ledger.steps import Floor, was_late, with_late
from ledger.store import Ledger, Transaction
from shopfloor.handoffs import clock_text
from shopfloor.instants import Instant
from shopfloor.sentences import sentence


def raise_as_of(ledger: Ledger, tx: Transaction, floor: Floor, tap: Tap, *, against: str, order: str) -> str:
    """Raise a flag for what was owed at the tap's instant; the sentence. RuleRefused when nothing was.

    What has come since resolves it at once, as it would have done then.
    """
    flag = raise_flag(ledger, floor.site, tap, against=against, order=order, now=tx.now)
    raised = tx.row("SELECT quantity FROM flags WHERE flag = ?", (flag,))
    told: dict[str, object] = {
        "name": floor.line.name_of(against),
        "quantity": raised["quantity"] if raised else 0,
        "order": order,
    }
    if not was_late(tap.at, tx.now):
        return sentence("%(name)s flagged: %(quantity)s of %(order)s not received", **told)
    resolve_flags(tx, floor, against, order, _last_given(tx, order, against) or tap.at)
    told["when"] = with_late(clock_text(tap.at, floor.site.zone), floor, tap.at, tx.now)
    if tx.row("SELECT 1 FROM flags WHERE flag = ? AND closed_at IS NULL", (flag,)) is not None:
        return sentence("%(name)s flagged %(when)s: %(quantity)s of %(order)s not received", **told)
    return sentence(
        "%(name)s flagged %(when)s: %(quantity)s of %(order)s had not come, but came meanwhile", **told
    )


def raised_by(tx: Transaction, event_id: str) -> int:
    """The flag that a tap raised. RuleRefused when it raised none."""
    event = tx.holds(event_id)
    if event is None or event["kind"] != "flag_raised":
        raise RuleRefused(sentence("there is no such flag: it was refused, or is not here yet"))
    return int(event["sequence"])


def _last_given(tx: Transaction, order: str, link: str) -> Instant | None:
    row = tx.row(
        'SELECT MAX(p.given_at) AS at FROM positions p JOIN batches b USING (batch) WHERE b."order" = ? AND p.link = ?',
        (order, link),
    )
    return None if row is None else row["at"]
