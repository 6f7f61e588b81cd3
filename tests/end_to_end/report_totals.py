"""The totals of screens, API and reports of a site folder beside those reckoned from its raw events."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

from flask.testing import FlaskClient

from interlock.opening import open_ledger
from kiosk.app import create_app
from kiosk.services import Pulse, Services
from ledger.badged_in import StationBadges
from ledger.recorder import Recorder
from shopfloor.calendar_book import CalendarBook
from station_config import load
from tests.end_to_end.events_oracle import Oracle, instant

COLUMNS = {
    "handoffs due": "handoffs_due", "on time": "on_time", "late": "late", "own min": "own_minutes",
    "inherited min": "inherited_minutes", "recovered min": "recovered_minutes", "shared min": "shared_minutes",
    "silence min": "silence_minutes", "answers for min": "answers_for_minutes", "flags": "flags",
    "answered": "answered", "in time": "answered_in_time", "promises": "promises", "kept": "promises_kept",
    "silences": "silences", "points": "points",
}  # fmt: skip
"""Of the report, and what the API calls the same."""


class _Rows(HTMLParser):
    """The texts of the first table's rows, without tags."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[str] = []
        self._tables = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self._tables += tag == "table"
        if tag == "tr" and self._tables == 1:
            self.rows.append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self._tables == 1:
            self.rows[-1] += data


def assert_reports_tell_the_events(folder: Path) -> Oracle:
    """Nothing may be recorded meanwhile; what the oracle found, for a caller that wants to see that there was much."""
    oracle = Oracle(folder)
    ledger, config = open_ledger(folder), load(folder)
    now = max(instant(event["recorded_at"]) for event in oracle.events)
    recorder = Recorder(ledger, config.site, StationBadges(config.site))
    services = Services(ledger, config, recorder, CalendarBook(config.site), lambda: now, Pulse())
    client = create_app(services).test_client()
    try:
        days = sorted(set(oracle.planned_on.values()))
        first_on, last_on = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
        weeks = range(0, (last_on - first_on).days + 1, 7)
        for span in (
            (first_on, last_on),
            (last_on, last_on),
            *((first_on + timedelta(days=n), first_on + timedelta(days=n + 6)) for n in weeks),
        ):
            _compare_period(client, oracle, *span)
        _compare_shifts(client, oracle, now)
    finally:
        ledger.close()
    return oracle


def _compare_period(client: FlaskClient, oracle: Oracle, first_on: date, last_on: date) -> None:
    line, span = oracle.line["id"], f"from={first_on}&to={last_on}"
    api = {row["link"]: row for row in client.get(f"/api/v1/responsibility/{line}?{span}").json["links"]}
    report = {row["link"]: row for row in _table(client, f"/reports/responsibility.csv?{span}")}
    page = _Rows()
    page.feed(client.get(f"/responsibility?line={line}&{span}").text)
    shown = [" ".join(row.split()) for row in page.rows[1:]]
    assert len(shown) == len(oracle.links)
    for link, keys in oracle.links.items():
        wanted = {"link": link, **oracle.responsibility(link, first_on, last_on)}
        assert api[link] == wanted, span
        row = report[keys["name"]]
        assert {name: int(row[name]) for name in COLUMNS} == {n: wanted[to] for n, to in COLUMNS.items()}
        (text,) = (each for each in shown if each.startswith(keys["name"]))
        for word, name in (("own delay", "own_minutes"), ("answers for", "answers_for_minutes")):
            if wanted[name]:
                assert re.search(rf"{word} {_whole(wanted[name])}\b", text), (text, wanted)


def _compare_shifts(client: FlaskClient, oracle: Oracle, now: int) -> None:
    """Every shift of the record up to now, hour by hour."""
    first = min(event["occurred_at"] for event in oracle.of("given"))
    shifts = {
        name
        for hours in oracle.hours.values()
        for start, end, name in hours
        if instant(first) < end and start < now
    }
    assert shifts
    for shift in sorted(shifts):
        rows: dict[str, list[tuple[str, int, int]]] = {}
        for row in _table(client, f"/reports/shift.csv?shift={shift}"):
            rows.setdefault(row["link"], []).append((row["hour"], int(row["target"]), int(row["given"])))
        for link, keys in oracle.links.items():
            assert rows.get(keys["name"], []) == oracle.shift_hours(link, shift), (shift, link)


def _table(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def _whole(minutes: int) -> str:
    """As the page writes minutes."""
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02}"
