"""What is tapped of batches at a kiosk, through Flask's test client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from kiosk.views import kiosk_page
from kiosk.views.batches import SHOWN_BATCHES
from ledger.checking import faults
from ledger.reading import open_flags
from tests.factory import Plant, behind_milestone, china, worked_order
from tests.ledger.recorded import joined_plant
from tests.web.conftest import services_of
from tests.web.planner_visit import said
from tests.web.test_pages import HTMX


def tap(
    client: FlaskClient, what: str, station: str = "sew-1", tap_id: str = "t", **fields: str
) -> tuple[str, str]:
    """Tap something; what it came to, and the sentence."""
    answer = client.post(f"/kiosk/{station}/{what}", data={"tap_id": tap_id, **fields}, headers=HTMX)
    assert answer.status_code == 200, answer.text
    told = re.search(r'data-result="(\w*)">(.*?)</div>', answer.text, re.DOTALL)
    assert told is not None
    return told[1], said(told[2]).split(maxsplit=1 if told[1] != "duplicate" else 2)[-1].strip()


def given_by_cutting(plant: Plant, count: int, at: str = "24 15:05") -> list[str]:
    codes = plant.codes()[:count]
    for number, code in enumerate(codes):
        plant.scan("scanner-cut", code, f"24 13:{number:02}:00")
        plant.scan("scanner-cut", code, f"{at}:{number:02}")
    plant.now = china("24 15:10")
    return codes


def test_several_batches_are_received_with_one_tap_each_with_its_own_result(
    client: FlaskClient, floor: Plant
) -> None:
    first, second, third = given_by_cutting(floor, 3)
    floor.scan("scanner-sew", second, "24 15:08")
    floor.now = china("24 15:10")
    told = tap(client, "batches/received", batches=f"{first} {second} NOSUCH {third}")
    assert told[0] == "refused"
    assert told[1].startswith("2 batches received, 2 refused: ")
    assert "already received here 15:08" in told[1]
    (positions,) = floor.ledger.rows("SELECT COUNT(*) FROM positions WHERE link = 'sew' AND received = 20")[0]
    assert positions == 3
    assert faults(floor.ledger) == []


def test_the_same_tap_again_counts_once_and_for_other_batches_it_is_refused(
    client: FlaskClient, floor: Plant
) -> None:
    first, second = given_by_cutting(floor, 2)
    assert tap(client, "batches/received", batches=f"{first} {second}") == ("recorded", "2 batches received")
    before = floor.ledger.row("SELECT MAX(sequence) FROM events")[0]
    assert tap(client, "batches/received", batches=f"{first} {second}")[0] == "duplicate"
    assert tap(client, "batches/given", batches=first) == (
        "refused",
        "id t was used before for something else; make a new one",
    )
    assert tap(client, "undo", event=f"t/in/{first}")[0] == "recorded"
    assert floor.ledger.row("SELECT MAX(sequence) FROM events")[0] == before + 1


def test_one_batch_comes_short_and_goes_on_with_what_came(client: FlaskClient, floor: Plant) -> None:
    (code,) = given_by_cutting(floor, 1)
    told = tap(client, "batches/received", batches=code, quantity="17")
    assert told == ("recorded", f"{code} received 15:10 from Cutting, 3 missing")
    told = tap(client, "batches/given", tap_id="u", batches=code)
    assert told == ("recorded", f"{code} given 15:10 to Packing")
    row = floor.ledger.row("SELECT quantity FROM handoffs WHERE giver = 'sew'")
    assert row["quantity"] == 17


def test_units_are_scrapped_or_rejected_for_a_reason_of_the_list(client: FlaskClient, floor: Plant) -> None:
    (code,) = given_by_cutting(floor, 1)
    tap(client, "batches/received", batches=code)
    floor.now = china("24 15:11")
    scrapped = tap(client, "batches/scrapped", tap_id="s", batch=code, quantity="2", reason="broken")
    assert scrapped == ("recorded", f"{code}: 2 scrapped 15:11: Broken or torn")
    floor.now = china("24 15:12")
    rejected = tap(
        client,
        "batches/scrapped",
        tap_id="r",
        batch=code,
        quantity="3",
        reason="surface",
        rejected_from="cut",
    )
    assert rejected == ("recorded", f"{code}: 3 scrapped as Cutting gave it 15:12: Surface damaged")
    reasons = floor.ledger.rows("SELECT charged, reason FROM scraps ORDER BY sequence")
    assert [tuple(row) for row in reasons] == [("sew", "broken"), ("cut", "surface")]


@pytest.mark.parametrize(
    ("what", "fields", "sentence"),
    [
        ("batches/received", {"batches": "  "}, "no batch was chosen; tap one first"),
        ("batches/received", {"batches": "A B", "quantity": "3"}, "a quantity is of one batch"),
        ("batches/given", {"batches": "A", "quantity": "0"}, "0 is no number of units"),
        ("batches/given", {"batches": "A", "quantity": "-1"}, "-1 is no number of units"),
        ("batches/given", {"batches": "A", "quantity": "\u0663"}, "is no number of units"),
        ("batches/given", {"batches": "A", "quantity": "9" * 5000}, "is no number of units"),
        ("batches/received", {"batches": " ".join(map(str, range(201)))}, "201 batches at once are too many; take 200"),
        ("batches/scrapped", {"batch": "A", "quantity": "1", "reason": ""}, "scrap needs a reason"),
        ("batches/scrapped", {"batch": "A", "quantity": "", "reason": "x"}, "0 is no number of units"),
        ("batches/scrapped", {"batch": "A", "quantity": "1", "reason": "x"}, "A is no batch of this line"),
        ("undo", {}, "is no scan that was recorded"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence_and_records_nothing(
    client: FlaskClient, floor: Plant, what: str, fields: dict[str, str], sentence: str
) -> None:
    before = floor.ledger.row("SELECT COUNT(*) FROM events")[0]
    kind, text = tap(client, what, **fields)
    assert kind == "refused"
    assert sentence in text
    assert floor.ledger.row("SELECT COUNT(*) FROM events")[0] == before


@pytest.mark.parametrize("what", ["batches/received", "batches/given", "batches/scrapped", "undo"])
def test_the_address_of_a_tap_loaded_again_leads_to_the_kiosk(client: FlaskClient, what: str) -> None:
    answer = client.get(f"/kiosk/sew-1/{what}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk/sew-1")


def test_the_sheet_tells_the_traveller_and_the_way_so_far(client: FlaskClient, floor: Plant) -> None:
    first, second = given_by_cutting(floor, 2)
    floor.scan("scanner-sew", first, "24 15:08", quantity=18)
    floor.now = china("24 15:10")
    here = said(client.get(f"/kiosk/sew-1/batches/{first}").text)
    assert f"{first} batch 1 of 10" in here
    assert "Order A-1" in here
    assert "Due Wed 17:00" in here
    assert "Units 18 of 20" in here
    assert "Cutting received 13:00 · given 15:05 20" in here
    assert "Sewing received 15:08 18" in here
    coming = said(client.get(f"/kiosk/sew-1/batches/{second.lower()}").text)
    assert "Sewing on its way 20" in coming
    assert "scrap" not in coming
    later = client.get(f"/kiosk/pack-1/batches/{second}").text
    assert "Not here yet: it waits for Sewing." in later
    assert "submit" not in later
    assert "Given on by Cutting" in client.get(f"/kiosk/cut-1/batches/{second}").text
    assert client.get("/kiosk/sew-1/batches/NOSUCH").status_code == 404


def test_a_kiosk_shows_what_is_on_its_way_with_its_age_and_what_is_here(
    client: FlaskClient, floor: Plant
) -> None:
    first, second = given_by_cutting(floor, 2)
    floor.scan("scanner-sew", first, "24 15:08")
    floor.now = china("24 15:10")
    shown = said(client.get("/kiosk/sew-1/batches").text)
    assert f"{second} A-1 · Polo 20 since 4 min" in shown
    assert f"{first} A-1 · Polo 20 since 2 min" in shown
    assert "To give to Sewing" in client.get("/kiosk/cut-1/batches").text


def test_at_a_join_it_is_told_where_a_batch_comes_from_and_which_part_it_waits_for(tmp_path: Path) -> None:
    plant = joined_plant(tmp_path / "site")
    client = create_app(services_of(plant)).test_client()
    first, second, third = plant.codes("G-1")

    def give(device: str, *codes: str, hour: int) -> None:
        for minute, code in enumerate(codes):
            plant.scan(device, code, f"24 {hour:02}:{minute:02}")
            plant.scan(device, code, f"24 {hour:02}:3{minute}")

    give("scanner-cast", first, second, third, hour=9)
    plant.scan("scanner-fit", second, "24 09:40")
    give("scanner-turn", third, hour=10)
    lots = client.get("/kiosk/fit-1/batches").text.split('data-lot="given"')
    coming, here = said(lots[0]), said(lots[1])
    assert f"{first} from Casting" in coming
    assert f"{third} from Turning, Casting" in coming
    assert second not in coming
    assert f"{second} waits for Turning" in here
    assert "data-choose" not in lots[1]
    assert "data-act" not in lots[1]
    give("scanner-turn", second, hour=11)
    assert f"{second} from Turning" in said(client.get("/kiosk/fit-1/batches").text)
    plant.scan("scanner-fit", second, "24 11:40")
    assert f"{second} G-1 · Gear" in said(client.get("/kiosk/fit-1/batches").text)


def test_the_lists_stop_at_what_a_person_can_look_through(plant: Plant, services: Services) -> None:
    plant.release(worked_order(quantity=20 * (SHOWN_BATCHES + 1), due="27 17:00"))
    batches = kiosk_page(services, "cut-1").batches
    assert batches is not None
    assert (len(batches.here), batches.here_more) == (SHOWN_BATCHES, True)


def test_what_waits_for_a_part_is_listed_however_much_is_here(tmp_path: Path) -> None:
    plant = joined_plant(tmp_path / "site", batches=SHOWN_BATCHES + 3)
    *whole, half = plant.codes("G-1")

    def twice(device: str, code: str, hour: int, second: int) -> None:
        for minute in (0, 20):
            plant.scan(device, code, f"24 {hour}:{minute:02}:{second:02}")

    for second, code in enumerate(whole):
        twice("scanner-cast", code, 10, second)
        twice("scanner-turn", code, 11, second)
        plant.scan("scanner-fit", code, f"24 12:00:{second:02}")
    twice("scanner-cast", half, 13, 0)
    plant.scan("scanner-fit", half, "24 14:00:00")
    batches = kiosk_page(services_of(plant), "fit-1").batches
    assert batches is not None
    assert batches.here_more
    assert [(card.batch, card.awaits) for card in batches.here if card.awaits] == [(half, "Turning")]


def test_what_has_not_come_after_a_quarter_of_an_hour_is_asked_for_and_came(
    client: FlaskClient, floor: Plant, web: Services
) -> None:
    first, second = given_by_cutting(floor, 2, at="24 14:50")
    floor.now = china("24 15:04:59")
    assert kiosk_page(web, "sew-1").question is None
    floor.now = china("24 15:10")
    question = kiosk_page(web, "sew-1").question
    assert question is not None
    assert (question.batch, question.units, question.since, question.more) == (first, 20, "14:50", 1)
    assert "On its way since 14:50: 20 of A-1" in said(client.get("/kiosk/sew-1").text)
    assert tap(client, "batches/received", batches=question.batches)[0] == "recorded"
    following = kiosk_page(web, "sew-1").question
    assert following is not None
    assert (following.batch, following.more) == (second, 0)


def test_what_is_flagged_is_not_asked_for_again(client: FlaskClient, floor: Plant, web: Services) -> None:
    given_by_cutting(floor, 1, at="24 14:50")
    assert kiosk_page(web, "sew-1").question is not None
    told = tap(client, "flags", against="cut", order="A-1", batch=floor.codes()[0])
    assert told[0] == "recorded"
    assert kiosk_page(web, "sew-1").question is None


@pytest.fixture
def with_cloth(tmp_path: Path) -> Iterator[Plant]:
    """The line begins with a milestone; it is Tuesday 10:00, and A-1 is released."""
    plant = Plant(tmp_path / "with-cloth", behind_milestone("cloth", "Cloth in", 'lead = "2h"'))
    plant.release(worked_order(due="26 17:00"))
    plant.now = china("24 10:00")
    yield plant
    plant.close()


def test_what_a_milestone_gave_is_asked_for_as_a_whole_order(with_cloth: Plant) -> None:
    services = services_of(with_cloth)
    client = create_app(services).test_client()
    tap(client, "scans", "buy-1", code="A-1")
    (given,) = kiosk_page(services, "buy-1").last
    assert given.undo
    with_cloth.now = china("24 10:16")
    question = kiosk_page(services, "cut-1").question
    assert question is not None
    assert (question.batch, question.count, question.units, question.more) == ("", 10, 200, 0)
    told = tap(client, "batches/received", "cut-1", "came", batches=question.batches)
    assert told == ("recorded", "10 batches received")
    assert kiosk_page(services, "cut-1").question is None
    assert kiosk_page(services, "buy-1").batches is None
    (given,) = kiosk_page(services, "buy-1").last  # something of it was received
    assert given.undo == ""


def test_what_a_milestone_gave_and_did_not_come_is_flagged_for_its_first_batch(with_cloth: Plant) -> None:
    """The milestone has given all and owes nothing: what the question offers must not be refused."""
    services = services_of(with_cloth)
    client = create_app(services).test_client()
    tap(client, "scans", "buy-1", code="A-1")
    with_cloth.now = china("24 10:16")
    question = kiosk_page(services, "cut-1").question
    assert question is not None
    assert (question.first_batch, question.first_units) == (with_cloth.codes()[0], 20)
    assert f'data-batch="{question.first_batch}"' in client.get("/kiosk/cut-1").text
    told = tap(client, "flags", "cut-1", "flag", against="cloth", order="A-1", batch=question.first_batch)
    assert told[0] == "recorded"
    assert kiosk_page(services, "cut-1").question is None
    tap(client, "batches/received", "cut-1", "came", batches=question.batches)
    assert [flag["flag"] for flag in open_flags(services.ledger)] == []


def test_the_last_action_is_undone_by_a_tap_and_then_the_one_before(
    client: FlaskClient, floor: Plant, web: Services
) -> None:
    (code,) = given_by_cutting(floor, 1)
    tap(client, "batches/received", batches=code)
    floor.now = china("24 15:12")
    tap(client, "batches/given", tap_id="g", batches=code)
    last = kiosk_page(web, "sew-1").last
    assert [bool(action.undo) for action in last] == [True, False]
    assert tap(client, "undo", tap_id="u1", event=last[0].undo) == ("recorded", f"undone: {code} given 15:12")
    assert tap(client, "undo", tap_id="u2", event=last[0].undo) == (
        "refused",
        f"{code} was taken back already",
    )
    last = kiosk_page(web, "sew-1").last
    assert [action.text for action in last if action.undo] == [f"{code} received 15:10 from Cutting"]
    assert last[0].text == f"{code} given 15:12 at Sewing undone"
    assert tap(client, "undo", tap_id="u3", event=last[1].undo)[0] == "recorded"
    assert [action.undo for action in kiosk_page(web, "sew-1").last] == ["", ""]
    assert faults(floor.ledger) == []


def test_undo_is_offered_for_an_hour_and_refused_with_the_reason_once_others_have_scanned(
    client: FlaskClient, floor: Plant, web: Services
) -> None:
    (code,) = given_by_cutting(floor, 1)
    event = f"t/in/{code}"
    tap(client, "batches/received", batches=code)
    assert kiosk_page(web, "sew-1").last[0].undo == event
    floor.now = china("24 16:10:01")
    assert kiosk_page(web, "sew-1").last[0].undo == ""
    tap(client, "batches/given", tap_id="g", batches=code)
    floor.scan("scanner-pack", code, "24 16:12")
    kind, text = tap(client, "undo", tap_id="u", event=event)
    assert (kind, text) == ("refused", f"{code} has moved on: Sewing scanned it 16:10; undo that first")
    kind, text = tap(client, "undo", "pack-1", "v", event=event)
    assert text == f"{code} was not scanned at this link; only sew-1 undoes it"
