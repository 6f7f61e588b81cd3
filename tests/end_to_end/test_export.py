"""`interlock export`: the same story for spreadsheets, programs and partners."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator, FormatChecker

from interlock.__main__ import main
from ledger import corrections
from ledger.epcis import Epcis
from ledger.flags import Tap
from ledger.splitting import split
from tests.factory import Plant, worked_order

VENDOR = Path(__file__).with_name("vendor")
SCHEMA = VENDOR / "epcis-2.0.schema.json"
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")

formats = FormatChecker(formats=())


@formats.checks("uri")
def is_uri(value: object) -> bool:
    return not isinstance(value, str) or URI.fullmatch(value) is not None


@formats.checks("date-time", raises=ValueError)
def is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@pytest.fixture(scope="module")
def epcis() -> Draft7Validator:
    return Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=formats)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Three batches came to cutting; two went on to sewing, and one of them was shipped."""
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    first, second, third = plant.codes()[:3]
    for number, code in enumerate((first, second, third)):
        plant.scan("scanner-cut", code, f"24 14:1{number}", scan_id=f"=cut {code}")
    for device in ("scanner-sew", "scanner-sew", "scanner-pack", "scanner-pack"):
        plant.now += 60_000
        plant.scan(device, first)
    plant.scan("scanner-sew", second, "25 09:00")
    yield plant
    plant.close()


