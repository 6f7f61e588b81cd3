"""The flagged link says that a flag is wrong, and a supervisor rules."""

from __future__ import annotations

from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.flag_timing import wound
from ledger.flags import Tap, flag_row, refuse_others, reply, standing_of
from ledger.store import Ledger
from shopfloor.calendar_book import CalendarBook
from shopfloor.flag_clocks import clock_of
from shopfloor.flags import ruling_word, why_not_dispute, why_not_rule
from shopfloor.instants import Instant
from shopfloor.sentences import sentence
from shopfloor.site import Site


def dispute_flag(ledger: Ledger, site: Site, tap: Tap, *, flag: int, comment: str, now: Instant) -> None:
    """Say why a flag is wrong; its clocks stop, for a dispute is an answer. RuleRefused when it cannot be said."""
    line = site.lines[site.stations[tap.station].line]
    with ledger.write(now) as tx:
        if tx.holds(tap.event_id) is not None:
            return
        row = flag_row(tx, flag)
        refuse_others(row, site, tap)
        why_not = why_not_dispute(standing_of(row), comment)
        if why_not is not None:
            raise RuleRefused(why_not)
        text = sentence("disputed the flag of %(name)s", name=line.name_of(row["raised_by"]))
        detail = {"flag": flag, "comment": comment, "clock": None, "text": text}
        tx.append(reply(tap, "flag_disputed", row, detail))


def rule_flag(
    ledger: Ledger, site: Site, by: By, *, flag: int, ruling: str, comment: str, now: Instant
) -> None:
    """A supervisor's word on a disputed flag: upheld, its clock begins anew; overturned, it is closed."""
    with ledger.write(now) as tx:
        if by.said_before(tx, "flag_ruled") is not None:
            return
        row = flag_row(tx, flag)
        standing = standing_of(row)
        why_not = why_not_rule(standing, ruling, by.person)
        if why_not is not None:
            raise RuleRefused(why_not)
        line = site.line_or_ghost(row["line"])
        state = "overturned" if ruling == "overturned" else "answered" if row["answers"] else "raised"
        if row["closed_at"] is not None:
            state = row["state"] if ruling == "upheld" else state
        clock = clock_of(state, since_at=by.at, promised_at=row["promised_at"])
        text = sentence(
            "%(person)s ruled: the flag of %(raised_by)s against %(name)s is %(ruling)s",
            person=by.person,
            raised_by=line.name_of(row["raised_by"]),
            name=line.name_of(row["link"]),
            ruling=ruling_word(ruling),
        )
        detail = {
            "flag": flag,
            "ruling": ruling,
            "comment": comment,
            "clock": wound(site.flags, CalendarBook(site), line, row["link"], clock, now),
            "text": text,
        }
        tx.append(
            by.said(
                "flag_ruled",
                detail,
                unnamed=f"flag/{flag}/ruled/{tx.sequence + 1}",
                link=f"{row['line']}/{row['link']}",
                order=row["order"],
                batch=row["batch"],
                quantity=row["quantity"],
            )
        )
