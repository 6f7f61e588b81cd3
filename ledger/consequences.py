"""Holding to account: what the next link chooses from the site's catalogue, disputed, ruled on, in effect."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.flags import Tap, flag_row, refuse_others, reply
from ledger.store import Ledger, Row, Transaction
from shopfloor.calendar_book import CalendarBook
from shopfloor.consequences import Held, Ripe, amount_left, why_not_choose, why_not_contest, why_not_settle
from shopfloor.flag_clocks import working_day_after
from shopfloor.flag_rules import Consequence
from shopfloor.flags import ruling_word
from shopfloor.instants import Instant, month_of
from shopfloor.sentences import sentence
from shopfloor.site import Site


@dataclass(frozen=True, slots=True)
class Choice:
    """What is open to the next link: an entry of the catalogue, and what its cap leaves of its amount."""

    consequence: Consequence
    amount: int


def choices(source: Ledger | Transaction, site: Site, flag: Row, now: Instant) -> tuple[Choice, ...]:
    """What the link that raised a flag may choose now; nothing while the flag is not ripe for it."""
    if why_not_choose(_ripe(source, flag, now)) is not None:
        return ()
    left = ((entry, _left(source, site, flag, entry, now)) for entry in site.flags.consequences)
    return tuple(Choice(entry, amount) for entry, amount in left if entry.kind == "word" or amount)


def choose(ledger: Ledger, site: Site, tap: Tap, *, flag: int, consequence: str, now: Instant) -> None:
    """Choose one for a flag that was raised by the station's link. RuleRefused when it is not open to it."""
    station = site.stations[tap.station]
    line = site.lines[station.line]
    with ledger.write(now) as tx:
        if tx.holds(tap.event_id) is not None:
            return
        row = flag_row(tx, flag)
        if (row["line"], row["raised_by"]) != (station.line, station.link):
            raise RuleRefused(
                sentence(
                    "flag %(flag)s was not raised by %(name)s; only the next link chooses a consequence",
                    flag=flag,
                    name=station.name,
                )
            )
        entry = site.flags.consequence(consequence)
        if entry is None:
            known = ", ".join(each.id for each in site.flags.consequences) or sentence(
                "none; the catalogue is empty"
            )
            raise RuleRefused(
                sentence(
                    "%(consequence)s is no consequence of this site; there are: %(known)s",
                    consequence=repr(consequence[:40]),
                    known=known,
                )
            )
        why_not = why_not_choose(_ripe(tx, row, tap.at))
        if why_not is not None:
            raise RuleRefused(why_not)
        amount = _left(tx, site, row, entry, tap.at)
        if entry.kind != "word" and not amount:
            raise RuleRefused(sentence("%(name)s is used up for this month; choose another", name=entry.name))
        calendar = CalendarBook(site).of_link(line, row["link"], tap.at)
        detail = {
            "flag": flag,
            "consequence": entry.id,
            "name": entry.name,
            "kind": entry.kind,
            "amount": amount,
            "due_at": working_day_after(calendar, tap.at),
            "text": sentence("%(name)s chosen for %(link)s", name=entry.name, link=line.name_of(row["link"])),
        }
        tx.append(reply(tap, "consequence_chosen", row, detail))


def contest(ledger: Ledger, site: Site, tap: Tap, *, flag: int, comment: str, now: Instant) -> None:
    """The flagged link disputes what was chosen for it. RuleRefused when it has taken effect."""
    with ledger.write(now) as tx:
        if tx.holds(tap.event_id) is not None:
            return
        row = flag_row(tx, flag)
        refuse_others(row, site, tap)
        why_not = why_not_contest(_held(tx, flag), comment, tap.at)
        if why_not is not None:
            raise RuleRefused(why_not)
        text = sentence("disputed what was chosen for flag %(flag)s", flag=flag)
        tx.append(reply(tap, "consequence_disputed", row, {"flag": flag, "comment": comment, "text": text}))


def settle(ledger: Ledger, by: By, *, flag: int, ruling: str, comment: str, now: Instant) -> None:
    """A supervisor's word on a disputed consequence: upheld it takes effect."""
    with ledger.write(now) as tx:
        if by.said_before(tx, "consequence_ruled") is not None:
            return
        row = flag_row(tx, flag)
        why_not = why_not_settle(_held(tx, flag), ruling, by.person)
        if why_not is not None:
            raise RuleRefused(why_not)
        text = sentence(
            "%(person)s ruled: the consequence is %(ruling)s", person=by.person, ruling=ruling_word(ruling)
        )
        tx.append(
            by.said(
                "consequence_ruled",
                {"flag": flag, "ruling": ruling, "comment": comment, "text": text},
                unnamed=f"flag/{flag}/consequence/ruled",
                link=f"{row['line']}/{row['link']}",
                order=row["order"],
            )
        )


def of_flag(source: Ledger | Transaction, flag: int) -> Row | None:
    """What was chosen for a flag."""
    return source.row("SELECT * FROM consequences WHERE flag = ?", (flag,))


def _ripe(source: Ledger | Transaction, flag: Row, now: Instant) -> Ripe:
    unanswered = source.row(
        "SELECT 1 FROM escalations WHERE flag = ? AND clock = 'unanswered' AND NOT moot", (flag["flag"],)
    )
    promised_at = flag["promised_at"]
    return Ripe(
        flag["state"],
        unanswered=unanswered is not None,
        promise_broken=promised_at is not None and promised_at < now,
        chosen=of_flag(source, flag["flag"]) is not None,
    )


def _held(tx: Transaction, flag: int) -> Held | None:
    row = of_flag(tx, flag)
    return None if row is None else Held(row["state"], row["due_at"])


def _left(source: Ledger | Transaction, site: Site, flag: Row, entry: Consequence, now: Instant) -> int:
    """What the cap leaves of the amount for the flagged link in this calendar month."""
    from_at, to_at = month_of(now, site.zone)
    row = source.row(
        "SELECT IFNULL(SUM(amount), 0) AS units, COUNT(*) AS times FROM consequences WHERE line = ? AND link = ?"
        " AND consequence = ? AND chosen_at >= ? AND chosen_at < ? AND state != 'overturned'",
        (flag["line"], flag["link"], entry.id, from_at, to_at),
    )
    return amount_left(entry, row["units"] if row else 0)