def export(plant: Plant, *words: str) -> str:
    done = CliRunner().invoke(main, ["export", str(plant.folder), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def events(plant: Plant) -> list[dict[str, Any]]:
    return [dict(row) for row in plant.ledger.rows("SELECT * FROM events ORDER BY sequence")]


def test_csv_has_a_row_for_each_event_and_no_formulas(plant: Plant) -> None:
    rows = list(csv.DictReader(io.StringIO(export(plant, "--format", "csv"))))
    assert [row["sequence"] for row in rows] == [str(event["sequence"]) for event in events(plant)]
    assert rows[1]["event_id"] == f"'=cut {plant.codes()[0]}"
    assert json.loads(rows[1]["detail"])["parties"] == []
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_json_lines_hold_every_field_exactly(plant: Plant) -> None:
    lines = [json.loads(line) for line in export(plant, "--format", "jsonl").splitlines()]
    assert lines == [{**event, "detail": json.loads(event["detail"])} for event in events(plant)]


@pytest.mark.parametrize(
    ("span", "wanted"),
    [
        (["--from", "2026-11-25"], 2),
        (["--to", "2026-11-24T14:11+08:00"], 2),
        (["--from", "2026-11-24T14:10", "--to", "2026-11-24T14:12"], 2),
        (["--from", "2027-01-01"], 0),
    ],
)
def test_a_span_is_half_open_and_in_the_sites_time(plant: Plant, span: list[str], wanted: int) -> None:
    assert len(export(plant, "--format", "jsonl", *span).splitlines()) == wanted


def test_a_time_that_is_none_is_a_fault_of_usage(plant: Plant) -> None:
    done = CliRunner().invoke(main, ["export", str(plant.folder), "--from", "yesterday"])
    assert done.exit_code == 2
    assert "2026-11-24T14:00+08:00" in done.output


def test_a_file_has_its_name_only_once_it_is_whole(plant: Plant, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    assert export(plant, "--format", "jsonl", "--out", str(out)) == ""
    assert len(out.read_text(encoding="utf-8").splitlines()) == len(events(plant))
    assert not list(tmp_path.glob("*.part"))
    done = CliRunner().invoke(main, ["export", str(plant.folder), "--out", str(tmp_path / "no" / "where")])
    assert (done.exit_code, "cannot be written" in done.output) == (1, True)


def test_the_vendored_schema_is_the_file_that_is_named() -> None:
    told = (VENDOR / "VENDORED.md").read_text(encoding="utf-8")
    assert sha256(SCHEMA.read_bytes()).hexdigest() in told
    assert "epcis-LICENSE.txt" in told


def test_the_epcis_export_is_valid_and_tells_what_the_order_page_tells(
    plant: Plant, epcis: Draft7Validator
) -> None:
    document = json.loads(export(plant, "--format", "epcis"))
    assert sorted(str(fault) for fault in epcis.iter_errors(document)) == []
    told: Counter[tuple[str, str]] = Counter()
    for event in document["epcisBody"]["eventList"]:
        at = (event.get("sourceList") or event.get("destinationList") or [{}])[0].get("source", "")
        here = {"receiving": event.get("bizLocation", {}).get("id", "")}.get(event["bizStep"], at)
        told[event["bizStep"], here.rpartition(":")[2]] += event["quantityList"][0]["quantity"]
    links = plant.ledger.rows("SELECT link, given, received FROM order_links")
    for row in links:
        left = told["departing", row["link"]] + told["shipping", row["link"]]
        assert left == row["given"], row["link"]
        assert told["receiving", row["link"]] == row["received"], row["link"]
    assert document["epcisBody"]["eventList"][0]["bizStep"] == "commissioning"
    assert told["shipping", "pack"] == 20
    ids = [event["eventID"] for event in document["epcisBody"]["eventList"]]
    assert len(set(ids)) == len(ids)
    assert {event["eventTimeZoneOffset"] for event in document["epcisBody"]["eventList"]} == {"+08:00"}


@pytest.mark.parametrize(
    "spoil",
    [
        {"bizStep": "handing_over"},
        {"disposition": "late"},
        {"no namespace": 1},
        {"eventTimeZoneOffset": "Asia/Shanghai"},
        {"eventTime": "yesterday"},
        {"quantityList": [{"epcClass": "a batch", "quantity": 1}]},
        {"action": None},
    ],
)
def test_the_schema_refuses_what_is_no_epcis(
    plant: Plant, epcis: Draft7Validator, spoil: dict[str, object]
) -> None:
    document = json.loads(export(plant, "--format", "epcis"))
    document["epcisBody"]["eventList"][1] |= spoil
    assert list(epcis.iter_errors(document))


def recorded(plant: Plant, kind: str, quantity: int, reason: str | None, detail: dict[str, object]) -> Any:
    """An event of the second batch at sewing, as the ledger holds it."""
    return {
        "sequence": 90, "event_id": f"of {kind}", "kind": kind, "occurred_at": "2026-11-25T03:00:00.000Z",
        "recorded_at": "2026-11-25T03:00:01.000Z", "source": "scanner-sew", "station": "sew-1", "link": "shirts/sew",
        "order": "A-1", "batch": plant.codes()[1], "quantity": quantity, "reason": reason, "person": None,
        "detail": json.dumps(detail),
    }  # fmt: skip


def as_epcis(plant: Plant, epcis: Draft7Validator, row: Any) -> list[dict[str, Any]]:
    mapping = Epcis(plant.ledger, plant.site)
    found = list(mapping.events_of(row))
    document = mapping.document("2026-11-25T04:00:00.000Z")
    document["epcisBody"]["eventList"] = found
    assert [fault.message for fault in epcis.iter_errors(document)] == []
    return found


def test_received_short_is_a_quantity_that_does_not_match(plant: Plant, epcis: Draft7Validator) -> None:
    row = recorded(plant, "received", 18, None, {"parties": ["cut"], "short": [["cut", 2, 0, 0]]})
    (event,) = as_epcis(plant, epcis, row)
    assert (event["bizStep"], event["disposition"]) == ("receiving", "mismatch_quantity")
    assert event["quantityList"][0]["quantity"] == 18
    assert event["interlock:missing"] == [["cut", 2]]


@pytest.mark.parametrize(
    ("charged", "wanted"),
    [("cut", ("OBSERVE", "inspecting", "non_conformant")), ("sew", ("DELETE", "destroying", "destroyed"))],
)
def test_scrap_is_destroyed_or_rejected_as_somebody_gave_it(
    plant: Plant, epcis: Draft7Validator, charged: str, wanted: tuple[str, str, str]
) -> None:
    row = recorded(plant, "scrapped", 3, "torn", {"parties": [], "charged": charged})
    (event,) = as_epcis(plant, epcis, row)
    assert (event["action"], event["bizStep"], event["disposition"]) == wanted


def test_a_split_makes_units_of_one_lot_into_another(plant: Plant, epcis: Draft7Validator) -> None:
    batch = plant.codes()[1]
    by = Tap("s1", "sew-1", plant.now, "Mei")
    part = split(plant.ledger, plant.recorder, by, batch=batch, quantity=8, now=plant.now).part
    (event,) = as_epcis(plant, epcis, plant.ledger.row("SELECT * FROM events WHERE kind = 'split'"))
    assert (event["type"], event["bizStep"]) == ("TransformationEvent", "commissioning")
    lots = [event[name][0] for name in ("inputQuantityList", "outputQuantityList")]
    assert [(lot["epcClass"].rpartition(":")[2], lot["quantity"]) for lot in lots] == [(batch, 8), (part, 8)]
    corrections.undo(
        plant.ledger, plant.recorder, replace(by, event_id="u1"), event_id="s1", why="", now=plant.now
    )
    voided = plant.ledger.row("SELECT * FROM events WHERE kind = 'voided'")
    (declared,) = as_epcis(plant, epcis, voided)
    assert declared["errorDeclaration"]["reason"] == "did_not_occur"
    assert json.loads(export(plant, "--format", "epcis"))["epcisBody"]["eventList"][-1] == declared


def test_what_was_voided_is_declared_not_to_have_occurred(plant: Plant, epcis: Draft7Validator) -> None:
    given = next(event for event in events(plant) if event["batch"] == plant.codes()[1])
    (before,) = as_epcis(plant, epcis, given)
    row = recorded(plant, "voided", 20, "wrong table", {"voids": given["event_id"]})
    (event,) = as_epcis(plant, epcis, row)
    declaration = event.pop("errorDeclaration")
    assert event == before
    assert declaration["reason"] == "did_not_occur"
    assert declaration["declarationTime"] == row["recorded_at"]


def test_of_what_a_milestone_gave_one_batch_can_be_voided(plant: Plant, epcis: Draft7Validator) -> None:
    codes = plant.codes()
    detail = {"parties": ["sew"], "batches": [[codes[0], 20], [codes[1], 20]]}
    given = {**recorded(plant, "given", 40, None, detail), "batch": None}
    assert len(as_epcis(plant, epcis, given)) == 2
    columns = {**given, "prev_hash": "", "hash": ""}
    with plant.ledger.write(0) as tx:
        places = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        tx.run(f"INSERT INTO events ({names}) VALUES ({places})", tuple(columns.values()))  # noqa: S608  # our own names
    row = recorded(plant, "voided", 20, None, {"voids": given["event_id"]})
    (event,) = as_epcis(plant, epcis, row)
    assert event["quantityList"][0]["epcClass"].endswith(codes[1])


def test_ids_of_any_text_become_uris(plant: Plant, epcis: Draft7Validator) -> None:
    row = {**recorded(plant, "given", 1, None, {"parties": []}), "order": "Größe 7/ä b", "station": "a#b"}
    as_epcis(plant, epcis, row)
