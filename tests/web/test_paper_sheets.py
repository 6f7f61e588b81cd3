"""A sheet that was filled in by hand: its rows become facts with their real times, all or none, and each once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger import people
from ledger.checking import faults
from shopfloor.instants import utc_text
from tests.factory import Plant, china
from tests.web.secured import As, register

Row = tuple[str, str, str, str]


def fields(*rows: Row, **told: str) -> dict[str, str]:
    typed = {
        "begin": "2026-11-24T14:00",
        "written_by": "Mei Lin",
        "person": "Li Lead",
        "tap_id": "t-1",
        **told,
    }
    for number, row in enumerate(rows, 1):
        typed |= dict(
            zip((f"{name}_{number}" for name in ("time", "way", "code", "quantity")), row, strict=True)
        )
    return typed


def send(client: FlaskClient, *rows: Row, **told: str) -> Any:
    return client.post("/paper/sheet/sew-1/enter", data=fields(*rows, **told))


def recorded(floor: Plant) -> list[tuple[Any, ...]]:
    rows = floor.ledger.rows(
        "SELECT kind, batch, quantity, occurred_at, person, source FROM events"
        " WHERE source = 'paper:sew-1' AND link = 'shirts/sew' ORDER BY sequence"
    )
    return [tuple(row) for row in rows]


@pytest.fixture
def codes(floor: Plant) -> list[str]:
    """Cutting gave three batches at 14:10; nothing worked from then on."""
    codes = floor.codes()[:3]
    for number, code in enumerate(codes):
        floor.scan("scanner-cut", code, f"24 14:0{number}")
        floor.scan("scanner-cut", code, f"24 14:10:0{number}")
    floor.now = china("24 15:10")
    return codes


def test_rows_are_recorded_with_their_times_whoever_wrote_them_and_that_they_come_from_paper(
    client: FlaskClient, floor: Plant, codes: list[str]
) -> None:
    answer = send(
        client,
        ("14:52", "out", codes[0], ""),  # in whatever order they were typed
        ("14:20", "in", codes[0].lower(), ""),
        ("14:20", "in", codes[1], "17"),
    )
    assert answer.status_code == 303, answer.text
    assert "3 rows are recorded" in client.get(answer.headers["Location"]).text
    assert recorded(floor) == [
        ("received", codes[0], 20, utc_text(china("24 14:20") + 2), "Mei Lin", "paper:sew-1"),
        ("received", codes[1], 17, utc_text(china("24 14:20") + 3), "Mei Lin", "paper:sew-1"),
        ("given", codes[0], 20, utc_text(china("24 14:52") + 1), "Mei Lin", "paper:sew-1"),
    ]
    (entered,) = floor.ledger.rows("SELECT person, quantity, link FROM events WHERE kind = 'sheet_entered'")
    assert tuple(entered) == ("Li Lead", 3, "shirts/sew")
    assert faults(floor.ledger) == []


def test_a_sheet_sent_twice_or_typed_in_by_two_people_counts_once(
    client: FlaskClient, floor: Plant, codes: list[str]
) -> None:
    rows = [("14:20", "in", codes[0], ""), ("14:52", "out", codes[0], "")]
    assert send(client, *rows).status_code == 303
    before = recorded(floor)
    assert send(client, *rows).status_code == 303  # the very same form
    assert send(client, *reversed(rows), tap_id="t-2", person="Carl").status_code == 303
    assert recorded(floor) == before
    assert len(floor.ledger.rows("SELECT 1 FROM events WHERE kind = 'sheet_entered'")) == 2
    assert faults(floor.ledger) == []


def test_one_fault_keeps_all_rows_out_and_each_is_told_at_its_row(
    client: FlaskClient, floor: Plant, codes: list[str]
) -> None:
    floor.scan("scanner-sew", codes[1], "24 14:30")
    floor.now = china("24 15:10")
    before = len(floor.ledger.rows("SELECT 1 FROM events")), len(floor.ledger.rows("SELECT 1 FROM refused"))
    answer = send(
        client,
        ("14:20", "in", codes[0], ""),
        ("14:40", "in", codes[1], ""),  # was scanned at 14:30
        ("15:30", "in", codes[2], ""),
        ("14:20", "in", codes[0], ""),
        ("14:25", "in", "NOCODE1", ""),
    )
    assert answer.status_code == 422
    told = dict(
        re.findall(
            r"data-fault>\s*<th scope=\"row\">(\d+)</th>.*?field-fault\">.*?</svg>(.*?)</p>",
            answer.text,
            re.DOTALL,
        )
    )
    assert set(told) == {"2", "3", "4", "5"}
    assert "That time has not come yet" in told["3"]
    assert "same as row 1" in told["4"]
    assert codes[0] in answer.text  # what was typed stands there again
    after = len(floor.ledger.rows("SELECT 1 FROM events")), len(floor.ledger.rows("SELECT 1 FROM refused"))
    assert after == before


@pytest.mark.parametrize(
    ("rows", "told", "said"),
    [
        ((), {}, "The sheet has no rows"),
        ((("14:20", "in", "", ""),), {}, "A row needs a time and a code"),
        ((("", "in", "X", ""),), {}, "A row needs a time and a code"),
        ((("25:00", "in", "X", ""),), {}, "is no time like 14:52"),
        ((("14:20", "in", "X", "-1"),), {}, "is no number of units"),
        ((("14:20", "in", "X", ""),), {"begin": ""}, "Say when the sheet begins"),
        ((("14:20", "in", "X", ""),), {"written_by": ""}, "Say who wrote it"),
        ((("14:20", "in", "X", ""),), {"begin": "2026-10-01T06:00"}, "more than 31 days ago"),
    ],
)
def test_what_cannot_be_meant_is_told(
    client: FlaskClient, floor: Plant, rows: tuple[Row, ...], told: dict[str, str], said: str
) -> None:
    answer = send(client, *rows, **told)
    assert answer.status_code == 422
    assert said in answer.text
    assert recorded(floor) == []


def test_a_nights_sheet_goes_on_after_midnight(client: FlaskClient, floor: Plant, codes: list[str]) -> None:
    floor.now = china("25 07:00")
    answer = send(
        client, ("23:30", "in", codes[0], ""), ("01:10", "out", codes[0], ""), begin="2026-11-24T22:00"
    )
    assert answer.status_code == 303, answer.text
    assert [row[3] for row in recorded(floor)] == [
        utc_text(china("24 23:30") + 1),
        utc_text(china("25 01:10") + 2),
    ]


def test_a_lead_of_the_link_may_and_nobody_else(app: Flask, floor: Plant, codes: list[str]) -> None:
    lead = register(floor, "lead")
    operator, other = register(floor, "operator"), register(floor, "lead", "Carl", links=("shirts/cut",))
    assert people.find(floor.ledger, "carl") is not None
    row = fields(("14:20", "in", codes[0], ""))
    assert As(app, floor).get("/paper/sheet/sew-1").status_code == 200
    for who in (operator, other):
        assert As(app, floor).person(who).post("/paper/sheet/sew-1/enter", data=row).status_code == 403
    assert As(app, floor).person(lead).post("/paper/sheet/sew-1/enter", data=row).status_code == 303
    assert [each[0] for each in recorded(floor)] == ["received"]


def test_the_blank_sheet_names_its_place_and_the_hours_of_the_shift(
    client: FlaskClient,
) -> None:
    page = client.get("/paper/sheet/sew-1").text
    assert "Sewing" in page
    assert "14:00-15:00" in page
    assert "/paper/sheet/sew-1/enter" in client.get("/hours/shirts/sew").text
