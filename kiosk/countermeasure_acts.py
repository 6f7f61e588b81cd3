"""What is done about countermeasures, from a page or through the API: who may, and that each act counts once."""

from __future__ import annotations

from datetime import date

from kiosk import identity
from kiosk.errors import NotHere
from kiosk.services import Services
from ledger import countermeasures
from ledger.drafts import By
from ledger.errors import RuleRefused
from shopfloor.countermeasures import Measure, State
from shopfloor.sentences import sentence, text_of

LARGEST_NUMBER = 2**53


def make(services: Services, by: By, *, line: str, link: str, measure: Measure) -> int:
    """A new one; its number. A lead may make it only for a link that the lead leads: NotAllowed."""
    site = services.config.site
    if line not in site.lines:
        raise RuleRefused(text_of(NotHere("line", line, site.lines)))
    _permit(services, line, link)
    return countermeasures.make(
        services.ledger, site, by, line=site.lines[line], link=link, measure=measure, now=services.clock()
    )


def settle(
    services: Services, by: By, *, number: int, to: State, since_on: date | None, comment: str
) -> None:
    """In effect since a day, or given up."""
    row = countermeasures.measure(services.ledger, number)
    if row is not None:
        _permit(services, row["line"], row["link"])
    countermeasures.settle(
        services.ledger,
        services.config.site,
        by,
        number=number,
        to=to,
        since_on=since_on,
        comment=comment,
        now=services.clock(),
    )


def none_such(services: Services, number: int) -> NotHere:
    """The fault of an unknown countermeasure, with those that there are."""
    known = [str(row["measure"]) for row in countermeasures.measures(services.ledger, limit=20)]
    return NotHere(sentence("countermeasure"), str(number), known)


def day(text: str | None) -> date | None:
    """A day as fields and programs write it; RuleRefused when it is none."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleRefused(
            sentence("%(written)s is no date; write for example 2026-11-24", written=repr(text[:20]))
        ) from None


def needed_day(text: str | None) -> date:
    """The day by which something is done; RuleRefused without one."""
    found = day(text)
    if found is None:
        raise RuleRefused(sentence("say by which day it is done"))
    return found


def _permit(services: Services, line: str, link: str) -> None:
    stations = services.config.site.stations_of(line, link)
    identity.permit("improve", stations[0] if stations else None)
