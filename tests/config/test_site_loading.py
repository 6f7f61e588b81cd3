"""What a sound site.toml becomes."""

from collections.abc import Callable
from datetime import date, time
from fractions import Fraction
from pathlib import Path

import pytest

from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, Duration
from station_config import check_folder, duration_from_text, load, template_names, write_template

Write = Callable[[str | bytes], Path]


def test_values_are_read_exactly(write: Write, good: str) -> None:
    site = load(write(good)).site
    line = site.lines["shirts"]
    assert (site.id, site.zone.key, site.holidays) == ("hz1", "Asia/Shanghai", {date(2026, 10, 1)})
    assert site.shifts["day"].days == {0, 1}
    assert site.shifts["day"].breaks == ((time(12), time(13)),)
    assert line.ship_buffer == Duration(working_ms=HOUR_MS)
    assert line.link("fabric").lead == Duration(calendar_days=3)
    assert line.link("fabric").per_hour is None
    assert line.link("cut").transfer == Duration(working_ms=30 * MINUTE_MS)
    assert site.products["polo"].per_hour == {"cut": 90}
    assert site.stations["cut-1"].link == "cut"
    assert line.last.id == "sew"


def test_names_come_from_ids_when_left_out(write: Write, good: str) -> None:
    site = load(write(good)).site
    names = [site.name, site.lines["shirts"].name, site.products["polo"].name, site.stations["cut-1"].name]
    assert names == ["Hz1", "Shirts", "Polo", "Cut-1"]


def test_an_id_may_have_capitals_and_is_kept_as_it_is_written(write: Write, good: str) -> None:
    site = load(write(good.replace('id = "polo"', 'id = "POLO_XL-2"').replace('"cut-1"', '"CUT-1"'))).site
    assert "POLO_XL-2" in site.products
    assert site.stations["CUT-1"].link == "cut"


def test_a_decimal_rate_is_the_fraction_that_was_written(write: Write, good: str) -> None:
    site = load(write(good.replace("per_hour = 40", "per_hour = 33.1"))).site
    assert site.lines["shirts"].link("sew").per_hour == Fraction(331, 10)


def test_links_are_kept_in_chain_order_and_otherwise_as_in_the_file(write: Write, good: str) -> None:
    first, *links = good.split("[[line.link]]\n")
    last, rest = links[-1].split("\n[[product]]")
    turned = "[[line.link]]\n".join([first, last, links[1], links[0]]) + "\n[[product]]" + rest
    site = load(write(turned)).site
    assert [link.id for link in site.lines["shirts"].links] == ["fabric", "cut", "sew"]


def test_breaks_are_kept_in_the_order_of_the_shift(write: Write, good: str) -> None:
    night = good.replace('"08:00"', '"22:00"').replace('"17:00"', '"06:00"')
    site = load(write(night.replace('"12:00-13:00"', '"03:00-03:30", "23:45-00:15"'))).site
    assert site.shifts["day"].breaks == ((time(23, 45), time(0, 15)), (time(3), time(3, 30)))


def test_without_its_own_list_a_site_has_reasons_with_previous_among_them(write: Write, good: str) -> None:
    assert "previous" in {reason.id for reason in load(write(good)).site.reasons}


def test_without_its_own_list_a_site_has_reasons_for_scrap(write: Write, good: str) -> None:
    assert {"material", "other"} <= {reason.id for reason in load(write(good)).site.scrap_reasons}


def test_own_reasons_for_scrap_replace_that_list_only(write: Write, good: str) -> None:
    site = load(write(f'{good}[[scrap_reason]]\nid = "torn"\nname = "Torn"\n')).site
    assert [(reason.id, reason.name) for reason in site.scrap_reasons] == [("torn", "Torn")]
    assert "previous" in {reason.id for reason in site.reasons}
    assert (site.scrap_reason_name("torn"), site.scrap_reason_name("by hand")) == ("Torn", "by hand")


def test_own_reasons_replace_the_list(write: Write, good: str) -> None:
    site = load(write(f'{good}[[reason]]\nid = "previous"\nname = "Vorher"\n')).site
    assert [(reason.id, reason.name) for reason in site.reasons] == [("previous", "Vorher")]


