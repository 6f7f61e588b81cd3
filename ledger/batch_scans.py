"""A batch's scan at a link that works: what it means by the little history of that batch, and what is told."""

from __future__ import annotations

from dataclasses import replace

from ledger import facts
from ledger.families import batch_row, family_of, part_in_doubt
from ledger.finishes import note_finish, note_finishes
from ledger.flag_news import reopen_flags, resolve_flags, settle_if_shipped
from ledger.late_news import Cause, derive_again
from ledger.refusals import keep_refused
from ledger.repeats import told_again
from ledger.said import told_in
from ledger.steps import Floor, Moving, first_id, is_closed, record_step
from ledger.store import Row, Transaction
from ledger.whereabouts import whereabouts_of
from shopfloor.codes import is_batch_code, looks_like_batch_code, meant_code
from shopfloor.handoffs import Refusal
from shopfloor.histories import Fact, Same, is_later, is_same_scan, meaning_of, reach_ms
from shopfloor.scans import Answer, Scan
from shopfloor.sentences import sentence


def move_batch(tx: Transaction, floor: Floor, scan: Scan, told: facts.Told) -> Answer:
    """Record what a batch's scan means where it is; a repeated one changes nothing."""
    batch = _batch(tx, floor, scan.code)
    if batch is None:
        return _refuse(tx, scan, told, _unknown(scan.code))
    if batch["line"] != floor.line.id or batch["archived"]:
        return _refuse(tx, scan, told, _never_here(floor, batch))
    near = facts.around(tx, floor.line, batch, told.fact.at - reach_ms(told.fact))
    if _is_late(tx, floor, batch, near, told.fact):
        return _put_in(tx, floor, scan, told, batch)
    before = _same_before(tx, scan, told, batch, near)
    if before is not None:
        return told_again(tx, scan, before)
    return _put_last(tx, floor, scan, told, batch)


def _batch(tx: Transaction, floor: Floor, code: str) -> Row | None:
    batch = batch_row(tx, code) or batch_row(tx, code.upper())
    if batch is not None:
        return batch
    doubtful = part_in_doubt(tx, code.upper())
    return doubtful if doubtful and family_of(tx, floor.line, doubtful).is_of_line else None


def _never_here(floor: Floor, batch: Row) -> Refusal:
    if batch["line"] != floor.line.id:
        return Refusal(
            "line", sentence("%(batch)s belongs to line %(line)s", batch=batch["batch"], line=batch["line"])
        )
    return is_closed(floor, batch["batch"], batch["shipped_at"])


def _is_late(tx: Transaction, floor: Floor, batch: Row, near: list[Row], fact: Fact) -> bool:
    """Whether something of its batch may have happened after it, so that only the whole history can tell."""
    born_later = batch["split_at"] is not None and batch["split_at"] >= fact.at
    late = born_later or any(is_later(facts.as_fact(row), fact) for row in near)
    return late and family_of(tx, floor.line, batch).is_of_line


def _same_before(tx: Transaction, scan: Scan, told: facts.Told, batch: Row, near: list[Row]) -> str | None:
    """What was told for the scan that this one repeats; None when it repeats none."""
    fact = told.fact
    for row in near:
        if row["became"] != "step" or (row["device"], row["link"], row["kind"]) != (
            fact.device,
            fact.link,
            "scan",
        ):
            continue
        if is_same_scan(facts.as_fact(row), fact):
            if facts.has_room(tx, batch["batch"]):
                facts.keep(tx, batch["order"], batch["batch"], told, "same")
            return _first_text(tx, row["n"])
    if scan.redelivered and scan.scan_id is None:
        return _delivered_before(tx, batch, told)
    return None


