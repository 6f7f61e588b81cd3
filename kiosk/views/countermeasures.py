"""Countermeasures with their figures before and after, for their pages and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from kiosk.contexts.agreement import FormState
from kiosk.contexts.countermeasures import Countermeasure, CountermeasurePage, CountermeasuresPage, Week
from kiosk.services import Services
from kiosk.speech import dated
from kiosk.views.frame import frame
from kiosk.views.plan_lanes import in_order
from ledger import countermeasures
from ledger.store import Row
from shopfloor.countermeasures import OWNERS, Span, went_down, windows
from shopfloor.instants import moment_of
from shopfloor.roles import role_word
from shopfloor.site import Line

WEEKS_BEFORE, WEEKS_AFTER = 6, 6
USUAL_DAYS = 14
"""By when something is to be done unless another day is chosen."""


def today_of(services: Services) -> date:
    """The day at the site."""
    return moment_of(services.clock(), services.config.site.zone).date()


def countermeasures_page(
    services: Services,
    line: str,
    chosen: Mapping[str, str],
    form: FormState,
    *,
    open_form: bool,
    done: str = "",
) -> CountermeasuresPage:
    """All of the site, or of one line."""
    site = services.config.site
    today = today_of(services)
    with services.ledger.snapshot():
        rows = [_shown(services, row, today) for row in countermeasures.measures(services.ledger, line)]
        shown = frame(services, services.clock())
    lines = [site.lines[line]] if line else list(site.lines.values())
    owners = {link.id: link.name for each in lines for link in in_order(each)}
    return CountermeasuresPage(
        frame=shown,
        line=line,
        lines=tuple((each.id, each.name) for each in site.lines.values()),
        rows=tuple(rows),
        links=tuple(
            (each.id, each.name, tuple((link.id, link.name) for link in in_order(each))) for each in lines
        ),
        reasons=tuple((reason.id, reason.name) for reason in site.reasons),
        owners=(*((role, role_word(role)) for role in OWNERS), *owners.items()),
        chosen={"due": (today + timedelta(days=USUAL_DAYS)).isoformat(), **chosen},
        form=form,
        open_form=open_form,
        done=done,
    )


def countermeasure_page(
    services: Services, number: int, form: FormState, *, done: str = ""
) -> CountermeasurePage | None:
    """One countermeasure; None when there is none of that number."""
    today = today_of(services)
    with services.ledger.snapshot():
        row = countermeasures.measure(services.ledger, number)
        if row is None:
            return None
        return CountermeasurePage(
            frame=frame(services, services.clock()),
            row=_shown(services, row, today),
            weeks=_weeks(services, row, today),
            today=today.isoformat(),
            form=form,
            done=done,
        )


def countermeasures_json(services: Services, line: str) -> dict[str, Any]:
    """All of them for programs."""
    today = today_of(services)
    with services.ledger.snapshot():
        rows = countermeasures.measures(services.ledger, line)
        return {"countermeasures": [_json(services, row, today) for row in rows]}


def countermeasure_json(services: Services, number: int) -> dict[str, Any] | None:
    """One for programs."""
    with services.ledger.snapshot():
        row = countermeasures.measure(services.ledger, number)
        return None if row is None else _json(services, row, today_of(services))


def _json(services: Services, row: Row, today: date) -> dict[str, Any]:
    shown = _shown(services, row, today)
    told = {
        name: row[name] for name in ("line", "link", "reason", "what", "owner", "due_on", "state", "since_on")
    }
    return {
        "countermeasure": row["measure"],
        **told,
        "comment": row["comment"],
        "before": _span_json(shown.before),
        "after": None if shown.after is None else _span_json(shown.after),
        "went_down": shown.went_down,
    }


def _span_json(span: Span) -> dict[str, int | None]:
    return {"minutes": span.minutes, "handoffs": span.handoffs, "per_hundred": span.per_hundred}


def _shown(services: Services, row: Row, today: date) -> Countermeasure:
    site = services.config.site
    line = site.line_or_ghost(row["line"])
    since_on = date.fromisoformat(row["since_on"]) if row["since_on"] else None
    first, then = windows(since_on, today)
    before = _sum(services, row, *first)
    after = None if then is None else _sum(services, row, *then)
    due_on = date.fromisoformat(row["due_on"])
    return Countermeasure(
        measure=row["measure"],
        line=row["line"],
        line_name=line.name,
        link=row["link"],
        link_name=line.name_of(row["link"]),
        reason=row["reason"],
        reason_name=next((each.name for each in site.reasons if each.id == row["reason"]), row["reason"]),
        what=row["what"],
        owner=owner_name(line, row["owner"]),
        due=day_words(due_on),
        overdue=row["state"] == "open" and due_on < today,
        state=row["state"],
        since="" if since_on is None else day_words(since_on),
        comment=row["comment"],
        before=before,
        after=after,
        went_down=None if after is None else went_down(before, after),
    )


def owner_name(line: Line, owner: str) -> str:
    """The word for a role, or a link's name."""
    return role_word(owner) if owner in OWNERS else line.name_of(owner)


def day_words(on: date) -> str:
    """For example Tue 1 Dec."""
    return dated(on, "EEE d MMM")


def _sum(services: Services, row: Row, first_on: date, last_on: date) -> Span:
    days = countermeasures.daily(
        services.ledger, row["line"], row["link"], row["reason"], first_on, last_on
    ).values()
    return Span(sum(each.minutes for each in days), sum(each.handoffs for each in days))


def _weeks(services: Services, row: Row, today: date) -> tuple[Week, ...]:
    """Whole weeks from Monday around the day since which it is in effect, up to this one."""
    since_on = date.fromisoformat(row["since_on"]) if row["since_on"] else None
    middle = since_on or today
    monday = middle - timedelta(days=middle.weekday())
    first_on = monday - timedelta(weeks=WEEKS_BEFORE)
    until = min(monday + timedelta(weeks=WEEKS_AFTER), today - timedelta(days=today.weekday()))
    days = countermeasures.daily(
        services.ledger, row["line"], row["link"], row["reason"], first_on, until + timedelta(days=6)
    )
    weeks = []
    for number in range((until - first_on).days // 7 + 1):
        on = first_on + timedelta(weeks=number)
        spans = [span for day, span in days.items() if on <= day < on + timedelta(days=7)]
        span = Span(sum(each.minutes for each in spans), sum(each.handoffs for each in spans))
        after = since_on is not None and on + timedelta(days=6) >= since_on
        weeks.append(Week(dated(on, "d MMM"), span.per_hundred, span.minutes, span.handoffs, after))
    return tuple(weeks)
