"""Command codes and badges: what a station without a tablet says by scanning a label, or by a button.

Nobody sees what such a scan is about to do. So it acts only on what has just happened, it says what it did, and what
blames somebody has to be scanned a second time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledger import corrections, flags, reading
from ledger.errors import RuleRefused
from ledger.facts import Told
from ledger.flags import Tap
from ledger.refusals import keep_refused
from ledger.repeats import kept_code
from ledger.said import said_of, told_in
from ledger.standing import event_of_fact
from ledger.store import Row, Transaction
from shopfloor.codes import command_of
from shopfloor.handoffs import Refusal, clock_text
from shopfloor.instants import MINUTE_MS, SECOND_MS, Instant
from shopfloor.scans import Answer, Result, Scan
from shopfloor.sentences import sentence, text_of

if TYPE_CHECKING:
    from ledger.recorder import Recorder

OLDEST_MS = 5 * MINUTE_MS
"""A command that comes later than this after it was scanned is not obeyed any more."""
UNDO_WITHIN_MS = 2 * MINUTE_MS
"""How long a device can take back what it scanned; later only somebody who sees it can, at a kiosk."""
RECENT = 50_000
"""Scans among which the last of a device is looked for: more than the whole site makes in that time."""
READ_AGAIN_MS = SECOND_MS
"""One pull of a trigger may read a label twice: the same command within this time is the same."""
CONFIRM_WITHIN_MS = 10 * SECOND_MS
"""What blames is scanned a second time within this."""
EVENT_ID = "command/"
"""What the id of an event begins with that a command brought about."""
KEPT = 50_000
"""The newest commands that are kept; a button that is stuck must not fill the disk."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What is answered, and what a second scan would do: a previous link and an order."""

    result: Result
    text: str
    asks: tuple[str, str] | None = None


def obey(tx: Transaction, recorder: Recorder, scan: Scan, told: Told) -> Answer:
    """Do what a command says, or let somebody badge in; once, however often the same scan comes."""
    last = tx.row("SELECT * FROM commands WHERE device = ? ORDER BY n DESC LIMIT 1", (scan.device,))
    before = last if last is not None and last["code"] == kept_code(scan) else None
    if before is not None and _is_same(before, scan, told.fact.at):
        text = told_in(before["said"], before["text"])
        _keep(tx, scan, told, _Said(before["result"], text, _asked(before)))
        result: Result = "refused" if before["result"] == "refused" else "duplicate"
        return Answer(scan.device, scan.scan_id, result, text)
    number = _keep(tx, scan, told, _Said("refused", ""))
    try:
        said = _done(tx, recorder, scan, told, f"{EVENT_ID}{number}", before)
    except RuleRefused as fault:
        said = _Said("refused", text_of(fault))
    if said.result == "refused" and said.asks is None:
        seen = replace(scan, code="a badge", payload=b"") if scan.kind == "badge" else scan
        keep_refused(tx, seen, told.station, Refusal("command", said.text))
    asks = None if said.asks is None else json.dumps(said.asks)
    tx.run(
        "UPDATE commands SET result = ?, text = ?, said = ?, asks = ? WHERE n = ?",
        (said.result, said.text, said_of(said.text), asks, number),
    )
    return Answer(scan.device, scan.scan_id, said.result, said.text)


def _is_same(before: Row, scan: Scan, at: Instant) -> bool:
    if scan.redelivered and scan.scan_id is None and before["packet"] == scan.packet:
        return True
    # A badge that is read again changes nothing, unless its owner was signed out just now.
    return scan.kind != "badge" and 0 <= at - before["at"] < READ_AGAIN_MS


