"""Countermeasures of the demo: against the two reasons that came most often, one in effect, one still to be done."""

from __future__ import annotations

from datetime import date, timedelta

from ledger import countermeasures, delay_reading
from ledger.drafts import By
from ledger.store import Ledger
from shopfloor.countermeasures import Measure
from shopfloor.flags import PREVIOUS
from shopfloor.instants import Instant, moment_of
from shopfloor.site import Line, Site

PERSON = "Sven Berg"
SOURCE = "demo"
LOOK_BACK = timedelta(days=30)
IN_EFFECT = timedelta(days=3)
DUE = timedelta(days=7)
WHAT = {
    "machine": "The spindle is greased at each shift change, and the spare motor stands ready",
    "tool": "A second set of tools lies ready before the charge begins",
    "setup": "The fixture for the next order is prepared while the last batch runs",
    "people": "A second person is trained for this station",
    "quality": "The first piece of each charge is measured before the rest goes on",
    "material": "The haulier is called at noon of the day before",
}
OTHERWISE = "It is looked at together every morning for two weeks"


def take_on(ledger: Ledger, site: Site, line: Line, now: Instant) -> None:
    """Once, and only where reasons have cost minutes."""
    if countermeasures.measures(ledger, line.id, limit=1):
        return
    today = moment_of(now, site.zone).date()
    before = _costly(ledger, line, today - LOOK_BACK, today - IN_EFFECT)[:1]
    after = [each for each in _costly(ledger, line, today - LOOK_BACK, today) if each not in before][:1]
    for place, (link, reason) in enumerate([*before, *after]):
        owner = "lead" if place else link
        measure = Measure(reason, WHAT.get(reason, OTHERWISE), owner, today + DUE)
        by = By(PERSON, SOURCE, now, f"demo-countermeasure-{link}-{reason}")
        number = countermeasures.make(ledger, site, by, line=line, link=link, measure=measure, now=now)
        if before and not place:
            done = By(PERSON, SOURCE, now, f"demo-countermeasure-{link}-{reason}-done")
            countermeasures.settle(
                ledger,
                site,
                done,
                number=number,
                to="in_effect",
                since_on=today - IN_EFFECT,
                comment="Tried out in one shift first",
                now=now,
            )


def _costly(ledger: Ledger, line: Line, first_on: date, last_on: date) -> list[tuple[str, str]]:
    """Links and their reasons, those that cost most minutes first."""
    costs = [
        (row.minutes, link.id, str(row.cause))
        for link in line.links
        for row in delay_reading.own_minutes(ledger, line.id, first_on, last_on, link.id)["reason"]
        if row.cause not in (None, PREVIOUS)
    ]
    return [(link, reason) for _, link, reason in sorted(costs, reverse=True)]
