"""What a report says, before anybody asks how it is written: a title, columns, rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from kiosk.contexts.agreement import FormState
from kiosk.services import Services
from kiosk.views.hours import find_shift, hours_page
from kiosk.views.plan_lanes import in_order
from kiosk.views.responsibility import PeriodRefused, link_sums, period
from ledger import on_time
from shopfloor.instants import local_text, moment_of
from shopfloor.sentences import sentence, text_of
from shopfloor.site import Line
from shopfloor.wall_time import wall_instant

Cell = str | int | None


class ReportRefused(Exception):
    """What was asked for the site does not have; the text says what there is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is to be about; empty is the usual: every line, the shift that ended last, the last seven days."""

    line: str = ""
    link: str = ""
    shift: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A table; the first cell of a row is its heading. Minutes are the line's working minutes.

    Its words are sentences: a page tells them in its reader's language, a CSV has English columns that programs know.
    """

    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    texts: frozenset[str] = frozenset()
    """Columns that hold words; all others hold numbers."""


def report(services: Services, name: str, asked: Asked) -> Report:
    """The report of that name; ReportRefused in one sentence."""
    if name not in REPORTS:
        raise ReportRefused(
            sentence(
                "There is no report %(name)s; there are %(known)s.", name=name[:40], known=", ".join(REPORTS)
            )
        )
    return REPORTS[name](services, asked)


def _lines(services: Services, asked: Asked) -> list[Line]:
    lines = services.config.site.lines
    if asked.line and asked.line not in lines:
        raise ReportRefused(
            sentence(
                "There is no line %(name)s; known are %(known)s.",
                name=asked.line[:40],
                known=", ".join(lines),
            )
        )
    return [lines[asked.line]] if asked.line else list(lines.values())


def _period(services: Services, asked: Asked) -> tuple[date, date]:
    try:
        return period(services, asked.first, asked.last)
    except PeriodRefused as refused:
        raise ReportRefused(text_of(refused)) from None


def _shift(services: Services, asked: Asked) -> Report:
    """The hours of a shift, link by link, with what people said about them."""
    rows: list[tuple[Cell, ...]] = []
    shift_id = asked.shift
    known: set[str] = set()
    zone = services.config.site.zone
    for line in _lines(services, asked):
        for link in in_order(line):
            if asked.link not in ("", link.id):
                continue
            known.update(
                each.id for each in services.calendars.of_link(line, link.id, services.clock()).shifts
            )
            found = find_shift(services, line, link, shift_id)
            if found is None:
                continue
            shift_id = shift_id or found[1].id
            page = hours_page(services, line, link, *found, FormState())
            for hour in page.hours:
                flag_reasons = [flag.reason for flag in hour.flags if flag.reason]
                rows.append(
                    (
                        link.name,
                        local_text(hour.start_at, zone),
                        hour.target,
                        hour.given,
                        hour.given - hour.target,
                        hour.given_sum - hour.target_sum,
                        "; ".join(dict.fromkeys([*filter(None, [hour.reason]), *flag_reasons])),
                        hour.action,
                        hour.prevention,
                        hour.owner,
                    )
                )
    if not rows:
        raise ReportRefused(
            sentence(
                "No link of that line works in a shift %(shift)s; known are for example %(known)s.",
                shift=shift_id[:40],
                known=", ".join(sorted(known)[-3:]),
            )
        )
    columns = (
        sentence("link"),
        sentence("hour"),
        sentence("target"),
        sentence("given"),
        sentence("difference"),
        sentence("sum"),
        sentence("reason"),
        sentence("action"),
        sentence("prevention"),
        sentence("owner"),
    )
    texts = frozenset({"link", "hour", "reason", "action", "prevention", "owner"})
    return Report(sentence("Shift report"), shift_id, columns, tuple(rows), texts)


def _responsibility(services: Services, asked: Asked) -> Report:
    """Handoffs, minutes, flags and promises of each link over production dates."""
    first_on, last_on = _period(services, asked)
    rows: list[tuple[Cell, ...]] = []
    for line in _lines(services, asked):
        with services.ledger.snapshot():
            sums = link_sums(services, line, first_on, last_on)
        rows += [
            (
                row.name,
                line.name,
                row.due,
                row.on_time,
                row.late,
                row.on_time_percent,
                row.own_min,
                row.inherited_min,
                row.recovered_min,
                row.shared_min,
                row.silent_min,
                row.answers_for_min,
                row.flags,
                row.answered,
                row.in_time,
                row.promised,
                row.kept,
                row.silences,
                row.points,
            )
            for row in sums
            if asked.link in ("", row.link)
        ]
    columns = (
        sentence("link"),
        sentence("line"),
        sentence("handoffs due"),
        sentence("on time"),
        sentence("late"),
        sentence("on time %%"),
        sentence("own min"),
        sentence("inherited min"),
        sentence("recovered min"),
        sentence("shared min"),
        sentence("silence min"),
        sentence("answers for min"),
        sentence("flags"),
        sentence("answered"),
        sentence("in time"),
        sentence("promises"),
        sentence("kept"),
        sentence("silences"),
        sentence("points"),
    )
    texts = frozenset({"link", "line"})
    return Report(sentence("Responsibility"), _days(first_on, last_on), columns, tuple(rows), texts)


def _on_time(services: Services, asked: Asked) -> Report:
    """Orders by the week in which they were due: shipped on time, late, or open beyond their due."""
    first_on, last_on = _period(services, asked)
    zone, now = services.config.site.zone, services.clock()
    span = tuple(wall_instant(on, time(), zone) for on in (first_on, last_on + timedelta(days=1)))
    weeks: dict[tuple[str, str], list[int]] = {}
    for line in _lines(services, asked):
        for row in on_time.orders_due(services.ledger, line.id, *span):
            year, week, _ = moment_of(row["due_at"], zone).date().isocalendar()
            counts = weeks.setdefault((f"{year}-W{week:02d}", line.name), [0, 0, 0, 0])
            counts[0] += 1
            shipped_at = row["shipped_at"]
            if shipped_at is not None:
                counts[1 if shipped_at <= row["due_at"] else 2] += 1
            elif row["due_at"] <= now:
                counts[3] += 1
    rows = tuple(
        (
            week,
            line,
            due,
            kept,
            late,
            overdue,
            kept * 100 // done if (done := kept + late + overdue) else None,
        )
        for (week, line), (due, kept, late, overdue) in sorted(weeks.items())
    )
    columns = (
        sentence("week"),
        sentence("line"),
        sentence("orders due"),
        sentence("on time"),
        sentence("late"),
        sentence("overdue"),
        sentence("on time %%"),
    )
    return Report(sentence("On time"), _days(first_on, last_on), columns, rows, frozenset({"week", "line"}))


def _days(first_on: date, last_on: date) -> str:
    return sentence("%(first)s to %(last)s", first=first_on, last=last_on)


REPORTS: Mapping[str, Callable[[Services, Asked], Report]] = {
    "shift": _shift,
    "responsibility": _responsibility,
    "on-time": _on_time,
}
