"""People, their PINs, sessions, kiosks and tokens in the ledger's file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.opening import open_ledger
from ledger import api_tokens, audit, kiosks, logins, people, pins, sessions
from ledger.backup import back_up, restore
from ledger.errors import RuleRefused
from ledger.kiosks import WrongCode
from ledger.logins import WrongPin
from ledger.people import NewPerson, Person
from ledger.rebuilding import again
from ledger.sessions import IDLE_MS, LONGEST_MS
from ledger.store import Ledger
from ledger.tries import HasToWait
from shopfloor.codes import code_kind
from shopfloor.instants import MINUTE_MS, SECOND_MS
from shopfloor.rights import PersonRole
from tests.factory import Plant, worked_order
from tests.ledger.registered import OTHER, PIN, PIN_HASH, add, prove


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "site")
    yield plant
    plant.close()


# --- who is registered


def test_a_name_is_one_persons_however_it_is_written(plant: Plant) -> None:
    add(plant, "Mei  Lin")
    for same in ("Mei Lin", " mei lin ", "MEI LIN", "\uff2dei Lin"):
        with pytest.raises(RuleRefused, match="registered already"):
            add(plant, same)
        found = people.find(plant.ledger, same)
        assert found is not None
        assert found.name == "Mei Lin"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "Mei\x07"])
def test_what_is_no_name_is_refused(plant: Plant, name: str) -> None:
    with pytest.raises(RuleRefused, match="1 to 60 characters"):
        add(plant, name)
    assert not people.anybody(plant.ledger)


def test_a_new_badge_is_a_code_of_ours_that_cannot_be_foreseen(plant: Plant) -> None:
    badges = {add(plant, f"Person {number}").badge for number in range(20)}
    assert len(badges) == 20
    assert {code_kind(badge) for badge in badges} == {"badge"}
    assert len({badge[5:8] for badge in badges}) > 10


def test_a_badge_is_one_persons_and_the_one_before_nobodys(plant: Plant) -> None:
    mei, bo = add(plant, "Mei", badge="04a2b9"), add(plant, "Bo")
    with plant.ledger.write(plant.now) as tx, pytest.raises(RuleRefused, match="somebody's already"):
        people.set_badge(tx, bo, "04A2B9", by="test")
    with plant.ledger.write(plant.now) as tx:
        people.set_badge(tx, mei, "", by="test")
    assert people.by_badge(plant.ledger, "04A2B9") is None


@pytest.mark.parametrize(
    ("roles", "links", "text"),
    [
        ((), (), "at least one role"),
        (("lead",), (), "at least one link"),
        (("operator",), ("shirts/sew",), "links are those of a lead"),
    ],
)
def test_roles_and_links_belong_together(
    plant: Plant, roles: tuple[PersonRole, ...], links: tuple[str, ...], text: str
) -> None:
    with plant.ledger.write(plant.now) as tx, pytest.raises(RuleRefused, match=text):
        people.add(tx, NewPerson("Mei", roles, links), PIN_HASH, by="test")


def test_the_last_admin_stays(plant: Plant) -> None:
    grace = add(plant, "Grace", "admin")
    with plant.ledger.write(plant.now) as tx, pytest.raises(RuleRefused, match="only admin"):
        people.revoke(tx, grace, by="test")
    with plant.ledger.write(plant.now) as tx, pytest.raises(RuleRefused, match="only admin"):
        people.set_roles(tx, grace, ("manager",), (), by="test")
    add(plant, "Ada", "admin")
    with plant.ledger.write(plant.now) as tx:
        people.revoke(tx, grace, by="Ada")
    assert people.find(plant.ledger, "Grace") is None


def test_revoking_ends_logins_tokens_and_badges_at_once(plant: Plant) -> None:
    add(plant, "Grace", "admin")
    mei = add(plant, "Mei", "lead", links=("shirts/sew",))
    with plant.ledger.write(plant.now) as tx:
        session = sessions.begin(tx, mei, address="a", agent="b")
        token = api_tokens.make(tx, mei, "MES", (), by="Mei")
    assert sessions.of_token(plant.ledger, session, plant.now) is not None
    with plant.ledger.write(plant.now) as tx:
        people.revoke(tx, mei, by="Grace")
    assert sessions.of_token(plant.ledger, session, plant.now) is None
    assert api_tokens.of_token(plant.ledger, token) is None
    with pytest.raises(WrongPin):
        prove(plant, "Mei")
    with plant.ledger.write(plant.now) as tx:
        people.admit_again(tx, mei, PIN_HASH, by="Grace")
    assert api_tokens.of_token(plant.ledger, token) is None
    assert prove(plant, "Mei").name == "Mei"


# --- sessions


def test_a_session_ends_by_idleness_and_by_age(plant: Plant) -> None:
    mei, began_at = add(plant, "Mei"), plant.now
    with plant.ledger.write(plant.now) as tx:
        token = sessions.begin(tx, mei, address="a", agent="b")
    while plant.now - began_at < LONGEST_MS:
        session = sessions.of_token(plant.ledger, token, plant.now)
        assert session is not None
        sessions.used(plant.ledger, session, plant.now)
        plant.now += IDLE_MS - 1
    assert sessions.of_token(plant.ledger, token, plant.now) is None
    with plant.ledger.write(plant.now) as tx:
        token = sessions.begin(tx, mei, address="a", agent="b")
    assert sessions.of_token(plant.ledger, token, plant.now + IDLE_MS - 1) is not None
    assert sessions.of_token(plant.ledger, token, plant.now + IDLE_MS) is None


def test_another_pin_ends_every_session(plant: Plant) -> None:
    mei = add(plant, "Mei")
    with plant.ledger.write(plant.now) as tx:
        token = sessions.begin(tx, mei, address="a", agent="b")
        people.set_pin(tx, mei, pins.hashed(OTHER), by="Grace")
    assert sessions.of_token(plant.ledger, token, plant.now) is None


# --- kiosks and codes


def test_a_code_enrols_one_browser_to_its_station_once_and_not_for_long(plant: Plant) -> None:
    def code() -> str:
        with plant.ledger.write(plant.now) as tx:
            return kiosks.make_code(tx, "sew-1", by="Sven")

    def enrol(told: str, station: str = "sew-1") -> str:
        told_by = {"device": "address:1", "address": "10.0.0.7", "agent": "tablet"}
        return kiosks.enrol(plant.ledger, told, station, now=plant.now, **told_by)

    first = code()
    with pytest.raises(WrongCode):
        enrol(first, "cut-1")
    kiosk = kiosks.of_token(plant.ledger, enrol(f"{first[:4]} {first[4:]}"))
    assert kiosk is not None
    assert (kiosk.station, kiosk.enrolled_by) == ("sew-1", "Sven")
    with pytest.raises(WrongCode):
        enrol(first)
    old, new = code(), code()
    with pytest.raises(WrongCode):
        enrol(old)
    plant.now += 10 * MINUTE_MS
    with pytest.raises(WrongCode):
        enrol(new)


def test_codes_are_not_guessed(plant: Plant) -> None:
    looked_at = 0
    for number in range(1000):
        plant.now += SECOND_MS
        try:
            kiosks.take_code(
                plant.ledger, f"{number:08d}", "kiosk", "sew-1", device="address:6", now=plant.now
            )
        except HasToWait:
            continue
        except WrongCode:
            looked_at += 1
    assert looked_at < 20


def test_a_revoked_kiosk_is_nothing_any_more(plant: Plant) -> None:
    with plant.ledger.write(plant.now) as tx:
        token = kiosks.enrol_here(tx, "sew-1", by="Sven", address="a", agent="b")
    (kiosk,) = kiosks.enrolled(plant.ledger)
    with plant.ledger.write(plant.now) as tx:
        kiosks.revoke(tx, [kiosk.id], by="Sven")
    assert kiosks.of_token(plant.ledger, token) is None
    with plant.ledger.write(plant.now) as tx, pytest.raises(RuleRefused, match="not enrolled any more"):
        kiosks.revoke(tx, [kiosk.id], by="Sven")


# --- beside the events


def everything(ledger: Ledger, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in ledger.rows(f"SELECT * FROM {table}")]  # noqa: S608  # the test's own names


TABLES = ("people", "sessions", "kiosks", "one_time_codes", "api_tokens", "tries", "known_devices", "audit")


@pytest.fixture
def lived_in(plant: Plant) -> tuple[Plant, list[str]]:
    """A plant with people in it, and the secrets that somebody could look for."""
    plant.release(worked_order())
    mei = add(plant, "Mei", "admin")
    prove(plant, "Mei")
    with pytest.raises(WrongPin):
        prove(plant, "Mei", OTHER, "address:9")
    with plant.ledger.write(plant.now) as tx:
        session = sessions.begin(tx, mei, address="a", agent="b")
        token = api_tokens.make(tx, mei, "MES", ("scan",), by="Mei")
        kiosk = kiosks.enrol_here(tx, "sew-1", by="Mei", address="a", agent="b")
        code = kiosks.make_code(tx, "cut-1", by="Mei")
    return plant, [session, token, kiosk, code, PIN]


def test_a_rebuild_leaves_people_alone(lived_in: tuple[Plant, list[str]]) -> None:
    plant, _ = lived_in
    before = {table: everything(plant.ledger, table) for table in TABLES}
    with again(plant.ledger) as made:
        made.catch_up()
        assert not [each for each in made.compare() if each.differing]
        made.mend(plant.now)
    assert {table: everything(plant.ledger, table) for table in TABLES} == before
    assert all(before.values())


def test_a_backup_has_the_people_and_lets_them_in(lived_in: tuple[Plant, list[str]], tmp_path: Path) -> None:
    plant, (session, token, kiosk, *_) = lived_in
    back_up(plant.ledger, tmp_path / "copy", plant.now)
    restore(tmp_path / "copy", tmp_path / "restored")
    restored = open_ledger(tmp_path / "restored")
    assert prove_in(restored, plant).name == "Mei"
    assert sessions.of_token(restored, session, plant.now) is not None
    assert api_tokens.of_token(restored, token) is not None
    assert kiosks.of_token(restored, kiosk) is not None
    restored.close()


def prove_in(ledger: Ledger, plant: Plant) -> Person:
    return logins.prove(ledger, "Mei", PIN, "kiosk:1", now=plant.now, compare=pins.fits)


def test_secrets_stand_nowhere_as_they_are_told_and_in_no_event_at_all(
    lived_in: tuple[Plant, list[str]],
) -> None:
    plant, secrets = lived_in
    held = json.dumps([everything(plant.ledger, table) for table in TABLES], default=str)
    events = json.dumps(everything(plant.ledger, "events"), default=str)
    for secret in secrets:
        assert secret not in held
        assert secret not in events
    for row in plant.ledger.rows("SELECT pin_hash, badge FROM people"):
        assert row["pin_hash"] not in events
        assert row["badge"] not in events


def test_the_log_is_bounded_and_read_a_page_at_a_time(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "KEPT", 120)
    with plant.ledger.write(plant.now) as tx:
        for number in range(300):
            audit.note(tx, "wrong PIN", f"Person {number}")
    first = audit.page(plant.ledger)
    second = audit.page(plant.ledger, first[-1].id)
    third = audit.page(plant.ledger, second[-1].id)
    assert [len(page) for page in (first, second, third)] == [audit.PAGE, audit.PAGE, 120 - 2 * audit.PAGE]
    assert (first[0].who, third[-1].who) == ("Person 299", "Person 180")


def test_who_does_not_exist_takes_as_long_as_anybody() -> None:
    assert not pins._HASHER.check_needs_rehash(pins._NOBODY)
    assert not pins.fits("123456", None)
    assert pins.fits("123456", pins.hashed("123456"))
