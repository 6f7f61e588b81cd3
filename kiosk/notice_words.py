"""Notices as people read them in a mail or on a telephone: a title that says it, and a line for each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.speech import capital, told
from ledger.said import text_in
from ledger.store import Row
from shopfloor.handoffs import clock_text
from shopfloor.instants import Instant, moment_of
from shopfloor.report_times import ReportDue
from shopfloor.sentences import counted, sentence
from shopfloor.site import Site

SHOWN = 20
"""Lines of one message; how many more there are is said."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """What hangs on a message."""

    name: str
    mimetype: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Words:
    """In the language that is spoken."""

    title: str
    body: str
    files: tuple[AttachedFile, ...] = ()


def words_of(site: Site, rows: Sequence[Row], now: Instant) -> Words:
    """One message for all these notices, oldest first."""
    whats = [text_in(json.loads(row["detail"])) for row in rows]
    if len(rows) == 1:
        title = sentence("%(site)s: %(what)s", site=site.name, what=whats[0])
    else:
        title = counted("%(site)s: %(n)s notice", "%(site)s: %(n)s notices", len(rows), site=site.name)
    lines = [_line(site, row, what, now) for row, what in zip(rows[:SHOWN], whats, strict=False)]
    if len(rows) > SHOWN:
        lines.append(told(sentence("and %(more)s more", more=len(rows) - SHOWN)))
    return Words(told(title), "\n".join(lines))


def report_words(site: Site, report: ReportDue, file: AttachedFile) -> Words:
    """What a report comes with."""
    line = site.line_or_ghost(report.line).name if report.line else site.name
    if report.name == "shift":
        title = sentence("%(line)s: report of the shift %(shift)s", line=line, shift=report.shift)
    else:
        title = sentence(
            "%(line)s: responsibility from %(first)s to %(last)s",
            line=line,
            first=str(report.first_on),
            last=str(report.last_on),
        )
    body = sentence("%(file)s hangs on this message. What is recorded later is on its page.", file=file.name)
    return Words(told(title), told(body), (file,))


def trial_words(site: Site, channel: str, person: str) -> Words:
    """What a test says, so that nobody runs."""
    title = sentence("%(site)s: test of %(channel)s", site=site.name, channel=channel)
    body = (
        sentence("%(person)s tries whether messages arrive here. Nothing has happened.", person=person)
        if person
        else sentence("Somebody tries whether messages arrive here. Nothing has happened.")
    )
    return Words(told(title), told(body))


def _line(site: Site, row: Row, what: str, now: Instant) -> str:
    line = site.line_or_ghost(row["line"])
    missing: dict[str, object] = {
        "order": row["order"],
        "quantity": row["quantity"],
        "name": line.name_of(row["raised_by"]),
        "at": _when(site, row["raised_at"], now),
    }
    said = [
        capital(what),
        told(sentence("%(order)s: %(name)s misses %(quantity)s, flagged %(at)s", **missing)),
    ]
    if row["moot"]:
        said.append(told(sentence("needless, as was learned later")))
    if row["closed_at"] is not None:
        said.append(told(_closed(row["state"], _when(site, row["closed_at"], now))))
    elif row["state"] == "answered":
        said.append(told(sentence("answered since")) if row["clock"] == "unanswered" else "")
    return f"{_when(site, row['at'], now)} {'. '.join(filter(None, said))}."


def _closed(state: str, at: str) -> str:
    if state == "withdrawn":
        return sentence("taken back %(at)s", at=at)
    if state == "overturned":
        return sentence("overturned %(at)s", at=at)
    return sentence("resolved %(at)s", at=at)


def _when(site: Site, at: Instant, now: Instant) -> str:
    """For example 15:05; with its date on another day."""
    on = moment_of(at, site.zone).date()
    clock = clock_text(at, site.zone)
    return clock if on == moment_of(now, site.zone).date() else f"{on.isoformat()} {clock}"
