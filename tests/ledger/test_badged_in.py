"""Who stands at a station: by badge, until the shift ends, nobody does anything, or a tap."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import badged_in, people
from ledger.badged_in import IDLE_MS, PROVED_MS, StationBadges, who_is_at
from ledger.people import NewPerson, Person
from shopfloor.handoffs import Refusal
from shopfloor.instants import DAY_MS, Instant
from tests.factory import Plant, china

AT = "sew-1"


class Floor:
    """Mei and Bo with their badges at the worked example's stations."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.badges = StationBadges(plant.site)
        self.mei, self.bo = self._add("Mei"), self._add("Bo")

    def _add(self, name: str) -> Person:
        with self.plant.ledger.write(self.plant.now) as tx:
            return people.add(tx, NewPerson(name, ("operator",)), "no hash", by="test")

    def reads(self, person: Person, at: Instant, station: str = AT) -> str | Refusal:
        with self.plant.ledger.write(self.plant.now) as tx:
            return self.badges.badge_in(tx, station, person.badge.lower(), at)

    def at(self, at: Instant, station: str = AT) -> str | None:
        """As it is looked up for a scan, which keeps the person there."""
        with self.plant.ledger.write(self.plant.now) as tx:
            return self.badges.person_at(tx, station, at)

    def there(self, at: Instant, station: str = AT) -> str | None:
        """As a page shows it, which keeps nobody there."""
        found = who_is_at(self.plant.ledger, station, at)
        return None if found is None else found.person.name


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    plant = Plant(tmp_path / "site")
    plant.now = china("24 09:00")
    yield Floor(plant)
    plant.close()


def test_a_badge_says_who_stands_there_at_its_station_only(floor: Floor) -> None:
    assert floor.at(china("24 09:00")) is None
    assert floor.reads(floor.mei, china("24 09:00")) == "Mei is here"
    assert floor.at(china("24 09:00")) == "Mei"
    assert floor.at(china("24 08:59")) is None
    assert floor.at(china("24 09:00"), "cut-1") is None


def test_the_next_badge_takes_the_place(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 09:00"))
    floor.reads(floor.bo, china("24 09:10"))
    assert [floor.at(china(f"24 {at}")) for at in ("09:05", "09:09", "09:10")] == ["Mei", "Mei", "Bo"]


def test_a_badge_of_nobody_changes_nothing(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 09:00"))
    with floor.plant.ledger.write(floor.plant.now) as tx:
        for station, code in ((AT, "BADGE0000000"), ("nowhere", floor.bo.badge)):
            assert isinstance(floor.badges.badge_in(tx, station, code, china("24 09:10")), Refusal)
    assert floor.at(china("24 09:10")) == "Mei"


def test_idleness_signs_out_and_work_keeps_there(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 09:00"))
    assert floor.there(china("24 09:00") + IDLE_MS - 1) == "Mei"
    assert floor.there(china("24 09:00") + IDLE_MS) is None
    assert floor.at(china("24 09:25")) == "Mei"
    assert floor.there(china("24 09:25") + IDLE_MS - 1) == "Mei"
    assert floor.there(china("24 09:25") + IDLE_MS) is None


def test_the_end_of_the_shift_signs_out_whoever_works(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 16:20"))
    assert floor.at(china("24 16:45")) == "Mei"
    assert floor.there(china("24 16:59")) == "Mei"
    assert floor.there(china("24 17:00")) is None


def test_whoever_comes_early_comes_for_the_next_shift(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 07:40"))
    assert floor.at(china("24 08:05")) == "Mei"
    floor.reads(floor.bo, china("24 16:40"))  # so shortly before the day shift ends
    assert floor.at(china("24 17:05")) == "Bo"


def test_a_badge_that_was_read_without_network_counts_when_it_was_read(floor: Floor) -> None:
    floor.reads(floor.bo, china("24 09:30"))
    floor.plant.now = china("24 10:00")
    for _ in range(2):  # sent twice, too
        floor.reads(floor.mei, china("24 09:10"))
    assert floor.at(china("24 09:20")) == "Mei"
    assert floor.at(china("24 09:31")) == "Bo"
    assert floor.there(china("24 09:40")) == "Bo"


def test_who_stood_where_is_kept_for_a_year_and_a_bit(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 09:00"))
    for days, rows in ((399, 2), (401, 2)):
        floor.plant.now = china("24 09:00") + days * DAY_MS
        floor.reads(floor.bo, floor.plant.now)
        assert len(floor.plant.ledger.rows("SELECT 1 FROM badged_in")) == rows


def test_a_tap_signs_out(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 09:00"))
    floor.plant.now = china("24 09:10")
    with floor.plant.ledger.write(floor.plant.now) as tx:
        badged_in.badge_out(tx, AT)
    assert floor.at(china("24 09:09")) == "Mei"
    assert floor.there(china("24 09:10")) is None


def test_a_proved_pin_counts_at_its_kiosk_for_a_while(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 09:00"))
    badged = who_is_at(floor.plant.ledger, AT, floor.plant.now)
    assert badged is not None
    with floor.plant.ledger.write(floor.plant.now) as tx:
        badged_in.prove(tx, badged, "kiosk:1")
    badged = who_is_at(floor.plant.ledger, AT, floor.plant.now)
    assert badged is not None
    assert badged.proved("kiosk:1", floor.plant.now + PROVED_MS - 1)
    assert not badged.proved("kiosk:1", floor.plant.now + PROVED_MS)
    assert not badged.proved("kiosk:2", floor.plant.now)
    floor.reads(floor.bo, china("24 09:01"))
    floor.reads(floor.mei, china("24 09:02"))
    badged = who_is_at(floor.plant.ledger, AT, china("24 09:02"))
    assert badged is not None
    assert not badged.proved("kiosk:1", china("24 09:02"))


def test_whoever_is_revoked_stands_nowhere(floor: Floor) -> None:
    floor.reads(floor.mei, china("24 09:00"))
    floor.plant.now = china("24 09:10")
    with floor.plant.ledger.write(floor.plant.now) as tx:
        people.revoke(tx, floor.mei, by="test")
    assert floor.there(china("24 09:10")) is None
    assert isinstance(floor.reads(floor.mei, china("24 09:11")), Refusal)