def _done(
    tx: Transaction, recorder: Recorder, scan: Scan, told: Told, event_id: str, before: Row | None
) -> _Said:
    """Do it; RuleRefused when it cannot be done."""
    if scan.kind == "badge":
        greeting = recorder.badges.badge_in(tx, told.station, scan.code, told.fact.at, device=scan.device)
        if isinstance(greeting, Refusal):
            return _Said("refused", greeting.text)
        return _Said("recorded", greeting)
    if scan.device_at is not None and scan.arrived_at - scan.device_at > OLDEST_MS:
        clock = clock_text(scan.device_at, recorder.site.zone)
        raise RuleRefused(
            sentence("scanned %(time)s by its clock, that is too long ago; do it at the kiosk", time=clock)
        )
    tap = Tap(event_id, told.station, told.fact.at, told.person, scan.device)
    if command_of(scan.code) == "undo":
        return _undo(tx, recorder, tap, told.fact.link)
    return _not_received(tx, recorder, tap, told.fact.link, before)


def _undo(tx: Transaction, recorder: Recorder, tap: Tap, link: str) -> _Said:
    """Take back what the device recorded last, by the rules that a kiosk has for it."""
    row = tx.row(
        "SELECT * FROM scans WHERE n > (SELECT MAX(n) FROM scans) - ? AND device = ? AND at >= ? AND link = ?"
        " AND became = 'step' ORDER BY at DESC, n DESC LIMIT 1",
        (RECENT, tap.source, tap.at - UNDO_WITHIN_MS, link),
    )
    event = None if row is None else event_of_fact(tx, row)
    if event is None:
        minutes = UNDO_WITHIN_MS // MINUTE_MS
        raise RuleRefused(
            sentence("nothing was recorded here in the last %(n)s minutes; undo it at the kiosk", n=minutes)
        )
    return _Said(
        "recorded", corrections.take_back(tx, recorder, tap, event, why="undone where it was scanned")
    )


def _not_received(tx: Transaction, recorder: Recorder, tap: Tap, link: str, before: Row | None) -> _Said:
    """Flag what is overdue longest and not flagged yet, once that was said and the label was scanned again."""
    line = recorder.site.lines[recorder.site.stations[tap.station].line]
    name = line.name_of(link)
    previous = {each.id for each in line.previous_links(link)}
    if not previous:
        raise RuleRefused(sentence("%(link)s is a first link; no link before it owes anything", link=name))
    owed = [row for row in reading.owed(tx, line.id, tap.at) if row.link in previous and row.missing > 0]
    flagged = {
        (row["link"], row["order"])
        for row in tx.rows(
            'SELECT link, "order" FROM flags INDEXED BY open_flags'
            " WHERE line = ? AND raised_by = ? AND closed_at IS NULL",
            (line.id, link),
        )
    }
    if not owed:
        raise RuleRefused(sentence("nothing is owed to %(link)s at this hour", link=name))
    row = next((row for row in owed if (row.link, row.order) not in flagged), None)
    if row is None:
        raise RuleRefused(sentence("all that is owed to %(link)s is flagged already", link=name))
    values = {"link": line.name_of(row.link), "units": row.missing, "order": row.order}
    asks = (row.link, row.order)
    if before is None or _asked(before) != asks or tap.at - before["at"] > CONFIRM_WITHIN_MS:
        seconds = CONFIRM_WITHIN_MS // SECOND_MS
        why = sentence(
            "scan again within %(n)s s to flag %(link)s for %(units)s of %(order)s", n=seconds, **values
        )
        return _Said("refused", why, asks)
    flags.raise_within(tx, recorder.site, tap, against=row.link, order=row.order)
    return _Said("recorded", sentence("%(link)s flagged: %(units)s of %(order)s not received", **values))


def _asked(row: Row) -> tuple[str, str] | None:
    if row["asks"] is None:
        return None
    against, order = json.loads(row["asks"])
    return against, order


def _keep(tx: Transaction, scan: Scan, told: Told, said: _Said) -> int:
    number = tx.insert(
        "INSERT INTO commands (device, scan_id, code, quantity, packet, station, person, at, arrived_at, asks,"
        " result, text, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            scan.device,
            scan.scan_id,
            kept_code(scan),
            scan.quantity,
            scan.packet,
            told.station,
            told.person,
            told.fact.at,
            scan.arrived_at,
            None if said.asks is None else json.dumps(said.asks),
            said.result,
            said.text,
            said_of(said.text),
        ),
    )
    tx.run("DELETE FROM commands WHERE n <= ?", (number - KEPT,))
    return number
