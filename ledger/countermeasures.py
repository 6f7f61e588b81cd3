"""Countermeasures in the ledger: made from a reason, in effect or given up; and what they are measured by."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from ledger.delay_reading import REASON
from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.store import Ledger, Row
from shopfloor.countermeasures import Measure, Span, State, why_not_make, why_not_settle
from shopfloor.instants import Instant, moment_of
from shopfloor.sentences import sentence
from shopfloor.site import Line, Site


def make(ledger: Ledger, site: Site, by: By, *, line: Line, link: str, measure: Measure, now: Instant) -> int:
    """A countermeasure's number. RuleRefused with one sentence; the same act again gives the same number."""
    detail: dict[str, Any] = {
        "what": measure.what.strip(),
        "owner": measure.owner,
        "due_on": measure.due_on.isoformat(),
    }
    with ledger.write(now) as tx:
        before = by.said_before(tx, "countermeasure_made", detail)
        if before is not None:
            return int(json.loads(before["detail"])["measure"])
        why_not = why_not_make(site, line, link, measure, moment_of(now, site.zone).date())
        if why_not is not None:
            raise RuleRefused(why_not)
        number = tx.sequence + 1
        text = sentence(
            "%(link)s does something against “%(reason)s”: %(what)s",
            link=line.name_of(link),
            reason=next(each.name for each in site.reasons if each.id == measure.reason),
            what=measure.what.strip(),
        )
        detail = {"measure": number, **detail, "text": text}
        return tx.append(
            by.said(
                "countermeasure_made",
                detail,
                unnamed=f"countermeasure/{number}/countermeasure_made/{by.at}",
                link=f"{line.id}/{link}",
                reason=measure.reason,
            )
        )


def settle(
    ledger: Ledger,
    site: Site,
    by: By,
    *,
    number: int,
    to: State,
    since_on: date | None,
    comment: str,
    now: Instant,
) -> None:
    """Say that one is in effect since a day, or given up. RuleRefused with one sentence."""
    kind = "countermeasure_in_effect" if to == "in_effect" else "countermeasure_dropped"
    detail: dict[str, object] = {"measure": number, "comment": comment.strip()}
    if to == "in_effect":
        detail["since_on"] = None if since_on is None else since_on.isoformat()
    with ledger.write(now) as tx:
        if by.said_before(tx, kind, detail) is not None:
            return
        row = tx.row("SELECT * FROM countermeasures WHERE measure = ?", (number,))
        if row is None:
            raise RuleRefused(sentence("there is no countermeasure %(number)s", number=str(number)))
        why_not = why_not_settle(row["state"], to, since_on, comment, moment_of(now, site.zone).date())
        if why_not is not None:
            raise RuleRefused(why_not)
        tx.append(
            by.said(
                kind,
                detail,
                unnamed=f"countermeasure/{number}/{kind}/{by.at}",
                link=f"{row['line']}/{row['link']}",
                reason=row["reason"],
            )
        )


def measures(ledger: Ledger, line: str = "", link: str = "", limit: int = 200) -> list[Row]:
    """The open ones by their day, then those in effect, then those that were given up."""
    return ledger.rows(
        "SELECT * FROM countermeasures WHERE (?1 = '' OR line = ?1) AND (?2 = '' OR link = ?2) ORDER BY"
        " CASE state WHEN 'open' THEN 0 WHEN 'in_effect' THEN 1 ELSE 2 END,"
        " CASE state WHEN 'open' THEN due_on END, settled_at DESC, measure DESC LIMIT ?3",
        (line, link, limit),
    )


def active(ledger: Ledger, line: str, link: str = "") -> dict[str, int]:
    """How many are open or in effect against each reason."""
    rows = ledger.rows(
        "SELECT reason, COUNT(*) AS number FROM countermeasures WHERE line = ?1 AND (?2 = '' OR link = ?2)"
        " AND state != 'dropped' GROUP BY reason",
        (line, link),
    )
    return {row["reason"]: row["number"] for row in rows}


def measure(ledger: Ledger, number: int) -> Row | None:
    """One countermeasure."""
    return ledger.row("SELECT * FROM countermeasures WHERE measure = ?", (number,))


def daily(
    ledger: Ledger, line: str, link: str, reason: str, first_on: date, last_on: date
) -> dict[date, Span]:
    """For each production date: minutes that a link added itself for a reason, and its handoffs due."""
    asked = (line, link, first_on.isoformat(), last_on.isoformat())
    handoffs = ledger.rows(
        "SELECT on_day, SUM(due) AS due FROM link_days WHERE line = ? AND link = ? AND on_day BETWEEN ? AND ?"
        " GROUP BY on_day",
        asked,
    )
    minutes = ledger.rows(
        "SELECT d.planned_on, SUM(d.own_min) AS minutes FROM delays d WHERE d.line = ? AND d.link = ?"  # noqa: S608  # our own words
        f" AND d.planned_on BETWEEN ? AND ? AND d.own_min > 0 AND {REASON} = ? GROUP BY d.planned_on",
        (*asked, reason),
    )
    due = {row["on_day"]: row["due"] for row in handoffs}
    cost = {row["planned_on"]: row["minutes"] for row in minutes}
    return {date.fromisoformat(on): Span(cost.get(on, 0), due.get(on, 0)) for on in sorted({*due, *cost})}
