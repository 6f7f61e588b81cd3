"""The configuration is changed on a page: checked, tried on the orders, written with its comments, kept in versions."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.services import Services
from kiosk.site_form import WAS, changes_of, fields_of
from ledger.checking import faults
from ledger.site_versions import is_in_force, site_text, site_versions
from station_config import load, settle, site_replaced, template_names, write_template
from tests.factory import WORKED_SITE, Plant, china, worked_order

SEW_BUFFER = "link:shirts/sew:buffer"
SIX = 'per_hour = 40\nbuffer = "60min"'


def form(services: Services, **changed: str) -> dict[str, str]:
    """All fields as the page sends them, some changed (`__` stands for `:`)."""
    return fields_of(services.config.site) | {name.replace("__", ":"): text for name, text in changed.items()}


def drawn(services: Services) -> dict[str, str]:
    """The form as it is drawn now, with what its fields say."""
    fields = fields_of(services.config.site)
    return fields | {WAS + name: text for name, text in fields.items()}


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def try_out(client: FlaskClient, fields: Mapping[str, str]) -> str:
    answer = client.post("/site/trial", data=fields)
    assert answer.status_code == 200, answer.text
    return answer.text


def save(client: FlaskClient, fields: Mapping[str, str], **more: str) -> str:
    told = {"person": "Ann", "why": "sewing learns", "seen": seen(try_out(client, fields))} | more
    answer = client.post("/site/save", data={**fields, **told}, follow_redirects=True)
    return answer.text


def text_of(plant: Plant) -> str:
    return (plant.folder / "site.toml").read_text(encoding="utf-8")


def test_the_form_of_every_example_asks_for_no_change_as_it_is(tmp_path: object) -> None:
    for name in template_names():
        site = load(write_template(name, tmp_path / name).parent).site  # type: ignore[operator]  # a Path
        assert changes_of(site, fields_of(site)) == []


def test_what_is_saved_is_in_the_file_with_its_comments_and_in_force(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    path = floor.folder / "site.toml"
    path.write_text(
        WORKED_SITE.replace(SIX, 'per_hour = 40  # two machines\nbuffer = "60min"'), encoding="utf-8"
    )
    fields = form(web, **{SEW_BUFFER: "90min", "shift:day:overtime": "2026-11-28"})
    page = save(client, fields)
    assert "Saved as version 2" in page
    assert 'per_hour = 40  # two machines\nbuffer = "90min"' in text_of(floor)
    assert 'overtime = ["2026-11-28"]' in text_of(floor)
    assert web.config == load(floor.folder)
    assert web.config.site.lines["shirts"].link("sew").buffer.working_ms == 90 * 60_000
    assert 'value="90min"' in client.get("/site").text


def test_each_version_keeps_who_when_why_and_the_whole_text(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    before = text_of(floor)
    save(client, form(web, **{SEW_BUFFER: "90min"}))
    newest, first = site_versions(floor.ledger)
    assert (newest.version, newest.person, newest.why) == (2, "Ann", "sewing learns")
    assert newest.changes == ("Sewing: buffer 60min -> 90min",)
    assert site_text(floor.ledger, 2) == text_of(floor)
    assert (first.version, site_text(floor.ledger, 1)) == (1, before)
    page = client.get("/site/versions/2").text
    assert "sewing learns" in page
    assert "90min" in page
    assert client.get("/site/versions/2/site.toml").text == text_of(floor)
    assert client.get("/site/versions/9").status_code == 404
    assert faults(floor.ledger) == []


def test_an_edit_by_hand_gets_a_version_before_the_next_one(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    save(client, form(web, **{SEW_BUFFER: "90min"}))
    path = floor.folder / "site.toml"
    path.write_text(text_of(floor) + "\n# by hand\n", encoding="utf-8")
    save(client, form(web, **{SEW_BUFFER: "2h"}))
    assert [(each.version, each.person) for each in site_versions(floor.ledger)][:2] == [
        (4, "Ann"),
        (3, "by hand"),
    ]
    assert text_of(floor).endswith("# by hand\n")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (SEW_BUFFER, "an hour", "duration"),
        ("link:shirts/sew:per_hour", "-3", "units per hour"),
        ("link:shirts/sew:per_hour", "", "per_hour"),
        ("shift:day:start", "25:00", "08:00"),
        ("shift:day:days", "", "days"),
        ("shift:day:breaks", "12:00", "break"),
        ("shift:day:overtime", "2026-02-30", "calendar"),
        ("site::holidays", "tomorrow", "date"),
        ("station:sew-1:out_of_service", "2026-11-25T08:00/2026-11-24T08:00", "end"),
        ("line:shirts:ship_buffer", "1 hour", "1h"),
        ("site::holidays", " ".join(f"{2000 + n}-12-25" for n in range(201)), "at most 200"),
        ("new::link", "shirts/glue", "glue"),
    ],
)
def test_a_refusal_stands_at_its_field_and_changes_nothing(
    client: FlaskClient, web: Services, floor: Plant, name: str, text: str, told: str
) -> None:
    answer = client.post("/site/trial", data=form(web, **{name: text}))
    assert answer.status_code == 422
    at_field = rf'(?:(?!<div class="field).)*name="{re.escape(name)}".*?field-fault[^>]*>([^<]*)<'
    field = re.search(rf'<div class="field[^"]*" data-fault>{at_field}', answer.text, re.DOTALL)
    assert field is not None, answer.text
    assert told in field[1]
    assert text_of(floor) == WORKED_SITE
    assert site_versions(floor.ledger) == []


def test_a_change_that_makes_a_released_order_infeasible_says_so_before_it_is_saved(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    floor.now = china("24 12:00")
    page = try_out(client, form(web, **{"link:shirts/sew:per_hour": "4"}))
    assert "1 order could no longer ship by its due" in page
    assert 'href="/orders/A-1"' in page
    assert "Save in spite of it" in page
    assert text_of(floor) == WORKED_SITE


def test_closing_a_day_names_the_targets_in_force_that_it_takes_away(
    client: FlaskClient, web: Services
) -> None:
    page = try_out(client, form(web, **{"site::holidays": "2026-11-25"}))
    assert "Targets in force without room" in page
    assert "closed then" in page


def test_a_harmless_change_says_that_no_order_moves(client: FlaskClient, web: Services) -> None:
    page = try_out(client, form(web, **{"shift:day:overtime": "2026-12-05"}))
    assert "No order&#39;s ship date changes" in page or "No order's ship date changes" in page


def test_a_station_more_gets_a_free_id(client: FlaskClient, web: Services, floor: Plant) -> None:
    save(client, form(web, **{"new::link": "shirts/sew", "new::name": "Second bench"}))
    stations = load(floor.folder).site.stations_of("shirts", "sew")
    assert [(station.id, station.name) for station in stations] == [
        ("sew-1", "Sew-1"),
        ("sew-2", "Second bench"),
    ]


def test_a_name_and_a_reason_are_needed(client: FlaskClient, web: Services, floor: Plant) -> None:
    fields = form(web, **{SEW_BUFFER: "90min"})
    for missing, told in (("person", "write your name"), ("why", "write why it is changed")):
        assert told in save(client, fields, **{missing: " "})
    assert text_of(floor) == WORKED_SITE


def test_a_file_that_changed_since_it_was_seen_is_not_overwritten(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    fields = form(web, **{SEW_BUFFER: "90min"})
    mark = seen(try_out(client, fields))
    (floor.folder / "site.toml").write_text(WORKED_SITE + "# somebody else\n", encoding="utf-8")
    assert "changed meanwhile" in save(client, fields, seen=mark)
    assert text_of(floor) == WORKED_SITE + "# somebody else\n"


def test_who_saves_second_changes_only_the_own_fields(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    first, second = drawn(web), drawn(web)
    save(client, first | {"link:shirts/sew:per_hour": "30"})
    save(client, second | {"link:shirts/pack:per_hour": "55"})
    links = {link.id: link.per_hour for link in load(floor.folder).site.lines["shirts"].links}
    assert links == {"cut": 100, "sew": 30, "pack": 55}
    assert site_versions(floor.ledger)[0].changes == ("Packing: per hour 50 -> 55",)


def test_a_field_that_two_changed_is_for_the_second_to_decide(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    second = drawn(web) | {"link:shirts/sew:per_hour": "20"}
    save(client, drawn(web) | {"link:shirts/sew:per_hour": "30", SEW_BUFFER: "90min"})
    answer = client.post("/site/trial", data=second)
    assert answer.status_code == 422
    assert "somebody else made it 30 meanwhile" in answer.text
    assert 'name="was|link:shirts/sew:per_hour" value="30"' in answer.text
    assert (
        f'name="{SEW_BUFFER}" value="90min"' in answer.text
    )  # what the second left alone is as it is by now
    assert load(floor.folder).site.lines["shirts"].link("sew").per_hour == 30


def test_what_was_edited_by_hand_is_told_and_not_put_down_to_who_saves_next(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    path = floor.folder / "site.toml"
    path.write_text(text_of(floor).replace("per_hour = 40", "per_hour = 41"), encoding="utf-8")
    assert "edited outside of this page" in client.get("/site").text
    page = try_out(client, fields_of(load(floor.folder).site) | {"link:shirts/cut:per_hour": "77"})
    assert "what was edited in the file by hand" in page
    save(client, fields_of(load(floor.folder).site) | {"link:shirts/cut:per_hour": "77"})
    assert site_versions(floor.ledger)[0].changes == ("Cutting: per hour 100 -> 77",)
    assert web.config.site.lines["shirts"].link("sew").per_hour == 41


def replaced_and_failed(floor: Plant, text: str) -> None:
    with site_replaced(floor.folder, text):
        assert text_of(floor) == text
        raise LookupError


def test_a_text_is_in_its_place_only_while_nothing_fails(floor: Plant) -> None:
    with pytest.raises(LookupError):
        replaced_and_failed(floor, WORKED_SITE.replace("per_hour = 40", "per_hour = 41"))
    assert text_of(floor) == WORKED_SITE
    assert [path.name for path in floor.folder.glob("*site.toml*")] == ["site.toml"]


def test_a_save_that_was_killed_before_it_was_recorded_is_taken_back_at_the_next_start(floor: Plant) -> None:
    path, old = floor.folder / "site.toml", floor.folder / "site.toml.before"
    path.rename(old)
    path.write_text(WORKED_SITE.replace("per_hour = 40", "per_hour = 41"), encoding="utf-8")
    assert settle(floor.folder, lambda text: is_in_force(floor.ledger, text))
    assert text_of(floor) == WORKED_SITE
    assert not old.exists()
    assert not settle(floor.folder, lambda text: is_in_force(floor.ledger, text))


def test_a_save_that_was_killed_after_it_was_recorded_stays(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    save(client, form(web, **{SEW_BUFFER: "90min"}))
    (floor.folder / "site.toml.before").write_text(WORKED_SITE, encoding="utf-8")
    assert not settle(floor.folder, lambda text: is_in_force(floor.ledger, text))
    assert 'buffer = "90min"' in text_of(floor)
    assert not (floor.folder / "site.toml.before").exists()


def test_saving_without_a_change_says_so(client: FlaskClient, web: Services) -> None:
    answer = client.post("/site/trial", data=form(web))
    assert answer.status_code == 422
    assert "nothing was changed" in answer.text


def test_when_the_ledger_cannot_be_written_the_file_stays(
    app: Flask, web: Services, floor: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    fields = form(web, **{SEW_BUFFER: "90min"})
    mark = seen(try_out(client, fields))
    with floor.ledger.write(floor.now) as tx:
        tx.run("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", None)
    answer = client.post("/site/save", data={**fields, "person": "Ann", "why": "x", "seen": mark})
    assert answer.status_code >= 500
    assert text_of(floor) == WORKED_SITE
    assert web.config == load(floor.folder)


def test_a_file_that_became_unreadable_is_told_and_left_alone(client: FlaskClient, floor: Plant) -> None:
    (floor.folder / "site.toml").write_text("version = ", encoding="utf-8")
    page = client.get("/site")
    assert page.status_code == 200
    assert "site.toml:1" in page.text
    assert client.post("/site/trial", data={SEW_BUFFER: "90min"}).status_code == 422


def test_fields_named_in_the_address_are_filled_in(client: FlaskClient) -> None:
    page = client.get("/site?shift:day:overtime=2026-11-28&new::link=shirts/sew").text
    assert 'name="shift:day:overtime" value="2026-11-28"' in page
    assert '<option value="shirts/sew" selected>' in page


def test_drafts_are_planned_by_the_changed_site_at_once(client: FlaskClient, web: Services) -> None:
    order = worked_order("A-2", due="27 17:00")
    assert web.desk.plan(order, china("24 15:10")).feasible
    save(client, form(web, **{"link:shirts/sew:per_hour": "4"}))
    assert not web.desk.plan(order, china("24 15:10")).feasible
