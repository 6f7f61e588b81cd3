"""A lead's word that settles a refused scan: it counts after all, or never."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ledger import facts
from ledger.corrections import LONGEST_REASON
from ledger.errors import IdTaken, RuleRefused
from ledger.events import Event
from ledger.families import batch_row, family_of, refuse_if_link_is_gone
from ledger.flags import Tap
from ledger.late_news import Cause, derive_again
from ledger.said import text_in
from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import Instant
from shopfloor.sentences import sentence

if TYPE_CHECKING:
    from ledger.recorder import Recorder

FORCIBLE = "skipped"
"""The only refusal that a lead's word changes: whoever has not scanned the batch, it is here."""


def force(ledger: Ledger, recorder: Recorder, tap: Tap, *, refused: int, why: str, now: Instant) -> str:
    """A lead's word that a scan that was refused because a link was skipped counts; the sentence it records."""
    with ledger.write(now) as tx:
        before = _settled_before(tx, tap, refused, "scan_forced", why)
        if before is not None:
            return _forced_before(tx, before, refused)
        row = _open_refusal(tx, tap, refused, why)
        if row["word"] != FORCIBLE or row["scan"] is None:
            raise RuleRefused(
                sentence("only a scan that skipped a link can be forced; undo what stands in its way")
            )
        fact = facts.numbered(tx, row["scan"])
        if fact is None:
            raise RuleRefused(
                sentence("refused scan %(number)s is of an order that was archived since", number=refused)
            )
        batch = batch_row(tx, fact["batch"])
        if batch is None or fact["became"] != "refused":
            raise RuleRefused(sentence("refused scan %(refused)s is settled already", refused=str(refused)))
        floor = recorder.floor(batch["line"])
        refuse_if_link_is_gone(family_of(tx, floor.line, batch), batch)
        text = sentence(
            "%(batch)s counted at %(link)s: %(why)s",
            batch=batch["batch"],
            link=floor.line.name_of(fact["link"]),
            why=why,
        )
        tx.append(_word(tap, "scan_forced", row, batch, f"{floor.line.id}/{fact['link']}", why, text))
        tx.run("UPDATE scans SET forced = 1 WHERE n = ?", (fact["n"],))
        tx.run("UPDATE refused SET settled = 'forced' WHERE id = ?", (refused,))
        cause = Cause(None, tap.source, tap.at, sentence("forced: %(why)s", why=why), tap.person)
        found = derive_again(tx, floor, batch, cause)
        outcome = found.outcomes[fact["n"]]
        if not isinstance(outcome, tuple):
            raise RuleRefused(
                sentence("%(batch)s %(what)s", batch=batch["batch"], what=found.text_of(fact["n"]))
            )
        return found.text_of(fact["n"])


def discard(ledger: Ledger, tap: Tap, *, refused: int, why: str, now: Instant) -> None:
    """A refused scan that never counts, whatever is heard later."""
    with ledger.write(now) as tx:
        if _settled_before(tx, tap, refused, "scan_discarded", why) is not None:
            return
        row = _open_refusal(tx, tap, refused, why)
        fact = facts.numbered(tx, row["scan"]) if row["scan"] is not None else None
        if fact is not None and fact["became"] != "refused":
            raise RuleRefused(sentence("refused scan %(refused)s is settled already", refused=str(refused)))
        if fact is not None:
            facts.mark(tx, fact["n"], "discarded")
        tx.append(
            _word(
                tap,
                "scan_discarded",
                row,
                fact,
                None,
                why,
                sentence("%(what)s discarded: %(why)s", what=row["code"] or sentence("a message"), why=why),
            )
        )
        tx.run("UPDATE refused SET settled = 'discarded' WHERE id = ?", (refused,))


def _settled_before(tx: Transaction, tap: Tap, refused: int, kind: str, why: str) -> Row | None:
    """The event of this very tap, if it did it already; IdTaken when its id was used for anything else."""
    before = tx.holds(tap.event_id)
    if before is None:
        return None
    if (
        before["kind"] != kind
        or json.loads(before["detail"])["refused"] != refused
        or before["reason"] != why
    ):
        raise IdTaken(tap.event_id)
    return before


def _forced_before(tx: Transaction, before: Row, refused: int) -> str:
    """What the force was answered with: the step that the scan itself became."""
    step = tx.row(
        "SELECT e.detail FROM events e JOIN refused r ON r.id = ? WHERE e.batch = ? AND e.sequence > ?"
        " AND e.kind IN ('received', 'given') AND json_extract(e.detail, '$.scan.n') = r.scan"
        " AND json_extract(e.detail, '$.implied') IS NULL ORDER BY e.sequence LIMIT 1",
        (refused, before["batch"], before["sequence"]),
    )
    return sentence("counted") if step is None else text_in(json.loads(step["detail"]))


def _open_refusal(tx: Transaction, tap: Tap, refused: int, why: str) -> Row:
    if not why.strip() or len(why) > LONGEST_REASON or not tap.person:
        raise RuleRefused(
            sentence(
                "it needs a reason of at most %(longest_reason)s characters and the name of who says so",
                longest_reason=LONGEST_REASON,
            )
        )
    row = tx.row("SELECT * FROM refused WHERE id = ?", (refused,))
    if row is None:
        raise RuleRefused(sentence("there is no refused scan %(refused)s", refused=str(refused)))
    if row["settled"] is not None:
        raise RuleRefused(
            sentence(
                "refused scan %(refused)s is settled already: %(settled)s",
                refused=str(refused),
                settled=_settled_word(row["settled"]),
            )
        )
    return row


def _word(
    tap: Tap, kind: str, refused: Row, about: Row | None, link: str | None, why: str, text: str
) -> Event:
    return Event(
        event_id=tap.event_id,
        kind=kind,
        occurred_at=tap.at,
        source=tap.source,
        station=tap.station,
        link=link,
        order=about["order"] if about is not None else None,
        batch=about["batch"] if about is not None and not facts.is_whole(about) else None,
        reason=why,
        person=tap.person,
        detail={
            "code": refused["code"],
            "device": refused["device"],
            "refused": refused["id"],
            "scan_id": refused["scan_id"],
            "text": text,
        },
    )


def _settled_word(settled: str) -> str:
    if settled == "counted":
        return sentence("counted")
    if settled == "forced":
        return sentence("forced")
    return sentence("discarded") if settled == "discarded" else settled
