"""Guessing PINs: what is counted for whom, who has to wait, and who has not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ledger import audit, logins, pins, tries
from ledger.logins import WrongPin
from ledger.tries import HasToWait
from shopfloor.instants import DAY_MS, MINUTE_MS, SECOND_MS
from shopfloor.pins import DEVICE_FREE_TRIES
from tests.factory import Plant
from tests.ledger.registered import OTHER, PIN, PIN_HASH, add, prove


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "site")
    yield plant
    plant.close()


def guess(plant: Plant, who: str, device: str, *, times: int, every_ms: int = SECOND_MS) -> int:
    """Wrong PINs one after the other; how many were looked at."""
    looked_at = 0
    for _ in range(times):
        plant.now += every_ms
        try:
            prove(plant, who, OTHER, device)
        except HasToWait:
            continue
        except WrongPin:
            looked_at += 1
    return looked_at


def test_five_wrong_pins_are_free_and_the_next_has_to_wait(plant: Plant) -> None:
    add(plant, "Mei")
    assert guess(plant, "Mei", "address:1", times=5, every_ms=0) == 5
    with pytest.raises(HasToWait, match="wait 5 seconds"):
        prove(plant, "Mei", PIN, "address:1")
    plant.now += 5 * SECOND_MS
    assert prove(plant, "Mei", PIN, "address:1").name == "Mei"
    assert guess(plant, "Mei", "address:1", times=5, every_ms=0) == 5  # a right one forgets the wrong ones


def test_an_hour_of_guessing_is_few_tries_however_many_are_sent(plant: Plant) -> None:
    add(plant, "Mei")
    assert guess(plant, "Mei", "address:1", times=3600) < 20


def test_many_devices_do_not_give_a_guesser_more_tries(plant: Plant) -> None:
    add(plant, "Mei")
    looked_at = sum(guess(plant, "Mei", f"address:{number}", times=1) for number in range(600))
    assert looked_at < 20


def test_who_was_here_before_is_not_locked_out_by_strangers(plant: Plant) -> None:
    add(plant, "Mei")
    prove(plant, "Mei", device="kiosk:1")
    guess(plant, "Mei", "address:6", times=500)
    assert prove(plant, "Mei", device="kiosk:1").name == "Mei"


def test_a_device_is_known_for_ninety_days_after_the_last_login(plant: Plant) -> None:
    add(plant, "Mei")
    for _ in range(2):
        prove(plant, "Mei", device="kiosk:1")
        plant.now += 80 * DAY_MS
    guess(plant, "Mei", "address:6", times=500)
    prove(plant, "Mei", device="kiosk:1")
    plant.now += 91 * DAY_MS
    guess(plant, "Mei", "address:6", times=500)
    with pytest.raises(HasToWait):
        prove(plant, "Mei", device="kiosk:1")


def test_others_at_the_same_kiosk_are_not_locked_out(plant: Plant) -> None:
    for name in ("Mei", "Bo"):
        add(plant, name)
    prove(plant, "Bo", device="kiosk:1")
    guess(plant, "Mei", "kiosk:1", times=500)
    assert prove(plant, "Bo", device="kiosk:1").name == "Bo"


def test_one_device_gets_no_more_tries_by_trying_many_people(plant: Plant) -> None:
    for number in range(60):
        add(plant, f"Person {number}")
    looked_at = sum(guess(plant, f"Person {number}", "address:6", times=5) for number in range(60))
    assert looked_at < 40


def test_a_right_pin_of_ones_own_buys_no_tries_at_others(plant: Plant) -> None:
    for number in range(60):
        add(plant, f"Person {number}")
    add(plant, "Eve")
    looked_at = 0
    for number in range(60):
        looked_at += guess(plant, f"Person {number}", "address:6", times=4)
        with suppress(HasToWait):
            prove(plant, "Eve", device="address:6")
    assert looked_at < 60


def test_a_right_pin_takes_back_its_own_try_alone(plant: Plant) -> None:
    for number in range(DEVICE_FREE_TRIES + 5):
        add(plant, f"Person {number}")
    add(plant, "Eve")

    def guessed(first: int, last: int) -> int:
        people = range(first, last)
        return sum(guess(plant, f"Person {n}", "address:6", times=1, every_ms=0) for n in people)

    assert guessed(0, DEVICE_FREE_TRIES - 1) == DEVICE_FREE_TRIES - 1
    prove(plant, "Eve", device="address:6")
    assert guessed(DEVICE_FREE_TRIES - 1, DEVICE_FREE_TRIES + 5) == 1


def test_the_lock_is_never_for_ever_and_refusals_do_not_prolong_it(plant: Plant) -> None:
    add(plant, "Mei")
    guess(plant, "Mei", "address:1", times=4000)
    for _ in range(900):
        plant.now += SECOND_MS
        try:
            assert prove(plant, "Mei", device="address:1").name == "Mei"
        except HasToWait:
            continue
        break
    else:
        pytest.fail("a quarter of an hour was not enough")


def test_wrong_pins_are_forgotten_after_a_day(plant: Plant) -> None:
    add(plant, "Mei")
    guess(plant, "Mei", "address:1", times=2000)
    plant.now += DAY_MS
    assert guess(plant, "Mei", "address:1", times=5, every_ms=0) == 5


def test_names_that_nobody_has_are_throttled_alike_and_never_written_down(plant: Plant) -> None:
    assert guess(plant, "402716", "address:1", times=3600) < 20
    assert {entry.who for entry in audit.page(plant.ledger)} == {"somebody unknown"}
    with pytest.raises(WrongPin) as unknown:
        prove(plant, "nobody", PIN, "address:2")
    add(plant, "Mei")
    with pytest.raises(WrongPin) as wrong:
        prove(plant, "Mei", OTHER, "address:3")
    assert str(unknown.value) == str(wrong.value)


def test_the_real_hash_says_the_same(plant: Plant) -> None:
    add(plant, "Mei")
    assert logins.prove(plant.ledger, "mei", PIN, "d", now=plant.now, compare=pins.fits).name == "Mei"
    for who, pin in (("mei", OTHER), ("nobody", PIN)):
        with pytest.raises(WrongPin):
            logins.prove(plant.ledger, who, pin, "d", now=plant.now, compare=pins.fits)
    assert not pins.fits(PIN, "no hash at all")
    assert PIN_HASH.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_wait_is_logged_once(plant: Plant) -> None:
    add(plant, "Mei")
    guess(plant, "Mei", "address:1", times=9, every_ms=0)
    assert [entry.what for entry in audit.page(plant.ledger)][:2] == ["wrong PINs: has to wait", "wrong PIN"]


def test_counts_of_tries_do_not_fill_the_disk(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "KEPT", 50)
    for number in range(200):
        plant.now += MINUTE_MS
        with pytest.raises(WrongPin):
            prove(plant, f"nobody {number}", OTHER, f"address:{number}")
    assert len(plant.ledger.rows("SELECT 1 FROM tries")) <= 52