def test_without_a_host_the_broker_is_the_embedded_one(write: Write, good: str) -> None:
    config = load(write(f'{good}[broker]\nlisten = "0.0.0.0"\n'))
    assert config.broker.embedded
    assert (config.broker.connect_host, config.broker.port) == ("127.0.0.1", 1883)
    assert (config.web.listen, config.web.port, config.board.viewing_distance_m) == ("127.0.0.1", 8080, 6)
    assert config.ledger.keep_months is None


def test_the_password_file_is_beside_the_site(write: Write, good: str) -> None:
    text = f'{good}[broker]\nhost = "hub.example"\nport = 8883\nusername = "plant"\npassword_file = "pw"\n'
    folder = write(text)
    (folder / "pw").write_text("secret")
    broker = load(folder).broker
    assert (broker.connect_host, broker.port, broker.password_file) == ("hub.example", 8883, folder / "pw")
    assert not broker.embedded


def test_dates_and_times_may_stand_without_quotes(write: Write, good: str) -> None:
    text = good.replace('"2026-10-01"', "2026-10-01").replace('start = "08:00"', "start = 08:00:00")
    site = load(write(text)).site
    assert (site.holidays, site.shifts["day"].start) == ({date(2026, 10, 1)}, time(8))


def test_a_file_from_an_editor_that_marks_utf8_and_ends_lines_its_own_way_is_read(
    write: Write, good: str
) -> None:
    assert load(write(b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode())).site.id == "hz1"


@pytest.mark.parametrize(
    ("text", "working_ms", "days"),
    [
        ("0min", 0, 0),
        ("45s", 45_000, 0),
        ("30min", 30 * MINUTE_MS, 0),
        ("90min", 90 * MINUTE_MS, 0),
        ("1h", HOUR_MS, 0),
        ("1h30min", 90 * MINUTE_MS, 0),
        ("1h0min10s", HOUR_MS + 10_000, 0),
        ("36h", 36 * HOUR_MS, 0),
        ("3d", 0, 3),
        ("366d", 0, 366),
        ("8784h", 366 * DAY_MS, 0),
    ],
)
def test_a_duration_is_working_time_or_calendar_days(text: str, working_ms: int, days: int) -> None:
    assert duration_from_text(text) == Duration(working_ms=working_ms, calendar_days=days)


@pytest.mark.parametrize(
    "text", ["", "1", "h", "30m", "1.5h", "-1h", "1h 30min", "30min1h", "1d2h", "367d", "٣d"]
)
def test_what_is_no_duration_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        duration_from_text(text)


@pytest.mark.parametrize("name", template_names())
def test_every_example_site_is_without_faults(name: str, tmp_path: Path) -> None:
    write_template(name, tmp_path / "site")
    assert check_folder(tmp_path / "site") == []


@pytest.mark.parametrize("name", template_names())
def test_every_station_of_an_example_has_a_device(name: str, tmp_path: Path) -> None:
    write_template(name, tmp_path)
    site = load(tmp_path).site
    assert {device.station for device in site.devices.values()} == set(site.stations)
    every = {(line.id, link.id) for line in site.lines.values() for link in line.links}
    assert {(station.line, station.link) for station in site.stations.values()} == every


def test_the_gearbox_plant_works_round_the_clock_on_eight_links(tmp_path: Path) -> None:
    write_template("gearbox", tmp_path)
    site = load(tmp_path).site
    line = site.lines["gearbox"]
    assert (site.id, site.zone.key, len(line.links)) == ("gbx1", "Europe/Berlin", 8)
    assert {link.id for link in line.previous_links("assembly")} == {"hardening", "housing"}
    assert all(link.shifts == ("early", "late", "night") for link in line.links if link.kind == "work")
    assert all(shift.days == set(range(7)) for shift in site.shifts.values())


@pytest.mark.parametrize("product", ["gx20", "gx35", "gx50"])
def test_at_28_gearboxes_an_hour_every_link_is_loaded_to_75_to_90_percent(
    product: str, tmp_path: Path
) -> None:
    write_template("gearbox", tmp_path)
    site = load(tmp_path).site
    for link in site.lines["gearbox"].links:
        rate = site.per_hour(product, link)
        if rate is not None:
            assert 0.75 <= 28 / (rate * len(site.stations_of("gearbox", link.id))) <= 0.90, link.id