def _put_last(tx: Transaction, floor: Floor, scan: Scan, told: facts.Told, batch: Row) -> Answer:
    """A scan that happened after all others of its batch, as nearly all do."""
    code = batch["batch"]
    where = whereabouts_of(
        tx.rows("SELECT link, received_at, given_at, received, lost FROM positions WHERE batch = ?", (code,)),
        tx.rows(
            "SELECT giver, receiver, given_at, received_at, quantity, short FROM handoffs WHERE batch = ?",
            (code,),
        ),
    )
    steps = meaning_of(floor.line, where, told.fact, batch["quantity"], floor.site.zone)
    if isinstance(steps, Refusal):
        if facts.has_room(tx, code):
            facts.keep(tx, batch["order"], code, told, "refused")
        refusal = replace(steps, text=sentence("%(batch)s %(what)s", batch=code, what=steps.text))
        return _refuse(tx, scan, told, refusal)
    facts.keep(tx, batch["order"], code, told, "step")
    moving, last, text = Moving(batch["order"], code), len(steps) - 1, ""
    for number, step in enumerate(steps):
        text = record_step(tx, floor, moving, told, step, first_id(tx, told, number, last))
        for giver in (step.link,) if step.kind == "given" else step.parties:
            resolve_flags(tx, floor, giver, batch["order"], told.fact.at)
        if step.kind == "given":
            note_finish(tx, floor, batch["order"], step.link)
            if not step.parties:
                settle_if_shipped(tx, floor, batch["order"], told.fact.at)
        for short in step.short:
            reopen_flags(tx, floor, short.giver, batch["order"])
            resolve_flags(tx, floor, short.giver, batch["order"], told.fact.at)
        if step.short:
            note_finishes(tx, floor, batch["order"], [short.giver for short in step.short])
    return Answer(scan.device, scan.scan_id, "recorded", text)


def _put_in(tx: Transaction, floor: Floor, scan: Scan, told: facts.Told, batch: Row) -> Answer:
    """A scan that happened before something that is known of its batch already."""
    code = batch["batch"]
    facts.keep(tx, batch["order"], code, told, "step")
    number = told.number
    cause = Cause(
        None,
        "interlock",
        tx.now,
        sentence("a scan of %(link)s came late", link=floor.line.name_of(told.fact.link)),
    )
    found = derive_again(tx, floor, batch, cause, new=number)
    outcome, text = found.outcomes[number], found.text_of(number)
    if isinstance(outcome, Refusal):
        facts.mark(tx, number, "refused")
        return _refuse(
            tx, scan, told, replace(outcome, text=sentence("%(batch)s %(what)s", batch=code, what=text))
        )
    if isinstance(outcome, Same):
        facts.mark(tx, number, "same")
        return told_again(tx, scan, text)
    return Answer(scan.device, scan.scan_id, "recorded", text)


def _first_text(tx: Transaction, number: int) -> str:
    """What the device was told for the fact that this one repeats."""
    row = facts.numbered(tx, number)
    if row is None:
        return ""
    at = tx.row(
        "SELECT json_extract(detail, '$.text') AS text, json_extract(detail, '$.said.text') AS said FROM events"
        " WHERE sequence IN (SELECT received_by FROM positions WHERE batch = ?1 AND link = ?2"
        " UNION SELECT given_by FROM positions WHERE batch = ?1 AND link = ?2"
        " UNION SELECT received_by FROM handoffs WHERE batch = ?1 AND receiver = ?2)"
        " AND IFNULL(json_extract(detail, '$.scan.n'), sequence) = ?3 AND json_extract(detail, '$.text') IS NOT NULL"
        " ORDER BY sequence DESC",
        (row["batch"], row["link"], number),
    )
    return told_in(at["said"], at["text"]) if at else ""


def _delivered_before(tx: Transaction, batch: Row, told: facts.Told) -> str | None:
    """What was told for the same message of the broker, if it was the device's last scan of this batch here."""
    row = tx.row(
        "SELECT n, packet FROM scans WHERE batch = ? AND device = ? AND link = ? AND became = 'step'"
        " ORDER BY at DESC, n DESC LIMIT 1",
        (batch["batch"], told.fact.device, told.fact.link),
    )
    if row is None or row["packet"] is None or row["packet"] != told.packet:
        return None
    return _first_text(tx, row["n"])


def _refuse(tx: Transaction, scan: Scan, told: facts.Told, refusal: Refusal) -> Answer:
    keep_refused(tx, scan, told.station, refusal, told.number or None)
    return Answer(scan.device, scan.scan_id, "refused", refusal.text)


def _unknown(code: str) -> Refusal:
    if meant_code(code) is not None:
        return Refusal(
            "layout",
            sentence(
                "%(code)s was misread: the scanner types for another keyboard layout, set it up anew",
                code=code[:40],
            ),
        )
    if looks_like_batch_code(code) and not is_batch_code(code.upper()):
        return Refusal(
            "check", sentence("%(code)s was misread, its check character is wrong: scan again", code=code)
        )
    return Refusal("unknown", sentence("%(code)s is no batch here", code=code[:40]))
