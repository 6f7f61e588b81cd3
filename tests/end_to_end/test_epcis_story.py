"""The EPCIS export tells a partner of each order what `GET /api/v1/orders/<order>` tells here, whatever happened."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from kiosk.views import order_json
from ledger.corrections import Scrap, scrap, undo
from ledger.errors import RuleRefused
from ledger.exporting import Span, export
from ledger.flags import Tap
from shopfloor.instants import MINUTE_MS, SECOND_MS
from tests.end_to_end.epcis_story import shapes, stories, told_by_api
from tests.end_to_end.test_export import SCHEMA, formats
from tests.factory import Plant, china
from tests.ledger.recorded import CHAIN, JOIN, again, arriving, joined_plant, last_of, numbered, record
from tests.web.conftest import services_of

START = china("24 08:00")
ALONG = {"A-1": ("cut", "sew", "pack"), "G-1": ("turn", "cast", "fit")}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plant = joined_plant(tmp_path_factory.mktemp("template") / "site")
    plant.close()
    return plant.folder


@pytest.fixture(scope="module")
def epcis() -> Draft7Validator:
    return Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=formats)


def document_of(plant: Plant) -> dict[str, Any]:
    out = io.StringIO()
    export(plant.ledger, plant.site, "epcis", Span(), out, plant.now)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def assert_one_story(plant: Plant) -> list[dict[str, Any]]:
    """The events, once what they tell was found to be what the API tells."""
    document = document_of(plant)
    previous = {link.id: link.after for line in plant.site.lines.values() for link in line.links}
    found = stories(document, previous)
    services = services_of(plant)
    for order in ("A-1", "G-1"):
        api = order_json(services, order)
        assert api is not None
        shipped = api["state"] == "shipped"
        story = found[order]
        if not shipped:
            del story["last_shipped_at"]
        assert story == told_by_api(json.loads(json.dumps(api)), since_last=shipped)
    events: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    return events


def live(plant: Plant, chance: Random, days_work: int) -> None:
    """People scan more or less along the chain, count wrongly, spoil, reject and take back; half of it is told late."""
    moves, at = [], START
    for _ in range(days_work):
        at += chance.choice((5 * SECOND_MS, 40 * SECOND_MS, 3 * MINUTE_MS))
        order = chance.choice(("A-1", "G-1"))
        device = chance.choice(CHAIN if order == "A-1" else JOIN)
        code = order if device == "scanner-steel" else chance.choice(plant.codes(order))
        moves.append((device, code, at, chance.choice((None, None, None, 20, 19, 18, 21))))
    scans = numbered(moves)
    known = [scan for scan in scans if chance.random() < 0.5]
    late = [scan for scan in scans if scan not in known]
    record(plant, known)
    plant.now = last_of(scans)
    correct(plant, chance)
    for portion in arriving(late, chance, plant.now):
        record(plant, portion, plant.now)
    correct(plant, chance)


def correct(plant: Plant, chance: Random) -> None:
    """Some corrections, most of which are allowed."""
    for number in range(chance.randint(0, 4)):
        order = chance.choice(("A-1", "G-1"))
        link = chance.choice(ALONG[order])
        line = plant.site.lines["shirts" if order == "A-1" else "gears"]
        tap = Tap(f"{plant.now}-{number}", f"{link}-1", plant.now, "Mei")
        giver = chance.choice((None, *line.link(link).after))
        what = Scrap(chance.choice(plant.codes(order)), chance.randint(1, 3), "torn", giver)
        with suppress(RuleRefused):
            scrap(plant.ledger, plant.recorder, tap, what, now=plant.now)
    steps = plant.ledger.rows(
        "SELECT event_id, station FROM events WHERE kind IN ('received', 'given', 'scrapped') ORDER BY sequence"
    )
    for row in chance.sample(steps, min(len(steps), 3)):
        tap = Tap(f"{plant.now}-undo-{row['event_id']}", row["station"], plant.now)
        with suppress(RuleRefused):
            undo(plant.ledger, plant.recorder, tap, event_id=row["event_id"], why="wrong", now=plant.now)
    plant.now += MINUTE_MS


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 60))
def test_any_history_is_one_story(
    template: Path, tmp_path_factory: pytest.TempPathFactory, chance: Random, days_work: int
) -> None:
    plant = again(template, tmp_path_factory.mktemp("story") / "site")
    try:
        live(plant, chance, days_work)
        assert_one_story(plant)
    finally:
        plant.close()


def test_short_rejected_spoilt_and_undone_are_told_and_valid(
    template: Path, tmp_path: Path, epcis: Draft7Validator
) -> None:
    plant = again(template, tmp_path / "site")
    first, second, _ = plant.codes("A-1")
    plant.scan("scanner-cut", first, "24 09:00")
    plant.scan("scanner-cut", first, "24 09:10")
    plant.scan("scanner-cut", second, "24 09:12")
    plant.scan("scanner-cut", second, "24 09:14", quantity=18)
    plant.scan("scanner-sew", first, "24 09:20", scan_id="short", quantity=18)
    tap = Tap("taken back", "sew-1", plant.now + MINUTE_MS, "Mei")
    undo(plant.ledger, plant.recorder, tap, event_id="short", why="counted again", now=plant.now + MINUTE_MS)
    plant.scan("scanner-sew", first, "24 09:30", quantity=19)
    rejected, spoilt = Scrap(first, 2, "seam open", "cut"), Scrap(first, 3, "torn")
    for number, what in enumerate((rejected, spoilt)):
        plant.now += MINUTE_MS
        tap = Tap(f"scrap {number}", "sew-1", plant.now, "Mei")
        scrap(plant.ledger, plant.recorder, tap, what, now=plant.now)
    plant.scan("scanner-sew", first, "24 09:50")
    plant.scan("scanner-sew", second, "24 10:00", quantity=19)
    plant.scan("scanner-pack", first, "24 10:20")
    plant.scan("scanner-pack", first, "24 10:40")
    events = assert_one_story(plant)
    told = Counter((event["bizStep"], event["disposition"], "errorDeclaration" in event) for event in events)
    assert told["receiving", "mismatch_quantity", True] == 1
    assert told["receiving", "mismatch_quantity", False] == 3
    assert told["inspecting", "non_conformant", False] == 1
    assert told["destroying", "destroyed", False] == 1
    document = document_of(plant)
    assert [fault.message for fault in epcis.iter_errors(document)] == []
    story = stories(document, dict.fromkeys(("cut", "sew", "pack"), ()))["A-1"]
    # By hand: 20 given by cutting, 1 missing, 2 rejected; 18 of the second, of which 19 came.
    assert story["given"] == {"cut": 17 + 19, "sew": 14, "pack": 14}
    assert len(shapes(events, 1)) < len(events)
    plant.close()
