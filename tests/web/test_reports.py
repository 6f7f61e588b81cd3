"""Reports: the numbers of the screens, as files."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path
from typing import get_args

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from interlock.__main__ import main
from interlock.commands import report as command
from kiosk import reports
from kiosk.reports.writing import Format
from tests.factory import Plant, china, worked_order
from tests.ledger.test_delays import pass_through
from tests.web.test_hours_pages import note

WEEK = "from=2026-11-23&to=2026-11-29"


@pytest.fixture
def late(floor: Plant) -> Plant:
    pass_through(floor, {"cut": "25 12:00", "sew": "25 15:30", "pack": "25 16:45"})
    return floor


def table(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_responsibility_has_the_numbers_of_its_page(client: FlaskClient, late: Plant) -> None:
    page = client.get(f"/api/v1/responsibility/shirts?{WEEK}").json["links"]
    rows = table(client, f"/reports/responsibility.csv?{WEEK}")
    assert [int(row["own min"]) for row in rows] == [link["own_minutes"] for link in page] == [120, 30, 15]
    assert [int(row["late"]) for row in rows] == [link["late"] for link in page]
    assert late.codes()


def test_a_shift_has_the_hours_of_the_events_and_what_was_said(client: FlaskClient, late: Plant) -> None:
    note(client, "24 14:00", reason="tool", action="blade")
    rows = table(client, "/reports/shift.csv?shift=2026-11-25/day")
    given: dict[tuple[str, str], int] = defaultdict(int)
    for event in late.ledger.rows(
        "SELECT link, quantity, json_extract(detail, '$.hour[0]') AS hour_at FROM events WHERE kind = 'given'"
    ):
        given[event["link"].partition("/")[2], event["hour_at"]] += event["quantity"]
    assert sum(int(row["given"]) for row in rows) == sum(given.values()) == 600
    (noted,) = (
        row for row in table(client, "/reports/shift.csv?shift=2026-11-24/day&link=cut") if row["action"]
    )
    assert (noted["hour"][:16], noted["action"]) == ("2026-11-24T14:00", "blade")


def test_orders_are_on_time_late_or_overdue_by_the_week_of_their_due(
    client: FlaskClient, late: Plant
) -> None:
    late.release(worked_order("B-1", 20, "27 17:00"), worked_order("C-1", 20, "30 17:00"))
    late.now = china("28 08:00")
    (week,) = table(client, f"/reports/on-time.csv?{WEEK}")
    assert week == {
        "week": "2026-W48", "line": "Shirts", "orders due": "2", "on time": "1", "late": "0", "overdue": "1",
        "on time %": "50",
    }  # fmt: skip


def test_a_name_that_a_spreadsheet_would_take_for_a_formula_is_a_text(
    client: FlaskClient, floor: Plant
) -> None:
    note(client, "24 14:00", action="=HYPERLINK(1)")
    rows = table(client, "/reports/shift.csv?shift=2026-11-24/day&link=cut")
    assert [row["action"] for row in rows if row["action"]] == ["'=HYPERLINK(1)"]
    assert floor.now


def test_html_needs_nothing_else_and_cannot_be_made_to_do_anything(client: FlaskClient, floor: Plant) -> None:
    note(client, "24 14:00", action="<script>alert(1)</script>")
    answer = client.get("/reports/shift.html?shift=2026-11-24/day")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "src=" not in answer.text
    assert floor.now


def test_pdf_has_the_same_words(client: FlaskClient, late: Plant) -> None:
    answer = client.get(f"/reports/responsibility.pdf?{WEEK}")
    document = pypdfium2.PdfDocument(answer.data)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert all(word in text for word in ("Responsibility", "Cutting", "Sewing", "Packing", "120"))
    assert late.now


def test_a_page_speaks_its_reader_s_language_and_a_csv_keeps_its_columns(
    client: FlaskClient, late: Plant
) -> None:
    page = client.get(f"/reports/responsibility.html?{WEEK}&lang=de").text
    assert '<html lang="de">' in page
    assert "<h1>Verantwortung</h1>" in page
    assert "2026-11-23 bis 2026-11-29" in page
    assert all(f">{word}</th>" in page for word in ("Stufe", "fällige Übergaben", "pünktlich %", "Cutting"))
    (row, *_) = table(client, f"/reports/responsibility.csv?{WEEK}&lang=de")
    assert (row["on time %"], row["link"]) == ("0", "Cutting")
    assert late.codes()


def test_the_command_writes_for_the_site_s_language_or_the_one_that_is_asked_for(late: Plant) -> None:
    site = late.folder / "site.toml"
    site.write_text(site.read_text().replace("[site]\n", '[site]\nlanguage = "zh"\n'))
    asked = ["report", str(late.folder), "shift", "--shift", "2026-11-25/day", "--format", "html"]
    told = [CliRunner().invoke(main, [*asked, *more]).output for more in ([], ["--language", "es"])]
    assert ["<h1>班次报告</h1>" in told[0], "<h1>Informe del turno</h1>" in told[1]] == [True, True]


@pytest.mark.parametrize("lang", ["en", "de", "vi"])
@pytest.mark.parametrize("report", ["responsibility", "shift", "on-time"])
def test_all_of_a_report_is_on_the_paper(client: FlaskClient, late: Plant, report: str, lang: str) -> None:
    shift = "&shift=2026-11-25/day" if report == "shift" else ""
    document = pypdfium2.PdfDocument(client.get(f"/reports/{report}.pdf?{WEEK}{shift}&lang={lang}").data)
    page = document[0]
    text = page.get_textpage()
    boxes = [text.get_charbox(place) for place in range(text.count_chars())]
    assert max(right for _, _, right, _ in boxes) <= page.get_width()
    assert late.now
    text.close()
    document.close()


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/reports/everything.csv", 404, "shift.csv"),
        ("/reports/shift.doc", 404, "shift.pdf"),
        (
            "/reports/shift.csv?shift=2026-11-22/day",
            422,
            "No link of that line works in a shift 2026-11-22/day",
        ),
        ("/reports/on-time.csv?line=nowhere", 422, "There is no line nowhere; known are shirts"),
        ("/reports/responsibility.csv?from=soon", 422, "From: soon is no date"),
    ],
)
def test_what_cannot_be_reported_is_one_sentence(
    client: FlaskClient, address: str, status: int, says: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, says in answer.text) == (status, True)


def run(floor: Plant, *told: str) -> Result:
    return CliRunner().invoke(main, ["report", str(floor.folder), *told])


def test_the_command_writes_the_same_file(client: FlaskClient, late: Plant, tmp_path: Path) -> None:
    out = tmp_path / "week.csv"
    done = run(late, "responsibility", "--from", "2026-11-23", "--to", "2026-11-29", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == client.get(f"/reports/responsibility.csv?{WEEK}").data


def test_the_command_says_in_a_sentence_what_is_wrong(floor: Plant) -> None:
    done = run(floor, "responsibility", "--from", "soon")
    assert (done.exit_code, "soon is no date" in done.output) == (1, True)
    assert run(floor, "gossip").exit_code == 2


def test_command_and_pages_know_the_same_reports() -> None:
    assert tuple(reports.REPORTS) == command.REPORTS
    assert get_args(Format) == command.FORMATS


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["on-time", "responsibility"])
def test_the_ends_of_the_calendar_are_no_period(client: FlaskClient, name: str, day: str) -> None:
    for period in (f"from={day}&to={day}", f"to={day}"):
        answer = client.get(f"/reports/{name}.csv?{period}")
        assert answer.status_code == 422
        assert "is not of this century or the next" in answer.text
